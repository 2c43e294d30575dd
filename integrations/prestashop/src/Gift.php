<?php

namespace Parrain\PrestaShop;

use CartRule;
use Context;
use Currency;
use Language;
use Parrain;
use Parrain\Shared\Clock;
use Parrain\Shared\Codes;
use Parrain\Shared\Decimal;
use Parrain\Shared\Offers;
use Parrain\Shared\Terms;
use Validate;

/**
 * Makes any valid code of the program work in the shop's own voucher field, by the program's terms.
 *
 * PrestaShop knows vouchers as rows: one is made when a code is first typed or brought, and changed when the program is. A
 * voucher of the shop's own by the same code always comes first.
 */
final class Gift
{
    /** What a voucher may be used in all, and by one customer, where the program sets no limit. */
    private const UNLIMITED = 1000000;

    /** @var ?Offers Nothing where the shop is not connected. */
    private $offers;

    /** @var Visit */
    private $visit;

    /** @var Clock */
    private $clock;

    /** @var int */
    private $shop;

    /** @var ?int[] The shops of the same program. */
    private $shops;

    /** @var bool Whether a gift is being put into the basket at this moment. */
    private $bringing = false;

    public function __construct(?Offers $offers, Visit $visit, Clock $clock, int $shop)
    {
        $this->offers = $offers;
        $this->visit = $visit;
        $this->clock = $clock;
        $this->shop = $shop;
    }

    /** Sees to it that a code that is being typed is known to PrestaShop, where it is one of the program's. */
    public function know(string $typed): void
    {
        $code = $typed === '' ? null : Codes::typed($typed);
        if ($code !== null) {
            $this->rule($code, true);
        }
    }

    /** Looks on each page what became of the gift in the basket, and whether one can come in. */
    public function look(Parrain $module): void
    {
        $context = Context::getContext();
        if ($this->offers === null || self::isPaying() || !Validate::isLoadedObject($context->cart)) {
            return;
        }
        $typed = \Tools::getValue('discount_name');
        $code = is_string($typed) ? Codes::typed($typed) : null;
        if ($code !== null && $this->rule($code, false) !== null) {
            // PrestaShop puts it into the basket itself in this request, or says why it cannot.
            $this->visit->wished($code);
            return;
        }
        $this->tellWhatWaits();
        $applied = $this->visit->applied();
        $held = $this->held();
        if ($applied !== '' && !isset($held[$applied])) {
            $this->left($module, $applied);
        }
        foreach ($held as $code => $rule) {
            if ((int) \Tools::getValue('deleteDiscount') === $rule) {
                $this->visit->dismissed($code);
                return;
            }
            $why = $this->refusal($module, $code);
            if ($why !== null) {
                $context->cart->removeCartRule($rule);
                $this->visit->dismissed($code);
                $this->tell($why);
            } else {
                $this->visit->setApplied($code);
            }
        }
        $this->bring();
    }

    /** Puts the gift that is wished for into a basket that has goods, once it can be. */
    public function bring(): void
    {
        $context = Context::getContext();
        if (
            $this->offers === null || $this->bringing || self::isPaying() || !Validate::isLoadedObject($context->cart)
            || !$context->cart->hasProducts() || $this->held() !== []
        ) {
            return;
        }
        $this->bringing = true;
        $code = $this->visit->wish();
        $id = $code === null ? null : $this->rule($code, self::mayAsk());
        $terms = $id === null ? null : $this->offers->terms($code, false);
        $gives = $terms === null || self::gives($terms);
        // A gift that went with an order comes again where it is asked for, and not by itself.
        if ($id !== null && $gives && ($this->visit->isTyped() || !self::wasUsed($id)) && $this->refusal(null, $code) === null) {
            $rule = new CartRule($id, (int) $context->language->id);
            if ($rule->checkValidity($context, false, false) && $context->cart->addCartRule($id)) {
                $this->visit->setApplied($code);
            }
        }
        $this->bringing = false;
    }

    /** Ends the voucher of a code, where one was made. */
    private function end(string $code): void
    {
        $id = $this->own($code);
        if ($id !== null) {
            $rule = new CartRule($id);
            $rule->active = false;
            $rule->update();
        }
    }

    /** The voucher that a code is, made or changed by the program's terms; nothing where it gives none now. */
    private function rule(string $code, bool $mayAsk): ?int
    {
        $id = $this->own($code);
        if ($id === null && (int) CartRule::getIdByCode($code) > 0) {
            // The shop's own voucher comes first, and needs no answer of the edge.
            return null;
        }
        $terms = $this->offers === null ? null : $this->offers->terms($code, $mayAsk);
        if ($terms === null) {
            return $id;
        }
        if ($terms->stateAt($this->clock->now()) !== 'valid') {
            if ($id !== null) {
                $this->end($code);
            }
            return null;
        }
        $written = md5(serialize([
            $terms->kind, $terms->percent, $terms->amount, $terms->sku, $terms->minimum, $terms->newCustomersOnly,
            $terms->startsAt, $terms->endsAt, $terms->from, $terms->currency, self::gives($terms), \Shop::isFeatureActive(),
        ]));
        $known = (new PsDatabase())->rows(
            'SELECT terms FROM ' . _DB_PREFIX_ . 'parrain_rule WHERE id_cart_rule = ?',
            [(int) $id]
        );
        if ($known !== [] && $known[0]['terms'] === $written && (new CartRule((int) $id))->active) {
            self::allow((int) $id, $this->shops());
            return $id;
        }
        return $this->write($id, $terms, $written);
    }

