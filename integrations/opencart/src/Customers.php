<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Database;

/** Counts orders of an account and of an address alike: who orders as a guest is no new customer again. */
final class Customers
{
    /** @var Database */
    private $database;

    /** @var Statuses */
    private $statuses;

    public function __construct(Database $database, Statuses $statuses)
    {
        $this->database = $database;
        $this->statuses = $statuses;
    }

    /**
     * Whether somebody has an order that was placed and neither failed nor was cancelled: a gift for new customers is had
     * once, also before it is paid.
     *
     * @param int $but an order that is none before: the one that is being placed
     */
    public function hasOrdered(int $customer, string $email, int $but = 0): bool
    {
        return $this->count($customer, $email, $but, 1) > 0;
    }

    /** How many orders of an account's count. */
    public function ordersOf(int $customer): int
    {
        return $this->count($customer, '', 0, 1000);
    }

    private function count(int $customer, string $email, int $but, int $most): int
    {
        $cancelled = array_merge([0], $this->statuses->cancelled());
        $marks = implode(', ', array_fill(0, count($cancelled), '?'));
        return count($this->database->rows(
            'SELECT order_id FROM `' . DB_PREFIX . "order` WHERE order_status_id NOT IN ($marks) AND order_id <> ?
            AND ((customer_id = ? AND customer_id > 0) OR (email = ? AND email <> '')) LIMIT " . $most,
            array_merge($cancelled, [$but, $customer, $email])
        ));
    }

    /** Which paid order of its customer's an order is: 1 for the first. */
    public function numberOf(int $order, int $customer, string $email): int
    {
        $paid = $this->statuses->paid();
        if ($paid === []) {
            return 1;
        }
        $marks = implode(', ', array_fill(0, count($paid), '?'));
        $rows = $this->database->rows(
            'SELECT COUNT(DISTINCT o.order_id) AS many FROM `' . DB_PREFIX . 'order` o
            JOIN ' . DB_PREFIX . "order_history h ON h.order_id = o.order_id AND h.order_status_id IN ($marks)
            WHERE o.order_id < ? AND ((o.customer_id = ? AND o.customer_id > 0) OR (o.email = ? AND o.email <> ''))",
            array_merge($paid, [$order, $customer, $email])
        );
        return ($rows === [] ? 0 : (int) $rows[0]['many']) + 1;
    }
}
