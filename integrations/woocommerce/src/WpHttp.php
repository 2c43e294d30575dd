<?php
/**
 * WordPress's own client.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Answer;
use Parrain\Shared\Http;
use Parrain\Shared\Problem;

defined( 'ABSPATH' ) || exit;

/** Reaches the edge by WordPress's own client, so that a site's proxy and certificates hold. */
final class WpHttp implements Http {

	/** The longest answer that is read, in bytes. */
	private const LONGEST = 1048576;

	/**
	 * Sends a request and answers what came back.
	 *
	 * @param string                $method  GET, POST or DELETE.
	 * @param string                $url     Where to.
	 * @param array<string, string> $headers What to say beside.
	 * @param string                $body    What to say.
	 * @param int                   $seconds How long it may take.
	 * @throws Problem Where nothing came back.
	 */
	public function send( string $method, string $url, array $headers, string $body, int $seconds ): Answer {
		$answer = wp_remote_request(
			$url,
			array(
				'method'              => $method,
				'headers'             => $headers,
				'body'                => '' === $body ? null : $body,
				'timeout'             => $seconds,
				'redirection'         => 0,
				'limit_response_size' => self::LONGEST,
				'user-agent'          => 'Parrain-WooCommerce/1.0.0',
			)
		);
		if ( is_wp_error( $answer ) ) {
			throw new Problem( 0, $answer->get_error_message() );
		}
		$heard = array();
		foreach ( wp_remote_retrieve_headers( $answer ) as $name => $value ) {
			$heard[ $name ] = is_array( $value ) ? (string) reset( $value ) : (string) $value;
		}
		return new Answer( (int) wp_remote_retrieve_response_code( $answer ), $heard, wp_remote_retrieve_body( $answer ) );
	}
}