    /** Makes or changes the voucher of a code. */
    private function write(?int $id, Terms $terms, string $written): ?int
    {
        $rule = new CartRule((int) $id);
        $currency = (int) Currency::getIdByIsoCode($terms->currency);
        if ($currency === 0 && ($terms->isMoneyOff() || !Decimal::of($terms->minimum)->isZero())) {
            return null;
        }
        $gift = $terms->from === '' ? 'Your welcome gift' : 'Gift from {from}';
        $rule->name = self::inAllLanguages(self::gives($terms) ? $gift : 'Your code is noted', ['{from}' => $terms->from]);
        $rule->description = 'Parrain';
        $rule->code = $terms->code;
        $rule->active = true;
        $rule->highlight = false;
        // Spent on a small basket, a friend's gift leaves no rest.
        $rule->partial_use = false;
        $rule->quantity = self::UNLIMITED;
        $rule->quantity_per_user = $terms->newCustomersOnly ? 1 : self::UNLIMITED;
        $rule->date_from = date('Y-m-d H:i:s', $terms->startsAt !== null ? $terms->startsAt : time() - 86400);
        $rule->date_to = date('Y-m-d H:i:s', $terms->endsAt !== null ? $terms->endsAt : time() + 3650 * 86400);
        $rule->minimum_amount = $terms->minimum;
        $rule->minimum_amount_tax = true;
        $rule->minimum_amount_currency = $currency;
        $rule->minimum_amount_shipping = false;
        $rule->shop_restriction = \Shop::isFeatureActive();
        self::setWorth($rule, $terms->kind, $terms->percent, $terms->amount, $currency, $terms->sku, $terms->isMoneyOff());
        try {
            $saved = $rule->save();
        } catch (\PrestaShopException $refused) {
            // A code whose voucher cannot be kept gives nothing; the shop's pages go on.
            $saved = false;
        }
        if (!$saved) {
            return null;
        }
        self::allow((int) $rule->id, $this->shops());
        (new PsDatabase())->run(
            'REPLACE INTO ' . _DB_PREFIX_ . 'parrain_rule (id_cart_rule, kind, id_shop, code, task, id_customer, terms)
            VALUES (?, ?, ?, ?, ?, ?, ?)',
            [(int) $rule->id, 'gift', $this->shop, $terms->code, '', 0, $written]
        );
        return (int) $rule->id;
    }

    /**
     * Lets a voucher be used in shops, where there are several.
     *
     * @param int[] $shops
     */
    public static function allow(int $rule, array $shops): void
    {
        foreach (\Shop::isFeatureActive() ? $shops : [] as $shop) {
            (new PsDatabase())->run(
                'INSERT IGNORE INTO ' . _DB_PREFIX_ . 'cart_rule_shop (id_cart_rule, id_shop) VALUES (?, ?)',
                [$rule, $shop]
            );
        }
    }

    /** Whether a voucher can give what the friend gets: a code that gives nothing here comes into no basket by itself. */
    private static function gives(Terms $terms): bool
    {
        return $terms->gives($terms->kind === 'free_product' && self::product($terms->sku) > 0);
    }

    /** Sets what a voucher gives. */
    public static function setWorth(
        CartRule $rule,
        string $kind,
        string $percent,
        string $amount,
        int $currency,
        string $sku,
        bool $isMoneyOff
    ): void {
        $rule->reduction_percent = $kind === 'percent_off' ? $percent : '0';
        $rule->reduction_amount = $isMoneyOff ? $amount : '0';
        $rule->reduction_tax = true;
        $rule->reduction_currency = $currency;
        $rule->free_shipping = $kind === 'free_shipping';
        $rule->gift_product = 0;
        if ($kind === 'free_product') {
            $rule->gift_product = self::product($sku);
        }
    }

    /** The product of a reference, or 0. */
    public static function product(string $sku): int
    {
        $rows = $sku === '' ? [] : (new PsDatabase())->rows(
            'SELECT id_product FROM ' . _DB_PREFIX_ . 'product WHERE reference = ? AND active = 1 ORDER BY id_product LIMIT 1',
            [$sku]
        );
        return $rows === [] ? 0 : (int) $rows[0]['id_product'];
    }

    /**
     * A voucher's name in each of the shop's languages.
     *
     * @param array<string, string> $values
     * @return array<int, string>
     */
    public static function inAllLanguages(string $text, array $values): array
    {
        $names = [];
        foreach (Language::getLanguages(false) as $language) {
            $iso = (string) $language['iso_code'];
            // What a name may not hold is left out, and the rest of it stands.
            $name = mb_substr((string) preg_replace('/[<>={}:]/u', '', Words::said($iso, $text, $values)), 0, 254);
            $names[(int) $language['id_lang']] = Validate::isCleanHtml($name) ? $name : Words::said($iso, 'Your welcome gift');
        }
        return $names;
    }

