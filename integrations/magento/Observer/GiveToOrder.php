<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Parrain\Referral\Model\Safely;
use Parrain\Referral\Model\Visit;

/** An order was placed by a shopper: it has the codes of its basket. */
final class GiveToOrder implements ObserverInterface
{
    public function __construct(private readonly Visit $visit, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $quote = $observer->getData('quote');
        // Several addresses are several orders.
        $orders = $observer->getData('orders') ?: array_filter([$observer->getData('order')]);
        foreach ($quote === null ? [] : $orders as $order) {
            $this->safely->run(fn () => $this->visit->give((int) $quote->getId(), (int) $order->getId()));
        }
    }
}
