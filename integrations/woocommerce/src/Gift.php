<?php
/**
 * The friend's gift in the basket.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Clock;
use Parrain\Shared\Codes;
use Parrain\Shared\Decimal;
use Parrain\Shared\Offers;
use Parrain\Shared\Terms;

defined( 'ABSPATH' ) || exit;

/**
 * Makes any valid code of the program work in the shop's own coupon field, by the program's terms.
 *
 * No coupon is made for it: WooCommerce asks for a coupon's data each time, and is told what the edge said. A coupon of the
 * shop's own by the same code always comes first.
 */
final class Gift {

	/**
	 * What codes give.
	 *
	 * @var Offers
	 */
	private $offers;

	/**
	 * The shopper's codes.
	 *
	 * @var Visit
	 */
	private $visit;

	/**
	 * The time.
	 *
	 * @var Clock
	 */
	private $clock;

	/**
	 * Whether a gift is being put into the basket by us at this moment.
	 *
	 * @var bool
	 */
	private $applying = false;

	/**
	 * Makes the gifts of one shop.
	 *
	 * @param Offers $offers What codes give.
	 * @param Visit  $visit  The shopper's codes.
	 * @param Clock  $clock  The time.
	 */
	public function __construct( Offers $offers, Visit $visit, Clock $clock ) {
		$this->offers = $offers;
		$this->visit  = $visit;
		$this->clock  = $clock;
	}

	/** Listens to coupons and baskets. */
	public function listen(): void {
		add_filter( 'woocommerce_get_shop_coupon_data', array( $this, 'data' ), 10, 2 );
		add_filter( 'woocommerce_coupon_is_valid', array( $this, 'check' ), 10, 2 );
		add_filter( 'woocommerce_coupon_error', array( $this, 'why' ), 10, 3 );
		add_filter( 'woocommerce_coupon_message', array( $this, 'welcome' ), 10, 3 );
		add_filter( 'woocommerce_cart_totals_coupon_label', array( $this, 'label' ), 10, 2 );
		add_filter( 'woocommerce_package_rates', array( $this, 'free_shipping' ), 50 );
		add_action( 'woocommerce_applied_coupon', array( $this, 'applied' ) );
		add_action( 'woocommerce_removed_coupon', array( $this, 'removed' ) );
		add_action( 'woocommerce_before_cart_emptied', array( $this, 'spent' ) );
		add_action( 'woocommerce_after_calculate_totals', array( $this, 'bring' ), 20 );
		add_action( 'wp_loaded', array( $this, 'look' ), 30 );
		add_action( 'woocommerce_after_checkout_validation', array( $this, 'check_classic' ), 10, 2 );
		add_action( 'woocommerce_store_api_checkout_update_order_from_request', array( $this, 'check_blocks' ) );
	}

	/**
	 * The data of the coupon that a code is.
	 *
	 * @param mixed $data What somebody else answered already.
	 * @param mixed $code A code, an id or an object.
	 * @return mixed
	 */
	public function data( $data, $code ) {
		if ( false !== $data && null !== $data ) {
			return $data;
		}
		$terms = is_string( $code ) ? $this->terms( $code ) : null;
		if ( null === $terms || 'valid' !== $terms->stateAt( $this->clock->now() ) ) {
			return $data;
		}
		$coupon_data = array(
			'discount_type' => 'fixed_cart',
			'amount'        => '0',
		);
		if ( 'percent_off' === $terms->kind ) {
			$coupon_data['discount_type'] = 'percent';
			$coupon_data['amount']        = $terms->percent;
		} elseif ( $terms->isMoneyOff() ) {
			$coupon_data['amount'] = $terms->amount;
		} elseif ( 'free_shipping' === $terms->kind ) {
			$coupon_data['free_shipping'] = true;
		} elseif ( 'free_product' === $terms->kind ) {
			$product = wc_get_product_id_by_sku( $terms->sku );
			if ( $product > 0 ) {
				$coupon_data['discount_type']          = 'percent';
				$coupon_data['amount']                 = '100';
				$coupon_data['product_ids']            = array( $product );
				$coupon_data['limit_usage_to_x_items'] = 1;
			}
		}
		if ( ! Decimal::of( $terms->minimum )->isZero() ) {
			$coupon_data['minimum_amount'] = $terms->minimum;
		}
		if ( null !== $terms->endsAt ) {
			$coupon_data['date_expires'] = $terms->endsAt;
		}
		return $coupon_data;
	}

