<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Database;
use Parrain\Shared\Queue;

/**
 * Puts refunds into the queue, as far as OpenCart knows of any: a return that is over and gave money back is one. What is given
 * back without a return, nobody can tell of.
 */
final class Returns
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

    /** The store of the order that a return is of, or nothing where the shop has no such order. */
    public static function store(Database $database, int $return): ?int
    {
        $rows = $database->rows(
            'SELECT o.store_id FROM `' . DB_PREFIX . 'return` r JOIN `' . DB_PREFIX . 'order` o ON o.order_id = r.order_id
            WHERE r.return_id = ?',
            [$return]
        );
        return $rows === [] ? null : (int) $rows[0]['store_id'];
    }

    /** Looks what a return is by now. */
    public function look(int $return): void
    {
        $rows = $this->database->rows(
            'SELECT order_id, return_action_id, return_status_id FROM `' . DB_PREFIX . 'return` WHERE return_id = ?',
            [$return]
        );
        if ($rows === []) {
            return;
        }
        $isRefund = in_array((int) $rows[0]['return_action_id'], $this->statuses->refunded(), true)
            && in_array((int) $rows[0]['return_status_id'], $this->statuses->returned(), true);
        $told = $this->told($return);
        if ($isRefund && $told !== 'refunded') {
            $this->happened('order.refunded', $return, (int) $rows[0]['order_id'], 'refunded');
        } elseif (!$isRefund && $told === 'refunded') {
            $this->happened('refund.voided', $return, (int) $rows[0]['order_id'], 'voided');
        }
    }

    /** A return is being deleted: the refund that it was is none any more. */
    public function deleted(int $return, int $order): void
    {
        if ($this->told($return) === 'refunded') {
            $this->happened('refund.voided', $return, $order, 'voided');
        }
    }

    /** The order that a return is of. */
    public function order(int $return): int
    {
        $rows = $this->database->rows('SELECT order_id FROM `' . DB_PREFIX . 'return` WHERE return_id = ?', [$return]);
        return $rows === [] ? 0 : (int) $rows[0]['order_id'];
    }

    private function happened(string $type, int $return, int $order, string $told): void
    {
        $now = time();
        $this->queue->add("$type $return $now", $type, [
            'order' => $order, 'return' => $return, 'refund_id' => 'return-' . $return, 'at' => OrderFacts::instant($now),
        ]);
        $this->database->run('REPLACE INTO ' . DB_PREFIX . 'parrain_return (return_id, told) VALUES (?, ?)', [$return, $told]);
    }

    /** What was last said of a return: refunded, voided, or nothing. */
    private function told(int $return): string
    {
        $rows = $this->database->rows('SELECT told FROM ' . DB_PREFIX . 'parrain_return WHERE return_id = ?', [$return]);
        return $rows === [] ? '' : (string) $rows[0]['told'];
    }
}
