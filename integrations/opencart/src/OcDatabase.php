<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Database;

/**
 * Runs the library's statements on OpenCart's own connection.
 *
 * What OpenCart says of a statement that fails holds its values, a customer's address among them: of that no more goes on than
 * the statement as it is written here.
 */
final class OcDatabase implements Database
{
    /** @var object OpenCart's DB. */
    private $db;

    public function __construct(object $db)
    {
        $this->db = $db;
    }

    public function run(string $sql, array $values): int
    {
        $this->query($sql, $values);
        return (int) $this->db->countAffected();
    }

    public function rows(string $sql, array $values): array
    {
        $read = $this->query($sql, $values);
        return is_object($read) ? $read->rows : [];
    }

    /**
     * @param array<int|string> $values
     * @return mixed
     */
    private function query(string $sql, array $values)
    {
        try {
            return $this->db->query($this->written($sql, $values));
        } catch (\Throwable $broken) {
            throw new \RuntimeException('the shop’s database did not do: ' . preg_replace('/\s+/', ' ', $sql));
        }
    }

    /** @param array<int|string> $values */
    private function written(string $sql, array $values): string
    {
        $parts = explode('?', $sql);
        $written = (string) array_shift($parts);
        foreach ($parts as $part) {
            $value = array_shift($values);
            $written .= (is_int($value) ? (string) $value : "'" . $this->db->escape((string) $value) . "'") . $part;
        }
        return $written;
    }
}
