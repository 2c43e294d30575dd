<?php

namespace Parrain\PrestaShop;

use Configuration;
use Parrain\Shared\Connection;
use Parrain\Shared\Memory;

/** The module's configuration of one shop: its connection, its owner's choices, and what it has to remember. */
final class Options implements Memory
{
    /** All that it may write, so that an uninstallation leaves nothing. */
    public const NAMES = [
        'PARRAIN_CONNECTION', 'PARRAIN_CONSENT', 'PARRAIN_PLACEMENT', 'PARRAIN_KEEP_TABLE', 'PARRAIN_CLOCK_BEHIND',
        'PARRAIN_LAST_RUN', 'PARRAIN_TASKS_SAID', 'PARRAIN_HISTORY', 'PARRAIN_TOLD_TO', 'PARRAIN_CHECKS',
    ];

    /** What the owner may choose, the first being what is taken where nothing was chosen. */
    public const CHOICES = [
        'consent' => ['explicit', 'required', 'none-needed'],
        'placement' => ['launcher', 'none'],
    ];

    /** @var ?int Of which shop; null for all of them, which shops inherit from. */
    private $shop;

    public function __construct(?int $shop)
    {
        $this->shop = $shop;
    }

    public function get(string $name)
    {
        $kept = Configuration::get('PARRAIN_' . strtoupper($name), null, $this->shop === null ? 0 : null, $this->shop);
        return is_string($kept) && $kept !== '' ? json_decode($kept, true) : null;
    }

    public function set(string $name, $value): void
    {
        $group = $this->shop === null ? 0 : null;
        $written = $value === null ? '' : (string) json_encode($value);
        Configuration::updateValue('PARRAIN_' . strtoupper($name), $written, true, $group, $this->shop);
    }

    /** Whether a fact was kept for this very shop, where shops have some of those that are kept for all. */
    public function isOwn(string $name): bool
    {
        return $this->shop === null || !\Shop::isFeatureActive()
            || Configuration::hasKey('PARRAIN_' . strtoupper($name), null, null, $this->shop);
    }

    /** The shop's connection to its edge, or nothing. */
    public function connection(): ?Connection
    {
        return Connection::read($this->get('connection'));
    }

    /** One of the owner's choices. */
    public function choice(string $name): string
    {
        $chosen = $this->get($name);
        return in_array($chosen, self::CHOICES[$name], true) ? $chosen : self::CHOICES[$name][0];
    }
}
