<?php
/**
 * The owner's page.
 *
 * @package Parrain
 */

namespace Parrain\WooCommerce;

use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Entry;
use Parrain\Shared\Http;
use Parrain\Shared\Misread;
use Parrain\Shared\Problem;
use Parrain\Shared\Queue;

defined( 'ABSPATH' ) || exit;

/** The page under WooCommerce where the owner connects the shop, sees what works, and what waits to be told. */
final class SettingsPage {

	/** The page's name in addresses. */
	private const PAGE = 'parrain';

	/** Who may see and change it. */
	private const MAY = 'manage_woocommerce';

	/** What the page's forms ask for, each a method here. */
	private const DEEDS = array( 'connect', 'connect_by_hand', 'choose', 'check', 'send_again', 'send_now', 'tell_history', 'disconnect' );

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
	 * What waits.
	 *
	 * @var Queue
	 */
	private $queue;

	/**
	 * Orders of the past.
	 *
	 * @var History
	 */
	private $history;

	/**
	 * What works.
	 *
	 * @var Checks
	 */
	private $checks;

	/**
	 * Makes the page of one site.
	 *
	 * @param Options $options What is remembered.
	 * @param Http    $http    How the edge is reached.
	 * @param Queue   $queue   What waits.
	 * @param History $history Orders of the past.
	 * @param Checks  $checks  What works.
	 */
	public function __construct( Options $options, Http $http, Queue $queue, History $history, Checks $checks ) {
		$this->options = $options;
		$this->http    = $http;
		$this->queue   = $queue;
		$this->history = $history;
		$this->checks  = $checks;
	}

	/** Puts the page under WooCommerce. */
	public function listen(): void {
		add_action( 'admin_menu', array( $this, 'add' ), 60 );
		add_action( 'admin_post_parrain', array( $this, 'act' ) );
		add_filter( 'plugin_action_links_' . plugin_basename( FILE ), array( $this, 'link' ) );
	}

	/** Adds it to the menu. */
	public function add(): void {
		add_submenu_page( 'woocommerce', 'Parrain', 'Parrain', self::MAY, self::PAGE, array( $this, 'print' ) );
	}

	/**
	 * Leads from the list of plugins to the page.
	 *
	 * @param string[] $links WordPress's.
	 */
	public function link( $links ) {
		array_unshift( $links, '<a href="' . esc_url( self::url() ) . '">' . esc_html__( 'Settings', 'parrain' ) . '</a>' );
		return $links;
	}

	/** Does what a form of the page asks for, and says how it went. */
	public function act(): void {
		check_admin_referer( 'parrain' );
		$deed = self::typed( 'deed' );
		if ( ! current_user_can( self::MAY ) || ! in_array( $deed, self::DEEDS, true ) ) {
			wp_die( esc_html__( 'You may not do that.', 'parrain' ), '', array( 'response' => 403 ) );
		}
		try {
			$said = array( Checks::GOOD, $this->$deed() );
		} catch ( Misread $misread ) {
			$said = array( Checks::BAD, self::why( $misread ) );
		} catch ( Problem $problem ) {
			$said = array( Checks::BAD, 404 === $problem->status ? __( 'Your Parrain does not know this code: it is wrong, was used already, or is older than 15 minutes. Make a new one.', 'parrain' ) : Checks::said( $problem ) );
		}
		// The address that was typed stays in its field when the code beside it was wrong.
		$said[] = self::typed( 'edge' );
		set_transient( 'parrain_said_' . get_current_user_id(), $said, 60 );
		wp_safe_redirect( self::url() );
		exit;
	}

	/** Prints the page. */
	public function print(): void {
		$connection = $this->options->connection();
		echo '<div class="wrap parrain"><h1>Parrain</h1>';
		self::print_style();
		$said = get_transient( 'parrain_said_' . get_current_user_id() );
		if ( is_array( $said ) ) {
			delete_transient( 'parrain_said_' . get_current_user_id() );
			echo '<div class="notice notice-' . ( Checks::GOOD === $said[0] ? 'success' : 'error' ) . '"><p>' . esc_html( $said[1] ) . '</p></div>';
		}
		if ( null === $connection ) {
			$this->print_connect( is_array( $said ) ? (string) ( $said[2] ?? '' ) : '' );
		} else {
			$this->print_state( $connection );
			$this->print_choices();
			$this->print_history();
			$this->print_queue();
			$this->print_connection( $connection );
		}
		echo '</div>';
	}

