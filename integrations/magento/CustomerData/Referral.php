<?php

declare(strict_types=1);

namespace Parrain\Referral\CustomerData;

use Magento\Checkout\Model\Session as CheckoutSession;
use Magento\Customer\CustomerData\SectionSourceInterface;
use Magento\Customer\Model\Session as CustomerSession;
use Magento\Store\Model\StoreManagerInterface;
use Parrain\Referral\Model\Gift;
use Parrain\Referral\Model\Safely;
use Parrain\Referral\Model\Tag;

/**
 * The customer's private data, which no cache keeps: who is signed in, signed. It is asked for anew when a code was captured or
 * used, so that it is also where the gift comes into a basket that has goods already.
 */
final class Referral implements SectionSourceInterface
{
    public function __construct(
        private readonly Tag $tag,
        private readonly Gift $gift,
        private readonly CustomerSession $customers,
        private readonly CheckoutSession $checkout,
        private readonly StoreManagerInterface $stores,
        private readonly Safely $safely
    ) {
    }

    public function getSectionData(): array
    {
        $this->safely->run(function (): void {
            if ((int) $this->checkout->getQuoteId() > 0) {
                $this->gift->bring($this->checkout->getQuote());
            }
        });
        return $this->safely->run(function (): array {
            return $this->customers->isLoggedIn()
                ? $this->tag->customer((int) $this->stores->getStore()->getId(), $this->customers->getCustomerData())
                : ['customer' => '', 'until' => 0];
        }, ['customer' => '', 'until' => 0]);
    }
}
