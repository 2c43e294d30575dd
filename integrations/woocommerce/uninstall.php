<?php
/**
 * Takes the module's traces away, on every site of a network, when it is deleted.
 *
 * @package Parrain
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require __DIR__ . '/autoload.php';

if ( is_multisite() ) {
	foreach ( get_sites(
		array(
			'fields' => 'ids',
			'number' => 0,
		)
	) as $parrain_site ) {
		switch_to_blog( $parrain_site );
		Parrain\WooCommerce\Installation::remove();
		restore_current_blog();
	}
} else {
	Parrain\WooCommerce\Installation::remove();
}