	/**
	 * Refuses a gift whose terms WooCommerce does not know.
	 *
	 * @param bool       $valid  What WooCommerce found.
	 * @param \WC_Coupon $coupon Any.
	 * @throws \Exception With the reason, for the shopper.
	 */
	public function check( $valid, $coupon ) {
		$terms = $valid ? $this->gift_of( $coupon ) : null;
		if ( null === $terms ) {
			return $valid;
		}
		if ( ! $terms->speaksOf( get_woocommerce_currency() ) ) {
			/* translators: 1: a code, 2: a currency */
			throw new \Exception( esc_html( sprintf( __( 'The gift of %1$s is for baskets in %2$s.', 'parrain' ), $terms->code, $terms->currency ) ) );
		}
		$user = wp_get_current_user();
		if ( $terms->newCustomersOnly && Customers::has_ordered( (int) $user->ID, array( (string) $user->user_email, self::billing_email() ) ) ) {
			throw new \Exception( esc_html( self::not_new( $terms ) ) );
		}
		return $valid;
	}

	/**
	 * Says why a code of the program gives nothing, or gives nothing any more.
	 *
	 * @param string          $words  What WooCommerce says.
	 * @param int             $number Of what it says.
	 * @param \WC_Coupon|null $coupon Any.
	 */
	public function why( $words, $number, $coupon ) {
		$code  = $coupon instanceof \WC_Coupon ? $coupon->get_code() : '';
		$terms = '' === $code ? null : $this->terms( $code );
		if ( null === $terms ) {
			return $words;
		}
		if ( \WC_Coupon::E_WC_COUPON_NOT_EXIST === (int) $number && in_array( $terms->stateAt( $this->clock->now() ), array( 'expired', 'inactive' ), true ) ) {
			/* translators: %s: a code */
			return sprintf( esc_html__( 'The code %s no longer gives anything.', 'parrain' ), esc_html( $terms->code ) );
		}
		if ( \WC_Coupon::E_WC_COUPON_INVALID_REMOVED === (int) $number && 'valid' === $terms->state ) {
			$valid = ( new \WC_Discounts( WC()->cart ) )->is_coupon_valid( $coupon );
			if ( is_wp_error( $valid ) ) {
				/* translators: 1: a code, 2: a sentence that says why */
				return sprintf( esc_html__( 'The gift of %1$s was taken out of your basket. %2$s', 'parrain' ), esc_html( $terms->code ), wp_kses_post( $valid->get_error_message() ) );
			}
		}
		return $words;
	}

	/**
	 * Says whose gift it is that was put into the basket, or that a code is noted that gives nothing here.
	 *
	 * @param string          $words  What WooCommerce says.
	 * @param int             $number Of what it says.
	 * @param \WC_Coupon|null $coupon Any.
	 */
	public function welcome( $words, $number, $coupon ) {
		$terms = \WC_Coupon::WC_COUPON_SUCCESS === (int) $number && $coupon instanceof \WC_Coupon ? $this->gift_of( $coupon ) : null;
		if ( null !== $terms && ! self::gives( $terms ) ) {
			/* translators: %s: a code */
			return esc_html( sprintf( __( 'The code %s is noted with your order.', 'parrain' ), $terms->code ) );
		}
		return null === $terms ? $words : esc_html( self::title( $terms ) );
	}

	/**
	 * Names the gift in the basket's totals.
	 *
	 * @param string     $label  WooCommerce's.
	 * @param \WC_Coupon $coupon Any.
	 */
	public function label( $label, $coupon ) {
		$terms = $coupon instanceof \WC_Coupon ? $this->gift_of( $coupon ) : null;
		return null === $terms || ! self::gives( $terms ) ? $label : esc_html( self::title( $terms ) . ' (' . $terms->code . ')' );
	}

	/**
	 * Makes the cheapest way of shipping free for a gift or a reward that is free shipping, where the shop has no free way.
	 *
	 * @param array<string, \WC_Shipping_Rate> $rates The ways that there are.
	 */
	public function free_shipping( $rates ) {
		$is_free = false;
		foreach ( WC()->cart ? WC()->cart->get_applied_coupons() : array() as $code ) {
			$coupon  = new \WC_Coupon( $code );
			$is_free = $is_free || ( $coupon->get_free_shipping() && ( Rewards::is_ours( $coupon ) || null !== $this->gift_of( $coupon ) ) );
		}
		$cheapest = null;
		foreach ( $rates as $rate ) {
			if ( 'free_shipping' === $rate->get_method_id() ) {
				return $rates;
			}
			if ( 'local_pickup' !== $rate->get_method_id() && 'pickup_location' !== $rate->get_method_id()
				&& ( null === $cheapest || Decimal::of( $cheapest->get_cost() )->exceeds( Decimal::of( $rate->get_cost() ) ) ) ) {
				$cheapest = $rate;
			}
		}
		if ( $is_free && null !== $cheapest ) {
			$cheapest->set_cost( '0' );
			$cheapest->set_taxes( array() );
		}
		return $rates;
	}

