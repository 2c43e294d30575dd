<?php

namespace Parrain\PrestaShop;

use Configuration;
use Order;
use OrderState;
use Parrain\Shared\Queue;

/**
 * Puts what happens to orders into the queue: one row each, and nothing is sent or read here, since a shopper may be waiting.
 *
 * An order is paid when its state is one that PrestaShop calls paid: one to be paid on delivery is not until it is.
 */
final class OrderEvents
{
    /** The states in which a paid order no longer counts, by PrestaShop's names for them. */
    private const UNDONE = ['PS_OS_CANCELED', 'PS_OS_ERROR', 'PS_OS_REFUND'];

    /** @var Queue */
    private $queue;

    public function __construct(Queue $queue)
    {
        $this->queue = $queue;
    }

    /** Looks what an order's new state means. */
    public function look(Order $order, OrderState $state): void
    {
        if ((int) $state->paid === 1) {
            $this->paid((int) $order->id);
            return;
        }
        foreach (self::UNDONE as $name) {
            if ((int) Configuration::get($name) === (int) $state->id && self::counts((int) $order->id)) {
                $this->happened((int) $order->id, 'order.cancelled');
                self::tell((int) $order->id, 'cancelled');
            }
        }
    }

    /** A credit slip was made. */
    public function refunded(Order $order, int $slip): void
    {
        $this->queue->add('order.refunded ' . $slip, 'order.refunded', ['order' => (int) $order->id, 'slip' => $slip]);
    }

    /** A credit slip was deleted. */
    public function refundDeleted(Order $order, int $slip): void
    {
        $this->queue->add('refund.voided ' . $slip, 'refund.voided', [
            'order' => (int) $order->id, 'refund_id' => (string) $slip, 'at' => OrderFacts::instant(time()),
        ]);
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

    private function paid(int $order): void
    {
        $this->queue->add('order.paid ' . $order, 'order.paid', ['order' => $order]);
        if (self::told($order) === 'cancelled') {
            $this->happened($order, 'order.reinstated');
        }
        self::tell($order, 'paid');
    }

    private function happened(int $order, string $type): void
    {
        $now = time();
        $this->queue->add("$type $order $now", $type, ['order' => $order, 'at' => OrderFacts::instant($now)]);
    }

    /** Whether an order was paid, whoever told of that: the history or this module; and was not yet said to count no longer. */
    private static function counts(int $order): bool
    {
        $told = self::told($order);
        return $told === 'paid' || ($told !== 'cancelled' && OrderFacts::wasPaid($order));
    }

    /** What was last said of an order: paid, cancelled, or nothing. */
    private static function told(int $order): string
    {
        $rows = (new PsDatabase())->rows('SELECT told FROM ' . _DB_PREFIX_ . 'parrain_order WHERE id_order = ?', [$order]);
        return $rows === [] ? '' : (string) $rows[0]['told'];
    }

    private static function tell(int $order, string $what): void
    {
        (new PsDatabase())->run(
            'INSERT INTO ' . _DB_PREFIX_ . 'parrain_order (id_order, touches, code, told) VALUES (?, ?, ?, ?)
            ON DUPLICATE KEY UPDATE told = VALUES(told)',
            [$order, '', '', $what]
        );
    }
}
