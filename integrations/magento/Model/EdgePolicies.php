<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Csp\Api\PolicyCollectorInterface;
use Magento\Csp\Model\Policy\FetchPolicy;
use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Magento\Framework\Exception\LocalizedException;
use Magento\Store\Model\StoreManagerInterface;

/** Admits the edge to Magento's content security policy: the checkout refuses every script that none admits. */
final class EdgePolicies implements PolicyCollectorInterface
{
    /** What the widget's own code needs, as far as the shop does not allow it already. */
    private const WASM = "'wasm-unsafe-eval'";

    public function __construct(
        private readonly Shops $shops,
        private readonly StoreManagerInterface $stores,
        private readonly State $state
    ) {
    }

    public function collect(array $defaultPolicies = []): array
    {
        try {
            $isShop = $this->state->getAreaCode() === Area::AREA_FRONTEND;
            $connection = $isShop ? $this->shops->ofStore((int) $this->stores->getStore()->getId())?->connection() : null;
        } catch (LocalizedException $unset) {
            $connection = null;
        }
        if ($connection === null) {
            return $defaultPolicies;
        }
        $script = (string) preg_replace('~^(https?://[^/]+).*$~', '$1', $connection->widgetSrc);
        $defaultPolicies[] = new FetchPolicy('script-src', false, array_unique([$script, $connection->edge, self::WASM]));
        $defaultPolicies[] = new FetchPolicy('connect-src', false, [$connection->edge]);
        return $defaultPolicies;
    }
}
