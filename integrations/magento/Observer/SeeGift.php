<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Parrain\Referral\Model\Gift;
use Parrain\Referral\Model\Safely;

/** After a basket's totals are made: what became of the gift in it is noted. */
final class SeeGift implements ObserverInterface
{
    public function __construct(private readonly Gift $gift, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $this->safely->run(fn () => $this->gift->see($observer->getData('quote')));
    }
}
