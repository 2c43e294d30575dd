<?php

declare(strict_types=1);

namespace Parrain\Referral\Plugin;

use Magento\Framework\Exception\LocalizedException;
use Magento\Framework\Phrase;
use Magento\Quote\Model\Quote;
use Magento\Quote\Model\QuoteManagement;
use Parrain\Referral\Model\Gift;

/**
 * An order is about to be placed for more than its shopper was shown, since its gift left the basket in this very request: it is
 * not, and they read why. Magento's own plugin, behind this one, would say no more than that the code is not valid.
 */
final class HoldOrder
{
    public function __construct(private readonly Gift $gift)
    {
    }

    /** @param mixed[] $orderData */
    public function beforeSubmit(QuoteManagement $subject, Quote $quote, $orderData = []): void
    {
        $why = $this->gift->leftNow($quote);
        if ($why !== '') {
            throw new LocalizedException(new Phrase('%1', [$why]));
        }
    }
}