	/**
	 * Remembers a code that was typed, so that its gift comes again with other goods.
	 *
	 * @param string $code As it was applied.
	 */
	public function applied( $code ): void {
		$terms = $this->applying ? null : $this->terms( (string) $code );
		if ( null !== $terms && 'valid' === $terms->state ) {
			$this->visit->wished( $terms->code );
		}
	}

	/**
	 * Forgets a gift that the shopper took out themselves. One that no longer holds is wished for still.
	 *
	 * @param string $code As it was applied.
	 */
	public function removed( $code ): void {
		$coupon = new \WC_Coupon( (string) $code );
		$terms  = $this->gift_of( $coupon );
		if ( null !== $terms && WC()->cart && ! WC()->cart->is_empty() && true === ( new \WC_Discounts( WC()->cart ) )->is_coupon_valid( $coupon ) ) {
			$this->visit->dismissed( $terms->code );
		}
	}

	/** Does not bring a gift again that went with an order. */
	public function spent(): void {
		foreach ( WC()->cart ? WC()->cart->get_applied_coupons() : array() as $code ) {
			$terms = $this->terms( $code );
			if ( null !== $terms && 'valid' === $terms->state ) {
				$this->visit->dismissed( $terms->code );
			}
		}
	}

	/** Looks on each page whether a gift can come into a basket that has goods. */
	public function look(): void {
		if ( WC()->cart && WC()->session && ! is_admin() && ! self::places_order() && ! WC()->cart->is_empty() ) {
			$this->bring( WC()->cart );
		}
	}

	/**
	 * Puts the gift that is wished for into a basket, once it can be.
	 *
	 * @param \WC_Cart $cart After its totals were made.
	 */
	public function bring( $cart ): void {
		if ( $this->applying || self::places_order() || ! wc_coupons_enabled() || WC()->cart !== $cart || $cart->is_empty() ) {
			return;
		}
		$code = $this->visit->wish();
		if ( null === $code || $cart->has_discount( wc_format_coupon_code( $code ) ) ) {
			return;
		}
		$this->applying = true;
		$coupon         = new \WC_Coupon( wc_format_coupon_code( $code ) );
		$terms          = $this->gift_of( $coupon );
		if ( null !== $terms && self::gives( $terms ) && true === ( new \WC_Discounts( $cart ) )->is_coupon_valid( $coupon )
			&& ! $this->stands_aside( $cart ) && $cart->apply_coupon( $coupon->get_code() ) ) {
			$cart->calculate_totals();
		}
		$this->applying = false;
	}

	/**
	 * Refuses a gift for new customers to a guest whose address ordered before, in the classic checkout.
	 *
	 * @param array     $posted What was typed.
	 * @param \WP_Error $errors What is wrong so far.
	 */
	public function check_classic( $posted, $errors ): void {
		$terms = $this->held_wrongly( (string) ( $posted['billing_email'] ?? '' ) );
		if ( null !== $terms ) {
			$errors->add( 'parrain', esc_html( self::not_new( $terms ) ) );
			WC()->session->set( 'refresh_totals', true );
		}
	}

	/**
	 * The same in the block checkout.
	 *
	 * @param \WC_Order $order That is being placed.
	 * @throws \Automattic\WooCommerce\StoreApi\Exceptions\RouteException With the reason, for the shopper.
	 */
	public function check_blocks( $order ): void {
		$terms = $this->held_wrongly( (string) $order->get_billing_email() );
		if ( null !== $terms ) {
			throw new \Automattic\WooCommerce\StoreApi\Exceptions\RouteException( 'parrain_not_new', esc_html( self::not_new( $terms ) ), 409 );
		}
	}

	/**
	 * Takes a gift for new customers out of the basket of somebody who is none, and answers it.
	 *
	 * @param string $email As it was typed at the checkout.
	 */
	private function held_wrongly( string $email ): ?Terms {
		foreach ( WC()->cart ? WC()->cart->get_applied_coupons() : array() as $code ) {
			$terms = $this->gift_of( new \WC_Coupon( $code ) );
			if ( null !== $terms && $terms->newCustomersOnly && Customers::has_ordered( get_current_user_id(), array( $email ) ) ) {
				WC()->cart->remove_coupon( $code );
				$this->visit->dismissed( $terms->code );
				WC()->cart->calculate_totals();
				return $terms;
			}
		}
		return null;
	}

