<?php
/**
 * What works and what does not.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Entry;
use Parrain\Shared\Http;
use Parrain\Shared\Problem;
use Parrain\Shared\Store;

defined( 'ABSPATH' ) || exit;

/** Finds out what works, for the owner's eyes: what the edge says is asked when they wish it, the rest each time. */
final class Checks {

	/** It works. */
	public const GOOD = 'good';
	/** It does not. */
	public const BAD = 'bad';
	/** It works, and the owner should know something about it. */
	public const NOTE = 'note';

	/** A code that is nobody's, by which the landing page is tried. */
	private const TRIAL = 'PARRAIN-TRIAL';

	/**
	 * What is remembered.
	 *
	 * @var Options
	 */
	private $options;

	/**
	 * How the edge is reached.
	 *
	 * @var Http
	 */
	private $http;

	/**
	 * The time.
	 *
	 * @var Clock
	 */
	private $clock;

	/**
	 * What waits.
	 *
	 * @var Store
	 */
	private $store;

	/**
	 * Makes the checks of one site.
	 *
	 * @param Options $options What is remembered.
	 * @param Http    $http    How the edge is reached.
	 * @param Clock   $clock   The time.
	 * @param Store   $store   What waits.
	 */
	public function __construct( Options $options, Http $http, Clock $clock, Store $store ) {
		$this->options = $options;
		$this->http    = $http;
		$this->clock   = $clock;
		$this->store   = $store;
	}

	/** Asks the edge and the shop's own front page, and remembers what they say. */
	public function ask(): void {
		$connection = $this->options->connection();
		$this->options->set( 'checks', null === $connection ? null : array( $this->offer( $connection ), $this->events( $connection ), $this->landing( $connection ) ) );
	}

	/**
	 * What works, as states and sentences.
	 *
	 * @return array<array{0: string, 1: string}>
	 */
	public function told(): array {
		$connection = $this->options->connection();
		if ( null === $connection ) {
			return array();
		}
		$asked   = array_filter( (array) $this->options->get( 'checks' ), array( self::class, 'is_readable' ) );
		$failing = $this->store->failing();
		if ( null !== $failing ) {
			// What waits knows better than what was asked for some days ago.
			$asked[1] = array( self::BAD, 'events no', array( $failing->said ) );
		}
		return array_merge(
			array_map( array( self::class, 'asked' ), array_values( $asked ) ),
			array_filter( array( $this->customers( $connection ), $this->tasks( $connection ), $this->schedule(), $this->waiting(), $this->coupons(), $this->webhooks( $connection ), $this->clock_said() ) )
		);
	}

	/**
	 * Whether something that was remembered is of this version of the module.
	 *
	 * @param mixed $kept As it was kept.
	 */
	private static function is_readable( $kept ): bool {
		return is_array( $kept ) && 3 === count( $kept ) && is_array( $kept[2] ?? null );
	}

	/**
	 * What was asked for and remembered, in the language of whoever reads it now.
	 *
	 * @param array{0: string, 1: string, 2: string[]} $kept A state, what was found, and its values.
	 * @return array{0: string, 1: string}
	 */
	private static function asked( array $kept ): array {
		list( $state, $found, $values ) = $kept;

		$words = array(
			/* translators: %s: what the other side said */
			'offer unread'  => __( 'Your program cannot be read: %s', 'parrain' ),
			/* translators: 1: a currency, 2: another */
			'offer foreign' => __( 'Your program counts in %1$s and your shop in %2$s: gifts of an amount or with a minimum cannot be given in the basket.', 'parrain' ),
			'offer read'    => __( 'Your program can be read: codes work in the coupon field, and the widget stands on every page.', 'parrain' ),
			/* translators: %s: what the other side said */
			'events no'     => __( 'Orders cannot be told: %s', 'parrain' ),
			'events yes'    => __( 'Orders can be told: your shop’s signature is accepted.', 'parrain' ),
			/* translators: %s: what the other side said */
			'landing shut'  => __( 'Your shop cannot open its own front page, so it is not known whether links arrive: %s', 'parrain' ),
			/* translators: 1: a parameter's name, 2: an address */
			'landing drops' => __( 'Your front page drops “%1$s” when it redirects to %2$s. Give your program a landing page that does not redirect.', 'parrain' ),
			/* translators: %s: an address */
			'landing keeps' => __( 'Referral links arrive: %s keeps their code.', 'parrain' ),
		);
		return array( $state, vsprintf( $words[ $found ], $values ) );
	}

	/**
	 * Whether the program can be read, and is of this shop's currency.
	 *
	 * @param Connection $connection Where to.
	 */
	private function offer( Connection $connection ): array {
		try {
			$told = ( new Edge( $this->http, $this->clock, $connection ) )->offer();
		} catch ( Problem $problem ) {
			return array( self::BAD, 'offer unread', array( self::said( $problem ) ) );
		}
		$currency = isset( $told['currency'] ) && is_string( $told['currency'] ) ? $told['currency'] : '';
		if ( get_woocommerce_currency() !== $currency ) {
			return array( self::NOTE, 'offer foreign', array( $currency, get_woocommerce_currency() ) );
		}
		return array( self::GOOD, 'offer read', array() );
	}

	/**
	 * Whether a signed event is accepted: one of a type that nobody knows, which the edge answers and forgets.
	 *
	 * @param Connection $connection Where to.
	 */
	private function events( Connection $connection ): array {
		try {
			( new Edge( $this->http, $this->clock, $connection ) )->send(
				'msg_' . bin2hex( random_bytes( 12 ) ),
				Edge::written(
					array(
						'type' => 'module.tried',
						'data' => new \stdClass(),
					)
				)
			);
		} catch ( Problem $problem ) {
			return array( self::BAD, 'events no', array( self::said( $problem ) ) );
		}
		return array( self::GOOD, 'events yes', array() );
	}

