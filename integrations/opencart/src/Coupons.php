<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Decimal;

/**
 * The coupons that the module makes: rows of OpenCart's own, each with a rule in a table beside that says whose it is and of
 * which code. One coupon serves all stores, as OpenCart has it.
 */
final class Coupons
{
    /** The longest name by which OpenCart keeps a coupon. */
    public const LONGEST = 20;

    /** @var OcDatabase */
    private $database;

    /** @var int */
    private $store;

    public function __construct(OcDatabase $database, int $store)
    {
        $this->database = $database;
        $this->store = $store;
    }

    /**
     * The rule that a coupon is of, where the module made it.
     *
     * @return ?array<string, mixed>
     */
    public function ruleOf(string $coupon): ?array
    {
        return $coupon === '' ? null : $this->rule('r.coupon = ?', $coupon);
    }

    /**
     * The rule of the gift of a code, where its coupon is there; `status` says whether its owner left it on.
     *
     * @return ?array<string, mixed>
     */
    public function giftOf(string $code): ?array
    {
        return $this->rule("r.kind = 'gift' AND r.code = ?", $code);
    }

    /** Whether the shop has a coupon of its own by a name. */
    public function isShopsOwn(string $name): bool
    {
        $prefix = DB_PREFIX;
        return $this->database->rows(
            "SELECT 1 FROM {$prefix}coupon c LEFT JOIN {$prefix}parrain_rule r ON r.coupon_id = c.coupon_id
            WHERE c.code = ? AND r.coupon IS NULL LIMIT 1",
            [$name]
        ) !== [];
    }

    /**
     * Makes the coupon of the gift of a code, or changes it, and answers its rule; nothing where no name is free for it.
     *
     * @param array<string, int|string> $values its columns
     * @param int $product to which it is limited, or 0
     * @param string $terms what of the program's terms stands in it, in short
     * @return ?array<string, mixed>
     */
    public function keepGift(string $code, array $values, int $product, string $terms): ?array
    {
        $rule = $this->giftOf($code);
        if ($rule !== null) {
            $set = implode(' = ?, ', array_keys($values)) . ' = ?';
            $this->database->run(
                'UPDATE ' . DB_PREFIX . "coupon SET $set WHERE coupon_id = ?",
                array_merge(array_values($values), [(int) $rule['coupon_id']])
            );
            $this->database->run('UPDATE ' . DB_PREFIX . 'parrain_rule SET terms = ? WHERE coupon = ?', [$terms, $rule['coupon']]);
            $this->limit($rule['coupon'], $product);
            return ['terms' => $terms] + $rule;
        }
        $name = $this->freeName($code);
        if ($name === null) {
            return null;
        }
        $this->note($name, 'gift', $code, '', 0, $terms);
        $this->make($name, $values + ['status' => 1], $product);
        return $this->giftOf($code);
    }

    /** Notes of what a coupon is, before it is made: of two that are of one name the first stands. */
    public function note(string $coupon, string $kind, string $code, string $task, int $customer, string $terms): void
    {
        $this->database->run(
            'INSERT IGNORE INTO ' . DB_PREFIX . 'parrain_rule (coupon, coupon_id, kind, store_id, code, task, customer_id, terms, made_at)
            VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?)',
            [$coupon, $kind, $this->store, $code, mb_substr($task, 0, 190), $customer, $terms, time()]
        );
    }

    /**
     * Makes the coupon of a rule, where it is not there yet: a run before may have broken off, or the owner removed it.
     *
     * @param array<string, int|string> $values its columns
     * @param int $product to which it is limited, or 0
     */
    public function make(string $coupon, array $values, int $product): void
    {
        $values += ['code' => $coupon, 'date_added' => date('Y-m-d H:i:s')];
        $marks = implode(', ', array_fill(0, count($values), '?'));
        $this->database->run(
            'INSERT INTO ' . DB_PREFIX . 'coupon (' . implode(', ', array_keys($values)) . ") SELECT $marks FROM (SELECT 1) one
            WHERE NOT EXISTS (SELECT 1 FROM " . DB_PREFIX . 'coupon c WHERE c.code = ?)',
            array_merge(array_values($values), [$coupon])
        );
        $this->database->run(
            'UPDATE ' . DB_PREFIX . 'parrain_rule SET coupon_id = (SELECT MIN(coupon_id) FROM ' . DB_PREFIX . 'coupon WHERE code = ?)
            WHERE coupon = ?',
            [$coupon, $coupon]
        );
        $this->limit($coupon, $product);
    }

    /** The product of a model, or 0. */
    public function product(string $model): int
    {
        $rows = $model === '' ? [] : $this->database->rows(
            'SELECT product_id FROM ' . DB_PREFIX . 'product WHERE model = ? AND status = 1 ORDER BY product_id LIMIT 1',
            [$model]
        );
        return $rows === [] ? 0 : (int) $rows[0]['product_id'];
    }

    /** What a product costs in the catalogue. */
    public function price(int $product): string
    {
        $rows = $this->database->rows('SELECT price FROM ' . DB_PREFIX . 'product WHERE product_id = ?', [$product]);
        return $rows === [] ? '0' : Decimal::of((string) $rows[0]['price'])->rounded(4);
    }

    /** @return ?array<string, mixed> */
    private function rule(string $where, string $value): ?array
    {
        $rows = $this->database->rows(
            'SELECT r.*, c.status FROM ' . DB_PREFIX . 'parrain_rule r JOIN ' . DB_PREFIX . "coupon c ON c.coupon_id = r.coupon_id
            WHERE $where ORDER BY r.coupon_id LIMIT 1",
            [$value]
        );
        return $rows === [] ? null : $rows[0];
    }

    /** Limits a coupon to a product, or to none for 0. */
    private function limit(string $coupon, int $product): void
    {
        $prefix = DB_PREFIX;
        $this->database->run(
            "DELETE FROM {$prefix}coupon_product WHERE coupon_id IN (SELECT coupon_id FROM {$prefix}parrain_rule WHERE coupon = ?)",
            [$coupon]
        );
        if ($product > 0) {
            $this->database->run(
                "INSERT INTO {$prefix}coupon_product (coupon_id, product_id)
                SELECT coupon_id, ? FROM {$prefix}parrain_rule WHERE coupon = ?",
                [$product, $coupon]
            );
        }
    }

    /** Under which name a coupon of a code can be kept: the code, or the beginning of a long one. */
    private function freeName(string $code): ?string
    {
        if (strlen($code) <= self::LONGEST) {
            return $code;
        }
        for ($number = 0; $number < 10; $number++) {
            $name = substr($code, 0, self::LONGEST - 2) . '-' . $number;
            if ($this->ruleOf($name) === null && !$this->isShopsOwn($name)) {
                return $name;
            }
        }
        return null;
    }
}