	/**
	 * Exchanges the connect code that was typed.
	 *
	 * @throws Misread Where it can be none.
	 * @throws Problem Where the edge refuses it.
	 */
	private function connect(): string {
		return $this->connected( Edge::connect( $this->http, self::typed( 'edge' ), self::typed( 'code' ), 'woocommerce', home_url() ) );
	}

	/**
	 * Takes what was typed as a connection, for an edge that makes no connect codes.
	 *
	 * @throws Misread Where something of it cannot be used.
	 */
	private function connect_by_hand(): string {
		$told = array();
		foreach ( array( 'shop', 'event_secret', 'identity_key', 'module_token' ) as $name ) {
			$told[ $name ] = self::typed( $name );
		}
		return $this->connected( Connection::of( self::typed( 'edge' ), $told ) );
	}

	/**
	 * Keeps a connection, and looks what works.
	 *
	 * @param Connection $connection The new one.
	 */
	private function connected( Connection $connection ): string {
		$this->options->set( 'connection', $connection->kept() );
		$this->options->set( 'tasks_said', null );
		$this->options->set( 'clock_behind', null );
		// The account's page, which is there from now on, has an address that WordPress is to learn.
		delete_option( 'rewrite_rules' );
		if ( $this->queue->belongTo( $connection, $this->options ) ) {
			$this->options->set( 'history', null );
		}
		$this->queue->hasten();
		$this->checks->ask();
		/* translators: %s: a shop's name */
		return sprintf( __( 'Connected to “%s”.', 'parrain' ), '' !== $connection->name ? $connection->name : $connection->shop );
	}

	/** Keeps the owner's choices. */
	private function choose(): string {
		foreach ( array(
			'consent'   => Options::CONSENT,
			'placement' => Options::PLACEMENT,
		) as $name => $choices ) {
			$this->options->set( $name, in_array( self::typed( $name ), $choices, true ) ? self::typed( $name ) : $choices[0] );
		}
		$this->options->set( 'keep_table', 'yes' === self::typed( 'keep_table' ) ? 'yes' : null );
		return __( 'Saved.', 'parrain' );
	}

	/** Looks again what works. */
	private function check(): string {
		$this->checks->ask();
		return __( 'Looked again.', 'parrain' );
	}

	/** Sends refused events again. */
	private function send_again(): string {
		$this->queue->sendAgain( (int) self::typed( 'id' ) );
		return $this->send_now();
	}

	/** Sends what waits without waiting for the scheduler. */
	private function send_now(): string {
		$connection = $this->options->connection();
		$this->queue->hasten();
		$sent = null === $connection ? 0 : $this->queue->run( new Edge( $this->http, new \Parrain\Shared\Clock( $this->options ), $connection ), 20, 15 );
		/* translators: %d: how many */
		return sprintf( _n( '%d event was sent.', '%d events were sent.', $sent, 'parrain' ), $sent );
	}

	/** Starts to tell of past orders. */
	private function tell_history(): string {
		$this->history->start();
		return __( 'Orders of the last 24 months are being told, in the background.', 'parrain' );
	}

	/** Ends the connection. */
	private function disconnect(): string {
		$heard = Installation::disconnect( $this->options, $this->http );
		$this->options->set( 'connection', null );
		$this->options->set( 'checks', null );
		$said = __( 'Disconnected. What waited to be told still does.', 'parrain' );
		return $heard ? $said : $said . ' ' . __( 'Your Parrain could not be told: end the connection at its desk, under Settings, Modules.', 'parrain' );
	}

