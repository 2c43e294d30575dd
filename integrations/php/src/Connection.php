<?php

namespace Parrain\Shared;

/** Which edge a shop is connected to, and by which secrets. */
final class Connection
{
    /** @var string The edge's address, without a slash at its end. */
    public $edge;

    /** @var string The shop's id at the edge. */
    public $shop;

    /** @var string Signs events. */
    public $eventSecret;

    /** @var string Signs who is signed in; empty where the edge gave none. */
    public $identityKey;

    /** @var string Takes tasks; empty where the edge gave none. */
    public $moduleToken;

    /** @var string The connection's id, by which it is ended; empty where it was typed by hand. */
    public $id;

    /** @var string The address of the script. */
    public $widgetSrc;

    /** @var string[] Which parameters of an address carry codes. */
    public $linkParams;

    /** @var string The shop's name at the edge. */
    public $name;

    private function __construct()
    {
    }

    /**
     * A connection of what the edge answered, or the owner typed.
     *
     * @param array<string, mixed> $told as the edge's answer to a connect code names it
     * @throws Misread
     */
    public static function of(string $edge, array $told): self
    {
        $text = static function (string $name) use ($told): string {
            return isset($told[$name]) && is_string($told[$name]) ? trim($told[$name]) : '';
        };
        $one = new self();
        $one->edge = self::address($edge);
        $one->shop = $text('shop');
        $one->eventSecret = $text('event_secret');
        $one->identityKey = $text('identity_key');
        $one->moduleToken = $text('module_token');
        $one->id = $text('connection');
        $one->name = $text('name');
        $one->widgetSrc = $text('widget_src') !== '' ? $text('widget_src') : $one->edge . '/widget.js';
        $params = isset($told['link_params']) && is_array($told['link_params']) ? $told['link_params'] : [];
        $one->linkParams = array_values(array_filter($params, 'is_string')) ?: ['ref'];
        if (!preg_match('/^[a-z0-9-]{1,64}$/D', $one->shop)) {
            throw new Misread('shop');
        }
        try {
            Signature::key($one->eventSecret);
        } catch (\InvalidArgumentException $none) {
            throw new Misread('event_secret');
        }
        if (!preg_match('~^https?://[^\s"\'<>]+$~D', $one->widgetSrc)) {
            throw new Misread('widget_src');
        }
        return $one;
    }

    /**
     * What was kept of a connection, or nothing where there is none.
     *
     * @param mixed $kept
     */
    public static function read($kept): ?self
    {
        if (!is_array($kept) || !isset($kept['edge']) || !is_string($kept['edge'])) {
            return null;
        }
        try {
            return self::of($kept['edge'], $kept);
        } catch (Misread $broken) {
            return null;
        }
    }

    /**
     * What is kept of it.
     *
     * @return array<string, mixed>
     */
    public function kept(): array
    {
        return [
            'edge' => $this->edge, 'shop' => $this->shop, 'event_secret' => $this->eventSecret,
            'identity_key' => $this->identityKey, 'module_token' => $this->moduleToken, 'connection' => $this->id, 'name' => $this->name,
            'widget_src' => $this->widgetSrc, 'link_params' => $this->linkParams,
        ];
    }

    /**
     * An edge's address as it is used: https, or http on this very machine, of a host alone.
     *
     * @throws Misread
     */
    public static function address(string $typed): string
    {
        $typed = trim($typed);
        if ($typed !== '' && strpos($typed, '://') === false) {
            $typed = 'https://' . $typed;
        }
        $part = parse_url($typed);
        $host = isset($part['host']) ? strtolower($part['host']) : '';
        $scheme = isset($part['scheme']) ? strtolower($part['scheme']) : '';
        $local = in_array($host, ['localhost', '127.0.0.1', '[::1]'], true);
        if (
            !preg_match('/^[a-z0-9.\-\[\]:]+$/D', $host) || isset($part['user']) || isset($part['pass'])
            || !($scheme === 'https' || ($scheme === 'http' && $local))
        ) {
            throw new Misread('edge');
        }
        return $scheme . '://' . $host . (isset($part['port']) ? ':' . $part['port'] : '');
    }
}
