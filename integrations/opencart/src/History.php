<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Entry;
use Parrain\Shared\Queue;

/** Tells once of the orders of the last 24 months, so that customers of long standing are known as such. */
final class History
{
    /** How many months back. */
    private const MONTHS = 24;

    /** How many orders are put into the queue at once, and up to how many may wait there. */
    private const BATCH = 100;

    /** @var OcDatabase */
    private $database;

    /** @var Options */
    private $options;

    /** @var Statuses */
    private $statuses;

    /** @var int */
    private $store;

    public function __construct(OcDatabase $database, Options $options, Statuses $statuses, int $store)
    {
        $this->database = $database;
        $this->options = $options;
        $this->statuses = $statuses;
        $this->store = $store;
    }

    /** Starts to tell of them. */
    public function start(): void
    {
        $this->options->set('history', ['after' => 0, 'from' => strtotime('-' . self::MONTHS . ' months'), 'told' => 0, 'done' => false]);
    }

    /**
     * How far it came: told and done; nothing where it was never started.
     *
     * @return ?array<string, mixed>
     */
    public function state(): ?array
    {
        $state = $this->options->get('history');
        return is_array($state) && isset($state['after'], $state['from'], $state['told']) ? $state : null;
    }

    /** Puts the next orders into the queue, where it is not full of them. */
    public function goOn(Queue $queue): void
    {
        $state = $this->state();
        $paid = $this->statuses->paid();
        if ($state === null || $paid === [] || !empty($state['done']) || $queue->store()->counts()[Entry::WAITING] > self::BATCH) {
            return;
        }
        $marks = implode(', ', array_fill(0, count($paid), '?'));
        $orders = $this->database->rows(
            'SELECT * FROM `' . DB_PREFIX . "order` WHERE order_status_id IN ($marks) AND store_id = ? AND order_id > ? AND date_added >= ?
            ORDER BY order_id LIMIT " . self::BATCH,
            array_merge($paid, [$this->store, (int) $state['after'], date('Y-m-d H:i:s', (int) $state['from'])])
        );
        foreach ($orders as $order) {
            $state['after'] = (int) $order['order_id'];
            if ($this->statuses->isPaid((int) $order['order_status_id'], Statuses::payment($order))) {
                $state['told']++;
                $queue->add('order.paid ' . $state['after'], 'order.paid', ['order' => $state['after']]);
                OrderEvents::note($this->database, $state['after'], 'paid');
            }
        }
        $state['done'] = count($orders) < self::BATCH;
        $this->options->set('history', $state);
    }
}
