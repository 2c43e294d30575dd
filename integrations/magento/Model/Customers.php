<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

/**
 * Counts orders of an account and of an address alike: who orders as a guest is no new customer again.
 *
 * Where a basket is looked at, an unpaid order of that very basket does not count: its payment was given up, since Magento
 * made it a basket again. Nor does an order whose place the basket is to take, as it is edited in the admin.
 */
final class Customers
{
    /** Which orders count: its values are the order that is edited and the basket. */
    private const STANDS = "state <> 'canceled' AND entity_id <> ? AND (quote_id IS NULL OR quote_id <> ? OR base_total_paid > 0)";

    public function __construct(private readonly MagentoDatabase $database)
    {
    }

    /**
     * Whether somebody has an order that was not cancelled: a gift for new customers is had once, also before it is paid.
     *
     * @param int[] $stores where they may have ordered
     * @param string[] $emails
     * @param int $quote the basket that is looked at; 0 for none
     * @param int $edited the order whose place it takes; 0 for none
     */
    public function hasOrdered(array $stores, int $customer, array $emails, int $quote = 0, int $edited = 0): bool
    {
        list($who, $values) = self::who($customer, $emails);
        if ($who === '' || $stores === []) {
            return false;
        }
        return $this->database->rows(
            'SELECT entity_id FROM ' . $this->database->table('sales_order') . "
            WHERE " . self::STANDS . ' AND store_id IN (' . self::marks($stores) . ") AND ($who) LIMIT 1",
            array_merge([$edited, $quote], $stores, $values)
        ) !== [];
    }

    /**
     * Whether somebody has an order with a coupon.
     *
     * @param string[] $emails
     * @param int $quote the basket that is looked at
     */
    public function hasUsed(string $code, int $customer, array $emails, int $quote): bool
    {
        list($who, $values) = self::who($customer, $emails);
        return $who !== '' && $this->database->rows(
            'SELECT entity_id FROM ' . $this->database->table('sales_order') . '
            WHERE ' . self::STANDS . " AND coupon_code = ? AND ($who) LIMIT 1",
            array_merge([0, $quote, $code], $values)
        ) !== [];
    }

    /**
     * Whether an order that stands has a coupon. Magento counts a coupon's uses by a queue, some time after the order.
     *
     * @param int $quote the basket that is looked at; 0 for none
     * @param int $edited the order whose place it takes; 0 for none
     */
    public function isSpent(string $code, int $quote = 0, int $edited = 0): bool
    {
        return $this->database->rows(
            'SELECT entity_id FROM ' . $this->database->table('sales_order') . ' WHERE ' . self::STANDS . ' AND coupon_code = ? LIMIT 1',
            [$edited, $quote, $code]
        ) !== [];
    }

    /** Whether another order of a basket that was shared out among several stands with a coupon. */
    public function isShared(string $code, int $quote, int $order): bool
    {
        return $this->database->rows(
            'SELECT entity_id FROM ' . $this->database->table('sales_order') . "
            WHERE state <> 'canceled' AND quote_id = ? AND entity_id <> ? AND coupon_code = ? LIMIT 1",
            [$quote, $order, $code]
        ) !== [];
    }

    /**
     * Which paid order of its customer's an order is: 1 for the first. Orders of one basket are one.
     *
     * @param array<string, mixed> $order its row
     */
    public function numberOf(array $order): int
    {
        list($who, $values) = self::who((int) $order['customer_id'], [(string) $order['customer_email']]);
        $rows = $who === '' ? [] : $this->database->rows(
            'SELECT COUNT(*) AS many FROM ' . $this->database->table('sales_order') . "
            WHERE entity_id < ? AND base_total_paid > 0 AND (quote_id IS NULL OR quote_id <> ?) AND ($who)",
            array_merge([(int) $order['entity_id'], (int) $order['quote_id']], $values)
        );
        return ($rows === [] ? 0 : (int) $rows[0]['many']) + 1;
    }

    /** How many orders an account has paid. */
    public function paidOrders(int $customer): int
    {
        $rows = $this->database->rows(
            'SELECT COUNT(*) AS many FROM ' . $this->database->table('sales_order') . ' WHERE customer_id = ? AND base_total_paid > 0',
            [$customer]
        );
        return (int) $rows[0]['many'];
    }

    /**
     * The condition that an order is somebody's, and its values; empty where nobody is known.
     *
     * @param string[] $emails
     * @return array{0: string, 1: array<int|string>}
     */
    private static function who(int $customer, array $emails): array
    {
        $emails = array_values(array_unique(array_filter(array_map('trim', $emails), 'strlen')));
        $parts = [];
        $values = [];
        if ($customer > 0) {
            $parts[] = 'customer_id = ?';
            $values[] = $customer;
        }
        if ($emails !== []) {
            $parts[] = 'customer_email IN (' . self::marks($emails) . ')';
            $values = array_merge($values, $emails);
        }
        return [implode(' OR ', $parts), $values];
    }

    /** @param mixed[] $values */
    private static function marks(array $values): string
    {
        return implode(', ', array_fill(0, count($values), '?'));
    }
}