	/**
	 * The terms of the gift that a coupon is, or nothing where it is a coupon of the shop's own.
	 *
	 * @param \WC_Coupon $coupon Any.
	 */
	private function gift_of( \WC_Coupon $coupon ): ?Terms {
		$terms = $coupon->get_virtual() ? $this->terms( $coupon->get_code() ) : null;
		return null !== $terms && 'valid' === $terms->state ? $terms : null;
	}

	/**
	 * What a code gives, as far as it is known or may be asked now.
	 *
	 * @param string $text As it was typed.
	 */
	private function terms( string $text ): ?Terms {
		$code = Codes::typed( $text );
		// The shop's own coupon comes first, and needs no answer of the edge.
		return null === $code || wc_get_coupon_id_by_code( $text ) > 0 ? null : $this->offers->terms( $code, self::may_ask() );
	}

	/**
	 * Whether a coupon can give what the friend gets: a code that gives nothing here comes into no basket by itself.
	 *
	 * @param Terms $terms Of the gift.
	 */
	private static function gives( Terms $terms ): bool {
		return $terms->gives( 'free_product' === $terms->kind && wc_get_product_id_by_sku( $terms->sku ) > 0 );
	}

	/**
	 * Whether the shopper chose a coupon that wants to be alone: then the gift stands aside.
	 *
	 * @param \WC_Cart $cart The basket.
	 */
	private function stands_aside( \WC_Cart $cart ): bool {
		foreach ( $cart->get_coupons() as $coupon ) {
			if ( $coupon->get_individual_use() ) {
				return true;
			}
		}
		return false;
	}

	/** Whether the edge may be asked: of shoppers' pages, and never while an order is placed or the checkout's form is filled. */
	private static function may_ask(): bool {
		$rest = defined( 'REST_REQUEST' ) && REST_REQUEST && 1 !== preg_match( '~wc/store~', self::address() );
		return ! self::asks_for( 'update_order_review' ) && ! self::is_block_checkout() && ! self::places_order()
			&& ! $rest && ! wp_doing_cron() && ( ! is_admin() || wp_doing_ajax() );
	}

	/** Whether this request places an order. */
	private static function places_order(): bool {
		// phpcs:ignore WordPress.Security -- It is only compared.
		$is_post = 'POST' === ( $_SERVER['REQUEST_METHOD'] ?? '' );
		return self::asks_for( 'checkout' ) || ( $is_post && self::is_block_checkout() );
	}

	/**
	 * Whether this request is of the classic shop's own for something.
	 *
	 * @param string $what By WooCommerce's name.
	 */
	private static function asks_for( string $what ): bool {
		// phpcs:ignore WordPress.Security -- It is only compared.
		return isset( $_GET['wc-ajax'] ) && $what === $_GET['wc-ajax'];
	}

	/** Whether this request is of the block checkout. */
	private static function is_block_checkout(): bool {
		return 1 === preg_match( '~wc/store(/v\d+)?/checkout~', self::address() );
	}

	/** The address of this request, decoded: without permalinks a route stands in a parameter. */
	private static function address(): string {
		// phpcs:ignore WordPress.Security -- It is only compared.
		return rawurldecode( (string) ( $_SERVER['REQUEST_URI'] ?? '' ) );
	}

	/** The address that the shopper typed at the checkout so far. */
	private static function billing_email(): string {
		$customer = WC()->customer;
		return $customer instanceof \WC_Customer ? (string) $customer->get_billing_email() : '';
	}

	/**
	 * What the gift is, for the shopper.
	 *
	 * @param Terms $terms Of the gift.
	 */
	private static function title( Terms $terms ): string {
		/* translators: %s: a first name */
		return '' === $terms->from ? __( 'Your welcome gift', 'parrain' ) : sprintf( __( 'Gift from %s', 'parrain' ), $terms->from );
	}

	/**
	 * Why somebody who ordered before does not get it.
	 *
	 * @param Terms $terms Of the gift.
	 */
	private static function not_new( Terms $terms ): string {
		/* translators: %s: a code */
		return sprintf( __( 'The gift of %s is for new customers, and you have ordered here before.', 'parrain' ), $terms->code );
	}
}
