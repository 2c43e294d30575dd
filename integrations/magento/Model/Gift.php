<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Backend\Model\Session\Quote as AdminSession;
use Magento\Framework\App\Area;
use Magento\Framework\App\Request\Http as HttpRequest;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\App\State;
use Magento\Framework\Phrase;
use Magento\Framework\Pricing\PriceCurrencyInterface;
use Magento\Quote\Api\CartRepositoryInterface;
use Magento\Quote\Model\Quote;
use Magento\Quote\Model\Quote\Address;
use Parrain\Shared\Codes;
use Parrain\Shared\Decimal;
use Parrain\Shared\Terms;

/**
 * Makes any valid code of the program work in the shop's own coupon field, by the program's terms.
 *
 * Magento knows coupons as rows: one is made when a code is first typed or brought, and changed when the program is. A coupon of
 * the shop's own by the same code always comes first.
 */
final class Gift
{
    /** The pages and requests in which a shopper may wait for the edge, by the beginnings of Magento's names for them. */
    private const MAY_ASK = ['checkout_cart_', 'checkout_sidebar_', 'customer_section_load', 'wishlist_index_', 'sales_order_reorder'];

    /** @var array<int, string> Why a gift left a basket in this request. */
    private array $left = [];

    /** @var array<int, string> What was typed into the cart page's form in this request. */
    private array $typed = [];

    /** @var bool Whether a gift is being put into the basket at this moment. */
    private bool $bringing = false;

    /** @param ?AdminSession $edited which order is edited, in the admin */
    public function __construct(
        private readonly Shops $shops,
        private readonly Coupons $coupons,
        private readonly Visit $visit,
        private readonly Customers $customers,
        private readonly CartRepositoryInterface $quotes,
        private readonly PriceCurrencyInterface $prices,
        private readonly RequestInterface $request,
        private readonly State $state,
        private readonly ?AdminSession $edited = null
    ) {
    }

    /**
     * Sees to it that a code that the shopper types is known to Magento, where it is one of the program's.
     *
     * @param bool $isForm whether it is the cart page's form, by which nobody else says why a code gives nothing
     */
    public function type(Quote $quote, string $typed, bool $isForm): void
    {
        $code = Codes::typed($typed);
        $parts = $code === null ? null : $this->shops->ofStore((int) $quote->getStoreId());
        if ($parts === null) {
            return;
        }
        if ($isForm) {
            $this->typed[(int) $quote->getId()] = $code;
        }
        if ($this->know($parts, $code, true)) {
            $this->visit->wished((int) $quote->getId(), $code);
        }
    }

    /** The shopper takes the coupon out of the basket. */
    public function takeOut(Quote $quote): void
    {
        $held = $this->held($quote);
        if ($held !== '') {
            $this->visit->dismissed((int) $quote->getId(), $held);
        }
    }

    /** Before totals are made: the coupon in the basket follows the program, as far as that is known. */
    public function follow(Quote $quote): void
    {
        $code = Codes::typed((string) $quote->getCouponCode());
        $parts = $code === null ? null : $this->shops->ofStore((int) $quote->getStoreId());
        if ($parts !== null) {
            $this->know($parts, $code, $this->isAdmin());
            $found = $this->coupons->find($code);
            if ($found !== null && $found['kind'] === Coupons::REWARD && $this->isOwner($quote, $found) && !$this->isSpent($quote, $code)) {
                $this->coupons->free($found);
            }
        }
    }

    /** After totals were made: notes which gift is in the basket, and why one left that Magento took out without a word. */
    public function see(Quote $quote): void
    {
        $id = (int) $quote->getId();
        $applied = $this->visit->applied($id);
        $held = $this->held($quote);
        $typed = $this->typed[$id] ?? '';
        if ($typed !== '' && (string) $quote->getCouponCode() === '') {
            $this->visit->say($id, (string) $this->why($quote, $typed));
        }
        if ($applied !== '' && $held !== $applied) {
            $this->visit->setApplied($id, '');
            $why = (string) $quote->getCouponCode() === '' && $quote->hasItems() ? $this->why($quote, $applied) : null;
            if ($why !== null) {
                $this->left[$id] = (string) __('The gift of %1 was taken out of your basket. %2', $applied, $why);
                $this->visit->say($id, $this->left[$id]);
            }
        }
        if ($held !== '') {
            $this->visit->setApplied($id, $held);
            unset($this->left[$id]);
        }
    }

