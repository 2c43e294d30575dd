<?php
/**
 * What an order is, in the words of the contract.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Currency;
use Parrain\Shared\Decimal;
use Parrain\Shared\EventMaker;
use Parrain\Shared\OrderMoney;

defined( 'ABSPATH' ) || exit;

/** Makes events of WooCommerce's orders, refunds and accounts, when they are sent. */
final class OrderFacts implements EventMaker {

	/** How many lines the edge takes. */
	private const MOST_LINES = 1000;

	/**
	 * The data of an event.
	 *
	 * @param string $type    Of the event.
	 * @param array  $subject As it was put into the queue.
	 */
	public function data( string $type, array $subject ): ?array {
		if ( 'signup.created' === $type ) {
			return self::signup( $subject );
		}
		$data  = array( 'order_id' => (string) ( $subject['order'] ?? '' ) );
		$order = wc_get_order( (int) ( $subject['order'] ?? 0 ) );
		if ( 'order.paid' === $type ) {
			return $order instanceof \WC_Order ? $data + self::paid( $order ) : null;
		}
		if ( 'order.refunded' === $type ) {
			$refund = wc_get_order( (int) ( $subject['refund'] ?? 0 ) );
			return $order instanceof \WC_Order && $refund instanceof \WC_Order_Refund ? $data + self::refund( $refund, $order ) : null;
		}
		return $data + array_intersect_key(
			$subject,
			array(
				'at'        => true,
				'refund_id' => true,
			)
		);
	}

	/**
	 * A moment as the contract writes it.
	 *
	 * @param int $at Seconds of Unix time.
	 */
	public static function instant( int $at ): string {
		return gmdate( 'Y-m-d\TH:i:s\Z', $at );
	}

	/**
	 * What an order is: its money without tax and shipping, its lines, its customer, its codes.
	 *
	 * @param \WC_Order $order That is paid.
	 */
	private static function paid( \WC_Order $order ): array {
		$money = new OrderMoney( $order->get_currency() );
		foreach ( $order->get_items() as $item ) {
			if ( $item instanceof \WC_Order_Item_Product ) {
				$money->line( $item->get_subtotal(), $item->get_total(), self::about( $item ) );
			}
		}
		foreach ( $order->get_fees() as $fee ) {
			$amount = Decimal::of( $fee->get_total() );
			if ( $amount->isNegative() ) {
				$money->discount( $amount );
			}
		}
		$paid = $order->get_date_paid() ?? $order->get_date_created();
		$data = array(
			'at'       => self::instant( null === $paid ? time() : $paid->getTimestamp() ),
			'customer' => self::customer( $order ),
			'currency' => $order->get_currency(),
			'codes'    => Visit::codes_of( $order ),
			'touches'  => Visit::touches_of( $order ),
		) + $money->data( $order->get_shipping_total(), $order->get_total_tax(), $order->get_total() );

		$data['lines'] = array_slice( $data['lines'], 0, self::MOST_LINES );
		return $data;
	}

	/**
	 * A line's product, as the program may name it.
	 *
	 * @param \WC_Order_Item_Product $item Of an order.
	 */
	private static function about( \WC_Order_Item_Product $item ): array {
		$product  = $item->get_product();
		$category = '';
		$whole    = $product && $product->get_parent_id() > 0 ? wc_get_product( $product->get_parent_id() ) : $product;
		foreach ( $whole ? $whole->get_category_ids() : array() as $term_id ) {
			$term = get_term( $term_id, 'product_cat' );
			if ( $term instanceof \WP_Term ) {
				$category = rawurldecode( $term->slug );
				break;
			}
		}
		return array(
			'id'       => (string) $item->get_id(),
			'sku'      => $product ? mb_substr( (string) $product->get_sku(), 0, 200 ) : '',
			'category' => mb_substr( $category, 0, 200 ),
			'quantity' => (int) $item->get_quantity(),
		);
	}

	/**
	 * Whose order it is.
	 *
	 * @param \WC_Order $order Any.
	 */
	private static function customer( \WC_Order $order ): array {
		$customer = array( 'orders_count' => Customers::number_of( $order ) );
		if ( $order->get_customer_id() > 0 ) {
			$customer['id'] = (string) $order->get_customer_id();
		}
		if ( is_email( $order->get_billing_email() ) ) {
			$customer['email'] = $order->get_billing_email();
		}
		return $customer;
	}

	/**
	 * Who opened an account, and by which code they came.
	 *
	 * @param array $subject As Signups put it into the queue.
	 */
	private static function signup( array $subject ): ?array {
		$user = get_user_by( 'id', (int) ( $subject['user'] ?? 0 ) );
		return false === $user ? null : array(
			'event_id' => 'customer-' . $user->ID,
			'at'       => (string) $subject['at'],
			'customer' => array(
				'id'    => (string) $user->ID,
				'email' => (string) $user->user_email,
			),
			'codes'    => (array) ( $subject['codes'] ?? array() ),
			'touches'  => (array) ( $subject['touches'] ?? array() ),
		);
	}

	/**
	 * What a refund took: of goods, by its lines, and what it gave back besides, of which nobody says what it was.
	 *
	 * @param \WC_Order_Refund $refund Of the order.
	 * @param \WC_Order        $order  Whose currency it is in.
	 */
	private static function refund( \WC_Order_Refund $refund, \WC_Order $order ): array {
		$goods = Decimal::of( 0 );
		$known = Decimal::of( 0 );
		foreach ( $refund->get_items( array( 'line_item', 'shipping', 'fee' ) ) as $item ) {
			// What is given back is negative; a discount that was a negative fee is positive, and taken off the goods as then.
			$net   = Decimal::of( $item->get_total() )->negated();
			$known = $known->plus( $net )->minus( Decimal::of( $item->get_total_tax() ) );
			if ( $item instanceof \WC_Order_Item_Product || ( 'fee' === $item->get_type() && $net->isNegative() ) ) {
				$goods = $goods->plus( $net );
			}
		}
		$goods    = $goods->isNegative() ? Decimal::of( 0 ) : $goods;
		$decimals = Currency::decimals( $order->get_currency() );
		$rest     = Decimal::of( Decimal::of( $refund->get_amount() )->minus( $known )->rounded( $decimals ) );
		$made     = $refund->get_date_created();
		$data     = array(
			'refund_id' => (string) $refund->get_id(),
			'at'        => self::instant( null === $made ? time() : $made->getTimestamp() ),
			'amount'    => $goods->rounded( $decimals ),
		);
		// Lines are kept with more decimals than money has: what differs by less than the smallest coin is no money.
		if ( ! $rest->isNegative() && ! $rest->isZero() && ( $known->isZero() || $rest->exceeds( Decimal::of( '0.05' ) ) ) ) {
			$data['returned'] = $rest->rounded( $decimals );
		}
		return $data;
	}
}
