<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Parrain\Referral\Model\OrderEvents;
use Parrain\Referral\Model\Safely;

/** An order was saved: one of which nothing was ever paid says nothing. */
final class LookAtOrder implements ObserverInterface
{
    public function __construct(private readonly OrderEvents $events, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $order = $observer->getData('order');
        if ((float) $order->getBaseTotalPaid() > 0 || (float) $order->getOrigData('base_total_paid') > 0) {
            $this->safely->run(fn () => $this->events->look((int) $order->getId()));
        }
    }
}
