<?php
/**
 * Rewards in the customer's account.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\CannotDo;
use Parrain\Shared\Decimal;
use Parrain\Shared\Task;
use Parrain\Shared\TaskDoer;

defined( 'ABSPATH' ) || exit;

/**
 * Makes a personal coupon of each reward that the edge asks for, once: its code comes with the task, so that a task that comes
 * again finds it.
 */
final class Rewards implements TaskDoer {

	/** The coupon's name for the task that made it. */
	private const TASK = '_parrain_task';

	/** The coupon's name for whose account it is in. */
	private const CUSTOMER = '_parrain_customer';

	/** The coupon's name for the one whose rest it is. */
	private const REST_OF = '_parrain_rest_of';

	/** Rewards that are money off a basket. */
	private const MONEY = array( 'store_credit', 'amount_off', 'gift_card' );

	/** Sees to it that nothing of a voucher is lost that was worth more than the basket. */
	public function listen(): void {
		add_action( 'woocommerce_order_status_processing', array( $this, 'keep_rest' ), 30 );
		add_action( 'woocommerce_order_status_completed', array( $this, 'keep_rest' ), 30 );
		add_action( 'woocommerce_order_status_cancelled', array( $this, 'take_rest' ), 30 );
		add_action( 'woocommerce_order_status_failed', array( $this, 'take_rest' ), 30 );
	}

	/**
	 * Makes a voucher of what is left of those that an order was paid with.
	 *
	 * @param int $order_id Of the order.
	 */
	public function keep_rest( $order_id ): void {
		$order = wc_get_order( (int) $order_id );
		foreach ( $order instanceof \WC_Order ? $order->get_items( 'coupon' ) : array() as $item ) {
			$coupon = new \WC_Coupon( $item->get_code() );
			if ( ! self::is_ours( $coupon ) || ! $coupon->is_type( 'fixed_cart' ) ) {
				continue;
			}
			$rest = Decimal::of( Decimal::of( $coupon->get_amount() )->minus( self::used( $order, $item ) )->rounded( wc_get_price_decimals() ) );
			// A coin's difference is what tax and rounding leave.
			if ( $rest->exceeds( Decimal::of( '0.01' ) ) && ! $coupon->get_free_shipping() ) {
				$this->make_rest( $coupon, $rest );
			}
		}
	}

	/**
	 * Takes the rest back where an order no longer stands: WooCommerce gives the whole voucher back. Where the rest was spent
	 * meanwhile, the voucher comes back without it.
	 *
	 * @param int $order_id Of the order.
	 */
	public function take_rest( $order_id ): void {
		$order = wc_get_order( (int) $order_id );
		foreach ( $order instanceof \WC_Order ? $order->get_items( 'coupon' ) : array() as $item ) {
			$coupon = new \WC_Coupon( $item->get_code() );
			$rest   = new \WC_Coupon( wc_format_coupon_code( $item->get_code() . '-R' ) );
			if ( ! self::is_ours( $coupon ) || ! self::is_ours( $rest ) ) {
				continue;
			}
			if ( 0 === (int) $rest->get_usage_count() ) {
				$rest->delete( true );
			} else {
				$coupon->set_amount( self::used( $order, $item )->rounded( wc_get_price_decimals() ) );
				$coupon->save();
			}
		}
	}

	/**
	 * What an order used of a voucher.
	 *
	 * @param \WC_Order             $order That it was used for.
	 * @param \WC_Order_Item_Coupon $item  Of the order.
	 */
	private static function used( \WC_Order $order, $item ): Decimal {
		return Decimal::of( $item->get_discount() )->plus( Decimal::of( $order->get_prices_include_tax() ? $item->get_discount_tax() : 0 ) );
	}

	/**
	 * Whether a coupon was made here, of a reward or of a voucher's rest.
	 *
	 * @param \WC_Coupon $coupon Any.
	 */
	public static function is_ours( \WC_Coupon $coupon ): bool {
		return $coupon->get_id() > 0 && '' !== $coupon->get_meta( self::TASK ) . $coupon->get_meta( self::REST_OF );
	}

	/**
	 * Makes the voucher of a rest, once.
	 *
	 * @param \WC_Coupon $coupon That was used.
	 * @param Decimal    $rest   What is left of it.
	 */
	private function make_rest( \WC_Coupon $coupon, Decimal $rest ): void {
		$code = wc_format_coupon_code( $coupon->get_code() . '-R' );
		if ( wc_get_coupon_id_by_code( $code ) > 0 ) {
			return;
		}
		$next = new \WC_Coupon();
		$next->set_code( $code );
		$next->set_discount_type( 'fixed_cart' );
		$next->set_amount( $rest->rounded( wc_get_price_decimals() ) );
		$next->set_email_restrictions( $coupon->get_email_restrictions() );
		$next->set_usage_limit( 1 );
		$next->set_date_expires( $coupon->get_date_expires() );
		$next->set_description( $coupon->get_description() );
		$next->update_meta_data( self::REST_OF, wc_format_coupon_code( $coupon->get_code() ) );
		if ( '' !== (string) $coupon->get_meta( self::CUSTOMER ) ) {
			$next->update_meta_data( self::CUSTOMER, $coupon->get_meta( self::CUSTOMER ) );
		}
		$next->save();
	}

