<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Cache;
use Parrain\Shared\Database;

/** Keeps answers of the edge in a table: OpenCart's own cache is emptied whenever an order is placed. */
final class OcCache implements Cache
{
    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function get(string $name): ?array
    {
        $rows = $this->database->rows(
            'SELECT value FROM ' . DB_PREFIX . 'parrain_cache WHERE name = ? AND until > ?',
            [$name, time()]
        );
        $value = $rows === [] ? null : json_decode((string) $rows[0]['value'], true);
        return is_array($value) ? $value : null;
    }

    public function set(string $name, array $value, int $seconds): void
    {
        $this->database->run(
            'REPLACE INTO ' . DB_PREFIX . 'parrain_cache (name, value, until) VALUES (?, ?, ?)',
            [$name, (string) json_encode($value), time() + $seconds]
        );
    }

    /** Removes what is over. */
    public function tidy(): void
    {
        $this->database->run('DELETE FROM ' . DB_PREFIX . 'parrain_cache WHERE until <= ?', [time()]);
    }
}
