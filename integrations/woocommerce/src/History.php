<?php
/**
 * Orders from before the program.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Entry;
use Parrain\Shared\Queue;

defined( 'ABSPATH' ) || exit;

/** Tells once of the orders of the last 24 months, so that customers of long standing are known as such. */
final class History {

	/** How many months back. */
	private const MONTHS = 24;

	/** How many orders are put into the queue at once, and up to how many may wait there. */
	private const BATCH = 100;

	/**
	 * How far it came.
	 *
	 * @var Options
	 */
	private $options;

	/**
	 * Makes the history of one site.
	 *
	 * @param Options $options How far it came.
	 */
	public function __construct( Options $options ) {
		$this->options = $options;
	}

	/** Starts to tell of them. */
	public function start(): void {
		$this->options->set(
			'history',
			array(
				'page'  => 1,
				'from'  => strtotime( '-' . self::MONTHS . ' months' ),
				'until' => time(),
				'done'  => false,
				'total' => null,
			)
		);
	}

	/** How far it came: page, done and total; nothing where it was never started. */
	public function state(): ?array {
		$state = $this->options->get( 'history' );
		return is_array( $state ) && isset( $state['page'], $state['from'], $state['until'] ) ? $state : null;
	}

	/**
	 * Puts the next orders into the queue, where it is not full of them.
	 *
	 * @param Queue $queue Where events wait.
	 */
	public function go_on( Queue $queue ): void {
		$state = $this->state();
		if ( null === $state || ! empty( $state['done'] ) || $queue->store()->counts()[ Entry::WAITING ] > self::BATCH ) {
			return;
		}
		// By what never changes, so that pages stay the same while orders come in.
		$found = wc_get_orders(
			array(
				'type'      => 'shop_order',
				'status'    => wc_get_is_paid_statuses(),
				'date_paid' => $state['from'] . '...' . $state['until'],
				'orderby'   => 'ID',
				'order'     => 'ASC',
				'limit'     => self::BATCH,
				'paged'     => (int) $state['page'],
				'paginate'  => true,
				'return'    => 'ids',
			)
		);
		foreach ( $found->orders as $id ) {
			$queue->add( 'order.paid ' . (int) $id, 'order.paid', array( 'order' => (int) $id ) );
		}
		$state['total'] = (int) $found->total;
		$state['done']  = (int) $state['page'] >= (int) $found->max_num_pages;
		++$state['page'];
		$this->options->set( 'history', $state );
	}
}
