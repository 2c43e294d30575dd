<?php
/**
 * When things are sent and fetched.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Edge;
use Parrain\Shared\Offers;
use Parrain\Shared\Problem;
use Parrain\Shared\Queue;
use Parrain\Shared\TaskDoer;
use Parrain\Shared\Tasks;

defined( 'ABSPATH' ) || exit;

/**
 * Sends events and takes tasks by WooCommerce's Action Scheduler, each minute.
 *
 * Where a site's cron never runs, which its page says, it is done after an answer has left, where the server can do that.
 */
final class Schedule {

	/** The action that runs. */
	public const ACTION = 'parrain_run';

	/** The group of our actions. */
	private const GROUP = 'parrain';

	/** How often, in seconds. */
	private const EVERY = 60;

	/** How many events a run sends at most, and for how many seconds. */
	private const MOST = 100;

	/** For how many seconds a run goes on. */
	private const SECONDS = 20;

	/** After how many seconds without a run the site's cron is said not to run. */
	public const LATE = 900;

	/**
	 * What is sent.
	 *
	 * @var Queue
	 */
	private $queue;

	/**
	 * Where to.
	 *
	 * @var Edge
	 */
	private $edge;

	/**
	 * Who does tasks.
	 *
	 * @var TaskDoer
	 */
	private $doer;

	/**
	 * What is remembered of runs.
	 *
	 * @var Options
	 */
	private $options;

	/**
	 * Orders of the past.
	 *
	 * @var History
	 */
	private $history;

	/**
	 * What codes give, to be asked anew.
	 *
	 * @var Offers
	 */
	private $offers;

	/**
	 * Makes the schedule of one site.
	 *
	 * @param Queue    $queue   What is sent.
	 * @param Edge     $edge    Where to.
	 * @param TaskDoer $doer    Who does tasks.
	 * @param History  $history Orders of the past.
	 * @param Options  $options What is remembered of runs.
	 * @param Offers   $offers  What codes give, to be asked anew.
	 */
	public function __construct( Queue $queue, Edge $edge, TaskDoer $doer, History $history, Options $options, Offers $offers ) {
		$this->queue   = $queue;
		$this->edge    = $edge;
		$this->doer    = $doer;
		$this->history = $history;
		$this->options = $options;
		$this->offers  = $offers;
	}

	/** Sees to it that runs happen. */
	public function listen(): void {
		add_action( self::ACTION, array( $this, 'run' ) );
		add_action( 'action_scheduler_init', array( $this, 'plan' ) );
		add_action( 'shutdown', array( $this, 'run_after_answer' ), 1000 );
	}

	/** Plans the runs, where they are not. */
	public function plan(): void {
		if ( ! as_has_scheduled_action( self::ACTION, array(), self::GROUP ) ) {
			as_schedule_recurring_action( time(), self::EVERY, self::ACTION, array(), self::GROUP, true );
		}
	}

	/** Plans no more. */
	public static function stop(): void {
		if ( function_exists( 'as_unschedule_all_actions' ) ) {
			as_unschedule_all_actions( self::ACTION, array(), self::GROUP );
		}
	}

	/** Sends what is due, takes tasks, and goes on with the past. */
	public function run(): void {
		$this->options->set( 'last_run', time() );
		$this->go_on( self::MOST, self::SECONDS );
	}

	/** Runs when the answer has left, where cron is late and the server lets an answer leave. */
	public function run_after_answer(): void {
		$can   = function_exists( 'fastcgi_finish_request' ) || function_exists( 'litespeed_finish_request' );
		$since = time() - (int) $this->options->get( 'last_fallback' );
		if ( ! $can || wp_doing_cron() || $since < self::EVERY || time() - (int) $this->options->get( 'last_run' ) < self::LATE ) {
			return;
		}
		// Of many pages that end in one moment one is enough. The scheduler's own runs are noted apart, since its page tells of them.
		$this->options->set( 'last_fallback', time() );
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		} else {
			litespeed_finish_request();
		}
		$this->go_on( 20, 10 );
	}

	/**
	 * Sends what is due, asks anew what codes give, takes tasks, and goes on with the past.
	 *
	 * @param int $most    So many events at most.
	 * @param int $seconds For so long at most.
	 */
	private function go_on( int $most, int $seconds ): void {
		$this->history->go_on( $this->queue );
		$this->queue->run( $this->edge, $most, $seconds );
		$this->offers->refresh();
		$this->take_tasks();
	}

	/** Takes tasks, and remembers what the edge said where it gave none. */
	private function take_tasks(): void {
		$connection = $this->options->connection();
		if ( null === $connection || '' === $connection->moduleToken ) {
			return;
		}
		try {
			Tasks::run( $this->edge, $this->doer, self::SECONDS );
			$said = 'ok';
		} catch ( Problem $problem ) {
			$said = $problem->status . ' ' . $problem->getMessage();
		}
		if ( $this->options->get( 'tasks_said' ) !== $said ) {
			$this->options->set( 'tasks_said', $said );
		}
	}
}
