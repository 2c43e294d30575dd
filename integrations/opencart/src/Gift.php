<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Codes;
use Parrain\Shared\Decimal;
use Parrain\Shared\Offers;
use Parrain\Shared\Terms;

/**
 * Makes any valid code of the program work in the shop's own coupon field, by the program's terms.
 *
 * OpenCart places no order whose coupon is no row of its own (3.0 and 4.0 look there and nowhere else), so a coupon is made
 * when a code is first typed or brought. What it gives is said each time that OpenCart asks for it, by the terms of that
 * moment. A coupon of the shop's own by the same code always comes first.
 */
final class Gift
{
    /** The longest name of a coupon that OpenCart keeps. */
    private const LONGEST_NAME = 128;

    /** @var Parts */
    private $parts;

    /** @var ?Offers Nothing where the store is not connected. */
    private $offers;

    /** @var Coupons */
    private $coupons;

    public function __construct(Parts $parts, ?Offers $offers)
    {
        $this->parts = $parts;
        $this->offers = $offers;
        $this->coupons = $parts->coupons();
    }

    /** The coupon of a code as it is typed, where it is one of the program's; the text as it is for others. */
    public function know(string $typed): string
    {
        $code = $typed === '' ? null : Codes::typed($typed);
        $rule = $code === null ? null : $this->rule($code, $this->mayAsk());
        return $rule === null ? $typed : $rule['coupon'];
    }

    /**
     * What OpenCart is told of a coupon: by the terms of this moment for a gift, to its customer alone for a reward.
     *
     * @param mixed $told what OpenCart knows of it
     * @return mixed
     */
    public function answer(string $coupon, $told)
    {
        $rule = $this->coupons->ruleOf($coupon);
        if ($rule === null) {
            return $told;
        }
        if ($rule['kind'] !== 'gift') {
            if ($this->isOwner()) {
                return $told;
            }
            $customer = $this->parts->registry()->get('customer');
            return $customer !== null && (int) $customer->getId() === (int) $rule['customer_id'] ? $told : [];
        }
        $terms = $this->terms($rule['code'], $this->mayAsk());
        $row = $terms === null ? [] : $this->parts->database()->rows(
            'SELECT * FROM ' . DB_PREFIX . 'coupon WHERE coupon_id = ?',
            [(int) $rule['coupon_id']]
        );
        if ($row === [] || (int) $row[0]['status'] === 0) {
            return [];
        }
        if ($this->isOwner() ? !$this->isValid($terms) : $this->refusal($terms) !== null) {
            return [];
        }
        return $this->worth($terms) + ['product' => []] + $row[0];
    }

    /** Takes a coupon out of the session that gives nothing at this moment, and answers it. */
    public function putAside(): ?string
    {
        $session = $this->parts->registry()->get('session');
        $coupon = isset($session->data['coupon']) ? (string) $session->data['coupon'] : '';
        if ($this->coupons->ruleOf($coupon) === null || $this->answer($coupon, ['held']) !== []) {
            return null;
        }
        unset($session->data['coupon']);
        return $coupon;
    }

    /** Looks on each request what became of the gift in the basket, and whether one can come in. */
    public function look(): void
    {
        $route = $this->route();
        if ($this->offers === null || Version::isPayment($route) || Version::isCouponForm($route)) {
            return;
        }
        $visit = $this->parts->visit();
        $session = $this->parts->registry()->get('session');
        $held = isset($session->data['coupon']) ? (string) $session->data['coupon'] : '';
        $typed = $held === '' ? null : Codes::typed($held);
        $rule = $typed === null ? null : ($this->coupons->ruleOf($held) ?: $this->rule($typed, false));
        if ($rule === null || $rule['kind'] !== 'gift') {
            if ($held === '') {
                $this->bring();
            }
            return;
        }
        // By the coupon's own name, by which OpenCart looks for it when the order is placed.
        $session->data['coupon'] = $rule['coupon'];
        $this->follow($rule['code'], $visit);
    }

