<?php

namespace Parrain\PrestaShop;

/** Counts orders that were paid, of an account and of an address alike: who orders as a guest is no new customer again. */
final class Customers
{
    /** Whether somebody has an order that was paid, whatever came after. */
    public static function hasOrdered(int $customer, string $email): bool
    {
        return self::paid($customer, $email, PHP_INT_MAX) > 0;
    }

    /** Which paid order of its customer's an order is: 1 for the first. */
    public static function numberOf(int $order, int $customer, string $email): int
    {
        return self::paid($customer, $email, $order) + 1;
    }

    /** How many paid orders there are of an account or an address, before an order's id. */
    private static function paid(int $customer, string $email, int $before): int
    {
        $prefix = _DB_PREFIX_;
        $rows = (new PsDatabase())->rows(
            "SELECT COUNT(DISTINCT o.id_order) AS many FROM {$prefix}orders o
            JOIN {$prefix}customer c ON c.id_customer = o.id_customer
            JOIN {$prefix}order_history h ON h.id_order = o.id_order
            JOIN {$prefix}order_state s ON s.id_order_state = h.id_order_state AND s.paid = 1
            WHERE o.id_order < ? AND (o.id_customer = ? OR (c.email = ? AND c.email <> ''))",
            [$before, $customer, $email]
        );
        return $rows === [] ? 0 : (int) $rows[0]['many'];
    }
}
