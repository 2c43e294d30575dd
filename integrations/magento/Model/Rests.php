<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Quote\Model\Quote;
use Magento\Sales\Model\Order;
use Parrain\Shared\Currency;
use Parrain\Shared\Decimal;

/** Keeps what is left of a reward's coupon after an order: Magento's are used up whole. */
final class Rests
{
    public function __construct(private readonly Shops $shops, private readonly Coupons $coupons, private readonly Customers $customers)
    {
    }

    /** Makes a coupon of what is left of the one that an order was paid with, or changes it where its basket is ordered again. */
    public function keep(Quote $quote, Order $order): void
    {
        $found = $this->money((string) $order->getCouponCode());
        $parts = $found === null ? null : $this->shops->ofStore((int) $order->getStoreId());
        if ($parts === null) {
            return;
        }
        $known = $this->coupons->restOf((string) $found['task'], (int) $quote->getId());
        if ($known !== null && $this->customers->isSpent((string) $known['code'])) {
            return;
        }
        $worth = Worth::read((string) $found['worth']);
        $rest = Decimal::of($worth->amount)->minus($this->used($quote, $order, (int) $found['rule_id']));
        // A coin's difference is what tax and rounding leave.
        if ($rest->exceeds(Decimal::of('0.01'))) {
            $amount = $rest->rounded(Currency::decimals($worth->currency));
            $this->coupons->put(
                $parts,
                Coupons::REWARD,
                Worth::ofRest($amount, $worth->currency),
                (string) ($known['code'] ?? $this->freeCode($found)),
                (string) $found['task'],
                (int) $found['customer_id'],
                (int) $quote->getId()
            );
        } elseif ($known !== null) {
            $this->coupons->end((string) $known['code']);
        }
    }

    /**
     * Takes the rest back where an order is cancelled, since its coupon is whole again, or another order took it whole. Where the
     * rest was spent meanwhile, the coupon comes back without it.
     *
     * An order that is cancelled in part, and one of several of a basket, keep the coupon, and their rest stays.
     */
    public function take(Order $order): void
    {
        $found = $this->money((string) $order->getCouponCode());
        $rest = $found === null ? null : $this->coupons->restOf((string) $found['task'], (int) $order->getQuoteId());
        $parts = $this->shops->tellingOf((int) $order->getStoreId());
        if (
            $rest === null || $parts === null || $order->getState() !== Order::STATE_CANCELED
            || $this->customers->isShared((string) $found['code'], (int) $order->getQuoteId(), (int) $order->getId())
        ) {
            return;
        }
        if (!$this->customers->isSpent((string) $rest['code'])) {
            $this->coupons->end((string) $rest['code']);
            return;
        }
        $whole = Worth::read((string) $found['worth']);
        $used = Decimal::of($whole->amount)->minus(Decimal::of(Worth::read((string) $rest['worth'])->amount));
        $this->coupons->put(
            $parts,
            Coupons::REWARD,
            Worth::ofRest($used->rounded(Currency::decimals($whole->currency)), $whole->currency),
            (string) $found['code']
        );
    }

    /**
     * The first code that is free for what is left of a reward: CODE-R, CODE-R2 and so on, also for what is left of a rest.
     *
     * @param array<string, mixed> $found the coupon of which it is left
     */
    private function freeCode(array $found): string
    {
        $reward = $this->coupons->codesOf((string) $found['task'])[0] ?? $found['code'];
        $code = $reward . '-R';
        for ($number = 2; $this->coupons->find($code) !== null; $number++) {
            $code = $reward . '-R' . $number;
        }
        return $code;
    }

    /** @return ?array<string, mixed> The coupon of a reward that is money. */
    private function money(string $code): ?array
    {
        $found = $code === '' ? null : $this->coupons->find($code);
        return $found !== null && $found['kind'] === Coupons::REWARD && Worth::read((string) $found['worth'])->isMoney() ? $found : null;
    }

    /** What an order used of a coupon: what its rule took off each basket, as Magento says while the order is placed. */
    private function used(Quote $quote, Order $order, int $rule): Decimal
    {
        $used = Decimal::of(0);
        $counted = [];
        foreach ($quote->getAllAddresses() as $address) {
            foreach ($address->getExtensionAttributes()?->getDiscounts() ?? [] as $discount) {
                // Where Magento copies one address to another, both have the very same discounts.
                if ((int) $discount->getRuleID() === $rule && !in_array($discount, $counted, true)) {
                    $counted[] = $discount;
                    $used = $used->plus(Decimal::of($discount->getDiscountData()->getBaseAmount()));
                }
            }
        }
        return $counted !== [] ? $used : Decimal::of($order->getBaseDiscountAmount())->absolute();
    }
}
