<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Framework\App\ResourceConnection;
use Parrain\Shared\Database;

/** Runs the library's statements on Magento's own connection. */
final class MagentoDatabase implements Database
{
    public function __construct(private readonly ResourceConnection $resource)
    {
    }

    public function run(string $sql, array $values): int
    {
        return (int) $this->resource->getConnection()->query($sql, $values)->rowCount();
    }

    public function rows(string $sql, array $values): array
    {
        return $this->resource->getConnection()->fetchAll($sql, $values);
    }

    /** Does all of something or nothing. */
    public function atOnce(callable $deed): void
    {
        $connection = $this->resource->getConnection();
        $connection->beginTransaction();
        try {
            $deed();
            $connection->commit();
        } catch (\Throwable $fault) {
            $connection->rollBack();
            throw $fault;
        }
    }

    /** A table's name with the shop's prefix. */
    public function table(string $name): string
    {
        return $this->resource->getTableName($name);
    }
}
