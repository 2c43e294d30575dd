<?php
/**
 * What a shop knows of its customers.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

defined( 'ABSPATH' ) || exit;

/** Counts orders of an account and of an address alike: who orders as a guest is no new customer again. */
final class Customers {

	/** Statuses of orders that were paid, whatever came after. */
	private const PAID = array( 'wc-processing', 'wc-completed', 'wc-refunded' );

	/** Statuses of orders that never came to anything. */
	private const NOTHING = array( 'wc-cancelled', 'wc-failed', 'wc-checkout-draft' );

	/**
	 * Who was looked up in this request: WooCommerce asks many times whether a coupon is valid.
	 *
	 * @var array<int|string, bool>
	 */
	private static $known = array();

	/**
	 * Whether somebody has an order that is paid or may yet be: a gift for new customers is had once, also before it is paid.
	 *
	 * @param int      $user   Their account, or 0.
	 * @param string[] $emails Their addresses, of which some may be empty.
	 */
	public static function has_ordered( int $user, array $emails ): bool {
		foreach ( self::who( $user, $emails ) as $customer ) {
			if ( ! isset( self::$known[ $customer ] ) ) {
				$query = array(
					'status'  => array_values( array_diff( array_keys( wc_get_order_statuses() ), self::NOTHING ) ),
					'exclude' => self::being_placed(),
					'limit'   => 1,
				);

				self::$known[ $customer ] = array() !== wc_get_orders( $query + self::query( $customer ) );
			}
			if ( self::$known[ $customer ] ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Which order of its customer's an order is: 1 for the first.
	 *
	 * @param \WC_Order $order That was paid.
	 */
	public static function number_of( \WC_Order $order ): int {
		$earlier = 0;
		$until   = $order->get_date_created();
		foreach ( self::who( (int) $order->get_customer_id(), array( $order->get_billing_email() ) ) as $customer ) {
			$query  = self::query( $customer ) + array(
				'limit'    => 1,
				'paginate' => true,
				'exclude'  => array( $order->get_id() ),
			);
			$query += null === $until ? array() : array( 'date_created' => '<=' . $until->getTimestamp() );
			// Each by itself: orders of the account and of the address mostly are the same ones.
			$earlier = max( $earlier, (int) wc_get_orders( $query )->total );
		}
		return $earlier + 1;
	}

	/**
	 * The orders that this very shopper is placing: WooCommerce takes them up again where a payment did not go through.
	 *
	 * @return int[]
	 */
	private static function being_placed(): array {
		$session = WC()->session;
		$ids     = $session instanceof \WC_Session ? array( $session->get( 'order_awaiting_payment' ), $session->get( 'store_api_draft_order' ) ) : array();
		return array_values( array_filter( array_map( 'intval', $ids ) ) );
	}

	/**
	 * By what orders of somebody are found.
	 *
	 * @param int      $user   Their account, or 0.
	 * @param string[] $emails Their addresses.
	 * @return array<int|string>
	 */
	private static function who( int $user, array $emails ): array {
		$who = $user > 0 ? array( $user ) : array();
		foreach ( array_unique( array_filter( array_map( 'sanitize_email', $emails ) ) ) as $email ) {
			$who[] = $email;
		}
		return $who;
	}

	/**
	 * The query for the paid orders of an account or an address.
	 *
	 * @param int|string $customer Either.
	 */
	private static function query( $customer ): array {
		return array(
			'type'   => 'shop_order',
			'status' => self::PAID,
			'return' => 'ids',
		) + ( is_int( $customer ) ? array( 'customer_id' => $customer ) : array( 'billing_email' => $customer ) );
	}
}
