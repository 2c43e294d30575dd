<?php

namespace Parrain\PrestaShop;

use Parrain\Shared\Edge;
use Parrain\Shared\Offers;
use Parrain\Shared\Problem;
use Parrain\Shared\Queue;
use Parrain\Shared\TaskDoer;
use Parrain\Shared\Tasks;

/**
 * Sends events and takes tasks each minute.
 *
 * PrestaShop has no scheduler: the module has an address that a cron job may call, and that shoppers' pages knock at where
 * none does. Who knocks gains nothing: it runs once a minute, and answers nothing.
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

    /** @var Queue */
    private $queue;

    /** @var Edge */
    private $edge;

    /** @var TaskDoer */
    private $doer;

    /** @var History */
    private $history;

    /** @var Options */
    private $options;

    /** @var Offers */
    private $offers;

    public function __construct(Queue $queue, Edge $edge, TaskDoer $doer, History $history, Options $options, Offers $offers)
    {
        $this->queue = $queue;
        $this->edge = $edge;
        $this->doer = $doer;
        $this->history = $history;
        $this->options = $options;
        $this->offers = $offers;
    }

    /** Whether nothing has run for so many seconds. */
    public static function isLate(Options $options, int $seconds): bool
    {
        $last = (int) $options->get('last_run');
        return time() - $last >= $seconds || $last > time();
    }

    /** Sends what is due, takes tasks, and goes on with the past, unless that was just done. */
    public function run(): void
    {
        if (!self::isLate($this->options, self::EVERY)) {
            return;
        }
        $this->options->set('last_run', time());
        $this->history->goOn($this->queue);
        $this->queue->run($this->edge, self::MOST, self::SECONDS);
        $this->offers->refresh();
        $this->takeTasks();
        $this->tidy();
    }

    /** Removes answers that are over and, once a day, what was kept with baskets that nobody comes back to. */
    private function tidy(): void
    {
        $cache = new PsCache(new PsDatabase());
        $cache->tidy();
        if ($cache->get('parrain_tidied') === null) {
            $cache->set('parrain_tidied', ['at' => time()], 86400);
            Visit::forget(time() - self::BASKET_KEPT);
        }
    }

    /** Takes tasks, and remembers what the edge said where it gave none. */
    private function takeTasks(): void
    {
        $connection = $this->options->connection();
        if ($connection === null || $connection->moduleToken === '') {
            return;
        }
        try {
            Tasks::run($this->edge, $this->doer, self::SECONDS);
            $said = 'ok';
        } catch (Problem $problem) {
            $said = $problem->status . ' ' . $problem->getMessage();
        }
        if ($this->options->get('tasks_said') !== $said) {
            $this->options->set('tasks_said', $said);
        }
    }
}