    /** Puts the gift that is wished for into a basket that has goods, once it can be. */
    public function bring(Quote $quote): void
    {
        $id = (int) $quote->getId();
        $parts = $this->shops->ofStore((int) $quote->getStoreId());
        if ($this->bringing || $parts === null || $id === 0 || !$quote->hasItems() || (string) $quote->getCouponCode() !== '') {
            return;
        }
        $this->visit->note($id);
        $code = $this->visit->wish($id);
        if ($code === null || !$this->know($parts, $code, $this->mayAsk()) || $this->why($quote, $code) !== null) {
            return;
        }
        $terms = $parts->offers()?->terms($code, false);
        if ($terms === null || !$this->gives($terms) || (!$this->visit->isTyped($id) && $this->wasUsed($quote, $code))) {
            // A gift that went with an order comes again where it is asked for, and not by itself.
            return;
        }
        $this->bringing = true;
        try {
            $quote->getShippingAddress()->setCollectShippingRates(true);
            $quote->setCouponCode($code)->setTotalsCollectedFlag(false)->collectTotals();
            $this->quotes->save($quote);
        } finally {
            $this->bringing = false;
        }
    }

    /** Whether a rule that was made here may be used for an address's basket; of the shop's own rules nothing is said. */
    public function allows(int $rule, Address $address): bool
    {
        $ours = $this->coupons->ofRule($rule);
        if ($ours === null) {
            return true;
        }
        $quote = $address->getQuote();
        $found = $this->coupons->find((string) $quote->getCouponCode());
        if ($found === null || (int) $found['rule_id'] !== $rule) {
            return false;
        }
        if ($ours['kind'] === Coupons::REWARD) {
            return $this->isOwner($quote, $found) && !$this->isSpent($quote, (string) $found['code']);
        }
        return $this->refusal($quote, (string) $found['code']) === null;
    }

    /** Why a code gives the shopper nothing now, or nothing where there is no reason of the program's. */
    public function why(Quote $quote, string $typed): ?Phrase
    {
        $code = (string) Codes::typed($typed);
        $found = $code === '' ? null : $this->coupons->find($code);
        if ($found !== null && $found['kind'] === Coupons::REWARD) {
            if (!$this->isOwner($quote, $found)) {
                return __('The coupon %1 is for its owner’s account. Sign in to use it.', $code);
            }
            return $this->isSpent($quote, $code) ? __('The coupon %1 was used already.', $code) : null;
        }
        if ($code === '' || ($found !== null && $found['kind'] === '')) {
            return null;
        }
        return $this->refusal($quote, $code) ?? $this->tooLittle($quote, $code);
    }

    /** Why a gift left a basket in this very request: its shopper has not seen what they would pay. */
    public function leftNow(Quote $quote): string
    {
        $why = $this->left[(int) $quote->getId()] ?? '';
        unset($this->left[(int) $quote->getId()]);
        return $why;
    }

    /** Makes or changes the coupon of a code by the program's terms, and says whether it gives something now. */
    private function know(Parts $parts, string $code, bool $mayAsk): bool
    {
        $found = $this->coupons->find($code);
        if ($found !== null && $found['kind'] !== Coupons::GIFT) {
            // The shop's own coupon comes first, and needs no answer of the edge.
            return false;
        }
        $terms = $parts->offers()?->terms($code, $mayAsk);
        if ($terms === null) {
            return $found !== null;
        }
        if ($terms->stateAt($parts->clock()->now()) !== 'valid') {
            if ($found !== null && (int) $found['shop_id'] === $parts->id) {
                $this->coupons->end($code);
            }
            return false;
        }
        return $this->coupons->put($parts, Coupons::GIFT, Worth::ofGift($terms), $code);
    }

    /** The code of the gift in a basket; empty for none. */
    private function held(Quote $quote): string
    {
        $typed = (string) $quote->getCouponCode();
        $found = $typed === '' ? null : $this->coupons->find($typed);
        return $found !== null && $found['kind'] === Coupons::GIFT ? (string) $found['code'] : '';
    }

