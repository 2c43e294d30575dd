<?php

namespace Parrain\PrestaShop;

use CartRule;
use Currency;
use Customer;
use Parrain\Shared\CannotDo;
use Parrain\Shared\Connection;
use Parrain\Shared\Task;
use Parrain\Shared\TaskDoer;
use Validate;

/**
 * Makes a voucher of the customer's own of each reward that the edge asks for, once: its code follows from the task, so that
 * a task that comes again finds it.
 */
final class Rewards implements TaskDoer
{
    /** Rewards that are money off a basket. */
    private const MONEY = ['store_credit', 'amount_off', 'gift_card'];

    /** For how long a voucher holds where the program does not say, in seconds. */
    private const HOLDS = 63072000;

    /** @var Connection */
    private $connection;

    /** @var Gift */
    private $gift;

    /** @var int */
    private $shop;

    public function __construct(Connection $connection, Gift $gift, int $shop)
    {
        $this->connection = $connection;
        $this->gift = $gift;
        $this->shop = $shop;
    }

    public function perform(Task $task): string
    {
        if ($task->kind === 'code') {
            $this->gift->know($task->code);
            return $task->code;
        }
        if ($task->kind === 'end_code') {
            $this->gift->end($task->code);
            return $task->code;
        }
        if ($task->kind !== 'reward') {
            throw new CannotDo('this module does not know the task "' . $task->kind . '"');
        }
        $code = $task->voucherCode($this->connection->eventSecret);
        $known = (new PsDatabase())->rows(
            'SELECT task FROM ' . _DB_PREFIX_ . 'parrain_rule WHERE kind = ? AND id_shop = ? AND code = ?',
            ['reward', $this->shop, $code]
        );
        if ($known !== []) {
            return $code;
        }
        $customer = $this->customer($task);
        $rule = $this->made($task, $code, (int) $customer->id);
        (new PsDatabase())->run(
            'INSERT INTO ' . _DB_PREFIX_ . 'parrain_rule (id_cart_rule, kind, id_shop, code, task, id_customer, terms)
            VALUES (?, ?, ?, ?, ?, ?, ?)',
            [(int) $rule->id, 'reward', $this->shop, $code, mb_substr($task->id, 0, 190), (int) $customer->id, '']
        );
        return $code;
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

    private function made(Task $task, string $code, int $customer): CartRule
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
        // One that was made when the run before this one broke off.
        $rule = new CartRule((int) CartRule::getIdByCode($code));
        if (Validate::isLoadedObject($rule)) {
            return $rule;
        }
        $rule->name = Gift::inAllLanguages('Thank you for your recommendation', []);
        $rule->description = 'Parrain';
        $rule->id_customer = $customer;
        $rule->code = $code;
        $rule->active = true;
        $rule->highlight = true;
        $rule->quantity = 1;
        $rule->quantity_per_user = 1;
        // What is left of a voucher after an order is a voucher again.
        $rule->partial_use = $isMoney;
        $rule->date_from = date('Y-m-d H:i:s', time() - 86400);
        $rule->date_to = date('Y-m-d H:i:s', $task->expiresAt !== null ? $task->expiresAt : time() + self::HOLDS);
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
