<?php
/**
 * The script tag.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\Identity;

defined( 'ABSPATH' ) || exit;

/** Puts the widget's tag on every page, the checkout included, with the signed-in customer signed on the server. */
final class Tag {

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
	 * The time.
	 *
	 * @var Clock
	 */
	private $clock;

	/**
	 * Makes the tag of one shop.
	 *
	 * @param Connection $connection Where the shop is connected to.
	 * @param Options    $options    The owner's choices.
	 * @param Clock      $clock      The time.
	 */
	public function __construct( Connection $connection, Options $options, Clock $clock ) {
		$this->connection = $connection;
		$this->options    = $options;
		$this->clock      = $clock;
	}

	/** Prints the tag where each theme, of blocks or not, ends its pages. */
	public function listen(): void {
		add_action( 'wp_footer', array( $this, 'print' ) );
	}

	/** Prints it. */
	public function print(): void {
		$attributes = array(
			'data-shop'      => $this->connection->shop,
			'data-edge'      => $this->connection->edge,
			'data-params'    => implode( ' ', $this->connection->linkParams ),
			'data-platform'  => 'woocommerce',
			'data-consent'   => $this->options->choice( 'consent', Options::CONSENT ),
			'data-placement' => $this->options->choice( 'placement', Options::PLACEMENT ),
			'data-thanks'    => self::thanks(),
			'data-customer'  => $this->customer(),
		);
		$written    = '';
		foreach ( array_filter( $attributes, 'strlen' ) as $name => $value ) {
			$written .= ' ' . $name . '="' . esc_attr( $value ) . '"';
		}
		// The widget reads its settings from its own tag, which WordPress's queue of scripts cannot write.
		// phpcs:ignore WordPress.WP.EnqueuedResources.NonEnqueuedScript, WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped above.
		echo '<script async src="' . esc_url( $this->connection->widgetSrc ) . '"' . $written . "></script>\n";
	}

	/** The part of the address by which the widget knows the page that thanks for an order. */
	private static function thanks(): string {
		$endpoint = (string) get_option( 'woocommerce_checkout_order_received_endpoint', 'order-received' );
		return '' === $endpoint ? '' : ( '' === get_option( 'permalink_structure' ) ? $endpoint . '=' : '/' . $endpoint );
	}

	/** The signed-in customer, signed; empty for a guest. */
	private function customer(): string {
		$user = wp_get_current_user();
		if ( $user->ID <= 0 || '' === $this->connection->identityKey ) {
			return '';
		}
		$about = array(
			'email'        => (string) $user->user_email,
			'name'         => (string) ( '' !== $user->first_name ? $user->first_name : $user->display_name ),
			'orders_count' => (int) wc_get_customer_order_count( $user->ID ),
		);
		return Identity::sign( $this->connection->identityKey, (string) $user->ID, $about, $this->clock->now() );
	}
}
