<?php

namespace Parrain\Shared;

/** Makes the events of a platform's orders and refunds, when they are sent and not while somebody checks out. */
interface EventMaker
{
    /**
     * The data of an event, as the contract's section 4 names it, or nothing where what it is about is gone.
     *
     * @param array<string, mixed> $subject as the platform's hook gave it to the queue
     * @return ?array<string, mixed>
     */
    public function data(string $type, array $subject): ?array;
}
