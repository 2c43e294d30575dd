<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Parrain\Referral\Model\Rests;
use Parrain\Referral\Model\Safely;

/** An order was placed, by a shopper or in the admin: what is left of its coupon stays its owner's. */
final class KeepRest implements ObserverInterface
{
    public function __construct(private readonly Rests $rests, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $quote = $observer->getData('quote');
        // Several addresses are several orders.
        $orders = $observer->getData('orders') ?: array_filter([$observer->getData('order')]);
        foreach ($quote === null ? [] : $orders as $order) {
            $this->safely->run(fn () => $this->rests->keep($quote, $order));
        }
    }
}
