<?php

namespace Parrain\OpenCart;

use Parrain\Shared\CannotDo;
use Parrain\Shared\Decimal;
use Parrain\Shared\Task;
use Parrain\Shared\TaskDoer;

/**
 * Gives the customer each reward that the edge asks for, once: its code comes with the task, so that a task that comes again
 * finds it. Money becomes credit in their account, of which OpenCart keeps the rest by itself; all else a coupon of their own.
 */
final class Rewards implements TaskDoer
{
    /** Rewards that are money. */
    private const MONEY = ['store_credit', 'amount_off', 'gift_card'];

    /** @var OcDatabase */
    private $database;

    /** @var Money */
    private $money;

    /** @var Settings */
    private $settings;

    /** @var Coupons */
    private $coupons;

    public function __construct(OcDatabase $database, Money $money, Settings $settings, Coupons $coupons)
    {
        $this->database = $database;
        $this->money = $money;
        $this->settings = $settings;
        $this->coupons = $coupons;
    }

    public function perform(Task $task): string
    {
        if ($task->kind === 'end_code') {
            return $this->end($task);
        }
        if ($task->kind !== 'reward') {
            throw new CannotDo('this module does not know the task "' . $task->kind . '"');
        }
        $customer = $this->customer($task);
        if (in_array($task->rewardKind(), self::MONEY, true)) {
            $this->credit($task, $customer);
        } else {
            $this->coupon($task, $customer);
        }
        return $task->code;
    }

    /** Whether a code is of credit in a customer's account, which is no coupon. */
    public function isCredit(string $code, int $customer): bool
    {
        $rule = $customer > 0 ? $this->known($code) : null;
        return $rule !== null && $rule['kind'] === 'credit' && (int) $rule['customer_id'] === $customer;
    }

    /**
     * What a customer was given, the newest first.
     *
     * @return array<array<string, mixed>>
     */
    public function ofCustomer(int $customer): array
    {
        $prefix = DB_PREFIX;
        return $this->database->rows(
            "SELECT r.code, r.kind, r.terms AS amount, c.type, c.discount, c.shipping, c.date_end,
            (SELECT COUNT(*) FROM {$prefix}coupon_history h WHERE h.coupon_id = c.coupon_id) AS used,
            (SELECT MIN(d.name) FROM {$prefix}coupon_product p JOIN {$prefix}product_description d ON d.product_id = p.product_id
                JOIN {$prefix}language l ON l.language_id = d.language_id AND l.code = ? WHERE p.coupon_id = c.coupon_id) AS product
            FROM {$prefix}parrain_rule r LEFT JOIN {$prefix}coupon c ON c.coupon_id = r.coupon_id
            WHERE r.customer_id = ? AND (r.kind = 'credit' OR (r.kind = 'reward' AND c.coupon_id IS NOT NULL))
            ORDER BY r.made_at DESC, r.coupon LIMIT 50",
            [$this->settings->language(), $customer]
        );
    }

    /** Books credit in the customer's account. */
    private function credit(Task $task, int $customer): void
    {
        $amount = $this->money->inDefault($task->rewardText('amount'), $task->currency);
        if ($amount === null) {
            throw new CannotDo('the reward is in ' . $task->currency . ', in which the shop does not sell');
        }
        if (Decimal::of($amount)->isZero()) {
            throw new CannotDo('the reward is worth nothing');
        }
        $this->note($task, $customer, 'credit', $amount);
        $this->book($customer, $this->said('Thank you for your recommendation') . ' (' . $task->code . ')', $amount);
    }

    /** Makes a coupon of the customer's own. */
    private function coupon(Task $task, int $customer): void
    {
        $kind = $task->rewardKind();
        if (!in_array($kind, ['percent_off', 'free_shipping', 'free_product'], true)) {
            throw new CannotDo('a coupon cannot give "' . $kind . '"');
        }
        if (strlen($task->code) > Coupons::LONGEST) {
            throw new CannotDo('a coupon has no code of more than ' . Coupons::LONGEST . ' signs');
        }
        $product = $kind === 'free_product' ? $this->coupons->product($task->rewardText('sku')) : 0;
        if ($kind === 'free_product' && $product === 0) {
            throw new CannotDo('the shop has no product of the model "' . $task->rewardText('sku') . '"');
        }
        $taken = $this->database->rows('SELECT coupon_id FROM ' . DB_PREFIX . 'coupon WHERE code = ?', [$task->code]);
        if ($taken !== [] && $this->known($task->code) === null) {
            throw new CannotDo('the shop has another coupon of the code ' . $task->code);
        }
        $this->note($task, $customer, 'reward', '');
        $worth = ['type' => 'F', 'discount' => '0.0000'];
        if ($kind === 'percent_off') {
            $worth = ['type' => 'P', 'discount' => $task->rewardText('percent')];
        }
        if ($product > 0) {
            $worth['discount'] = $this->coupons->price($product);
        }
        $this->coupons->make($task->code, $worth + [
            'name' => $this->said('Thank you for your recommendation'),
            'shipping' => $kind === 'free_shipping' ? 1 : 0,
            'total' => '0',
            'date_start' => date('Y-m-d', 0),
            'date_end' => '2099-12-31',
            'uses_total' => 1,
            'uses_customer' => 1,
            'logged' => 1,
            'status' => 1,
        ], $product);
    }

