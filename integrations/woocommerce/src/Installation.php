<?php
/**
 * What this module leaves in a site, and takes away again.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Clock;
use Parrain\Shared\Edge;
use Parrain\Shared\Http;
use Parrain\Shared\SqlStore;

defined( 'ABSPATH' ) || exit;

/** What this module leaves in a site: a table, options, scheduled actions, an address in the customer's account. */
final class Installation {

	/** Which form of the table a site has. */
	private const TABLE_VERSION = '1';

	/**
	 * Makes what a site needs when the module is switched on there, or in the whole network.
	 *
	 * @param bool $in_network Whether it is switched on in each site of a network.
	 */
	public static function activated( $in_network = false ): void {
		self::on_sites(
			(bool) $in_network,
			static function (): void {
				self::prepare();
				// WordPress makes them anew, of what listens then.
				delete_option( 'rewrite_rules' );
			}
		);
	}

	/**
	 * Stops what would go on running.
	 *
	 * @param bool $in_network Whether it is switched off in each site of a network.
	 */
	public static function deactivated( $in_network = false ): void {
		self::on_sites(
			(bool) $in_network,
			static function (): void {
				Schedule::stop();
				delete_option( 'rewrite_rules' );
			}
		);
	}

	/**
	 * Does something on this site, or on each site of the network.
	 *
	 * @param bool     $in_network Whether on each.
	 * @param callable $deed       What to do.
	 */
	public static function on_sites( bool $in_network, callable $deed ): void {
		$query = array(
			'fields' => 'ids',
			'number' => 0,
		);
		foreach ( $in_network && is_multisite() ? get_sites( $query ) : array( get_current_blog_id() ) as $site ) {
			if ( get_current_blog_id() === (int) $site ) {
				$deed();
				continue;
			}
			switch_to_blog( (int) $site );
			$deed();
			restore_current_blog();
		}
	}

	/** Says that orders are never read but through WooCommerce, so that shops may keep them where they like. */
	public static function declare_compatible(): void {
		if ( class_exists( \Automattic\WooCommerce\Utilities\FeaturesUtil::class ) ) {
			foreach ( array( 'custom_order_tables', 'cart_checkout_blocks' ) as $feature ) {
				\Automattic\WooCommerce\Utilities\FeaturesUtil::declare_compatibility( $feature, FILE, true );
			}
		}
	}

	/** Makes the site's table where it is missing: each site of a network has its own, made when it is first needed. */
	public static function prepare(): void {
		if ( get_option( 'parrain_table' ) === self::TABLE_VERSION ) {
			return;
		}
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		// dbDelta tells a table that is there from one that is not, and wants no IF NOT EXISTS.
		dbDelta( str_replace( 'IF NOT EXISTS ', '', SqlStore::schema( self::table() ) ) );
		update_option( 'parrain_table', self::TABLE_VERSION );
	}

	/** The name of the site's table. */
	public static function table(): string {
		global $wpdb;
		return $wpdb->prefix . 'parrain_events';
	}

	/**
	 * Tells the edge that a site's connection is over, and says whether nothing of it is left there.
	 *
	 * @param Options $options Of the site.
	 * @param Http    $http    How the edge is reached.
	 */
	public static function disconnect( Options $options, Http $http ): bool {
		$connection = $options->connection();
		// One that was typed by hand is none that the edge knows of.
		return null === $connection || '' === $connection->id || ( new Edge( $http, new Clock( $options ), $connection ) )->disconnect();
	}

	/** Takes everything away from a site; the table stays where its owner wished so. */
	public static function remove(): void {
		global $wpdb;
		self::disconnect( new Options(), new WpHttp() );
		$keep_table = get_option( 'parrain_keep_table' ) === 'yes';
		if ( ! $keep_table ) {
			// phpcs:ignore WordPress.DB -- The module's own table, by a name that nobody else chooses.
			$wpdb->query( 'DROP TABLE IF EXISTS ' . self::table() );
			self::remove_notes();
		}
		foreach ( Options::NAMES as $name ) {
			if ( ! $keep_table || 'parrain_table' !== $name ) {
				delete_option( $name );
			}
		}
		$like = $wpdb->esc_like( '_transient_parrain_' ) . '%';
		$more = $wpdb->esc_like( '_transient_timeout_parrain_' ) . '%';
		// phpcs:ignore WordPress.DB.DirectDatabaseQuery -- There is no call that deletes transients by their prefix.
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name LIKE %s OR option_name LIKE %s", $like, $more ) );
		Schedule::stop();
	}

	/** Takes away what was noted on orders, wherever the site keeps them. Vouchers stay: they are their customers'. */
	private static function remove_notes(): void {
		global $wpdb;
		// phpcs:disable WordPress.DB -- Two tables of which WooCommerce may have one, and names of our own.
		foreach ( array( $wpdb->postmeta, $wpdb->prefix . 'wc_orders_meta' ) as $table ) {
			if ( $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) ) === $table ) {
				$wpdb->query( "DELETE FROM $table WHERE meta_key IN ('_parrain_touches', '_parrain_code', '_parrain_told')" );
			}
		}
		// phpcs:enable
	}
}
