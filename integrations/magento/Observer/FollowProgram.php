<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Parrain\Referral\Model\Gift;
use Parrain\Referral\Model\Safely;

/** Before a basket's totals are made: the coupon in it follows the program. */
final class FollowProgram implements ObserverInterface
{
    public function __construct(private readonly Gift $gift, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $this->safely->run(fn () => $this->gift->follow($observer->getData('quote')));
    }
}