    /** Puts the gift that is wished for into a basket that has goods, once it can be. */
    public function bring(): void
    {
        $registry = $this->parts->registry();
        $cart = $registry->get('cart');
        if ($this->offers === null || $cart === null || !$cart->hasProducts()) {
            return;
        }
        $visit = $this->parts->visit();
        $code = $visit->wish();
        $rule = $code === null ? null : $this->rule($code, $this->mayAsk());
        $terms = $rule === null ? null : $this->offers->terms($code, false);
        if ($terms === null || !$this->gives($terms) || $this->refusal($terms) !== null) {
            return;
        }
        // A gift that went with an order comes again where it is asked for, and not by itself.
        if (!$visit->isTyped() && $visit->hasUsed((int) $rule['coupon_id'])) {
            return;
        }
        $registry->get('session')->data['coupon'] = $rule['coupon'];
        $visit->setApplied($code);
    }

    /** The shopper typed a code, and OpenCart said whether it is in the basket; answers why not, where it can be said. */
    public function typed(string $typed, bool $isIn): ?string
    {
        $visit = $this->parts->visit();
        $code = Codes::typed($typed);
        if ($code === null) {
            if ($typed === '' && $visit->applied() !== '') {
                $visit->dismissed($visit->applied());
            }
            return null;
        }
        $credit = $this->parts->rewards()->isCredit($code, $this->customer());
        if (!$isIn && $credit) {
            return $this->parts->said('{code} is credit in your account: it is taken off your orders by itself.', ['{code}' => $code]);
        }
        $rule = $this->coupons->ruleOf($code) ?: $this->rule($code, false);
        if ($rule === null || $rule['kind'] !== 'gift') {
            return null;
        }
        $visit->wished($rule['code']);
        if ($isIn) {
            $this->parts->registry()->get('session')->data['coupon'] = $rule['coupon'];
            $visit->setApplied($rule['code']);
            return null;
        }
        $terms = $this->terms($rule['code'], false);
        return $terms === null ? null : $this->refusal($terms);
    }

    /**
     * Whether an order that is being placed has a gift for new customers, and its customer has placed another one meanwhile:
     * of two baskets in two windows both were counted while neither was ordered.
     *
     * @param array<string, mixed> $order its row
     */
    public function isHadTwice(array $order): bool
    {
        foreach (OrderFacts::coupons($this->parts->database(), (int) $order['order_id']) as $coupon) {
            $rule = $this->coupons->ruleOf($coupon);
            $terms = $rule !== null && $rule['kind'] === 'gift' ? $this->terms($rule['code'], false) : null;
            if (
                $terms !== null && $terms->newCustomersOnly
                && $this->parts->customers()->hasOrdered((int) $order['customer_id'], (string) $order['email'], (int) $order['order_id'])
            ) {
                return true;
            }
        }
        return false;
    }

    /** The shopper took the coupon out of the basket. */
    public function removed(): void
    {
        $session = $this->parts->registry()->get('session');
        $rule = isset($session->data['coupon']) ? $this->coupons->ruleOf((string) $session->data['coupon']) : null;
        if ($rule !== null && $rule['kind'] === 'gift') {
            $this->parts->visit()->dismissed($rule['code']);
        }
    }

    /** Tells why a gift that was in the basket gives nothing any more, and lets it go where it never will. */
    private function follow(string $code, Visit $visit): void
    {
        $terms = $this->terms($code, $this->mayAsk());
        $why = $terms === null ? null : $this->refusal($terms);
        if ($why === null) {
            $visit->setApplied($code);
            return;
        }
        if ($this->isForGood($terms)) {
            unset($this->parts->registry()->get('session')->data['coupon']);
            $visit->dismissed($code);
            $visit->say($why);
        } elseif ($visit->applied() === $code) {
            // It stays with the basket, and gives again once it can.
            $visit->setApplied('');
            $visit->say($why);
        }
    }