	/**
	 * Prints how to connect.
	 *
	 * @param string $edge The address that was typed before.
	 */
	private function print_connect( string $edge ): void {
		echo '<div class="card"><h2>' . esc_html__( 'Connect your shop', 'parrain' ) . '</h2><p>'
			. esc_html__( 'Open your Parrain’s desk, then Settings, Modules, and press “Make a code”. Type the code here with your Parrain’s address: it is good for 15 minutes.', 'parrain' ) . '</p>';
		self::open_form( 'connect' );
		self::print_field( 'edge', __( 'Address of your Parrain', 'parrain' ), 'https://parrain.example.workers.dev', true, $edge );
		self::print_field( 'code', __( 'Connect code', 'parrain' ), 'XXXX-XXXX-XXXX', true );
		self::close_form( __( 'Connect', 'parrain' ), 'primary' );
		echo '<details><summary>' . esc_html__( 'Without a connect code', 'parrain' ) . '</summary>';
		self::open_form( 'connect_by_hand' );
		self::print_field( 'edge', __( 'Address of your Parrain', 'parrain' ), 'https://parrain.example.workers.dev', true, $edge );
		self::print_field( 'shop', __( 'Shop id', 'parrain' ), 'demo', true );
		self::print_field( 'event_secret', __( 'Event secret', 'parrain' ), 'whsec_…', true );
		self::print_field( 'identity_key', __( 'Identity key, to sign customers in (without one, they sign in themselves)', 'parrain' ), '', false );
		self::print_field( 'module_token', __( 'Module token, to hand out rewards (without one, none are)', 'parrain' ), '', false );
		self::close_form( __( 'Connect', 'parrain' ), 'secondary' );
		echo '</details></div>';
	}

	/**
	 * Prints what works.
	 *
	 * @param Connection $connection Where the shop is connected to.
	 */
	private function print_state( Connection $connection ): void {
		$name = '' !== $connection->name ? $connection->name : $connection->shop;
		/* translators: 1: a shop's name, 2: an address */
		echo '<div class="card"><h2>' . esc_html( sprintf( __( 'Connected to “%1$s” at %2$s', 'parrain' ), $name, $connection->edge ) ) . '</h2><ul class="parrain-checks">';
		$marks = array(
			Checks::GOOD => array( '✓', __( 'Works:', 'parrain' ) ),
			Checks::BAD  => array( '✗', __( 'Does not work:', 'parrain' ) ),
			Checks::NOTE => array( '!', __( 'To know:', 'parrain' ) ),
		);
		foreach ( $this->checks->told() as list( $state, $words ) ) {
			echo '<li class="' . esc_attr( $state ) . '"><span aria-hidden="true">' . esc_html( $marks[ $state ][0] ) . '</span> <span class="screen-reader-text">'
				. esc_html( $marks[ $state ][1] ) . '</span>' . esc_html( $words ) . '</li>';
		}
		echo '</ul><p><a href="' . esc_url( $connection->edge . '/desk' ) . '" target="_blank" rel="noopener">' . esc_html__( 'Open the desk', 'parrain' ) . '</a></p>';
		self::open_form( 'check' );
		self::close_form( __( 'Look again', 'parrain' ), 'secondary' );
		echo '</div>';
	}

	/** Prints what the owner may choose. */
	private function print_choices(): void {
		$consent   = array(
			'explicit'    => __( 'Remember a code once the shopper asks for its gift (recommended)', 'parrain' ),
			'required'    => __( 'Only after your consent banner says yes (WP Consent API, IAB TCF 2)', 'parrain' ),
			'none-needed' => __( 'Always', 'parrain' ),
		);
		$placement = array(
			'launcher' => __( 'A button in the corner of each page', 'parrain' ),
			'none'     => __( 'Only in the customer’s account and after an order', 'parrain' ),
		);
		echo '<div class="card"><h2>' . esc_html__( 'Choices', 'parrain' ) . '</h2>';
		self::open_form( 'choose' );
		$this->print_choice( 'consent', __( 'Consent', 'parrain' ), $consent, Options::CONSENT );
		$this->print_choice( 'placement', __( 'Where the widget shows', 'parrain' ), $placement, Options::PLACEMENT );
		echo '<p><label><input type="checkbox" name="keep_table" value="yes"' . checked( $this->options->get( 'keep_table' ), 'yes', false ) . '> '
			. esc_html__( 'Keep the table of events when this module is deleted', 'parrain' ) . '</label></p>';
		self::close_form( __( 'Save', 'parrain' ), 'primary' );
		echo '</div>';
	}

