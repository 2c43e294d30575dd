<?php
/**
 * Accounts that are opened.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Queue;

defined( 'ABSPATH' ) || exit;

/** Tells of each account that a customer opens, for programs that reward it; of others the edge takes no note. */
final class Signups {

	/**
	 * Where events wait.
	 *
	 * @var Queue
	 */
	private $queue;

	/**
	 * The shopper's codes.
	 *
	 * @var Visit
	 */
	private $visit;

	/**
	 * Makes the listener.
	 *
	 * @param Queue $queue Where events wait.
	 * @param Visit $visit The shopper's codes.
	 */
	public function __construct( Queue $queue, Visit $visit ) {
		$this->queue = $queue;
		$this->visit = $visit;
	}

	/** Listens to accounts. */
	public function listen(): void {
		add_action( 'woocommerce_created_customer', array( $this, 'opened' ) );
	}

	/**
	 * A customer opened an account.
	 *
	 * @param int $user Of the account.
	 */
	public function opened( $user ): void {
		$this->visit->note();
		$code = $this->visit->wish();
		$this->queue->add(
			'signup.created ' . (int) $user,
			'signup.created',
			array(
				'user'    => (int) $user,
				'at'      => OrderFacts::instant( time() ),
				'codes'   => null === $code ? array() : array( $code ),
				'touches' => $this->visit->touches(),
			)
		);
	}
}
