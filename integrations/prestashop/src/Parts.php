<?php

namespace Parrain\PrestaShop;

use Context;
use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\CurlHttp;
use Parrain\Shared\Edge;
use Parrain\Shared\Http;
use Parrain\Shared\Offers;
use Parrain\Shared\Queue;
use Parrain\Shared\SqlStore;

/** The module's parts, put together for one shop. */
final class Parts
{
    /** @var array<string, self> */
    private static $made = [];

    /** @var int */
    private $shop;

    /** @var Options */
    private $options;

    /** @var Clock */
    private $clock;

    /** @var ?Connection */
    private $connection;

    /** @var array<string, object> */
    private $parts = [];

    private function __construct(int $shop, Options $options)
    {
        $this->shop = $shop;
        $this->options = $options;
        $this->clock = new Clock($options);
        $this->connection = $options->connection();
    }

    /** Those of the shop of a page; of all shops where the owner looks at all. */
    public static function of(Context $context): self
    {
        $all = $context->controller instanceof \AdminController && \Shop::isFeatureActive()
            && \Shop::getContext() !== \Shop::CONTEXT_SHOP;
        return self::made((int) $context->shop->id, $all);
    }

    /** Those of a shop. */
    public static function ofShop(int $shop): self
    {
        return self::made($shop, false);
    }

    private static function made(int $shop, bool $all): self
    {
        $name = $shop . ($all ? ' all' : '');
        if (!isset(self::$made[$name])) {
            self::$made[$name] = new self($shop, new Options($all ? null : $shop));
        }
        return self::$made[$name];
    }

    /**
     * The shops that are connected to the same shop of the edge as one is, itself first.
     *
     * @return int[]
     */
    public static function shopsOfProgram(int $shop): array
    {
        $shops = [$shop];
        $own = \Shop::isFeatureActive() ? (new Options($shop))->connection() : null;
        foreach ($own === null ? [] : \Shop::getShops(true, null, true) as $other) {
            $its = (new Options((int) $other))->connection();
            if ((int) $other !== $shop && $its !== null && $its->edge === $own->edge && $its->shop === $own->shop) {
                $shops[] = (int) $other;
            }
        }
        return $shops;
    }

    /** Forgets what was put together, where the connection has changed. */
    public static function renew(): void
    {
        self::$made = [];
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
        return new CurlHttp('Parrain-PrestaShop/1.0.0');
    }

    /** The edge, where the shop is connected to one. */
    public function edge(): ?Edge
    {
        return $this->connection === null ? null : new Edge($this->http(), $this->clock, $this->connection);
    }

    public function queue(): Queue
    {
        return $this->part(Queue::class, function (): Queue {
            $store = new SqlStore(new PsDatabase(), _DB_PREFIX_ . 'parrain_events', $this->shop);
            return new Queue($store, $this->clock, new OrderFacts());
        });
    }

    /** Sees to it, before anything is sent, that events go to the shop of the edge that they are meant for. */
    public function settle(): void
    {
        // Of this shop alone, also where the owner looks at all: each has its own queue.
        $options = new Options($this->shop);
        $connection = $options->connection();
        if ($connection !== null && $this->queue()->belongTo($connection, $options)) {
            $options->set('history', null);
        }
    }

    public function visit(): Visit
    {
        return $this->part(Visit::class, function (): Visit {
            return new Visit($this->connection, $this->options);
        });
    }

    public function gift(): Gift
    {
        return $this->part(Gift::class, function (): Gift {
            return new Gift($this->offers(), $this->visit(), $this->clock, $this->shop);
        });
    }

    /** What codes give, where the shop is connected. */
    private function offers(): ?Offers
    {
        return $this->part(Offers::class, function (): ?Offers {
            $edge = $this->edge();
            return $edge === null ? null : new Offers(
                $edge,
                new PsCache(new PsDatabase()),
                $this->clock,
                $this->connection->edge . ' ' . $this->connection->shop
            );
        });
    }

    public function events(): OrderEvents
    {
        return new OrderEvents($this->queue());
    }

    public function history(): History
    {
        return new History($this->options, $this->shop);
    }

    /** The widget's tag, where the shop is connected. */
    public function tag(): ?Tag
    {
        return $this->connection === null ? null : new Tag($this->connection, $this->options, $this->clock);
    }

    /** What runs each minute, where the shop is connected. */
    public function schedule(): ?Schedule
    {
        $edge = $this->edge();
        $offers = $this->offers();
        $this->settle();
        return $edge === null || $offers === null ? null : new Schedule(
            $this->queue(),
            $edge,
            new Rewards($this->shop),
            $this->history(),
            $this->options,
            $offers
        );
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
