<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Checkout\Model\Session;
use Parrain\Referral\Model\Gift;
use Parrain\Referral\Model\Safely;

/** The cart page's own coupon form is sent. */
final class TypeCode implements ObserverInterface
{
    public function __construct(private readonly Session $session, private readonly Gift $gift, private readonly Safely $safely)
    {
    }

    public function execute(Observer $observer): void
    {
        $request = $observer->getData('request');
        $typed = $request->getParam('coupon_code', '');
        $this->safely->run(function () use ($request, $typed): void {
            $quote = $this->session->getQuote();
            if ((int) $request->getParam('remove') === 1) {
                $this->gift->takeOut($quote);
            } elseif (is_string($typed)) {
                $this->gift->type($quote, $typed, true);
            }
        });
    }
}
