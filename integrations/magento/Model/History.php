<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Parrain\Shared\Entry;

/** Tells once of the orders of the last 24 months, so that customers of long standing are known as such. */
final class History
{
    /** How many months back. */
    private const MONTHS = 24;

    /** How many orders are put into the queue at once, and up to how many may wait there. */
    private const BATCH = 100;

    public function __construct(private readonly MagentoDatabase $database, private readonly Shops $shops)
    {
    }

    /** Starts to tell of a shop's. */
    public function start(Parts $parts): void
    {
        $parts->options()->set('history', ['after' => 0, 'from' => strtotime('-' . self::MONTHS . ' months'), 'told' => 0, 'done' => false]);
    }

    /**
     * How far it came: told and done; nothing where it was never started.
     *
     * @return ?array<string, mixed>
     */
    public function state(Parts $parts): ?array
    {
        $state = $parts->options()->get('history');
        return is_array($state) && isset($state['after'], $state['from'], $state['told']) ? $state : null;
    }

    /** Puts the next orders into the queue, where it is not full of them. */
    public function goOn(Parts $parts): void
    {
        $state = $this->state($parts);
        $stores = $this->shops->storesOf($parts);
        if ($state === null || !empty($state['done']) || $stores === [] || $parts->queue()->store()->counts()[Entry::WAITING] > self::BATCH) {
            return;
        }
        $orders = $this->database->rows(
            'SELECT entity_id FROM ' . $this->database->table('sales_order') . '
            WHERE store_id IN (' . implode(', ', $stores) . ") AND state <> 'canceled' AND base_total_paid > 0
            AND base_total_paid >= base_grand_total - COALESCE(base_total_canceled, 0)
            AND entity_id > ? AND created_at >= ? ORDER BY entity_id LIMIT " . self::BATCH,
            [(int) $state['after'], gmdate('Y-m-d H:i:s', (int) $state['from'])]
        );
        foreach ($orders as $order) {
            $state['after'] = (int) $order['entity_id'];
            $state['told']++;
            $parts->queue()->add('order.paid ' . $state['after'], 'order.paid', ['order' => $state['after']]);
        }
        $state['done'] = count($orders) < self::BATCH;
        $parts->options()->set('history', $state);
    }
}
