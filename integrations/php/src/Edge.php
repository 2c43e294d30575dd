<?php

namespace Parrain\Shared;

/** What a module asks of the edge, each call of the contract by its own method. */
final class Edge
{
    /** How long a call may take while a shopper waits, in seconds. */
    private const SHOPPER_WAITS = 2;

    /** How long it may take otherwise. */
    private const NOBODY_WAITS = 10;

    /** @var Http */
    private $http;

    /** @var Clock */
    private $clock;

    /** @var Connection */
    private $connection;

    public function __construct(Http $http, Clock $clock, Connection $connection)
    {
        $this->http = $http;
        $this->clock = $clock;
        $this->connection = $connection;
    }

    /**
     * Exchanges a connect code, which is good once, for a connection.
     *
     * @param string $site the shop's own address
     * @throws Misread where address or code cannot be any
     * @throws Problem 404 where the code is wrong, used or too old
     */
    public static function connect(Http $http, string $edge, string $code, string $platform, string $site): Connection
    {
        $edge = Connection::address($edge);
        $code = strtoupper((string) preg_replace('/[^A-Za-z0-9]/', '', $code));
        if (!preg_match('/^[A-Z0-9]{12}$/D', $code)) {
            throw new Misread('connect_code');
        }
        $code = implode('-', str_split($code, 4));
        $answer = $http->send('POST', $edge . '/v1/connect-codes/exchange', self::JSON, self::written(
            ['code' => $code, 'platform' => $platform, 'site' => $site]
        ), self::NOBODY_WAITS);
        if ($answer->status !== 200) {
            throw Problem::of($answer);
        }
        return Connection::of($edge, $answer->json());
    }

    private const JSON = ['Content-Type' => 'application/json', 'Accept' => 'application/json'];

    /**
     * Ends the connection, whose token and key hold no longer then, and says whether the edge was told. One that cannot be
     * told ends where its owner ends it, at the desk.
     */
    public function disconnect(): bool
    {
        if ($this->connection->id === '' || $this->connection->moduleToken === '') {
            return false;
        }
        try {
            $this->asked('DELETE', '/connections/' . rawurlencode($this->connection->id), $this->bearer(), '', self::SHOPPER_WAITS);
        } catch (Problem $problem) {
            // A token that opens nothing any more is of a connection that was ended already.
            return $problem->status === 401 || $problem->status === 404;
        }
        return true;
    }

    /**
     * The public side of the program and, where a code is asked about, what it gives.
     *
     * @return array<string, mixed>
     * @throws Problem
     */
    public function offer(?string $code = null): array
    {
        $query = $code === null ? '' : '?code=' . rawurlencode($code);
        return $this->asked('GET', '/offer' . $query, ['Accept' => 'application/json'], '', self::SHOPPER_WAITS)->json();
    }

    /**
     * Sends an event and answers what became of it.
     *
     * Where the edge takes the signature for stale and shows another time than ours, it is signed once more by that time.
     *
     * @param string $id which delivery it is, the same for each try
     * @param string $body the event as JSON
     * @return array<string, mixed>
     * @throws Problem
     */
    public function send(string $id, string $body): array
    {
        $signed = function () use ($id, $body): Answer {
            $headers = Signature::headers($this->connection->eventSecret, $id, $this->clock->now(), $body);
            return $this->http->send('POST', $this->url('/events'), $headers + self::JSON, $body, self::NOBODY_WAITS);
        };
        $answer = $signed();
        if ($this->clock->learn($answer) && $answer->status === 401) {
            $answer = $signed();
        }
        if ($answer->status !== 200) {
            throw Problem::of($answer);
        }
        return $answer->json();
    }

    /**
     * Takes tasks, which are this module's for some minutes from then on.
     *
     * @return array<string, mixed> items and next_cursor
     * @throws Problem
     */
    public function tasks(?string $cursor = null): array
    {
        $query = $cursor === null ? '' : '?cursor=' . rawurlencode($cursor);
        return $this->asked('GET', '/tasks' . $query, $this->bearer(), '', self::NOBODY_WAITS)->json();
    }

    /**
     * Says what became of a task.
     *
     * @param array<string, mixed> $outcome {"done": {"code"}} or {"failed": words}
     * @throws Problem
     */
    public function answerTask(string $id, array $outcome): void
    {
        $headers = $this->bearer() + self::JSON;
        $this->asked('POST', '/tasks/' . rawurlencode($id), $headers, self::written($outcome), self::NOBODY_WAITS);
    }

    /**
     * A body as it is sent.
     *
     * @param array<string, mixed> $body
     */
    public static function written(array $body): string
    {
        // A text that is no UTF-8, as other modules' messages may be, is told as far as it can be read.
        $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE;
        return (string) json_encode($body, $flags);
    }

    /** @param array<string, string> $headers */
    private function asked(string $method, string $path, array $headers, string $body, int $seconds): Answer
    {
        $answer = $this->http->send($method, $this->url($path), $headers, $body, $seconds);
        if ($answer->status < 200 || $answer->status > 299) {
            throw Problem::of($answer);
        }
        return $answer;
    }

    private function url(string $path): string
    {
        return $this->connection->edge . '/v1/shops/' . $this->connection->shop . $path;
    }

    /** @return array<string, string> */
    private function bearer(): array
    {
        return ['Authorization' => 'Bearer ' . $this->connection->moduleToken, 'Accept' => 'application/json'];
    }
}