    /** Why the shopper may not have a gift, or nothing where they may. */
    private function refusal(?Parrain $module, string $code): ?string
    {
        $terms = $this->offers->terms($code, self::mayAsk());
        $said = static function (string $text) use ($module, $code): string {
            return $module === null ? $text : $module->said($text, ['{code}' => $code]);
        };
        if ($terms === null) {
            return null;
        }
        if ($terms->stateAt($this->clock->now()) !== 'valid') {
            return $said('The code {code} no longer gives anything.');
        }
        $customer = Context::getContext()->customer;
        if (
            $terms->newCustomersOnly && Validate::isLoadedObject($customer)
            && Customers::hasOrdered((int) $customer->id, (string) $customer->email)
        ) {
            return $said('The gift of {code} is for new customers, and you have ordered here before.');
        }
        return null;
    }

    /** Says why PrestaShop took a gift out of the basket, which it does without a word. */
    private function left(Parrain $module, string $code): void
    {
        $context = Context::getContext();
        $this->visit->setApplied('');
        $id = $this->own($code);
        if ($id === null || !$context->cart->hasProducts()) {
            return;
        }
        $why = (new CartRule($id, (int) $context->language->id))->checkValidity($context, false, true);
        if (is_string($why) && $why !== '') {
            $this->tell($module->said('The gift of {code} was taken out of your basket.', ['{code}' => $code]) . ' ' . $why);
        }
    }

    /**
     * The gifts in the basket: their vouchers by their codes.
     *
     * @return array<string, int>
     */
    private function held(): array
    {
        $prefix = _DB_PREFIX_;
        $rows = (new PsDatabase())->rows(
            "SELECT r.code, r.id_cart_rule FROM {$prefix}cart_cart_rule c
            JOIN {$prefix}parrain_rule r ON r.id_cart_rule = c.id_cart_rule AND r.kind = 'gift' WHERE c.id_cart = ?",
            [(int) Context::getContext()->cart->id]
        );
        return array_map('intval', array_column($rows, 'id_cart_rule', 'code'));
    }

    /** The voucher that was made of a code. */
    private function own(string $code): ?int
    {
        $prefix = _DB_PREFIX_;
        $rows = (new PsDatabase())->rows(
            "SELECT r.id_cart_rule FROM {$prefix}parrain_rule r JOIN {$prefix}cart_rule c ON c.id_cart_rule = r.id_cart_rule
            WHERE r.kind = 'gift' AND r.id_shop IN (" . implode(', ', $this->shops()) . ') AND r.code = ? ORDER BY r.id_cart_rule LIMIT 1',
            [$code]
        );
        return $rows === [] ? null : (int) $rows[0]['id_cart_rule'];
    }

    /** @return int[] The shops of the same program: one voucher serves them all. */
    private function shops(): array
    {
        $this->shops = $this->shops !== null ? $this->shops : Parts::shopsOfProgram($this->shop);
        return $this->shops;
    }

    /** Whether the shopper has an order with a voucher already. */
    private static function wasUsed(int $rule): bool
    {
        $customer = Context::getContext()->customer;
        if (!Validate::isLoadedObject($customer)) {
            return false;
        }
        $prefix = _DB_PREFIX_;
        return (new PsDatabase())->rows(
            "SELECT 1 FROM {$prefix}order_cart_rule r JOIN {$prefix}orders o ON o.id_order = r.id_order
            JOIN {$prefix}customer c ON c.id_customer = o.id_customer
            WHERE r.id_cart_rule = ? AND (o.id_customer = ? OR c.email = ?) LIMIT 1",
            [$rule, (int) $customer->id, (string) $customer->email]
        ) !== [];
    }

    /** Whether a payment module is at work: a basket that is being paid is left as it was shown. */
    private static function isPaying(): bool
    {
        $controller = Context::getContext()->controller;
        return $controller instanceof \ModuleFrontController && $controller->module instanceof \PaymentModule;
    }

    /** Whether the edge may be asked: by pages of PrestaShop's own, and not at the checkout. */
    private static function mayAsk(): bool
    {
        $controller = Context::getContext()->controller;
        return !($controller instanceof \ModuleFrontController) && !($controller instanceof \OrderController);
    }

    /** Tells the shopper something on the page that they are given, or on the next one where a page asks for data alone. */
    private function tell(string $words): void
    {
        if (self::isPage()) {
            Context::getContext()->controller->warning[] = $words;
        } else {
            $this->visit->say($words);
        }
    }

    /** Whether this request shows a page of PrestaShop's own: modules answer data without saying so. */
    private static function isPage(): bool
    {
        $controller = Context::getContext()->controller;
        return $controller instanceof \FrontController && !($controller instanceof \ModuleFrontController) && !$controller->ajax;
    }

    /** Tells what waited for a page. */
    private function tellWhatWaits(): void
    {
        $words = self::isPage() ? $this->visit->said() : '';
        if ($words !== '') {
            Context::getContext()->controller->warning[] = $words;
        }
    }
}
