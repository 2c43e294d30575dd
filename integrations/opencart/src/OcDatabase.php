<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Database;

/** Runs the library's statements on OpenCart's own connection. */
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
        $this->db->query($this->written($sql, $values));
        return (int) $this->db->countAffected();
    }

    public function rows(string $sql, array $values): array
    {
        $read = $this->db->query($this->written($sql, $values));
        return is_object($read) ? $read->rows : [];
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
