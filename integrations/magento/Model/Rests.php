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

    /** The code of what is left of a coupon. */
    public static function codeOf(string $code): string
    {
        return $code . '-R';
    }

    /** Makes a coupon of what is left of the one that an order was paid with. */
    public function keep(Quote $quote, Order $order): void
    {
        $found = $this->money((string) $order->getCouponCode());
        $parts = $found === null ? null : $this->shops->ofStore((int) $order->getStoreId());
        if ($parts === null || $this->coupons->find(self::codeOf((string) $found['code'])) !== null) {
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
                self::codeOf((string) $found['code']),
                (string) $found['task'],
                (int) $found['customer_id']
            );
        }
    }

    /**
     * Takes the rest back where an order is cancelled: Magento gives the whole coupon back. Where the rest was spent meanwhile, the
     * coupon comes back without it.
     */
    public function take(Order $order): void
    {
        $found = $this->money((string) $order->getCouponCode());
        $rest = $found === null ? null : $this->money(self::codeOf((string) $found['code']));
        $parts = $this->shops->tellingOf((int) $order->getStoreId());
        if ($rest === null || $parts === null) {
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
        $isTold = false;
        foreach ($quote->getAllAddresses() as $address) {
            foreach ($address->getExtensionAttributes()?->getDiscounts() ?? [] as $discount) {
                if ((int) $discount->getRuleID() === $rule) {
                    $isTold = true;
                    $used = $used->plus(Decimal::of($discount->getDiscountData()->getBaseAmount()));
                }
            }
        }
        return $isTold ? $used : Decimal::of($order->getBaseDiscountAmount())->absolute();
    }
}