    /** Why the shopper may not have a gift, or nothing where they may. */
    private function refusal(Quote $quote, string $code): ?Phrase
    {
        $parts = $this->shops->ofStore((int) $quote->getStoreId());
        $found = $this->coupons->find($code);
        if ($parts === null || ($found !== null && (int) $found['shop_id'] !== $parts->id)) {
            return __('The code %1 no longer gives anything.', $code);
        }
        $terms = $parts->offers()->terms($code, false);
        $now = $parts->clock()->now();
        if ($terms !== null && $terms->stateAt($now) !== 'valid') {
            return $terms->state === 'unknown' ? null : __('The code %1 no longer gives anything.', $code);
        }
        // Where the edge's answer is not known, that stands of which the coupon was made.
        if ($terms === null && isset($found['ends_at']) && $now > (int) $found['ends_at']) {
            return __('The code %1 no longer gives anything.', $code);
        }
        $isForNew = $terms === null ? !empty($found['is_for_new']) : $terms->newCustomersOnly;
        $isOld = $isForNew && $this->customers->hasOrdered(
            $this->shops->storesOf($parts),
            (int) $quote->getCustomerId(),
            self::emails($quote),
            (int) $quote->getId(),
            $this->edited()
        );
        return $isOld ? __('The gift of %1 is for new customers, and you have ordered here before.', $code) : null;
    }

    /** That the basket is too small for a gift, where it is. */
    private function tooLittle(Quote $quote, string $code): ?Phrase
    {
        $terms = $this->shops->ofStore((int) $quote->getStoreId())?->offers()?->terms($code, false);
        if ($terms === null) {
            return null;
        }
        $address = $quote->isVirtual() ? $quote->getBillingAddress() : $quote->getShippingAddress();
        $minimum = Decimal::of($terms->minimum);
        if (!$minimum->exceeds(Decimal::of($address->getBaseSubtotalTotalInclTax()))) {
            return null;
        }
        $price = $this->prices->format($terms->minimum, false, PriceCurrencyInterface::DEFAULT_PRECISION, null, $terms->currency);
        return __('The gift of %1 is for baskets of %2 and more.', $code, $price);
    }

    /** Whether a coupon can give what the friend gets: a code that gives nothing here comes into no basket by itself. */
    private function gives(Terms $terms): bool
    {
        return $terms->gives($terms->kind === 'free_product' && $this->coupons->hasProduct($terms->sku));
    }

    /** @param array<string, mixed> $found the coupon of a reward */
    private function isOwner(Quote $quote, array $found): bool
    {
        return (int) $found['customer_id'] > 0 && (int) $found['customer_id'] === (int) $quote->getCustomerId();
    }

    /** Whether a reward went with an order that stands, but for one whose place this basket takes. */
    private function isSpent(Quote $quote, string $code): bool
    {
        return $this->customers->isSpent($code, (int) $quote->getId(), $this->edited());
    }

    /** The order that is edited in the admin, which a new one replaces; 0 for none. */
    private function edited(): int
    {
        return $this->isAdmin() ? (int) $this->edited?->getOrderId() : 0;
    }

    /** Whether the shopper has an order with a coupon already. */
    private function wasUsed(Quote $quote, string $code): bool
    {
        return $this->customers->hasUsed($code, (int) $quote->getCustomerId(), self::emails($quote), (int) $quote->getId());
    }

    /** @return string[] The addresses that the shopper is known by so far. */
    private static function emails(Quote $quote): array
    {
        return [(string) $quote->getCustomerEmail(), (string) $quote->getBillingAddress()->getEmail()];
    }

    /** Whether the edge may be asked: of the pages around the cart, and never while the checkout is filled in or an order placed. */
    private function mayAsk(): bool
    {
        $name = $this->request instanceof HttpRequest ? strtolower((string) $this->request->getFullActionName()) : '';
        foreach (self::MAY_ASK as $start) {
            if (strpos($name, $start) === 0) {
                return true;
            }
        }
        return false;
    }

    private function isAdmin(): bool
    {
        try {
            return $this->state->getAreaCode() === Area::AREA_ADMINHTML;
        } catch (\Magento\Framework\Exception\LocalizedException $unset) {
            return false;
        }
    }
}
