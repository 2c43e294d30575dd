<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Framework\App\CacheInterface;
use Parrain\Shared\Cache;

/** Keeps answers of the edge in Magento's cache. */
final class MagentoCache implements Cache
{
    public function __construct(private readonly CacheInterface $cache)
    {
    }

    public function get(string $name): ?array
    {
        $kept = $this->cache->load($name);
        $value = is_string($kept) ? json_decode($kept, true) : null;
        return is_array($value) ? $value : null;
    }

    public function set(string $name, array $value, int $seconds): void
    {
        $this->cache->save((string) json_encode($value), $name, [], $seconds);
    }
}
