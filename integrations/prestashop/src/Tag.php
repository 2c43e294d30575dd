<?php

namespace Parrain\PrestaShop;

use Context;
use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\Identity;

/** The widget's tag on every page, the checkout included, with the signed-in customer signed on the server. */
final class Tag
{
    /** @var Connection */
    private $connection;

    /** @var Options */
    private $options;

    /** @var Clock */
    private $clock;

    public function __construct(Connection $connection, Options $options, Clock $clock)
    {
        $this->connection = $connection;
        $this->options = $options;
        $this->clock = $clock;
    }

    /**
     * What the template prints.
     *
     * @return array<string, mixed>
     */
    public function variables(): array
    {
        $context = Context::getContext();
        $attributes = [
            'data-shop' => $this->connection->shop,
            'data-edge' => $this->connection->edge,
            'data-params' => implode(' ', $this->connection->linkParams),
            'data-platform' => 'prestashop',
            'data-consent' => $this->options->choice('consent'),
            'data-placement' => $this->options->choice('placement'),
            'data-thanks' => self::thanks($context),
            'data-customer' => $this->customer($context),
        ];
        return [
            'parrain_src' => $this->connection->widgetSrc,
            'parrain_attributes' => array_filter($attributes, 'strlen'),
            'parrain_knock' => Schedule::isLate($this->options, Schedule::LATE)
                ? $context->link->getModuleLink('parrain', 'run', [], true) : '',
        ];
    }

    /** On the page that thanks for an order, its own address, by which the widget knows it; else nothing. */
    private static function thanks(Context $context): string
    {
        $isThanks = $context->controller instanceof \OrderConfirmationController;
        return $isThanks && isset($_SERVER['REQUEST_URI']) ? (string) strtok((string) $_SERVER['REQUEST_URI'], '&#') : '';
    }

    /** The signed-in customer, signed; empty for a guest. */
    private function customer(Context $context): string
    {
        $customer = $context->customer;
        if ($this->connection->identityKey === '' || !\Validate::isLoadedObject($customer) || !$customer->isLogged()) {
            return '';
        }
        $about = [
            'email' => (string) $customer->email,
            'name' => (string) $customer->firstname,
            'orders_count' => (int) \Order::getCustomerNbOrders((int) $customer->id),
        ];
        return Identity::sign($this->connection->identityKey, (string) $customer->id, $about, $this->clock->now());
    }
}