	/** Prints how far the past was told. */
	private function print_history(): void {
		$state = $this->history->state();
		echo '<div class="card"><h2>' . esc_html__( 'Orders from before', 'parrain' ) . '</h2>';
		if ( null === $state ) {
			echo '<p>' . esc_html__( 'Tell your Parrain once of the orders of the last 24 months, so that it knows who is no new customer.', 'parrain' ) . '</p>';
			self::open_form( 'tell_history' );
			self::close_form( __( 'Tell of past orders', 'parrain' ), 'secondary' );
		} elseif ( empty( $state['done'] ) ) {
			echo '<p>' . esc_html__( 'They are being told, in the background.', 'parrain' ) . '</p>';
		} else {
			/* translators: %d: how many */
			echo '<p>' . esc_html( sprintf( _n( '%d order of the last 24 months was taken up.', '%d orders of the last 24 months were taken up.', (int) $state['total'], 'parrain' ), (int) $state['total'] ) ) . '</p>';
		}
		echo '</div>';
	}

	/** Prints what waits, what was refused, and what was sent last. */
	private function print_queue(): void {
		$store  = $this->queue->store();
		$counts = $store->counts();
		/* translators: 1, 2, 3: how many */
		echo '<h2>' . esc_html__( 'Events', 'parrain' ) . '</h2><p>' . esc_html( sprintf( __( '%1$d wait, %2$d were refused, %3$d were sent.', 'parrain' ), $counts[ Entry::WAITING ], $counts[ Entry::REFUSED ], $counts[ Entry::SENT ] ) ) . '</p><div class="parrain-deeds">';
		if ( $counts[ Entry::WAITING ] > 0 ) {
			self::open_form( 'send_now' );
			self::close_form( __( 'Send now', 'parrain' ), 'secondary' );
		}
		if ( $counts[ Entry::REFUSED ] > 1 ) {
			self::open_form( 'send_again' );
			self::close_form( __( 'Send all refused ones again', 'parrain' ), 'secondary' );
		}
		echo '</div>';
		$entries = array_merge( $store->newest( array( Entry::REFUSED, Entry::WAITING ), 50 ), $store->newest( array( Entry::SENT ), 20 ) );
		if ( array() === $entries ) {
			return;
		}
		echo '<table class="widefat striped"><thead><tr>';
		foreach ( array( __( 'Event', 'parrain' ), __( 'Since', 'parrain' ), __( 'State', 'parrain' ), __( 'What your Parrain said', 'parrain' ), '' ) as $head ) {
			echo '<th scope="col">' . esc_html( $head ) . '</th>';
		}
		echo '</tr></thead><tbody>';
		foreach ( $entries as $entry ) {
			$this->print_entry( $entry );
		}
		echo '</tbody></table>';
	}

