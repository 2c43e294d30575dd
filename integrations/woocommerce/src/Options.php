<?php
/**
 * What this module keeps in the site's options.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Connection;
use Parrain\Shared\Memory;

defined( 'ABSPATH' ) || exit;

/** The module's options of one site: its connection, its owner's choices, and what it has to remember. */
final class Options implements Memory {

	/** All that it may write, so that an uninstallation leaves nothing. */
	public const NAMES = array(
		'parrain_connection',
		'parrain_consent',
		'parrain_placement',
		'parrain_keep_table',
		'parrain_table',
		'parrain_clock_behind',
		'parrain_last_run',
		'parrain_last_fallback',
		'parrain_tasks_said',
		'parrain_history',
		'parrain_told_to',
		'parrain_checks',
	);

	/** What the owner may choose of the tag's data-consent, the first being what is taken where nothing was chosen. */
	public const CONSENT = array( 'explicit', 'required', 'none-needed' );

	/** And of its data-placement. */
	public const PLACEMENT = array( 'launcher', 'none' );

	/**
	 * What is kept under a name, without the prefix.
	 *
	 * @param string $name Of the names above.
	 * @return mixed
	 */
	public function get( string $name ) {
		$value = get_option( 'parrain_' . $name, null );
		return false === $value ? null : $value;
	}

	/**
	 * Keeps a fact; null forgets it.
	 *
	 * @param string $name  Of the names above, without the prefix.
	 * @param mixed  $value What to keep.
	 */
	public function set( string $name, $value ): void {
		if ( null === $value ) {
			delete_option( 'parrain_' . $name );
		} else {
			update_option( 'parrain_' . $name, $value );
		}
	}

	/** The site's connection to its edge, or nothing. */
	public function connection(): ?Connection {
		return Connection::read( $this->get( 'connection' ) );
	}

	/**
	 * One of the owner's choices.
	 *
	 * @param string   $name    Of the option.
	 * @param string[] $choices What it may be.
	 */
	public function choice( string $name, array $choices ): string {
		$chosen = $this->get( $name );
		return in_array( $chosen, $choices, true ) ? $chosen : $choices[0];
	}
}
