<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Customer\Api\Data\CustomerInterface;
use Parrain\Shared\Identity;

/**
 * The widget's tag on every page, the checkout included. Pages are kept in Magento's cache for everybody, so that who is signed in
 * never stands in them: it comes by a section of the customer's private data.
 */
final class Tag
{
    /** For how many seconds the private data is taken as it is: half of what the library's signature holds. */
    private const HOLDS = 21600;

    public function __construct(
        private readonly Shops $shops,
        private readonly Choices $choices,
        private readonly Customers $customers
    ) {
    }

    /**
     * The attributes of the script, or nothing where a store view is not connected.
     *
     * @param string $thanks on the page that thanks for an order, a part of its address, by which the widget knows it
     * @return ?array<string, string>
     */
    public function attributes(int $store, string $thanks): ?array
    {
        $connection = $this->shops->ofStore($store)?->connection();
        return $connection === null ? null : array_filter([
            'src' => $connection->widgetSrc,
            'data-shop' => $connection->shop,
            'data-edge' => $connection->edge,
            'data-params' => implode(' ', $connection->linkParams),
            'data-platform' => 'magento',
            'data-consent' => $this->choices->consent($store),
            'data-placement' => $this->choices->placement($store),
            'data-thanks' => $thanks,
        ], 'strlen');
    }

    /**
     * The signed-in customer, signed, and until when that is taken as it is; empty where nobody can be vouched for.
     *
     * @return array{customer: string, until: int}
     */
    public function customer(int $store, CustomerInterface $customer): array
    {
        $parts = $this->shops->ofStore($store);
        $key = $parts?->connection()->identityKey ?? '';
        $id = (int) $customer->getId();
        if ($key === '' || $id === 0) {
            return ['customer' => '', 'until' => 0];
        }
        $now = $parts->clock()->now();
        $about = [
            'email' => (string) $customer->getEmail(),
            'name' => (string) $customer->getFirstname(),
            'orders_count' => $this->customers->paidOrders($id),
        ];
        return ['customer' => Identity::sign($key, (string) $id, $about, $now), 'until' => time() + self::HOLDS];
    }
}
