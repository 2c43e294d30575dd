<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Checkout\Model\Session;
use Parrain\Referral\Model\Gift;
use Parrain\Referral\Model\Safely;

/** Goods came into the basket, or its page is opened: the gift comes in once it can. */
final class BringGift implements ObserverInterface
{
    public function __construct(private readonly Session $session, private readonly Gift $gift, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $this->safely->run(function (): void {
            if ((int) $this->session->getQuoteId() > 0) {
                $this->gift->bring($this->session->getQuote());
            }
        });
    }
}
