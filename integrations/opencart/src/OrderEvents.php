<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Database;
use Parrain\Shared\Queue;

/** Puts what happens to orders into the queue: one row each, and nothing is sent here, since a shopper may be waiting. */
final class OrderEvents
{
    /** @var Database */
    private $database;

    /** @var Queue */
    private $queue;

    /** @var Statuses */
    private $statuses;

    public function __construct(Database $database, Queue $queue, Statuses $statuses)
    {
        $this->database = $database;
        $this->queue = $queue;
        $this->statuses = $statuses;
    }

    /**
     * The store and the payment of an order, and in which status it is, whatever status it was to come to: a check for fraud
     * may have given it another.
     *
     * @return ?array<string, mixed>
     */
    public static function order(Database $database, int $order): ?array
    {
        $rows = $database->rows('SELECT * FROM `' . DB_PREFIX . 'order` WHERE order_id = ?', [$order]);
        return $rows === [] ? null : $rows[0];
    }

    /**
     * Looks what the status of an order means.
     *
     * @param array<string, mixed> $order its row
     */
    public function look(array $order): void
    {
        $id = (int) $order['order_id'];
        $status = (int) $order['order_status_id'];
        if ($this->statuses->isPaid($status, Statuses::payment($order))) {
            $this->paid($id);
        } elseif (in_array($status, $this->statuses->cancelled(), true) && $this->told($id) === 'paid') {
            $this->happened($id, 'order.cancelled');
            $this->tell($id, 'cancelled');
        }
    }

    /** A customer opened an account; programs that reward it are told by which code they came. */
    public function signedUp(int $customer, Visit $visit): void
    {
        $code = $visit->wish();
        $this->queue->add('signup.created ' . $customer, 'signup.created', [
            'customer' => $customer, 'at' => OrderFacts::instant(time()),
            'codes' => $code === null ? [] : [$code], 'touches' => $visit->touches(),
        ]);
    }

    /** Notes what was last said of an order, by whomever. */
    public static function note(Database $database, int $order, string $what): void
    {
        $database->run(
            'INSERT INTO ' . DB_PREFIX . 'parrain_order (order_id, basket, touches, code, told) VALUES (?, ?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE told = VALUES(told)',
            [$order, '', '', '', $what]
        );
    }

    private function paid(int $order): void
    {
        $this->queue->add('order.paid ' . $order, 'order.paid', ['order' => $order]);
        $told = $this->told($order);
        if ($told === 'cancelled') {
            $this->happened($order, 'order.reinstated');
        }
        if ($told !== 'paid') {
            $this->tell($order, 'paid');
        }
    }

    private function happened(int $order, string $type): void
    {
        $now = time();
        $this->queue->add("$type $order $now", $type, ['order' => $order, 'at' => OrderFacts::instant($now)]);
    }

    /** What was last said of an order: paid, cancelled, or nothing. */
    private function told(int $order): string
    {
        $rows = $this->database->rows('SELECT told FROM ' . DB_PREFIX . 'parrain_order WHERE order_id = ?', [$order]);
        return $rows === [] ? '' : (string) $rows[0]['told'];
    }

    private function tell(int $order, string $what): void
    {
        self::note($this->database, $order, $what);
    }
}
