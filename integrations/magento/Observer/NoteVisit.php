<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Parrain\Referral\Model\Safely;
use Parrain\Referral\Model\Visit;

/** A basket was saved in a request of its shopper's: their codes are kept with it. */
final class NoteVisit implements ObserverInterface
{
    public function __construct(private readonly Visit $visit, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $quote = $observer->getData('quote');
        $this->safely->run(fn () => $this->visit->note((int) $quote->getId()));
    }
}
