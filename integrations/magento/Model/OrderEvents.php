<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Parrain\Shared\Decimal;
use Parrain\Shared\Queue;

/**
 * Puts what happens to orders into the queue: one row each, and nothing is sent or read of goods here, since a shopper may be
 * waiting.
 *
 * An order is paid when its invoices have brought what it comes to, or what was not cancelled of it: one to be paid on delivery
 * is not until it is invoiced.
 */
final class OrderEvents
{
    public function __construct(private readonly MagentoDatabase $database, private readonly Shops $shops)
    {
    }

    /** Looks what an order that was just saved means. */
    public function look(int $order): void
    {
        $row = $this->row($order);
        $parts = $row === null ? null : $this->shops->tellingOf((int) $row['store_id']);
        if ($parts === null) {
            return;
        }
        $told = $this->told($order);
        if (self::isPaid($row)) {
            if ($told !== 'paid') {
                $this->paid($parts->queue(), $order, $told === 'cancelled');
            }
        } elseif ($told === 'paid' || ($told === '' && $row['state'] === 'canceled' && Decimal::of($row['base_total_paid'])->exceeds(Decimal::of(0)))) {
            // Of an order that the history told nothing is noted here.
            $this->happened($parts->queue(), $order, 'order.cancelled');
            $this->tell($order, 'cancelled');
        }
    }

    /** A credit memo was made, or cancelled. */
    public function refunded(int $memo): void
    {
        $rows = $this->database->rows(
            'SELECT m.entity_id, m.state, m.order_id, m.store_id FROM ' . $this->database->table('sales_creditmemo') . ' m WHERE m.entity_id = ?',
            [$memo]
        );
        $parts = $rows === [] ? null : $this->shops->tellingOf((int) $rows[0]['store_id']);
        if ($parts === null) {
            return;
        }
        $order = (int) $rows[0]['order_id'];
        if ((int) $rows[0]['state'] === OrderFacts::MEMO_REFUNDED) {
            $parts->queue()->add("order.refunded $memo", 'order.refunded', ['order' => $order, 'memo' => $memo]);
        } elseif ((int) $rows[0]['state'] === OrderFacts::MEMO_CANCELLED) {
            $parts->queue()->add("refund.voided $memo", 'refund.voided', [
                'order' => $order, 'refund_id' => (string) $memo, 'at' => OrderFacts::instant(time()),
            ]);
        }
    }

    /**
     * Whether an order brought what it comes to.
     *
     * @param array<string, mixed> $row
     */
    private static function isPaid(array $row): bool
    {
        $paid = Decimal::of($row['base_total_paid']);
        $owed = Decimal::of($row['base_grand_total'])->minus(Decimal::of($row['base_total_canceled']));
        return $row['state'] !== 'canceled' && !$paid->isZero() && !$owed->exceeds($paid);
    }

    private function paid(Queue $queue, int $order, bool $again): void
    {
        $queue->add("order.paid $order", 'order.paid', ['order' => $order, 'at' => OrderFacts::instant(time())]);
        if ($again) {
            $this->happened($queue, $order, 'order.reinstated');
        }
        $this->tell($order, 'paid');
    }

    private function happened(Queue $queue, int $order, string $type): void
    {
        $now = time();
        $queue->add("$type $order $now", $type, ['order' => $order, 'at' => OrderFacts::instant($now)]);
    }

    /** @return ?array<string, mixed> */
    private function row(int $order): ?array
    {
        return $this->database->rows(
            'SELECT store_id, state, base_total_paid, base_total_canceled, base_grand_total FROM '
            . $this->database->table('sales_order') . ' WHERE entity_id = ?',
            [$order]
        )[0] ?? null;
    }

    /** What was last said of an order: paid, cancelled, or nothing. */
    private function told(int $order): string
    {
        $rows = $this->database->rows('SELECT told FROM ' . $this->database->table('parrain_order') . ' WHERE order_id = ?', [$order]);
        return $rows === [] ? '' : (string) $rows[0]['told'];
    }

    private function tell(int $order, string $what): void
    {
        $this->database->run(
            'INSERT INTO ' . $this->database->table('parrain_order') . ' (order_id, touches, code, told) VALUES (?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE told = VALUES(told)',
            [$order, '', '', $what]
        );
    }
}
