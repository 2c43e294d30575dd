<?php

declare(strict_types=1);

namespace Parrain\Referral\Plugin;

use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Quote\Api\CartRepositoryInterface;
use Magento\Quote\Api\CouponManagementInterface;
use Magento\Quote\Model\Quote;
use Parrain\Referral\Model\Gift;
use Parrain\Referral\Model\Safely;

/** Makes a code of the program known where it is typed at the checkout, by REST or GraphQL, and says why it gives nothing. */
final class TypedCoupon
{
    public function __construct(
        private readonly Gift $gift,
        private readonly CartRepositoryInterface $quotes,
        private readonly Safely $safely
    ) {
    }

    public function aroundSet(CouponManagementInterface $subject, callable $proceed, $cartId, $couponCode, ...$more)
    {
        $quote = $this->quote($cartId);
        if ($quote !== null && is_string($couponCode)) {
            $this->safely->run(fn () => $this->gift->type($quote, $couponCode, false));
        }
        try {
            return $proceed($cartId, $couponCode, ...$more);
        } catch (NoSuchEntityException $refused) {
            $why = $quote === null ? null : $this->safely->run(fn () => $this->gift->why($quote, (string) $couponCode));
            throw $why === null ? $refused : new NoSuchEntityException($why, $refused);
        }
    }

    public function beforeRemove(CouponManagementInterface $subject, $cartId): void
    {
        $quote = $this->quote($cartId);
        if ($quote !== null) {
            $this->safely->run(fn () => $this->gift->takeOut($quote));
        }
    }

    /** A basket, or nothing where Magento is about to say that there is none. */
    private function quote($cartId): ?Quote
    {
        return $this->safely->run(function () use ($cartId): ?Quote {
            $quote = $this->quotes->getActive((int) $cartId);
            return $quote instanceof Quote ? $quote : null;
        });
    }
}
