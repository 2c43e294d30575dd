<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Connection;
use Parrain\Shared\Identity;

/** The widget's tag on every page, the checkout included, with the signed-in customer signed on the server. */
final class Tag
{
    /** @var Parts */
    private $parts;

    /** @var Connection */
    private $connection;

    public function __construct(Parts $parts, Connection $connection)
    {
        $this->parts = $parts;
        $this->connection = $connection;
    }

    /** The tag, and a knock at the scheduler's door where nothing else does it. */
    public function html(): string
    {
        $options = $this->parts->options();
        $attributes = [
            'src' => $this->connection->widgetSrc,
            'data-shop' => $this->connection->shop,
            'data-edge' => $this->connection->edge,
            'data-params' => implode(' ', $this->connection->linkParams),
            'data-platform' => 'opencart',
            'data-consent' => $options->choice('consent'),
            'data-placement' => $options->choice('placement'),
            'data-thanks' => $this->thanks(),
            'data-customer' => $this->customer(),
        ];
        $html = '<script async';
        foreach (array_filter($attributes, 'strlen') as $name => $value) {
            $html .= ' ' . $name . '="' . htmlspecialchars($value, ENT_QUOTES, 'UTF-8') . '"';
        }
        $html .= '></script>';
        return Schedule::isLate($options, Schedule::LATE) ? $html . $this->knock() : $html;
    }

    /** A page's output with the tag at its end. */
    public static function within(string $page, string $tag): string
    {
        $end = strripos($page, '</body>');
        return $end === false ? $page . $tag : substr($page, 0, $end) . $tag . substr($page, $end);
    }

    private function knock(): string
    {
        // Without host, so that it is asked for as the page was: behind a proxy OpenCart may not know how.
        $address = self::path((string) $this->parts->registry()->get('url')->link(Version::route('run'), '', true));
        $flags = JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT | JSON_UNESCAPED_SLASHES;
        return '<script>addEventListener("load",function(){setTimeout(function(){fetch(' . json_encode($address, $flags)
            . ',{keepalive:true,credentials:"omit"}).catch(function(){})},3000)})</script>';
    }

    /** An address from its path on. */
    public static function path(string $address): string
    {
        $address = str_replace('&amp;', '&', $address);
        $path = preg_replace('~^[a-z]+://[^/]+~i', '', $address);
        return $path === '' ? '/' : (string) $path;
    }

    /** On the page that thanks for an order, its own address, by which the widget knows it; else nothing. */
    private function thanks(): string
    {
        $get = $this->parts->registry()->get('request')->get;
        $isThanks = isset($get['route']) && $get['route'] === 'checkout/success' && isset($_SERVER['REQUEST_URI']);
        return $isThanks ? (string) strtok((string) $_SERVER['REQUEST_URI'], '&#') : '';
    }

    /** The signed-in customer, signed; empty for a guest. */
    private function customer(): string
    {
        $customer = $this->parts->registry()->get('customer');
        if ($this->connection->identityKey === '' || $customer === null || !$customer->isLogged()) {
            return '';
        }
        $about = [
            'email' => (string) $customer->getEmail(),
            'name' => html_entity_decode((string) $customer->getFirstName(), ENT_QUOTES, 'UTF-8'),
            'orders_count' => $this->parts->customers()->ordersOf((int) $customer->getId()),
        ];
        return Identity::sign($this->connection->identityKey, (string) $customer->getId(), $about, $this->parts->clock()->now());
    }
}