    /** Why the shopper may not have a gift now, or nothing where they may. */
    private function refusal(Terms $terms): ?string
    {
        $values = ['{code}' => $terms->code];
        if (!$this->isValid($terms)) {
            return $this->parts->said('The code {code} no longer gives anything.', $values);
        }
        if ($this->isNoNewCustomer($terms)) {
            return $this->parts->said('The gift of {code} is for new customers, and you have ordered here before.', $values);
        }
        $minimum = $this->parts->money()->inDefault($terms->minimum, $terms->currency);
        if ($minimum === null && ($terms->isMoneyOff() || !Decimal::of($terms->minimum)->isZero())) {
            return $this->parts->said('The gift of {code} is in {currency}, in which this shop does not sell.', $values + [
                '{currency}' => $terms->currency,
            ]);
        }
        $cart = $this->parts->registry()->get('cart');
        if ($cart->hasProducts() && Decimal::of((string) $minimum)->exceeds($this->goods())) {
            return $this->parts->said('The gift of {code} is for baskets of {amount} or more.', $values + [
                '{amount}' => $this->shown((string) $minimum),
            ]);
        }
        if ($terms->kind === 'free_product' && $this->gives($terms) && $this->priceInBasket($terms) === null) {
            return $this->parts->said('The gift of {code} is a piece of {model}: put it into your basket, and it costs nothing.', $values + [
                '{model}' => $terms->sku,
            ]);
        }
        return null;
    }

    /** Whether a refusal holds whatever is in the basket. */
    private function isForGood(Terms $terms): bool
    {
        return !$this->isValid($terms) || $this->isNoNewCustomer($terms);
    }

    private function isValid(Terms $terms): bool
    {
        return $terms->stateAt($this->parts->clock()->now()) === 'valid';
    }

    private function isNoNewCustomer(Terms $terms): bool
    {
        $session = $this->parts->registry()->get('session')->data;
        // The order of this very basket may be placed already, until the page that thanks for it empties the basket.
        $own = isset($session['order_id']) ? (int) $session['order_id'] : 0;
        return $terms->newCustomersOnly && $this->parts->customers()->hasOrdered($this->customer(), $this->email(), $own);
    }

    /** What the goods come to as the shopper sees them, in the default currency: with tax where the shop shows prices so. */
    private function goods(): Decimal
    {
        return Decimal::of(Decimal::of((float) $this->parts->registry()->get('cart')->getTotal())->rounded(4));
    }

    /** An amount of the default currency in the shopper's. */
    private function shown(string $amount): string
    {
        $registry = $this->parts->registry();
        return (string) $registry->get('currency')->format((float) $amount, $registry->get('session')->data['currency']);
    }

    /**
     * What a coupon gives by the terms of a code, as OpenCart writes it.
     *
     * @return array{type: string, discount: string, shipping: string, product: int[]}
     */
    private function worth(Terms $terms): array
    {
        $worth = ['type' => 'F', 'discount' => '0.0000', 'shipping' => $terms->kind === 'free_shipping' ? '1' : '0', 'product' => []];
        if ($terms->kind === 'percent_off') {
            return ['type' => 'P', 'discount' => $terms->percent] + $worth;
        }
        if ($terms->isMoneyOff()) {
            return ['discount' => $this->parts->money()->inDefault($terms->amount, $terms->currency) ?: '0.0000'] + $worth;
        }
        $price = $terms->kind === 'free_product' ? $this->priceInBasket($terms) : null;
        if ($price !== null) {
            return ['discount' => $price, 'product' => [$this->coupons->product($terms->sku)]] + $worth;
        }
        return $worth;
    }

    /** What one piece of the terms' product costs in the basket, or nothing where it is not in there. */
    private function priceInBasket(Terms $terms): ?string
    {
        $product = $this->coupons->product($terms->sku);
        $cart = $this->parts->registry()->get('cart');
        foreach ($cart === null ? [] : $cart->getProducts() as $line) {
            if ((int) $line['product_id'] === $product) {
                return Decimal::of((float) $line['price'])->rounded(4);
            }
        }
        return null;
    }

    /** Whether a coupon can give what the friend gets: a code that gives nothing here comes into no basket by itself. */
    private function gives(Terms $terms): bool
    {
        return $terms->gives($terms->kind === 'free_product' && $this->coupons->product($terms->sku) > 0)
            && (!$terms->isMoneyOff() || $this->parts->money()->sellsIn($terms->currency));
    }

    private function terms(string $code, bool $mayAsk): ?Terms
    {
        return $this->offers === null ? null : $this->offers->terms($code, $mayAsk);
    }

