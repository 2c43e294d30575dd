<?php

namespace Parrain\Shared;

/** The queue's entries in a table of the shop's database. */
final class SqlStore implements Store
{
    /** @var Database */
    private $database;

    /** @var string */
    private $table;

    /** @var int */
    private $shop;

    /**
     * @param string $table with the platform's prefix
     * @param int $shop which of a platform's shops, where several share the table
     */
    public function __construct(Database $database, string $table, int $shop = 0)
    {
        $this->database = $database;
        $this->table = $table;
        $this->shop = $shop;
    }

    /** The statement that makes the table where there is none. */
    public static function schema(string $table): string
    {
        return "CREATE TABLE IF NOT EXISTS $table (
id bigint unsigned NOT NULL AUTO_INCREMENT,
shop int unsigned NOT NULL,
entry_key varchar(190) NOT NULL,
type varchar(40) NOT NULL,
subject text NOT NULL,
body mediumtext NOT NULL,
delivery varchar(64) NOT NULL,
state varchar(10) NOT NULL,
attempts int unsigned NOT NULL,
created_at bigint NOT NULL,
next_at bigint NOT NULL,
said text NOT NULL,
PRIMARY KEY  (id),
UNIQUE KEY entry_key (shop, entry_key),
KEY due (shop, state, next_at)
) DEFAULT CHARACTER SET utf8mb4";
    }

    public function add(Entry $entry): bool
    {
        return $this->database->run(
            "INSERT IGNORE INTO {$this->table}
            (shop, entry_key, type, subject, body, delivery, state, attempts, created_at, next_at, said)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                $this->shop, $entry->key, $entry->type, Edge::written($entry->subject), $entry->body, $entry->delivery, $entry->state,
                $entry->attempts, $entry->createdAt, $entry->nextAt, $entry->said,
            ]
        ) > 0;
    }

    public function due(int $now, int $limit): array
    {
        return $this->entries('WHERE shop = ? AND state = ? AND next_at <= ? ORDER BY next_at, id LIMIT ' . $limit, [
            $this->shop, Entry::WAITING, $now,
        ]);
    }

    public function take(Entry $entry, int $until): bool
    {
        $taken = $this->database->run(
            "UPDATE {$this->table} SET next_at = ?, said = '' WHERE id = ? AND state = ? AND next_at = ?",
            [$until, $entry->id, $entry->state, $entry->nextAt]
        );
        $entry->nextAt = $taken > 0 ? $until : $entry->nextAt;
        return $taken > 0;
    }

    public function save(Entry $entry): void
    {
        $this->database->run(
            "UPDATE {$this->table} SET body = ?, state = ?, attempts = ?, next_at = ?, said = ? WHERE id = ?",
            [$entry->body, $entry->state, $entry->attempts, $entry->nextAt, $entry->said, $entry->id]
        );
    }

    public function hasten(int $now): void
    {
        // What a run has taken says nothing until it is saved.
        $this->database->run(
            "UPDATE {$this->table} SET next_at = ? WHERE shop = ? AND state = ? AND next_at > ? AND attempts > 0 AND said <> ''",
            [$now, $this->shop, Entry::WAITING, $now]
        );
    }

    public function sendAgain(int $id, int $now): void
    {
        $sql = "UPDATE {$this->table} SET state = ?, next_at = ?, body = '', said = '' WHERE shop = ? AND state = ?";
        $values = [Entry::WAITING, $now, $this->shop, Entry::REFUSED];
        $this->database->run($id === 0 ? $sql : $sql . ' AND id = ?', $id === 0 ? $values : array_merge($values, [$id]));
    }

    public function newest(array $states, int $limit): array
    {
        $marks = implode(', ', array_fill(0, count($states), '?'));
        $values = array_merge([$this->shop], array_values($states));
        return $this->entries("WHERE shop = ? AND state IN ($marks) ORDER BY id DESC LIMIT " . $limit, $values);
    }

    public function failing(): ?Entry
    {
        $entries = $this->entries("WHERE shop = ? AND state = ? AND attempts > 0 AND said <> '' ORDER BY id LIMIT 1", [
            $this->shop, Entry::WAITING,
        ]);
        return $entries === [] ? null : $entries[0];
    }

    public function counts(): array
    {
        $counts = [Entry::WAITING => 0, Entry::REFUSED => 0, Entry::SENT => 0];
        $sql = "SELECT state, COUNT(*) AS many FROM {$this->table} WHERE shop = ? GROUP BY state";
        foreach ($this->database->rows($sql, [$this->shop]) as $row) {
            $counts[(string) $row['state']] = (int) $row['many'];
        }
        return $counts;
    }

    public function setAside(string $reason): void
    {
        $this->database->run("UPDATE {$this->table} SET state = ?, said = ? WHERE shop = ? AND state = ?", [
            Entry::REFUSED, $reason, $this->shop, Entry::WAITING,
        ]);
        $this->database->run("DELETE FROM {$this->table} WHERE shop = ? AND state = ?", [$this->shop, Entry::SENT]);
    }

    public function forgetSent(int $before): void
    {
        $this->database->run("DELETE FROM {$this->table} WHERE shop = ? AND state = ? AND created_at < ?", [
            $this->shop, Entry::SENT, $before,
        ]);
    }

    /**
     * @param array<int|string> $values
     * @return Entry[]
     */
    private function entries(string $where, array $values): array
    {
        return array_map(static function (array $row): Entry {
            $subject = json_decode((string) $row['subject'], true);
            $entry = new Entry(
                (string) $row['entry_key'],
                (string) $row['type'],
                is_array($subject) ? $subject : [],
                (string) $row['delivery'],
                (int) $row['created_at']
            );
            $entry->id = (int) $row['id'];
            $entry->body = (string) $row['body'];
            $entry->state = (string) $row['state'];
            $entry->attempts = (int) $row['attempts'];
            $entry->nextAt = (int) $row['next_at'];
            $entry->said = (string) $row['said'];
            return $entry;
        }, $this->database->rows("SELECT * FROM {$this->table} $where", $values));
    }
}
