<?php
/**
 * WordPress's transients.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Cache;

defined( 'ABSPATH' ) || exit;

/** Keeps answers of the edge in WordPress's transients. */
final class WpCache implements Cache {

	/**
	 * What was kept under a name.
	 *
	 * @param string $name Of at most 40 characters.
	 */
	public function get( string $name ): ?array {
		$value = get_transient( $name );
		return is_array( $value ) ? $value : null;
	}

	/**
	 * Keeps something for so many seconds.
	 *
	 * @param string $name    Of at most 40 characters.
	 * @param array  $value   What to keep.
	 * @param int    $seconds For how long.
	 */
	public function set( string $name, array $value, int $seconds ): void {
		set_transient( $name, $value, $seconds );
	}
}