    /**
     * The rule of a code, with a coupon that is made or changed by the program's terms; nothing where the code is none.
     *
     * @return ?array<string, mixed>
     */
    private function rule(string $code, bool $mayAsk): ?array
    {
        $rule = $this->coupons->giftOf($code);
        if ($rule === null ? $this->coupons->isShopsOwn($code) : (int) $rule['status'] === 0) {
            // The shop's own coupon comes first, and needs no answer of the edge. One that its owner switched off is off.
            return null;
        }
        $terms = $this->terms($code, $mayAsk);
        if ($terms === null || !$this->isValid($terms)) {
            // A coupon that is there stays, for orders that are being paid; what it gives is said by the terms.
            return $rule;
        }
        $written = $this->written($terms);
        if ($rule !== null && $rule['terms'] === $written) {
            return $rule;
        }
        return $this->write($terms, $written);
    }

    /** What of the terms stands in a coupon, in short. */
    private function written(Terms $terms): string
    {
        return md5((string) json_encode([
            $terms->kind, $terms->percent, $terms->amount, $terms->minimum, $terms->newCustomersOnly, $terms->startsAt, $terms->endsAt,
            $terms->from, $terms->currency,
        ]));
    }

    /**
     * Makes or changes the coupon of a code.
     *
     * @return ?array<string, mixed>
     */
    private function write(Terms $terms, string $written): ?array
    {
        $language = $this->parts->settings()->language();
        $name = Words::said($language, $terms->from === '' ? 'Your welcome gift' : 'Gift from {from}', ['{from}' => $terms->from]);
        $minimum = $this->parts->money()->inDefault($terms->minimum, $terms->currency);
        $worth = $this->worth($terms);
        $product = $terms->kind === 'free_product' ? $this->coupons->product($terms->sku) : 0;
        return $this->coupons->keepGift($terms->code, [
            // OpenCart's page of coupons shows names as HTML.
            'name' => mb_substr(htmlspecialchars($name, ENT_QUOTES, 'UTF-8'), 0, self::LONGEST_NAME),
            'type' => $worth['type'],
            'discount' => $product > 0 ? $this->coupons->price($product) : $worth['discount'],
            'shipping' => (int) $worth['shipping'],
            // Without the tax that the shopper sees, where 3.0 looks by itself: what is too little is put aside before.
            'total' => Version::is4() ? (string) $minimum : '0',
            'date_start' => date('Y-m-d', $terms->startsAt !== null ? $terms->startsAt : 0),
            'date_end' => $terms->endsAt !== null ? date('Y-m-d', $terms->endsAt + 86400) : '2099-12-31',
            'uses_customer' => $terms->newCustomersOnly ? 1 : 0,
            'uses_total' => 0,
            'logged' => 0,
        ], $product, $written);
    }

    private function customer(): int
    {
        $customer = $this->parts->registry()->get('customer');
        return $customer === null ? 0 : (int) $customer->getId();
    }

    /** The address by which the shopper orders, as far as it is known yet. */
    private function email(): string
    {
        $customer = $this->parts->registry()->get('customer');
        $data = $this->parts->registry()->get('session')->data;
        foreach (['customer', 'guest'] as $who) {
            if (isset($data[$who]['email']) && is_string($data[$who]['email'])) {
                return $data[$who]['email'];
            }
        }
        return $customer === null ? '' : (string) $customer->getEmail();
    }

    private function route(): string
    {
        $get = $this->parts->registry()->get('request')->get;
        return isset($get['route']) && is_string($get['route']) ? $get['route'] : '';
    }

    /** Whether the owner changes an order: who has it is no shopper, and it may be the very one that was ordered before. */
    private function isOwner(): bool
    {
        return defined('DIR_CATALOG') || strpos($this->route(), 'api/') === 0;
    }

    /** Whether the edge may be asked: by pages, and where a code is typed, and not at the checkout. */
    private function mayAsk(): bool
    {
        $route = $this->route();
        if (Version::isCouponForm($route) || strpos($route, 'checkout/cart') === 0) {
            return true;
        }
        return strpos($route, 'checkout/') !== 0 && strpos($route, 'extension/') !== 0 && strpos($route, 'api/') !== 0;
    }
}
