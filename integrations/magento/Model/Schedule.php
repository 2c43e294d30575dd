<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Parrain\Shared\Problem;
use Parrain\Shared\Tasks;

/** Sends events and takes tasks each minute, by Magento's cron. */
final class Schedule
{
    /** After how many seconds without a run the cron is said not to run. */
    public const LATE = 900;

    /** How many events a run sends at most, and for how many seconds it goes on. */
    private const MOST = 100;
    private const SECONDS = 20;

    /** After how many seconds spent rewards are looked for again. */
    private const DAY = 86400;

    public function __construct(
        private readonly Shops $shops,
        private readonly History $history,
        private readonly Coupons $coupons,
        private readonly RewardsFactory $rewards,
        private readonly Safely $safely
    ) {
    }

    /** Whether nothing has run for a shop for a quarter of an hour. */
    public static function isLate(Options $options): bool
    {
        $last = (int) $options->get('last_run');
        return time() - $last >= self::LATE || $last > time();
    }

    /** Sends what is due, takes tasks, and goes on with the past, for each shop that is connected. */
    public function run(): void
    {
        foreach ($this->shops->all() as $parts) {
            if ($parts->connection() !== null) {
                // A fault of one shop holds up no other.
                $this->safely->run(fn () => $this->runOf($parts));
            }
        }
    }

    private function runOf(Parts $parts): void
    {
        $parts->settle();
        $parts->options()->set('last_run', time());
        $this->history->goOn($parts);
        $parts->queue()->run($parts->edge(), self::MOST, self::SECONDS);
        $parts->offers()->refresh();
        $this->takeTasks($parts);
        if (time() - (int) $parts->options()->get('swept') >= self::DAY) {
            $parts->options()->set('swept', time());
            $this->coupons->endSpent($parts);
        }
    }

    /** Takes tasks, and remembers what the edge said where it gave none. */
    private function takeTasks(Parts $parts): void
    {
        if ($parts->connection()->moduleToken === '') {
            return;
        }
        try {
            Tasks::run($parts->edge(), $this->rewards->create(['parts' => $parts]), self::SECONDS);
            $said = 'ok';
        } catch (Problem $problem) {
            $said = $problem->status . ' ' . $problem->getMessage();
        }
        $parts->options()->set('tasks_said', $said);
    }
}
