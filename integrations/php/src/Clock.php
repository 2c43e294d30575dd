<?php

namespace Parrain\Shared;

/**
 * The time as the edge tells it.
 *
 * Events are refused whose signature is five minutes off, and servers' clocks are. Each answer of the edge says its time;
 * where ours differs by more than networks explain, the difference is remembered and taken into account.
 */
final class Clock
{
    /** A difference of so many seconds is the network's. */
    private const SLACK = 60;

    /** @var Memory */
    private $memory;

    /** @var callable(): int */
    private $own;

    /** @param ?callable(): int $own the server's clock; for tests another */
    public function __construct(Memory $memory, ?callable $own = null)
    {
        $this->memory = $memory;
        $this->own = $own ?: 'time';
    }

    /** Seconds of Unix time. */
    public function now(): int
    {
        return ($this->own)() + $this->behind();
    }

    /** By how many seconds the server's clock is behind; negative where it is ahead. */
    public function behind(): int
    {
        return (int) $this->memory->get('clock_behind');
    }

    /** Takes note of the time that the edge's answer showed, and says whether that corrected ours. */
    public function learn(Answer $answer): bool
    {
        $date = $answer->date();
        if ($date === null || abs($date - $this->now()) <= self::SLACK) {
            return false;
        }
        $behind = $date - ($this->own)();
        $this->memory->set('clock_behind', abs($behind) <= self::SLACK ? null : $behind);
        return true;
    }
}
