<?php

namespace Parrain\PrestaShop;

use CartRule;
use Currency;
use Customer;
use Parrain\Shared\CannotDo;
use Parrain\Shared\Task;
use Parrain\Shared\TaskDoer;
use Validate;

/**
 * Makes a voucher of the customer's own of each reward that the edge asks for, once: its code comes with the task, so that a
 * task that comes again finds it.
 */
final class Rewards implements TaskDoer
{
    /** Rewards that are money off a basket. */
    private const MONEY = ['store_credit', 'amount_off', 'gift_card'];

    /** What stands on the vouchers that are made here. */
    private const MADE_BY = 'Parrain';

    /** For how long a voucher holds, in seconds: PrestaShop has none without an end. */
    private const HOLDS = 63072000;

    /** @var int */
    private $shop;

    public function __construct(int $shop)
    {
        $this->shop = $shop;
    }

    public function perform(Task $task): string
    {
        if ($task->kind === 'end_code') {
            return $this->end($task);
        }
        if ($task->kind !== 'reward') {
            throw new CannotDo('this module does not know the task "' . $task->kind . '"');
        }
        if ($this->known($task->code) !== null) {
            return $task->code;
        }
        $customer = $this->customer($task);
        $rule = $this->made($task, (int) $customer->id);
        // Shops of another program owe nothing for what was earned in this one.
        Gift::allow((int) $rule->id, Parts::shopsOfProgram($this->shop));
        (new PsDatabase())->run(
            'INSERT INTO ' . _DB_PREFIX_ . 'parrain_rule (id_cart_rule, kind, id_shop, code, task, id_customer, terms)
            VALUES (?, ?, ?, ?, ?, ?, ?)',
            [(int) $rule->id, 'reward', $this->shop, $task->code, mb_substr($task->id, 0, 190), (int) $customer->id, '']
        );
        return $task->code;
    }

    /** Ends the voucher of a reward that was taken back, and those that PrestaShop made of its rest. */
    private function end(Task $task): string
    {
        $rule = new CartRule((int) $this->known($task->code));
        if (!Validate::isLoadedObject($rule)) {
            return $task->code;
        }
        $vouchers = array_merge([$rule], self::rests($rule));
        foreach ($vouchers as $voucher) {
            if ((int) $voucher->quantity < 1) {
                // The edge then sets off the whole reward, so that what is left of the voucher is its owner's.
                throw new CannotDo('the voucher ' . $task->code . ' was spent already');
            }
        }
        foreach ($vouchers as $voucher) {
            $voucher->delete();
        }
        return $task->code;
    }

    /**
     * The vouchers of what was left of one, which PrestaShop calls by its code and a number.
     *
     * @return CartRule[]
     */
    private static function rests(CartRule $rule): array
    {
        $rows = (new PsDatabase())->rows(
            'SELECT id_cart_rule FROM ' . _DB_PREFIX_ . 'cart_rule WHERE code LIKE ?',
            [$rule->code . '-%']
        );
        $rests = array_map(static function (array $row): CartRule {
            return new CartRule((int) $row['id_cart_rule']);
        }, $rows);
        return array_filter($rests, static function (CartRule $rest) use ($rule): bool {
            return (int) $rest->id_customer === (int) $rule->id_customer && $rest->description === self::MADE_BY;
        });
    }

    /** The voucher that was made for a code. */
    private function known(string $code): ?int
    {
        $rows = (new PsDatabase())->rows(
            'SELECT id_cart_rule FROM ' . _DB_PREFIX_ . 'parrain_rule WHERE kind = ? AND code = ? AND id_shop IN ('
            . implode(', ', Parts::shopsOfProgram($this->shop)) . ')',
            ['reward', $code]
        );
        return $rows === [] ? null : (int) $rows[0]['id_cart_rule'];
    }

    /**
     * The vouchers in a customer's account, the newest first, the rests that PrestaShop made of them included.
     *
     * @return array<array<string, mixed>>
     */
    public static function ofCustomer(int $customer): array
    {
        $prefix = _DB_PREFIX_;
        return (new PsDatabase())->rows(
            "SELECT c.*, y.iso_code, l.name AS product FROM {$prefix}cart_rule c
            LEFT JOIN {$prefix}currency y ON y.id_currency = c.reduction_currency
            LEFT JOIN {$prefix}product_lang l ON l.id_product = c.gift_product AND l.id_lang = ? AND l.id_shop = ?
            WHERE c.id_customer = ? AND EXISTS (
                SELECT 1 FROM {$prefix}parrain_rule r WHERE r.kind = 'reward' AND r.id_customer = c.id_customer
                AND (r.code = c.code OR c.code LIKE CONCAT(r.code, '-%'))
            ) ORDER BY c.id_cart_rule DESC LIMIT 50",
            [(int) \Context::getContext()->language->id, (int) \Context::getContext()->shop->id, $customer]
        );
    }

    private function made(Task $task, int $customer): CartRule
    {
        $kind = $task->rewardKind();
        $isMoney = in_array($kind, self::MONEY, true);
        $currency = (int) Currency::getIdByIsoCode($task->currency);
        if ($isMoney && $currency === 0) {
            throw new CannotDo('the reward is in ' . $task->currency . ', in which the shop does not sell');
        }
        if ($kind === 'free_product' && Gift::product($task->rewardText('sku')) === 0) {
            throw new CannotDo('the shop has no product "' . $task->rewardText('sku') . '"');
        }
        if (!$isMoney && !in_array($kind, ['percent_off', 'free_shipping', 'free_product'], true)) {
            throw new CannotDo('a voucher cannot give "' . $kind . '"');
        }
        $rule = new CartRule((int) CartRule::getIdByCode($task->code));
        if (Validate::isLoadedObject($rule)) {
            if ((int) $rule->id_customer !== $customer || $rule->description !== self::MADE_BY) {
                throw new CannotDo('the shop has another voucher of the code ' . $task->code);
            }
            // It was made when the run before this one broke off.
            return $rule;
        }
        $rule->name = Gift::inAllLanguages('Thank you for your recommendation', []);
        $rule->description = self::MADE_BY;
        $rule->id_customer = $customer;
        $rule->code = $task->code;
        $rule->active = true;
        $rule->highlight = true;
        $rule->quantity = 1;
        $rule->quantity_per_user = 1;
        // What is left of a voucher after an order is a voucher again.
        $rule->partial_use = $isMoney;
        $rule->shop_restriction = \Shop::isFeatureActive();
        $rule->date_from = date('Y-m-d H:i:s', time() - 86400);
        $rule->date_to = date('Y-m-d H:i:s', time() + self::HOLDS);
        Gift::setWorth($rule, $kind, $task->rewardText('percent'), $task->rewardText('amount'), $currency, $task->rewardText('sku'), $isMoney);
        if (!$rule->add()) {
            throw new CannotDo('PrestaShop did not make the voucher');
        }
        return $rule;
    }

    private function customer(Task $task): Customer
    {
        if (ctype_digit($task->customerId)) {
            $customer = new Customer((int) $task->customerId);
            if (Validate::isLoadedObject($customer) && !$customer->isGuest()) {
                return $customer;
            }
        }
        $customer = new Customer();
        if (Validate::isEmail($task->email) && $customer->getByEmail($task->email) && !$customer->isGuest()) {
            return $customer;
        }
        throw new CannotDo('the shop has no account of this customer');
    }
}
