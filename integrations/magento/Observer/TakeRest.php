<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Parrain\Referral\Model\Rests;
use Parrain\Referral\Model\Safely;

/** An order was cancelled: what was left of its coupon goes where the coupon comes back whole. */
final class TakeRest implements ObserverInterface
{
    public function __construct(private readonly Rests $rests, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $this->safely->run(fn () => $this->rests->take($observer->getData('order')));
    }
}
