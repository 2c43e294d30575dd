<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\CurlHttp;
use Parrain\Shared\Edge;
use Parrain\Shared\Http;
use Parrain\Shared\Offers;
use Parrain\Shared\Queue;
use Parrain\Shared\SqlStore;

/** The library's parts, put together for one shop of the edge. */
final class Parts
{
    private readonly Options $options;

    private readonly Clock $clock;

    private readonly Http $http;

    private ?Queue $queue = null;

    private ?Offers $offers = null;

    public function __construct(
        private readonly MagentoDatabase $database,
        private readonly MagentoCache $cache,
        private readonly OrderFacts $facts,
        public readonly int $id,
        public readonly string $scope,
        public readonly int $scopeId,
        private readonly ?Connection $connection,
        ?Http $http
    ) {
        $this->options = new Options($database, $id);
        $this->clock = new Clock($this->options);
        $this->http = $http ?? self::web();
    }

    /** The way to the edge. */
    public static function web(): Http
    {
        return new CurlHttp('Parrain-Magento/1.0.0');
    }

    public function options(): Options
    {
        return $this->options;
    }

    public function clock(): Clock
    {
        return $this->clock;
    }

    /** The connection to the edge, or nothing where there is none now. */
    public function connection(): ?Connection
    {
        return $this->connection;
    }

    public function http(): Http
    {
        return $this->http;
    }

    /** The edge, where the shop is connected to one. */
    public function edge(): ?Edge
    {
        return $this->connection === null ? null : new Edge($this->http, $this->clock, $this->connection);
    }

    public function queue(): Queue
    {
        return $this->queue ??= new Queue(
            new SqlStore($this->database, $this->database->table('parrain_events'), $this->id),
            $this->clock,
            $this->facts
        );
    }

    /** What codes give, where the shop is connected. */
    public function offers(): ?Offers
    {
        $edge = $this->edge();
        return $edge === null ? null : $this->offers ??= new Offers(
            $edge,
            $this->cache,
            $this->clock,
            $this->connection->edge . ' ' . $this->connection->shop
        );
    }

    /** Sees to it, before anything is sent, that events go to the shop of the edge that they are meant for. */
    public function settle(): void
    {
        if ($this->connection !== null && $this->queue()->belongTo($this->connection, $this->options)) {
            $this->options->set('history', null);
        }
    }
}
