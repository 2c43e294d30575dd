<?php
/**
 * What listens to what.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Clock;
use Parrain\Shared\Edge;
use Parrain\Shared\Offers;
use Parrain\Shared\Queue;
use Parrain\Shared\SqlStore;

defined( 'ABSPATH' ) || exit;

/** Puts the module's parts together, and lets each listen to what concerns it. */
final class Plugin {

	/** Starts the module on a site that has WooCommerce. */
	public static function start(): void {
		add_action(
			'init',
			static function (): void {
				// The French of France serves each French that has no words of its own.
				$language = strpos( determine_locale(), 'fr_' ) === 0 ? 'fr_FR' : determine_locale();
				load_textdomain( 'parrain', __DIR__ . '/../languages/parrain-' . $language . '.mo', determine_locale() );
			},
			1
		);
		if ( ! class_exists( \WooCommerce::class ) ) {
			return;
		}
		Installation::prepare();
		$options = new Options();
		$clock   = new Clock( $options );
		$http    = new WpHttp();
		$store   = new SqlStore( new WpDatabase(), Installation::table() );
		$queue   = new Queue( $store, $clock, new OrderFacts() );
		$history = new History( $options );

		// Orders that come in while nothing is connected wait with the others.
		( new OrderEvents( $queue ) )->listen();

		$connection = $options->connection();
		if ( is_admin() ) {
			( new SettingsPage( $options, $http, $queue, $history, new Checks( $options, $http, $clock, $store ) ) )->listen();
		}
		if ( null === $connection ) {
			return;
		}
		( new Account( $options ) )->listen();
		$edge  = new Edge( $http, $clock, $connection );
		$visit = new Visit( $connection, $options );
		$visit->listen();
		( new Signups( $queue, $visit ) )->listen();
		$offers = new Offers( $edge, new WpCache(), $clock, $connection->edge . ' ' . $connection->shop );
		( new Gift( $offers, $visit, $clock ) )->listen();
		( new Tag( $connection, $options, $clock ) )->listen();
		$rewards = new Rewards();
		$rewards->listen();
		( new Schedule( $queue, $edge, $rewards, $history, $options, $offers ) )->listen();
	}
}
