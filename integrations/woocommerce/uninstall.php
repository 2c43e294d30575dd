<?php
/**
 * Takes the module's traces away, on every site of a network, when it is deleted.
 *
 * @package Parrain
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require __DIR__ . '/autoload.php';

Parrain\WooCommerce\Installation::on_sites( true, array( Parrain\WooCommerce\Installation::class, 'remove' ) );
