<?php

namespace Parrain\Shared;

/** The platform's MySQL or MariaDB, through the platform's own connection. */
interface Database
{
    /**
     * Runs a statement and answers how many rows it changed.
     *
     * @param string $sql with ? where a value stands
     * @param array<int|string> $values
     */
    public function run(string $sql, array $values): int;

    /**
     * Reads rows.
     *
     * @param string $sql with ? where a value stands
     * @param array<int|string> $values
     * @return array<array<string, mixed>>
     */
    public function rows(string $sql, array $values): array;
}
