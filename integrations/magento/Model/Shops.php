<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Framework\Encryption\EncryptorInterface;
use Magento\Store\Model\StoreManagerInterface;
use Parrain\Shared\Connection;
use Parrain\Shared\Http;

/**
 * Which shop of the edge each store view is connected to: as with all of Magento's configuration, what is said for a store
 * view comes before what is said for its website, and that before what is said for all.
 */
final class Shops
{
    /** The scopes, by Magento's names for them, the nearest first. */
    public const SCOPES = ['stores', 'websites', 'default'];

    /** @var ?array<string, Parts> By scope and its id, read once. */
    private ?array $known = null;

    public function __construct(
        private readonly MagentoDatabase $database,
        private readonly MagentoCache $cache,
        private readonly OrderFacts $facts,
        private readonly EncryptorInterface $encryptor,
        private readonly StoreManagerInterface $stores,
        private readonly ?Http $http = null
    ) {
    }

    /** The connected shop of a store view. */
    public function ofStore(int $store): ?Parts
    {
        foreach ($this->scopesOf($store) as $scope) {
            if ($scope->connection() !== null) {
                return $scope;
            }
        }
        return null;
    }

    /** The shop that a store view's orders are kept for: also one that is disconnected by now and may be connected again. */
    public function tellingOf(int $store): ?Parts
    {
        return $this->ofStore($store) ?? $this->scopesOf($store)[0] ?? null;
    }

    /** The shop that was connected for a scope itself, or nothing. */
    public function ofScope(string $scope, int $id): ?Parts
    {
        return $this->all()["$scope $id"] ?? null;
    }

    /**
     * All shops, by their scopes.
     *
     * @return array<string, Parts>
     */
    public function all(): array
    {
        if ($this->known === null) {
            $this->known = [];
            $rows = $this->database->rows(
                'SELECT shop_id, scope, scope_id, connection FROM ' . $this->database->table('parrain_shop') . ' ORDER BY shop_id',
                []
            );
            foreach ($rows as $row) {
                $kept = (string) $row['connection'];
                $connection = $kept === '' ? null : Connection::read(json_decode($this->encryptor->decrypt($kept), true));
                $this->known[$row['scope'] . ' ' . $row['scope_id']] = new Parts(
                    $this->database,
                    $this->cache,
                    $this->facts,
                    (int) $row['shop_id'],
                    (string) $row['scope'],
                    (int) $row['scope_id'],
                    $connection,
                    $this->http
                );
            }
        }
        return $this->known;
    }

    /** Keeps a connection for a scope, or that it ended, and answers the shop. */
    public function keep(string $scope, int $id, ?Connection $connection): Parts
    {
        $kept = $connection === null ? '' : $this->encryptor->encrypt((string) json_encode($connection->kept()));
        $table = $this->database->table('parrain_shop');
        $this->database->run(
            "INSERT INTO $table (scope, scope_id, connection) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE connection = VALUES(connection)",
            [$scope, $id, $kept]
        );
        $this->known = null;
        return $this->all()["$scope $id"];
    }

    /** The way to an edge that is not connected yet. */
    public function web(): Http
    {
        return $this->http ?? Parts::web();
    }

    /** @return int[] All store views. */
    public function allStores(): array
    {
        return array_map('intval', array_keys($this->stores->getStores()));
    }

    /**
     * The store views that are connected to a shop, or were.
     *
     * @return int[]
     */
    public function storesOf(Parts $parts): array
    {
        return array_values(array_filter($this->allStores(), fn (int $store): bool => $this->tellingOf($store) === $parts));
    }

    /**
     * The websites of those store views whose base currency is a certain one, or all of them.
     *
     * @return int[]
     */
    public function websitesOf(Parts $parts, ?string $currency): array
    {
        $websites = [];
        foreach ($this->storesOf($parts) as $store) {
            $website = $this->stores->getWebsite($this->stores->getStore($store)->getWebsiteId());
            if ($currency === null || $website->getBaseCurrencyCode() === $currency) {
                $websites[(int) $website->getId()] = (int) $website->getId();
            }
        }
        sort($websites);
        return $websites;
    }

    /** @return Parts[] What was connected for a store view, its website, and all, the nearest first. */
    private function scopesOf(int $store): array
    {
        $all = $this->all();
        $found = [$all["stores $store"] ?? null];
        if ($store > 0 && $all !== []) {
            $found[] = $all['websites ' . $this->stores->getStore($store)->getWebsiteId()] ?? null;
        }
        $found[] = $all['default 0'] ?? null;
        return array_values(array_filter($found));
    }
}