	/**
	 * Prints an event.
	 *
	 * @param Entry $entry Of the queue.
	 */
	private function print_entry( Entry $entry ): void {
		$states = array(
			/* translators: %s: a time */
			Entry::WAITING => sprintf( __( 'waits, next try at %s', 'parrain' ), wp_date( get_option( 'time_format' ), $entry->nextAt ) ),
			Entry::REFUSED => __( 'refused', 'parrain' ),
			Entry::SENT    => __( 'sent', 'parrain' ),
		);
		echo '<tr><td><code>' . esc_html( $entry->key ) . '</code></td><td>' . esc_html( wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $entry->createdAt ) )
			. '</td><td>' . esc_html( $states[ $entry->state ] ) . '</td><td>' . esc_html( $entry->said ) . '</td><td>';
		if ( Entry::REFUSED === $entry->state ) {
			self::open_form( 'send_again' );
			echo '<input type="hidden" name="id" value="' . esc_attr( (string) $entry->id ) . '">';
			self::close_form( __( 'Send again', 'parrain' ), 'small' );
		}
		echo '</td></tr>';
	}

	/**
	 * Prints how to leave.
	 *
	 * @param Connection $connection Where the shop is connected to.
	 */
	private function print_connection( Connection $connection ): void {
		/* translators: %s: a shop's id */
		echo '<details class="card"><summary>' . esc_html( sprintf( __( 'Disconnect from “%s”', 'parrain' ), $connection->shop ) ) . '</summary><p>'
			. esc_html__( 'The widget leaves your pages, and orders wait until you connect again.', 'parrain' ) . '</p>';
		self::open_form( 'disconnect' );
		self::close_form( __( 'Disconnect', 'parrain' ), 'secondary' );
		echo '</details>';
	}

	/**
	 * Prints a choice.
	 *
	 * @param string   $name    Of the option.
	 * @param string   $label   What it is about.
	 * @param string[] $words   Each in words.
	 * @param string[] $choices What it may be.
	 */
	private function print_choice( string $name, string $label, array $words, array $choices ): void {
		echo '<p><label for="parrain-' . esc_attr( $name ) . '">' . esc_html( $label ) . '</label><br><select id="parrain-' . esc_attr( $name ) . '" name="' . esc_attr( $name ) . '">';
		foreach ( $choices as $choice ) {
			echo '<option value="' . esc_attr( $choice ) . '"' . selected( $this->options->choice( $name, $choices ), $choice, false ) . '>' . esc_html( $words[ $choice ] ) . '</option>';
		}
		echo '</select></p>';
	}

	/**
	 * Prints a field to type in.
	 *
	 * @param string $name     Of the field.
	 * @param string $label    What it is.
	 * @param string $example  Of what is typed.
	 * @param bool   $required Whether it has to be.
	 * @param string $typed    What stands in it.
	 */
	private static function print_field( string $name, string $label, string $example, bool $required, string $typed = '' ): void {
		echo '<p><label>' . esc_html( $label ) . '<br><input class="regular-text" name="' . esc_attr( $name ) . '" placeholder="' . esc_attr( $example ) . '" value="' . esc_attr( $typed ) . '" autocomplete="off" spellcheck="false"' . ( $required ? ' required' : '' ) . '></label></p>';
	}

	/**
	 * Opens a form that asks for a deed.
	 *
	 * @param string $deed One of the deeds above.
	 */
	private static function open_form( string $deed ): void {
		echo '<form method="post" action="' . esc_url( admin_url( 'admin-post.php' ) ) . '"><input type="hidden" name="action" value="parrain"><input type="hidden" name="deed" value="' . esc_attr( $deed ) . '">';
		wp_nonce_field( 'parrain' );
	}

	/**
	 * Closes it with its button.
	 *
	 * @param string $words On the button.
	 * @param string $kind  How it looks: primary, secondary or small.
	 */
	private static function close_form( string $words, string $kind ): void {
		echo '<p><button class="button' . ( 'secondary' === $kind ? '' : ' button-' . esc_attr( $kind ) ) . '">' . esc_html( $words ) . '</button></p></form>';
	}

	/** The few rules by which the page differs from WordPress's others. */
	private static function print_style(): void {
		echo '<style>.parrain .card{max-width:46em}.parrain-checks li{position:relative;padding-left:1.8em}.parrain-checks li>span:first-child{position:absolute;left:0;font-weight:700}'
			. '.parrain-checks .good>span:first-child{color:#007017}.parrain-checks .bad>span:first-child{color:#b32d2e}.parrain-checks .note>span:first-child{color:#996800}.parrain-deeds{display:flex;gap:1em}'
			. '.parrain summary{cursor:pointer}.parrain td form p{margin:0}.parrain table{max-width:70em}.parrain select{max-width:100%}</style>';
	}

	/**
	 * What was typed into a field of the form that was sent.
	 *
	 * @param string $name Of the field.
	 */
	private static function typed( string $name ): string {
		// phpcs:ignore WordPress.Security.NonceVerification -- It is checked before anything is read.
		return isset( $_POST[ $name ] ) && is_string( $_POST[ $name ] ) ? trim( sanitize_text_field( wp_unslash( $_POST[ $name ] ) ) ) : '';
	}

	/**
	 * What is wrong with something that was typed.
	 *
	 * @param Misread $misread Of a connection.
	 */
	private static function why( Misread $misread ): string {
		$words = array(
			'edge'         => __( 'The address of your Parrain must be like https://parrain.example.workers.dev.', 'parrain' ),
			'connect_code' => __( 'A connect code is twelve letters and digits, like XXXX-XXXX-XXXX.', 'parrain' ),
			'shop'         => __( 'A shop id is of small letters, digits and hyphens.', 'parrain' ),
			'event_secret' => __( 'An event secret begins with whsec_ and is copied whole.', 'parrain' ),
			'widget_src'   => __( 'Your Parrain named an address of the widget that cannot be used.', 'parrain' ),
		);
		return $words[ $misread->part ] ?? $misread->getMessage();
	}

	/** The page's address. */
	private static function url(): string {
		return admin_url( 'admin.php?page=' . self::PAGE );
	}
}
