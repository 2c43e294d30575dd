<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Edge;
use Parrain\Shared\Offers;
use Parrain\Shared\Problem;
use Parrain\Shared\Tasks;

/**
 * Sends events and takes tasks each minute.
 *
 * OpenCart's own scheduler runs once an hour at most, where somebody calls it; 3.0 has none. So the module has an address too
 * that a cron job may call, and that shoppers' pages knock at where none does. Who knocks gains nothing: it runs once a
 * minute, and answers nothing.
 */
final class Schedule
{
    /** How often at most, in seconds. */
    private const EVERY = 50;

    /** After how many seconds without a run pages knock. */
    public const LATE = 120;

    /** How many events a run sends at most, and for how many seconds it goes on. */
    private const MOST = 100;
    private const SECONDS = 20;

    /** For how long what was kept with a basket stays after its last change, in seconds. */
    private const BASKET_KEPT = 7776000;

    /** @var Parts */
    private $parts;

    /** @var Edge */
    private $edge;

    /** @var Offers */
    private $offers;

    public function __construct(Parts $parts, Edge $edge, Offers $offers)
    {
        $this->parts = $parts;
        $this->edge = $edge;
        $this->offers = $offers;
    }

    /** Whether nothing has run for so many seconds. */
    public static function isLate(Options $options, int $seconds): bool
    {
        $last = (int) $options->get('last_run');
        return time() - $last >= $seconds || $last > time();
    }

    /** Does what is due in each store. */
    public static function runAll(object $registry): void
    {
        foreach (array_keys(Parts::stores($registry)) as $store) {
            $schedule = Parts::ofStore($registry, $store)->schedule();
            if ($schedule !== null) {
                $schedule->run();
            }
        }
    }

    /** Sends what is due, takes tasks, and goes on with the past, unless that was just done. */
    public function run(): void
    {
        $options = $this->parts->options();
        if (!self::isLate($options, self::EVERY)) {
            return;
        }
        $options->set('last_run', time());
        $queue = $this->parts->queue();
        $this->parts->history()->goOn($queue);
        $queue->run($this->edge, self::MOST, self::SECONDS);
        $this->offers->refresh();
        $this->takeTasks();
        $this->tidy();
    }

    /** Removes answers that are over and, once a day, what was kept with baskets that nobody comes back to. */
    private function tidy(): void
    {
        $cache = new OcCache($this->parts->database());
        $cache->tidy();
        if ($cache->get('parrain_tidied') === null) {
            $cache->set('parrain_tidied', ['at' => time()], 86400);
            Visit::forget($this->parts->database(), time() - self::BASKET_KEPT);
        }
    }

    /** Takes tasks, and remembers what the edge said where it gave none. */
    private function takeTasks(): void
    {
        $connection = $this->parts->connection();
        if ($connection === null || $connection->moduleToken === '') {
            return;
        }
        try {
            Tasks::run($this->edge, $this->parts->rewards(), self::SECONDS);
            $said = 'ok';
        } catch (Problem $problem) {
            $said = $problem->status . ' ' . $problem->getMessage();
        }
        if ($this->parts->options()->get('tasks_said') !== $said) {
            $this->parts->options()->set('tasks_said', $said);
        }
    }
}
