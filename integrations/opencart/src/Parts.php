<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\CurlHttp;
use Parrain\Shared\Edge;
use Parrain\Shared\Http;
use Parrain\Shared\Offers;
use Parrain\Shared\Queue;
use Parrain\Shared\SqlStore;

/** The module's parts, put together for one store of OpenCart's registry. */
final class Parts
{
    /** @var array<string, self> */
    private static $made = [];

    /** @var object OpenCart's registry. */
    private $registry;

    /** @var int */
    private $store;

    /** @var OcDatabase */
    private $database;

    /** @var Options */
    private $options;

    /** @var Clock */
    private $clock;

    /** @var ?Connection */
    private $connection;

    /** @var array<string, object> */
    private $parts = [];

    private function __construct(object $registry, int $store)
    {
        $this->registry = $registry;
        $this->store = $store;
        $this->database = new OcDatabase($registry->get('db'));
        $this->options = new Options($this->database, $store);
        $this->clock = new Clock($this->options);
        $this->connection = $this->options->connection();
    }

    /** Those of the store that a request is for. */
    public static function of(object $registry): self
    {
        return self::ofStore($registry, (int) $registry->get('config')->get('config_store_id'));
    }

    /** Those of a store. */
    public static function ofStore(object $registry, int $store): self
    {
        // OpenCart's admin pages have a registry of the shop's beside their own.
        $name = spl_object_hash($registry) . ' ' . $store;
        if (!isset(self::$made[$name])) {
            self::$made[$name] = new self($registry, $store);
        }
        return self::$made[$name];
    }

    /** Forgets what was put together, where the connection has changed. */
    public static function renew(): void
    {
        self::$made = [];
    }

    /**
     * The stores of an installation, the default one first.
     *
     * @return array<int, string> Their names by their ids.
     */
    public static function stores(object $registry): array
    {
        $database = new OcDatabase($registry->get('db'));
        $name = $database->rows('SELECT value FROM ' . DB_PREFIX . "setting WHERE store_id = 0 AND `key` = 'config_name'", []);
        $stores = [0 => $name === [] ? '' : (string) $name[0]['value']];
        foreach ($database->rows('SELECT store_id, name FROM ' . DB_PREFIX . 'store ORDER BY store_id', []) as $row) {
            $stores[(int) $row['store_id']] = (string) $row['name'];
        }
        return $stores;
    }

    public function registry(): object
    {
        return $this->registry;
    }

    public function store(): int
    {
        return $this->store;
    }

    public function database(): OcDatabase
    {
        return $this->database;
    }

    public function options(): Options
    {
        return $this->options;
    }

    public function clock(): Clock
    {
        return $this->clock;
    }

    public function connection(): ?Connection
    {
        return $this->connection;
    }

    public function http(): Http
    {
        return new CurlHttp('Parrain-OpenCart/1.0.0');
    }

    /** The edge, where the store is connected to one. */
    public function edge(): ?Edge
    {
        return $this->connection === null ? null : new Edge($this->http(), $this->clock, $this->connection);
    }

    public function queue(): Queue
    {
        return $this->part(Queue::class, function (): Queue {
            $store = new SqlStore($this->database, DB_PREFIX . 'parrain_events', $this->store);
            return new Queue($store, $this->clock, new OrderFacts($this->database, $this->statuses(), $this->settings()));
        });
    }

    /** Sees to it, before anything is sent, that events go to the shop of the edge that they are meant for. */
    public function settle(): void
    {
        if ($this->connection !== null && $this->queue()->belongTo($this->connection, $this->options)) {
            $this->options->set('history', null);
        }
    }

    public function settings(): Settings
    {
        return $this->part(Settings::class, function (): Settings {
            return new Settings($this->database, $this->store);
        });
    }

    public function statuses(): Statuses
    {
        return $this->part(Statuses::class, function (): Statuses {
            return new Statuses($this->database, $this->options, $this->settings());
        });
    }

    public function customers(): Customers
    {
        return new Customers($this->database, $this->statuses());
    }

    public function money(): Money
    {
        return new Money($this->database, $this->settings());
    }

    public function coupons(): Coupons
    {
        return new Coupons($this->database, $this->store);
    }

    public function visit(): Visit
    {
        return $this->part(Visit::class, function (): Visit {
            return new Visit($this);
        });
    }

    public function gift(): Gift
    {
        return $this->part(Gift::class, function (): Gift {
            return new Gift($this, $this->offers());
        });
    }

    /** What codes give, where the store is connected. */
    public function offers(): ?Offers
    {
        $edge = $this->edge();
        return $edge === null ? null : $this->part(Offers::class, function () use ($edge): Offers {
            $shop = $this->connection->edge . ' ' . $this->connection->shop;
            return new Offers($edge, new OcCache($this->database), $this->clock, $shop);
        });
    }

    public function events(): OrderEvents
    {
        return new OrderEvents($this->database, $this->queue(), $this->statuses());
    }

    public function returns(): Returns
    {
        return new Returns($this->database, $this->queue(), $this->statuses());
    }

    public function history(): History
    {
        return new History($this->database, $this->options, $this->statuses(), $this->store);
    }

    public function rewards(): Rewards
    {
        return new Rewards($this->database, $this->money(), $this->settings(), $this->coupons());
    }

    /** The widget's tag, where the store is connected. */
    public function tag(): ?Tag
    {
        return $this->connection === null ? null : new Tag($this, $this->connection);
    }

    /** What runs each minute, where the store is connected. */
    public function schedule(): ?Schedule
    {
        $edge = $this->edge();
        $offers = $this->offers();
        $this->settle();
        return $edge === null || $offers === null ? null : new Schedule($this, $edge, $offers);
    }

    /** A text in the language of whoever reads it. */
    public function said(string $text, array $values = []): string
    {
        return Words::said((string) $this->registry->get('config')->get('config_language'), $text, $values);
    }

    /** @return mixed A part, made once. */
    private function part(string $class, callable $make)
    {
        if (!isset($this->parts[$class])) {
            $this->parts[$class] = $make();
        }
        return $this->parts[$class];
    }
}
