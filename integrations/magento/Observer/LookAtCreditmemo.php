<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Parrain\Referral\Model\OrderEvents;
use Parrain\Referral\Model\Safely;

/** A credit memo was saved. */
final class LookAtCreditmemo implements ObserverInterface
{
    public function __construct(private readonly OrderEvents $events, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $memo = $observer->getData('creditmemo');
        $this->safely->run(fn () => $this->events->refunded((int) $memo->getId()));
    }
}
