<?php
/**
 * Plugin Name: Parrain for WooCommerce
 * Description: Referrals: gifts for friends in the basket, orders told to your Parrain, rewards in your customers' accounts.
 * Version: 1.0.0
 * Author: Parrain
 * License: MIT OR Apache-2.0
 * Text Domain: parrain
 * Domain Path: /languages
 * Requires at least: 6.4
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * WC requires at least: 8.0
 * WC tested up to: 10.9
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

defined( 'ABSPATH' ) || exit;

/** The file by which WordPress knows this module. */
const FILE = __FILE__;

require __DIR__ . '/autoload.php';

register_activation_hook( __FILE__, array( Installation::class, 'activated' ) );
register_deactivation_hook( __FILE__, array( Installation::class, 'deactivated' ) );
add_action( 'before_woocommerce_init', array( Installation::class, 'declare_compatible' ) );
add_action( 'plugins_loaded', array( Plugin::class, 'start' ), 20 );
