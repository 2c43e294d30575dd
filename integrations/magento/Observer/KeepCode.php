<?php

declare(strict_types=1);

namespace Parrain\Referral\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Store\Model\StoreManagerInterface;
use Parrain\Referral\Model\Safely;
use Parrain\Referral\Model\Shops;
use Parrain\Shared\Codes;

/** Magento's own redirects (to the base address, to https, to a language) keep the code that an address carries. */
final class KeepCode implements ObserverInterface
{
    public function __construct(
        private readonly Shops $shops,
        private readonly StoreManagerInterface $stores,
        private readonly Safely $safely
    ) {
    }

    public function execute(Observer $observer): void
    {
        $response = $observer->getData('response');
        if ($response->isRedirect()) {
            $this->safely->run(fn () => $this->keep($observer->getData('request'), $response));
        }
    }

    /** An address of this very shop with the code that it lost, or nothing where it lost none. */
    public static function withCode(string $to, string $param, string $code, string $host): ?string
    {
        $own = parse_url($to, PHP_URL_HOST);
        if ($own !== null && $own !== false && strcasecmp((string) $own, $host) !== 0) {
            return null;
        }
        if (Codes::inAddress($to, [$param]) !== []) {
            return null;
        }
        $parts = explode('#', $to, 2);
        $parts[0] .= (strpos($parts[0], '?') === false ? '?' : '&') . rawurlencode($param) . '=' . rawurlencode($code);
        return implode('#', $parts);
    }

    private function keep($request, $response): void
    {
        $address = (string) $request->getRequestUri();
        $header = strpos($address, '?') === false ? false : $response->getHeader('Location');
        if ($header === false) {
            return;
        }
        $store = $this->stores->getStore();
        $params = $this->shops->ofStore((int) $store->getId())?->connection()->linkParams ?? [];
        $codes = Codes::inAddress($address, $params);
        if ($codes === []) {
            return;
        }
        $host = (string) parse_url($store->getBaseUrl(), PHP_URL_HOST);
        $to = self::withCode((string) $header->getFieldValue(), $params[0], $codes[0], $host);
        if ($to !== null) {
            $response->setHeader('Location', $to, true);
        }
    }
}
