<?php

namespace Parrain\Shared;

/** What may be forgotten at any time. */
interface Cache
{
    /**
     * What was kept under a name, or null.
     *
     * @return ?array<string, mixed>
     */
    public function get(string $name): ?array;

    /**
     * Keeps something for so many seconds.
     *
     * @param array<string, mixed> $value
     */
    public function set(string $name, array $value, int $seconds): void;
}
