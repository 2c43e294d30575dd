<?php
/**
 * The code that a shopper came with.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Clock;
use Parrain\Shared\Codes;
use Parrain\Shared\Connection;
use Parrain\Shared\Touches;

defined( 'ABSPATH' ) || exit;

/**
 * The codes of one shopper, kept with the basket on the server and then with the order.
 *
 * Payments come back without cookies, and a browser may lose them: what the widget's cookie says is copied into
 * WooCommerce's session while the shopper browses. An address alone is kept only where the shop's consent mode allows it:
 * in the other modes the cookie, or a code that the shopper typed, is what they agreed to.
 */
final class Visit {

	/** The order's and the session's name for its touches. */
	private const TOUCHES = '_parrain_touches';

	/** The order's name for the code that was used or is wished for. */
	private const CODE = '_parrain_code';

	/** The session's name for a gift that the shopper took out of the basket. */
	private const DISMISSED = '_parrain_dismissed';

	/**
	 * Where the shop is connected to.
	 *
	 * @var Connection
	 */
	private $connection;

	/**
	 * The owner's choices.
	 *
	 * @var Options
	 */
	private $options;

	/**
	 * Makes the visit of whoever asks.
	 *
	 * @param Connection $connection Where the shop is connected to.
	 * @param Options    $options    The owner's choices.
	 */
	public function __construct( Connection $connection, Options $options ) {
		$this->connection = $connection;
		$this->options    = $options;
	}

	/** Listens to pages and orders. */
	public function listen(): void {
		add_action( 'wp_loaded', array( $this, 'note' ), 15 );
		add_action( 'woocommerce_checkout_create_order', array( $this, 'give' ) );
		add_action( 'woocommerce_store_api_checkout_update_order_meta', array( $this, 'give_and_save' ) );
	}

	/** Notes what the page's request says of codes. */
	public function note(): void {
		$session = self::session();
		if ( null === $session ) {
			return;
		}
		$new = Touches::fromCookie( self::cookie() );
		if ( 'none-needed' === $this->options->choice( 'consent', Options::CONSENT ) && isset( $_SERVER['REQUEST_URI'] ) ) {
			// phpcs:ignore WordPress.Security.ValidatedSanitizedInput.InputNotSanitized -- Only codes are read of it.
			$address = (string) wp_unslash( $_SERVER['REQUEST_URI'] );
			$kept    = array_column( array_merge( $this->touches(), $new ), 'code' );
			foreach ( array_diff( Codes::inAddress( $address, $this->connection->linkParams ), $kept ) as $code ) {
				$new[] = Touches::touch( $code, 'link', ( new Clock( $this->options ) )->now() );
			}
		}
		$kept = $this->touches();
		$all  = Touches::merged( $kept, $new );
		if ( $all !== $kept ) {
			$session->set( self::TOUCHES, wp_json_encode( $all ) );
			if ( ! $session->has_session() ) {
				$session->set_customer_session_cookie( true );
			}
		}
	}

	/**
	 * The touches of the shopper, the latest last.
	 *
	 * @return array<array{code: string, source: string, at: string}>
	 */
	public function touches(): array {
		$session = self::session();
		return null === $session ? array() : Touches::fromJson( $session->get( self::TOUCHES ) );
	}

	/** The code whose gift the shopper wishes for: the one that they typed last, else the one that brought them. */
	public function wish(): ?string {
		$session = self::session();
		if ( null === $session ) {
			return null;
		}
		$code = $session->get( self::CODE );
		if ( ! is_string( $code ) || '' === $code ) {
			$codes = array();
			foreach ( $this->touches() as $touch ) {
				$codes[ $touch['source'] ] = $touch['code'];
			}
			$code = $codes['promo_code'] ?? $codes['link'] ?? null;
		}
		return null !== $code && $session->get( self::DISMISSED ) !== $code ? $code : null;
	}

	/**
	 * The shopper typed a code, or asked for its gift.
	 *
	 * @param string $code In upper case.
	 */
	public function wished( string $code ): void {
		$session = self::session();
		if ( null !== $session ) {
			$session->set( self::CODE, $code );
			$session->set( self::DISMISSED, null );
		}
	}

	/**
	 * The shopper took a gift out of the basket, and is not given it again unless they ask.
	 *
	 * @param string $code In upper case.
	 */
	public function dismissed( string $code ): void {
		$session = self::session();
		if ( null !== $session ) {
			$session->set( self::DISMISSED, $code );
			$session->set( self::CODE, null );
		}
	}

	/**
	 * Gives an order the codes of its shopper.
	 *
	 * @param \WC_Order $order Before it is saved.
	 */
	public function give( $order ): void {
		$touches = Touches::merged( $this->touches(), Touches::fromCookie( self::cookie() ) );
		if ( array() !== $touches ) {
			$order->update_meta_data( self::TOUCHES, wp_json_encode( $touches ) );
		}
		$session = self::session();
		$code    = null === $session ? null : $session->get( self::CODE );
		if ( is_string( $code ) && '' !== $code ) {
			$order->update_meta_data( self::CODE, $code );
		}
	}

	/**
	 * Gives an order of the block checkout the codes of its shopper.
	 *
	 * @param \WC_Order $order That is saved already.
	 */
	public function give_and_save( $order ): void {
		$this->give( $order );
		$order->save_meta_data();
	}

	/**
	 * The touches that an order has.
	 *
	 * @param \WC_Order $order Any.
	 */
	public static function touches_of( \WC_Order $order ): array {
		return Touches::fromJson( $order->get_meta( self::TOUCHES ) );
	}

	/**
	 * The codes that stand on an order: its coupons', and the one that its shopper wished for.
	 *
	 * @param \WC_Order $order Any.
	 * @return string[]
	 */
	public static function codes_of( \WC_Order $order ): array {
		$codes = array();
		foreach ( array_merge( $order->get_coupon_codes(), array( (string) $order->get_meta( self::CODE ) ) ) as $text ) {
			$code = Codes::typed( (string) $text );
			if ( null !== $code ) {
				$codes[ $code ] = $code;
			}
		}
		return array_slice( array_values( $codes ), 0, 20 );
	}

	/** The widget's cookie, as it came. */
	private static function cookie(): string {
		// phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Only what looks like touches is read of it.
		$value = isset( $_COOKIE[ Touches::COOKIE ] ) ? wp_unslash( $_COOKIE[ Touches::COOKIE ] ) : '';
		return is_string( $value ) ? $value : '';
	}

	/** WooCommerce's session, on pages that have one. */
	private static function session(): ?\WC_Session_Handler {
		$session = function_exists( 'WC' ) ? WC()->session : null;
		return $session instanceof \WC_Session_Handler ? $session : null;
	}
}
