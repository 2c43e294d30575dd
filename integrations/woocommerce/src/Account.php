<?php
/**
 * The customer's account.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

defined( 'ABSPATH' ) || exit;

/** A place in the customer's account to share, to see rewards, and to find the vouchers that were handed out. */
final class Account {

	/** The part of the address. */
	private const ENDPOINT = 'parrain';

	/**
	 * The owner's choices.
	 *
	 * @var Options
	 */
	private $options;

	/**
	 * Makes the account's page.
	 *
	 * @param Options $options The owner's choices.
	 */
	public function __construct( Options $options ) {
		$this->options = $options;
	}

	/** Puts it there. */
	public function listen(): void {
		add_action( 'init', array( self::class, 'add_endpoint' ) );
		add_filter( 'woocommerce_get_query_vars', array( $this, 'query_vars' ) );
		add_filter( 'woocommerce_account_menu_items', array( $this, 'menu' ) );
		add_filter( 'woocommerce_endpoint_' . self::ENDPOINT . '_title', array( $this, 'title' ) );
		add_action( 'woocommerce_account_' . self::ENDPOINT . '_endpoint', array( $this, 'print' ) );
		add_action( 'woocommerce_thankyou', array( $this, 'print_thanks' ), 30 );
	}

	/** Makes the address known to WordPress. */
	public static function add_endpoint(): void {
		add_rewrite_endpoint( self::ENDPOINT, EP_PAGES );
	}

	/**
	 * And to WooCommerce.
	 *
	 * @param array<string, string> $vars Its own.
	 */
	public function query_vars( $vars ) {
		$vars[ self::ENDPOINT ] = self::ENDPOINT;
		return $vars;
	}

	/**
	 * The tab, before the one that signs out.
	 *
	 * @param array<string, string> $items The account's tabs.
	 */
	public function menu( $items ) {
		$last = array_slice( $items, -1, 1, true );
		$tab  = array( self::ENDPOINT => $this->title() );
		return isset( $last['customer-logout'] ) ? array_slice( $items, 0, -1, true ) + $tab + $last : $items + $tab;
	}

	/** What it is called. */
	public function title(): string {
		return __( 'Referrals', 'parrain' );
	}

	/** Prints the page. */
	public function print(): void {
		echo '<parrain-offer style="display:block;min-height:12em"></parrain-offer>';
		$coupons = Rewards::of_customer( get_current_user_id() );
		if ( array() !== $coupons ) {
			echo '<h3>' . esc_html__( 'Your vouchers', 'parrain' ) . '</h3><table class="shop_table shop_table_responsive parrain-vouchers"><thead><tr>';
			foreach ( array( __( 'Code', 'parrain' ), __( 'Worth', 'parrain' ), __( 'Until', 'parrain' ), __( 'State', 'parrain' ) ) as $head ) {
				echo '<th scope="col">' . esc_html( $head ) . '</th>';
			}
			echo '</tr></thead><tbody>';
			foreach ( $coupons as $coupon ) {
				$this->print_coupon( $coupon );
			}
			echo '</tbody></table>';
		}
		echo '<parrain-rewards style="display:block;min-height:12em"></parrain-rewards>';
	}

	/** Prints where the buyer can recommend the shop, after an order; the button in the corner does so by itself. */
	public function print_thanks(): void {
		if ( 'none' !== $this->options->choice( 'placement', Options::PLACEMENT ) ) {
			return;
		}
		echo '<section class="parrain-thanks"><parrain-offer style="display:block;min-height:8em"></parrain-offer></section>';
	}

	/**
	 * Prints one voucher.
	 *
	 * @param \WC_Coupon $coupon Of the customer.
	 */
	private function print_coupon( \WC_Coupon $coupon ): void {
		$until = $coupon->get_date_expires();
		$used  = $coupon->get_usage_count() > 0;
		$state = $used ? __( 'used', 'parrain' ) : ( null !== $until && $until->getTimestamp() < time() ? __( 'over', 'parrain' ) : __( 'to be used', 'parrain' ) );
		$cells = array(
			__( 'Code', 'parrain' )  => '<code>' . esc_html( strtoupper( $coupon->get_code() ) ) . '</code>',
			__( 'Worth', 'parrain' ) => self::worth( $coupon ),
			__( 'Until', 'parrain' ) => null === $until ? '—' : esc_html( $until->date_i18n( wc_date_format() ) ),
			__( 'State', 'parrain' ) => esc_html( $state ),
		);
		echo '<tr>';
		foreach ( $cells as $title => $cell ) {
			echo '<td data-title="' . esc_attr( $title ) . '">' . wp_kses_post( $cell ) . '</td>';
		}
		echo '</tr>';
	}

	/**
	 * What a voucher gives, in words.
	 *
	 * @param \WC_Coupon $coupon Of the customer.
	 */
	private static function worth( \WC_Coupon $coupon ): string {
		if ( $coupon->get_free_shipping() ) {
			return esc_html__( 'Free shipping', 'parrain' );
		}
		$products = $coupon->get_product_ids();
		if ( array() !== $products ) {
			return esc_html( get_the_title( (int) reset( $products ) ) );
		}
		return $coupon->is_type( 'percent' ) ? esc_html( $coupon->get_amount() . ' %' ) : wc_price( $coupon->get_amount() );
	}
}
