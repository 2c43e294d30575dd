<?php
/**
 * What happens to orders.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Queue;

defined( 'ABSPATH' ) || exit;

/**
 * Puts what happens to orders into the queue: one row each, and nothing is sent or read here, since a shopper may be waiting.
 *
 * An order is paid when WooCommerce dates its payment: one to be paid on delivery is not until it is completed.
 */
final class OrderEvents {

	/** The order's name for what was last said of it: paid or cancelled. */
	private const TOLD = '_parrain_told';

	/** Statuses in which a paid order no longer counts; one that was refunded is told by its refunds. */
	private const UNDONE = array( 'cancelled', 'failed', 'trash' );

	/**
	 * Where events wait.
	 *
	 * @var Queue
	 */
	private $queue;

	/**
	 * Makes the listener.
	 *
	 * @param Queue $queue Where events wait.
	 */
	public function __construct( Queue $queue ) {
		$this->queue = $queue;
	}

	/** Listens to orders and refunds. */
	public function listen(): void {
		add_action( 'woocommerce_payment_complete', array( $this, 'look' ), 20 );
		add_action( 'woocommerce_order_status_changed', array( $this, 'look' ), 20 );
		add_action( 'woocommerce_order_refunded', array( $this, 'refunded' ), 20, 2 );
		add_action( 'woocommerce_refund_deleted', array( $this, 'refund_deleted' ), 20, 2 );
		add_action( 'woocommerce_trash_order', array( $this, 'trashed' ), 20 );
		add_action( 'woocommerce_untrash_order', array( $this, 'restored' ), 20, 2 );
		add_action( 'woocommerce_before_delete_order', array( $this, 'trashed' ), 20 );
		// Orders that are posts are trashed and restored as posts by the list of orders.
		add_action( 'wp_trash_post', array( $this, 'trashed' ), 20 );
		add_action( 'untrashed_post', array( $this, 'restored' ), 20, 2 );
	}

	/**
	 * Looks what an order's state means.
	 *
	 * @param int $id Of the order.
	 */
	public function look( $id ): void {
		$order = wc_get_order( (int) $id );
		if ( ! $order instanceof \WC_Order || $order instanceof \WC_Order_Refund ) {
			return;
		}
		if ( null !== $order->get_date_paid() && $order->is_paid() ) {
			$this->paid( $order );
		} elseif ( in_array( $order->get_status(), self::UNDONE, true ) ) {
			$this->undone( $order );
		}
	}

	/**
	 * A refund was made, of goods, shipping or an amount.
	 *
	 * @param int $order_id  Of the order.
	 * @param int $refund_id Of the refund.
	 */
	public function refunded( $order_id, $refund_id ): void {
		$this->queue->add(
			'order.refunded ' . (int) $refund_id,
			'order.refunded',
			array(
				'order'  => (int) $order_id,
				'refund' => (int) $refund_id,
			)
		);
	}

	/**
	 * A refund was deleted.
	 *
	 * @param int $refund_id Of the refund.
	 * @param int $order_id  Of the order.
	 */
	public function refund_deleted( $refund_id, $order_id ): void {
		$this->queue->add(
			'refund.voided ' . (int) $refund_id,
			'refund.voided',
			array(
				'order'     => (int) $order_id,
				'refund_id' => (string) (int) $refund_id,
				'at'        => OrderFacts::instant( time() ),
			)
		);
	}

	/**
	 * An order went to the trash, or is deleted for good.
	 *
	 * @param int $id Of the order, or of any post.
	 */
	public function trashed( $id ): void {
		$order = self::order( $id );
		if ( null !== $order ) {
			$this->undone( $order );
		}
	}

	/**
	 * An order came back from the trash. Its status is only set after this: the one that it had before says whether it counts.
	 *
	 * @param int    $id       Of the order, or of any post.
	 * @param string $previous Its status before it went to the trash.
	 */
	public function restored( $id, $previous = '' ): void {
		$order = self::order( $id );
		$paid  = in_array( preg_replace( '/^wc-/', '', (string) $previous ), wc_get_is_paid_statuses(), true );
		if ( null !== $order && $paid && 'cancelled' === $order->get_meta( self::TOLD ) && null !== $order->get_date_paid() ) {
			$this->paid( $order );
		}
	}

	/**
	 * Tells of a paid order: that it was paid, or that it counts again.
	 *
	 * @param \WC_Order $order That is paid.
	 */
	private function paid( \WC_Order $order ): void {
		$this->queue->add( 'order.paid ' . $order->get_id(), 'order.paid', array( 'order' => $order->get_id() ) );
		if ( 'cancelled' === $order->get_meta( self::TOLD ) ) {
			$this->happened( $order, 'order.reinstated' );
		}
		self::tell( $order, 'paid' );
	}

	/**
	 * Tells once that an order no longer counts that was paid, whoever told of that: the history, a webhook or this module.
	 *
	 * @param \WC_Order $order That was cancelled, failed or trashed.
	 */
	private function undone( \WC_Order $order ): void {
		if ( null !== $order->get_date_paid() && 'cancelled' !== $order->get_meta( self::TOLD ) ) {
			$this->happened( $order, 'order.cancelled' );
			self::tell( $order, 'cancelled' );
		}
	}

	/**
	 * Tells what happened to an order just now.
	 *
	 * @param \WC_Order $order Any.
	 * @param string    $type  Of the event.
	 */
	private function happened( \WC_Order $order, string $type ): void {
		$now = time();
		$this->queue->add(
			$type . ' ' . $order->get_id() . ' ' . $now,
			$type,
			array(
				'order' => $order->get_id(),
				'at'    => OrderFacts::instant( $now ),
			)
		);
	}

	/**
	 * Remembers what was said of an order.
	 *
	 * @param \WC_Order $order Any.
	 * @param string    $what  paid or cancelled.
	 */
	private static function tell( \WC_Order $order, string $what ): void {
		if ( $order->get_meta( self::TOLD ) !== $what ) {
			$order->update_meta_data( self::TOLD, $what );
			$order->save_meta_data();
		}
	}

	/**
	 * The order that an id is of, whatever else posts are.
	 *
	 * @param int $id Of anything.
	 */
	private static function order( $id ): ?\WC_Order {
		if ( 'shop_order' !== \Automattic\WooCommerce\Utilities\OrderUtil::get_order_type( (int) $id ) ) {
			return null;
		}
		$order = wc_get_order( (int) $id );
		return $order instanceof \WC_Order ? $order : null;
	}
}
