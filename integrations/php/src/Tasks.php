<?php

namespace Parrain\Shared;

/** Takes the tasks that wait at the edge, has them done, and says so. */
final class Tasks
{
    /** The most pages of tasks in one run. */
    private const MOST_PAGES = 5;

    /**
     * Does what waits, and answers how many tasks were answered.
     *
     * @param int $seconds for so long at most: a task that is not reached comes again when its lease is over
     * @throws Problem where the edge could not be asked, or be told what was done
     */
    public static function run(Edge $edge, TaskDoer $doer, int $seconds): int
    {
        $start = microtime(true);
        $done = 0;
        $cursor = null;
        for ($page = 0; $page < self::MOST_PAGES; $page++) {
            $answer = $edge->tasks($cursor);
            foreach (isset($answer['items']) && is_array($answer['items']) ? $answer['items'] : [] as $told) {
                if (microtime(true) - $start > $seconds) {
                    return $done;
                }
                $task = Task::read($told);
                if ($task !== null) {
                    $done += self::answer($edge, $task, self::outcome($doer, $task)) ? 1 : 0;
                }
            }
            $cursor = isset($answer['next_cursor']) && is_string($answer['next_cursor']) ? $answer['next_cursor'] : null;
            if ($cursor === null) {
                break;
            }
        }
        return $done;
    }

    /**
     * Says what became of a task, and whether the edge took it.
     *
     * @param array<string, mixed> $outcome
     * @throws Problem where the edge could not be told, of this task or another
     */
    private static function answer(Edge $edge, Task $task, array $outcome): bool
    {
        try {
            $edge->answerTask($task->id, $outcome);
        } catch (Problem $problem) {
            // What the edge says of one task alone, such as that it was done before, keeps no other from being done.
            if (!in_array($problem->status, [404, 409, 422], true)) {
                throw $problem;
            }
            return false;
        }
        return true;
    }

    /** @return array<string, mixed> */
    private static function outcome(TaskDoer $doer, Task $task): array
    {
        try {
            return ['done' => ['code' => $doer->perform($task)]];
        } catch (CannotDo $reason) {
            return ['failed' => $reason->getMessage()];
        } catch (\Throwable $broken) {
            // One that breaks, by another module's fault maybe, does not keep the others from being done.
            return ['failed' => get_class($broken) . ': ' . $broken->getMessage()];
        }
    }
}