    /** Takes back what a task gave, where it was not spent. */
    private function end(Task $task): string
    {
        $rule = $this->known($task->code) ?: $this->foundAgain($task->code);
        if ($rule === null || $rule['kind'] === 'ended') {
            return $task->code;
        }
        if ($rule['kind'] === 'credit') {
            $this->endCredit($task, $rule);
        } elseif ($rule['kind'] === 'reward') {
            $coupon = (int) $rule['coupon_id'];
            if ($this->database->rows('SELECT 1 FROM ' . DB_PREFIX . 'coupon_history WHERE coupon_id = ? LIMIT 1', [$coupon]) !== []) {
                throw new CannotDo('the voucher ' . $task->code . ' was spent already');
            }
            foreach (['coupon', 'coupon_product'] as $table) {
                $this->database->run('DELETE FROM ' . DB_PREFIX . $table . ' WHERE coupon_id = ?', [$coupon]);
            }
        }
        $this->database->run('UPDATE ' . DB_PREFIX . 'parrain_rule SET kind = ? WHERE coupon = ?', ['ended', $task->code]);
        return $task->code;
    }

    /** @param array<string, mixed> $rule */
    private function endCredit(Task $task, array $rule): void
    {
        $customer = (int) $rule['customer_id'];
        $amount = Decimal::of((string) $rule['terms']);
        $words = $this->said('A reward was taken back, its order being cancelled or refunded') . ' (' . $task->code . ')';
        if (!$this->isBooked($customer, $words)) {
            $rows = $this->database->rows(
                'SELECT SUM(amount) AS sum FROM ' . DB_PREFIX . 'customer_transaction WHERE customer_id = ?',
                [$customer]
            );
            if ($amount->exceeds(Decimal::of($rows[0]['sum'] === null ? 0 : (string) $rows[0]['sum']))) {
                // The edge then sets off the whole reward, so that what is left of the credit is its owner's.
                throw new CannotDo('the credit ' . $task->code . ' was spent already');
            }
            $this->book($customer, $words, $amount->negated()->rounded(4));
        }
    }

    /** Books a sum in a customer's account, once for what is said of it. */
    private function book(int $customer, string $words, string $amount): void
    {
        $this->database->run(
            'INSERT INTO ' . DB_PREFIX . 'customer_transaction (customer_id, order_id, description, amount, date_added)
            SELECT ?, 0, ?, ?, ? FROM (SELECT 1) one
            WHERE NOT EXISTS (SELECT 1 FROM ' . DB_PREFIX . 'customer_transaction t WHERE t.customer_id = ? AND t.description = ?)',
            [$customer, $words, $amount, date('Y-m-d H:i:s'), $customer, $words]
        );
    }

    private function isBooked(int $customer, string $words): bool
    {
        return $this->database->rows(
            'SELECT 1 FROM ' . DB_PREFIX . 'customer_transaction WHERE customer_id = ? AND description = ? LIMIT 1',
            [$customer, $words]
        ) !== [];
    }

    /** Notes whose the code is, before anything is given. */
    private function note(Task $task, int $customer, string $kind, string $terms): void
    {
        $this->coupons->note($task->code, $kind, $task->code, $task->id, $customer, $terms);
        $rule = $this->known($task->code);
        if ($rule === null || $rule['kind'] !== $kind || (int) $rule['customer_id'] !== $customer) {
            throw new CannotDo('the shop has another coupon of the code ' . $task->code);
        }
    }

    /** @return ?array<string, mixed> */
    private function known(string $code): ?array
    {
        $rows = $this->database->rows(
            'SELECT * FROM ' . DB_PREFIX . "parrain_rule WHERE coupon = ? AND kind <> 'gift'",
            [$code]
        );
        return $rows === [] ? null : $rows[0];
    }

    /**
     * What was given for a code before the module was uninstalled, and installed anew: what customers have stays.
     *
     * @return ?array<string, mixed>
     */
    private function foundAgain(string $code): ?array
    {
        $coupons = $this->database->rows(
            'SELECT coupon_id FROM ' . DB_PREFIX . 'coupon WHERE code = ? AND logged = 1 AND uses_total = 1 AND uses_customer = 1 LIMIT 1',
            [$code]
        );
        if ($coupons !== []) {
            return ['kind' => 'reward', 'coupon_id' => $coupons[0]['coupon_id']];
        }
        $booked = $this->database->rows(
            'SELECT customer_id, amount FROM ' . DB_PREFIX . 'customer_transaction
            WHERE description LIKE ? AND order_id = 0 AND amount > 0 LIMIT 1',
            ['%(' . $code . ')']
        );
        return $booked === [] ? null : ['kind' => 'credit', 'customer_id' => $booked[0]['customer_id'], 'terms' => $booked[0]['amount']];
    }

    private function said(string $text): string
    {
        return Words::said($this->settings->language(), $text);
    }

    private function customer(Task $task): int
    {
        $sql = 'SELECT customer_id FROM ' . DB_PREFIX . 'customer WHERE ';
        $rows = ctype_digit($task->customerId) ? $this->database->rows($sql . 'customer_id = ?', [(int) $task->customerId]) : [];
        if ($rows === [] && $task->email !== '') {
            $rows = $this->database->rows($sql . 'email = ? ORDER BY customer_id LIMIT 1', [$task->email]);
        }
        if ($rows === []) {
            throw new CannotDo('the shop has no account of this customer');
        }
        return (int) $rows[0]['customer_id'];
    }
}
