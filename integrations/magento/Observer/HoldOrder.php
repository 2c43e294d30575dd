<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Framework\Exception\LocalizedException;
use Magento\Framework\Phrase;
use Parrain\Referral\Model\Gift;

/** An order is about to be placed for more than its shopper was shown, since its gift left the basket in this very request: it is not, and they read why. */
final class HoldOrder implements ObserverInterface
{
    public function __construct(private readonly Gift $gift)
    {
    }

    public function execute(Observer $observer): void
    {
        $why = $this->gift->leftNow($observer->getData('quote'));
        if ($why !== '') {
            throw new LocalizedException(new Phrase('%1', [$why]));
        }
    }
}
