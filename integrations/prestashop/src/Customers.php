<?php

namespace Parrain\PrestaShop;

/** Counts orders of an account and of an address alike: who orders as a guest is no new customer again. */
final class Customers
{
    /**
     * Whether somebody has an order that neither failed nor was cancelled: a gift for new customers is had once, also before
     * it is paid.
     */
    public static function hasOrdered(int $customer, string $email): bool
    {
        $prefix = _DB_PREFIX_;
        return (new PsDatabase())->rows(
            "SELECT o.id_order FROM {$prefix}orders o JOIN {$prefix}customer c ON c.id_customer = o.id_customer
            WHERE o.current_state NOT IN (?, ?) AND (o.id_customer = ? OR (c.email = ? AND c.email <> '')) LIMIT 1",
            [(int) \Configuration::get('PS_OS_CANCELED'), (int) \Configuration::get('PS_OS_ERROR'), $customer, $email]
        ) !== [];
    }

    /** Which paid order of its customer's an order is: 1 for the first. Orders that PrestaShop made of one basket are one. */
    public static function numberOf(int $order, int $cart, int $customer, string $email): int
    {
        $prefix = _DB_PREFIX_;
        $rows = (new PsDatabase())->rows(
            "SELECT COUNT(DISTINCT o.id_order) AS many FROM {$prefix}orders o
            JOIN {$prefix}customer c ON c.id_customer = o.id_customer
            JOIN {$prefix}order_history h ON h.id_order = o.id_order
            JOIN {$prefix}order_state s ON s.id_order_state = h.id_order_state AND s.paid = 1
            WHERE o.id_order < ? AND o.id_cart <> ? AND (o.id_customer = ? OR (c.email = ? AND c.email <> ''))",
            [$order, $cart, $customer, $email]
        );
        return ($rows === [] ? 0 : (int) $rows[0]['many']) + 1;
    }
}