	/**
	 * Whether a referral link's code survives the way to the shop's front page.
	 *
	 * @param Connection $connection Which parameter it has.
	 */
	private function landing( Connection $connection ): array {
		$param = $connection->linkParams[0];
		$url   = add_query_arg( $param, self::TRIAL, home_url( '/' ) );
		for ( $hop = 0; $hop < 5; $hop++ ) {
			try {
				$answer = $this->http->send( 'GET', $url, array(), '', 5 );
			} catch ( Problem $problem ) {
				return array( self::NOTE, 'landing shut', array( $problem->getMessage() ) );
			}
			if ( $answer->status < 300 || $answer->status > 399 || ! isset( $answer->headers['location'] ) ) {
				break;
			}
			$url = \WP_Http::make_absolute_url( $answer->headers['location'], $url );
		}
		if ( strpos( $url, self::TRIAL ) === false ) {
			return array( self::BAD, 'landing drops', array( $param, $url ) );
		}
		return array( self::GOOD, 'landing keeps', array( home_url( '/' ) ) );
	}

	/**
	 * Whether signed-in customers can be vouched for.
	 *
	 * @param Connection $connection Which keys there are.
	 */
	private function customers( Connection $connection ): array {
		return '' === $connection->identityKey
			? array( self::NOTE, __( 'Customers have to sign in to the widget by themselves: your Parrain gave no key to vouch for them.', 'parrain' ) )
			: array( self::GOOD, __( 'Customers who are signed in to your shop are signed in to the widget.', 'parrain' ) );
	}

	/**
	 * Whether rewards can be fetched.
	 *
	 * @param Connection $connection Which tokens there are.
	 */
	private function tasks( Connection $connection ): array {
		$said = $this->options->get( 'tasks_said' );
		if ( '' === $connection->moduleToken ) {
			return array( self::NOTE, __( 'Rewards are not handed out here: your Parrain gave no token for that.', 'parrain' ) );
		}
		if ( null === $said ) {
			return array( self::NOTE, __( 'Rewards have not been asked for yet.', 'parrain' ) );
		}
		/* translators: %s: what the other side said */
		return 'ok' === $said ? array( self::GOOD, __( 'Rewards are handed out as vouchers in your customers’ accounts.', 'parrain' ) ) : array( self::BAD, sprintf( __( 'Rewards could not be asked for: %s', 'parrain' ), $said ) );
	}

	/** Whether the site's cron runs. */
	private function schedule(): array {
		$last = (int) $this->options->get( 'last_run' );
		if ( time() - $last < Schedule::LATE ) {
			return array( self::GOOD, __( 'Your shop’s scheduler runs.', 'parrain' ) );
		}
		$falls_back = function_exists( 'fastcgi_finish_request' ) || function_exists( 'litespeed_finish_request' );
		return array(
			0 === $last ? self::NOTE : self::BAD,
			0 === $last ? __( 'Your shop’s scheduler has not run since this module was switched on. If this stays so for some minutes, have wp-cron.php called each minute.', 'parrain' )
				/* translators: %s: for how long */
				: sprintf( __( 'Your shop’s scheduler has not run for %s. Have wp-cron.php called each minute.', 'parrain' ), human_time_diff( $last ) )
				. ' ' . ( $falls_back ? __( 'Until then, orders are told after a page has been sent.', 'parrain' ) : __( 'Until then, no order is told; none is lost.', 'parrain' ) ),
		);
	}

	/** What was refused, or waits for long. */
	private function waiting(): ?array {
		$counts = $this->store->counts();
		if ( $counts[ Entry::REFUSED ] > 0 ) {
			/* translators: %d: how many */
			return array( self::BAD, sprintf( _n( '%d event was refused; see below why.', '%d events were refused; see below why.', $counts[ Entry::REFUSED ], 'parrain' ), $counts[ Entry::REFUSED ] ) );
		}
		return null;
	}

	/** Whether coupons are on at all. */
	private function coupons(): ?array {
		return wc_coupons_enabled() ? null : array( self::BAD, __( 'Coupons are switched off in WooCommerce’s settings, so no gift can be given in the basket.', 'parrain' ) );
	}

	/**
	 * Whether WooCommerce's own webhooks tell the same orders.
	 *
	 * @param Connection $connection Where to.
	 */
	private function webhooks( Connection $connection ): ?array {
		$ids = \WC_Data_Store::load( 'webhook' )->get_webhooks_ids( 'active' );
		foreach ( $ids as $id ) {
			if ( strpos( ( new \WC_Webhook( $id ) )->get_delivery_url(), $connection->edge . '/v1/shops/' . $connection->shop . '/' ) === 0 ) {
				return array( self::NOTE, __( 'A webhook of WooCommerce tells the same orders. This module tells them more exactly: remove the webhook under Settings, Advanced.', 'parrain' ) );
			}
		}
		return null;
	}

	/** Whether the server's clock is off. */
	private function clock_said(): ?array {
		$behind = $this->clock->behind();
		if ( 0 === $behind ) {
			return null;
		}
		/* translators: %d: a number of seconds */
		$words = $behind > 0 ? __( 'Your server’s clock is %d seconds behind. That is taken into account; have it set right.', 'parrain' ) : __( 'Your server’s clock is %d seconds ahead. That is taken into account; have it set right.', 'parrain' );
		return array( self::NOTE, sprintf( $words, abs( $behind ) ) );
	}

	/**
	 * What the edge said, or that it said nothing.
	 *
	 * @param Problem $problem Any.
	 */
	public static function said( Problem $problem ): string {
		return ( $problem->status > 0 ? $problem->status . ' ' : '' ) . $problem->getMessage();
	}
}
