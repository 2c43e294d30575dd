<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Parrain\Shared\Memory;

/**
 * What has to be remembered of one shop of the edge, in a table of our own: Magento's configuration is cached as a whole, and
 * would be made anew each minute.
 */
final class Options implements Memory
{
    /** @var ?array<string, mixed> Read once. */
    private ?array $known = null;

    public function __construct(private readonly MagentoDatabase $database, private readonly int $shop)
    {
    }

    public function get(string $name)
    {
        if ($this->known === null) {
            $this->known = [];
            $sql = 'SELECT name, value FROM ' . $this->database->table('parrain_memory') . ' WHERE shop_id = ?';
            foreach ($this->database->rows($sql, [$this->shop]) as $row) {
                $this->known[(string) $row['name']] = json_decode((string) $row['value'], true);
            }
        }
        return $this->known[$name] ?? null;
    }

    public function set(string $name, $value): void
    {
        if ($this->get($name) === $value) {
            return;
        }
        $table = $this->database->table('parrain_memory');
        if ($value === null) {
            $this->database->run("DELETE FROM $table WHERE shop_id = ? AND name = ?", [$this->shop, $name]);
        } else {
            $this->database->run(
                "INSERT INTO $table (shop_id, name, value) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)",
                [$this->shop, $name, (string) json_encode($value)]
            );
        }
        $this->known[$name] = $value;
    }
}
