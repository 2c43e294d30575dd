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
        list($whose, $who) = self::whose($customer, $email);
        $cancelled = array_merge([0], $this->statuses->cancelled());
        $marks = implode(', ', array_fill(0, count($cancelled), '?'));
        return $who === [] ? 0 : count($this->database->rows(
            'SELECT order_id FROM `' . DB_PREFIX . "order` WHERE ($whose) AND order_id <> ? AND order_status_id NOT IN ($marks) LIMIT " . $most,
            array_merge($who, [$but], $cancelled)
        ));
    }

    /** Which paid order of its customer's an order is: 1 for the first. */
    public function numberOf(int $order, int $customer, string $email): int
    {
        list($whose, $who) = self::whose($customer, $email);
        $paid = $this->statuses->paid();
        if ($paid === [] || $who === []) {
            return 1;
        }
        $marks = implode(', ', array_fill(0, count($paid), '?'));
        $rows = $this->database->rows(
            'SELECT COUNT(DISTINCT o.order_id) AS many FROM `' . DB_PREFIX . 'order` o
            JOIN ' . DB_PREFIX . "order_history h ON h.order_id = o.order_id AND h.order_status_id IN ($marks)
            WHERE o.order_id < ? AND ($whose)",
            array_merge($paid, [$order], $who)
        );
        return ($rows === [] ? 0 : (int) $rows[0]['many']) + 1;
    }

    /**
     * The condition by which somebody's orders are found, of no more than what is known of them, so that an index serves it.
     *
     * @return array{0: string, 1: array<int|string>}
     */
    private static function whose(int $customer, string $email): array
    {
        $known = array_filter(['customer_id = ?' => $customer, 'email = ?' => $email]);
        return [implode(' OR ', array_keys($known)), array_values($known)];
    }
}
