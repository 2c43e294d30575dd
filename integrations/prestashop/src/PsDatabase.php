<?php

namespace Parrain\PrestaShop;

use Db;
use Parrain\Shared\Database;

/** Runs the library's statements on PrestaShop's own connection. */
final class PsDatabase implements Database
{
    public function run(string $sql, array $values): int
    {
        $db = Db::getInstance();
        return $db->execute(self::written($sql, $values), false) ? (int) $db->Affected_Rows() : 0;
    }

    public function rows(string $sql, array $values): array
    {
        $rows = Db::getInstance()->executeS(self::written($sql, $values), true, false);
        return is_array($rows) ? $rows : [];
    }

    /** @param array<int|string> $values */
    private static function written(string $sql, array $values): string
    {
        $parts = explode('?', $sql);
        $written = (string) array_shift($parts);
        foreach ($parts as $part) {
            $value = array_shift($values);
            $written .= (is_int($value) ? (string) $value : "'" . pSQL((string) $value, true) . "'") . $part;
        }
        return $written;
    }
}
