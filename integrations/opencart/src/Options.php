<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Connection;
use Parrain\Shared\Database;
use Parrain\Shared\Memory;

/**
 * The module's options of one store: its connection, its owner's choices, and what it has to remember.
 *
 * They stand in a table of their own: OpenCart removes a module's settings before the module is asked to uninstall, and
 * then nobody could tell the edge any more.
 */
final class Options implements Memory
{
    /** What the owner may choose, the first being what is taken where nothing was chosen. */
    public const CHOICES = [
        'consent' => ['explicit', 'required', 'none-needed'],
        'placement' => ['launcher', 'none'],
    ];

    /** What each store has for itself; the rest it has of the default store where it has none of its own. */
    private const OWN = ['clock_behind', 'last_run', 'tasks_said', 'history', 'told_to', 'checks'];

    /** @var Database */
    private $database;

    /** @var int */
    private $store;

    /** @var ?array<int, array<string, string>> What is kept, by store and name. */
    private $kept;

    public function __construct(Database $database, int $store)
    {
        $this->database = $database;
        $this->store = $store;
    }

    public function get(string $name)
    {
        $kept = $this->kept();
        $text = isset($kept[$this->store][$name]) ? $kept[$this->store][$name] : null;
        if ($text === null && !in_array($name, self::OWN, true)) {
            $text = isset($kept[0][$name]) ? $kept[0][$name] : null;
        }
        return $text === null ? null : json_decode($text, true);
    }

    public function set(string $name, $value): void
    {
        $this->kept();
        if ($value === null) {
            $this->database->run('DELETE FROM ' . DB_PREFIX . 'parrain_option WHERE store_id = ? AND name = ?', [$this->store, $name]);
            unset($this->kept[$this->store][$name]);
            return;
        }
        $written = (string) json_encode($value);
        $this->database->run(
            'REPLACE INTO ' . DB_PREFIX . 'parrain_option (store_id, name, value) VALUES (?, ?, ?)',
            [$this->store, $name, $written]
        );
        $this->kept[$this->store][$name] = $written;
    }

    /** The store's connection to its edge, or nothing. */
    public function connection(): ?Connection
    {
        return Connection::read($this->get('connection'));
    }

    /** One of the owner's choices. */
    public function choice(string $name): string
    {
        $chosen = $this->get($name);
        return in_array($chosen, self::CHOICES[$name], true) ? $chosen : self::CHOICES[$name][0];
    }

    /** @return array<int, array<string, string>> */
    private function kept(): array
    {
        if ($this->kept === null) {
            $this->kept = [];
            $rows = $this->database->rows(
                'SELECT store_id, name, value FROM ' . DB_PREFIX . 'parrain_option WHERE store_id IN (0, ?)',
                [$this->store]
            );
            foreach ($rows as $row) {
                $this->kept[(int) $row['store_id']][(string) $row['name']] = (string) $row['value'];
            }
        }
        return $this->kept;
    }
}
