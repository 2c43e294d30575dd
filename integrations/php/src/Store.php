<?php

namespace Parrain\Shared;

/** Where the queue's entries are. */
interface Store
{
    /** Adds an entry, and says whether it was new: of two with one key the first stands. */
    public function add(Entry $entry): bool;

    /**
     * The entries that wait and are due, the oldest first.
     *
     * @return Entry[]
     */
    public function due(int $now, int $limit): array;

    /** Takes an entry until a moment, and says whether it was still there to be taken: of two runs one gets it. */
    public function take(Entry $entry, int $until): bool;

    /** Keeps what became of an entry. */
    public function save(Entry $entry): void;

    /** Makes all due now that waits after it failed, but what another run has taken. */
    public function hasten(int $now): void;

    /** Makes a refused entry, or all of them for 0, wait again from now on. */
    public function sendAgain(int $id, int $now): void;

    /**
     * The newest entries in one of these states.
     *
     * @param string[] $states
     * @return Entry[]
     */
    public function newest(array $states, int $limit): array;

    /** The oldest entry that was tried and still waits, or nothing. */
    public function failing(): ?Entry;

    /**
     * How many there are, by state.
     *
     * @return array<string, int>
     */
    public function counts(): array;

    /** Makes all that waits refused, with the reason, and removes what was sent. */
    public function setAside(string $reason): void;

    /** Removes what was sent and came in before a moment. */
    public function forgetSent(int $before): void;
}
