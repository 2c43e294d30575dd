<?php

namespace Parrain\PrestaShop;

use Parrain\Shared\Entry;
use Parrain\Shared\Queue;

/** Tells once of the orders of the last 24 months, so that customers of long standing are known as such. */
final class History
{
    /** How many months back. */
    private const MONTHS = 24;

    /** How many orders are put into the queue at once, and up to how many may wait there. */
    private const BATCH = 100;

    /** @var Options */
    private $options;

    /** @var int */
    private $shop;

    public function __construct(Options $options, int $shop)
    {
        $this->options = $options;
        $this->shop = $shop;
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
        if ($state === null || !empty($state['done']) || $queue->store()->counts()[Entry::WAITING] > self::BATCH) {
            return;
        }
        $prefix = _DB_PREFIX_;
        $orders = (new PsDatabase())->rows(
            "SELECT o.id_order FROM {$prefix}orders o JOIN {$prefix}order_state s ON s.id_order_state = o.current_state
            WHERE s.paid = 1 AND o.id_shop = ? AND o.id_order > ? AND o.date_add >= ? ORDER BY o.id_order LIMIT " . self::BATCH,
            [$this->shop, (int) $state['after'], date('Y-m-d H:i:s', (int) $state['from'])]
        );
        foreach ($orders as $order) {
            $state['after'] = (int) $order['id_order'];
            $state['told']++;
            $queue->add('order.paid ' . $state['after'], 'order.paid', ['order' => $state['after']]);
        }
        $state['done'] = count($orders) < self::BATCH;
        $this->options->set('history', $state);
    }
}
