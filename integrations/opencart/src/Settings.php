<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Database;

/** OpenCart's own settings of a store, where the request is not for that store: the scheduler serves all of them. */
final class Settings
{
    /** @var Database */
    private $database;

    /** @var int */
    private $store;

    /** @var array<string, string> */
    private $known = [];

    public function __construct(Database $database, int $store)
    {
        $this->database = $database;
        $this->store = $store;
    }

    /** A setting as it is kept; what a store does not set for itself is the default store's. */
    public function text(string $name): string
    {
        if (!isset($this->known[$name])) {
            $rows = $this->database->rows(
                'SELECT value FROM ' . DB_PREFIX . 'setting WHERE `key` = ? AND store_id IN (0, ?) ORDER BY store_id DESC LIMIT 1',
                [$name, $this->store]
            );
            $this->known[$name] = $rows === [] ? '' : (string) $rows[0]['value'];
        }
        return $this->known[$name];
    }

    /**
     * A setting that is a list of ids.
     *
     * @return int[]
     */
    public function ids(string $name): array
    {
        $read = json_decode($this->text($name), true);
        return is_array($read) ? array_values(array_map('intval', $read)) : [];
    }

    /** The shop's default language. */
    public function language(): string
    {
        // 4 has one of the shop beside that of the admin pages.
        return $this->text('config_language_catalog') ?: $this->text('config_language');
    }
}
