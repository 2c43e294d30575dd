<?php

declare(strict_types=1);

namespace Parrain\Referral\Block;

use Magento\Customer\Model\Session;
use Magento\Framework\Phrase;
use Magento\Framework\Pricing\PriceCurrencyInterface;
use Magento\Framework\View\Element\Template;
use Magento\Framework\View\Element\Template\Context;
use Parrain\Referral\Model\Coupons;
use Parrain\Referral\Model\Customers;
use Parrain\Referral\Model\Worth;

/** The page in the customer's account: sharing, rewards, and the coupons that were handed out. */
class Account extends Template
{
    public function __construct(
        Context $context,
        private readonly Coupons $coupons,
        private readonly Customers $customers,
        private readonly Session $session,
        private readonly PriceCurrencyInterface $prices,
        array $data = []
    ) {
        parent::__construct($context, $data);
    }

    /**
     * The coupons of whoever is signed in.
     *
     * @return array<array{code: string, worth: Phrase|string, state: Phrase}>
     */
    public function getCoupons(): array
    {
        return array_map(fn (array $coupon): array => [
            'code' => (string) $coupon['code'],
            'worth' => $this->worth(Worth::read((string) $coupon['worth'])),
            'state' => $this->customers->isSpent((string) $coupon['code']) ? __('used') : __('to be used'),
        ], $this->coupons->ofCustomer((int) $this->session->getCustomerId()));
    }

    private function worth(Worth $worth): Phrase|string
    {
        if ($worth->isMoney()) {
            return $this->prices->format($worth->amount, false, PriceCurrencyInterface::DEFAULT_PRECISION, null, $worth->currency);
        }
        return match ($worth->kind) {
            'percent_off' => $worth->percent . ' %',
            'free_shipping' => __('Free shipping'),
            default => $worth->sku,
        };
    }
}
