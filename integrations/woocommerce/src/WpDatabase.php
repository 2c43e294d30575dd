<?php
/**
 * WordPress's connection to its database.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Database;

defined( 'ABSPATH' ) || exit;

/** Runs the library's statements on WordPress's own connection. */
final class WpDatabase implements Database {

	/**
	 * Runs a statement and answers how many rows it changed.
	 *
	 * @param string $sql    With ? where a value stands.
	 * @param array  $values What stands there.
	 */
	public function run( string $sql, array $values ): int {
		global $wpdb;
		// phpcs:ignore WordPress.DB -- Prepared by the method below.
		return (int) $wpdb->query( $this->prepared( $sql, $values ) );
	}

	/**
	 * Reads rows.
	 *
	 * @param string $sql    With ? where a value stands.
	 * @param array  $values What stands there.
	 */
	public function rows( string $sql, array $values ): array {
		global $wpdb;
		// phpcs:ignore WordPress.DB -- Prepared by the method below.
		return (array) $wpdb->get_results( $this->prepared( $sql, $values ), ARRAY_A );
	}

	/**
	 * The statement with its values, as WordPress writes them.
	 *
	 * @param string $sql    With ? where a value stands.
	 * @param array  $values What stands there.
	 */
	private function prepared( string $sql, array $values ): string {
		global $wpdb;
		foreach ( $values as $value ) {
			$sql = preg_replace( '/\?/', is_int( $value ) ? '%d' : '%s', $sql, 1 );
		}
		// phpcs:ignore WordPress.DB.PreparedSQL -- The statements are the library's, without a text of anybody else's.
		return array() === $values ? $sql : (string) $wpdb->prepare( $sql, $values );
	}
}
