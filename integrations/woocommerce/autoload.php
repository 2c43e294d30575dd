<?php
/**
 * Finds the classes of this module, and those of the library that its zip carries.
 *
 * @package Parrain
 */

defined( 'ABSPATH' ) || exit;

spl_autoload_register(
	static function ( string $name ): void {
		$folders = array(
			// First, since in a zip the library's namespace is within the module's.
			'Parrain\\Shared\\'      => is_dir( __DIR__ . '/lib' ) ? __DIR__ . '/lib/' : __DIR__ . '/../php/src/',
			'Parrain\\WooCommerce\\' => __DIR__ . '/src/',
		);
		foreach ( $folders as $prefix => $folder ) {
			if ( strpos( $name, $prefix ) === 0 ) {
				$file = $folder . str_replace( '\\', '/', substr( $name, strlen( $prefix ) ) ) . '.php';
				if ( is_file( $file ) ) {
					require $file;
				}
				return;
			}
		}
	}
);