	/**
	 * Does a task and answers the code of what was made or ended.
	 *
	 * @param Task $task As the edge gave it.
	 * @throws CannotDo Where the shop never can.
	 */
	public function perform( Task $task ): string {
		if ( 'end_code' === $task->kind ) {
			return $this->end( $task );
		}
		if ( 'reward' !== $task->kind ) {
			throw new CannotDo( 'this module does not know the task "' . $task->kind . '"' );
		}
		$code   = wc_format_coupon_code( $task->code );
		$coupon = new \WC_Coupon( $code );
		if ( $coupon->get_id() > 0 ) {
			if ( $coupon->get_meta( self::TASK ) !== $task->id ) {
				throw new CannotDo( 'the shop has another coupon of the code ' . $task->code );
			}
			return $task->code;
		}
		$coupon = new \WC_Coupon();
		$coupon->set_code( $code );
		$this->set_worth( $coupon, $task );
		$this->set_owner( $coupon, $task );
		$coupon->set_usage_limit( 1 );
		$coupon->set_description( __( 'A reward for a recommendation, by Parrain.', 'parrain' ) );
		$coupon->update_meta_data( self::TASK, $task->id );
		$coupon->save();
		return $task->code;
	}

	/**
	 * Ends the voucher of a reward that was taken back, and what was made of its rest.
	 *
	 * @param Task $task That asks for it.
	 * @throws CannotDo Where it was spent already.
	 */
	private function end( Task $task ): string {
		$code     = wc_format_coupon_code( $task->code );
		$coupon   = new \WC_Coupon( $code );
		$vouchers = array();
		while ( self::is_ours( $coupon ) ) {
			if ( $coupon->get_usage_count() > 0 ) {
				// The edge then sets off the whole reward, so that what is left of the voucher is its owner's.
				throw new CannotDo( 'the voucher ' . $task->code . ' was spent already' );
			}
			$vouchers[] = $coupon;
			$code       = wc_format_coupon_code( $code . '-R' );
			$coupon     = new \WC_Coupon( $code );
		}
		foreach ( $vouchers as $voucher ) {
			$voucher->delete( true );
		}
		return $task->code;
	}

	/**
	 * The coupons in a customer's account, the newest first.
	 *
	 * @param int $user Of the account.
	 * @return \WC_Coupon[]
	 */
	public static function of_customer( int $user ): array {
		$ids = get_posts(
			array(
				'post_type'   => 'shop_coupon',
				'post_status' => 'publish',
				'numberposts' => 50,
				'fields'      => 'ids',
				// phpcs:ignore WordPress.DB.SlowDBQuery -- One customer's, on one page of their own.
				'meta_query'  => array(
					array(
						'key'   => self::CUSTOMER,
						'value' => (string) $user,
					),
				),
			)
		);
		return array_map(
			static function ( $id ): \WC_Coupon {
				return new \WC_Coupon( (int) $id );
			},
			$ids
		);
	}

	/**
	 * What a coupon gives.
	 *
	 * @param \WC_Coupon $coupon Being made.
	 * @param Task       $task   That asks for it.
	 * @throws CannotDo Where no coupon can give that.
	 */
	private function set_worth( \WC_Coupon $coupon, Task $task ): void {
		$kind = $task->rewardKind();
		if ( in_array( $kind, self::MONEY, true ) ) {
			if ( get_woocommerce_currency() !== $task->currency ) {
				throw new CannotDo( 'the reward is in ' . $task->currency . ' and the shop sells in ' . get_woocommerce_currency() );
			}
			$coupon->set_discount_type( 'fixed_cart' );
			$coupon->set_amount( $task->rewardText( 'amount' ) );
		} elseif ( 'percent_off' === $kind ) {
			$coupon->set_discount_type( 'percent' );
			$coupon->set_amount( $task->rewardText( 'percent' ) );
		} elseif ( 'free_shipping' === $kind ) {
			$coupon->set_discount_type( 'fixed_cart' );
			$coupon->set_free_shipping( true );
		} elseif ( 'free_product' === $kind ) {
			$product = wc_get_product_id_by_sku( $task->rewardText( 'sku' ) );
			if ( $product <= 0 ) {
				throw new CannotDo( 'the shop has no product "' . $task->rewardText( 'sku' ) . '"' );
			}
			$coupon->set_discount_type( 'percent' );
			$coupon->set_amount( 100 );
			$coupon->set_product_ids( array( $product ) );
			$coupon->set_limit_usage_to_x_items( 1 );
		} else {
			throw new CannotDo( 'a coupon cannot give "' . $kind . '"' );
		}
	}

	/**
	 * Whose a coupon is: it can be used by nobody else's address.
	 *
	 * @param \WC_Coupon $coupon Being made.
	 * @param Task       $task   That asks for it.
	 * @throws CannotDo Where there is nobody to give it to.
	 */
	private function set_owner( \WC_Coupon $coupon, Task $task ): void {
		$user = ctype_digit( $task->customerId ) ? get_user_by( 'id', (int) $task->customerId ) : false;
		if ( false === $user && is_email( $task->email ) ) {
			$user = get_user_by( 'email', $task->email );
		}
		$emails = array_unique( array_filter( array( $user ? $user->user_email : '', is_email( $task->email ) ? $task->email : '' ) ) );
		if ( array() === $emails ) {
			throw new CannotDo( 'the shop has no account of this customer, and no address was given' );
		}
		$coupon->set_email_restrictions( array_values( $emails ) );
		if ( $user ) {
			$coupon->update_meta_data( self::CUSTOMER, (string) $user->ID );
		}
	}
}
