<?php

// Stand-ins for what a module has of its platform and its edge, of the least that tests need.

namespace Parrain\Shared\Tests;

use Parrain\Shared\Answer;
use Parrain\Shared\Cache;
use Parrain\Shared\Database;
use Parrain\Shared\EventMaker;
use Parrain\Shared\Http;
use Parrain\Shared\Memory;
use Parrain\Shared\Problem;

/** A memory, and a cache, that end with the test. */
final class ShortMemory implements Memory
{
    /** @var array<string, mixed> */
    public $kept = [];

    public function get(string $name)
    {
        return isset($this->kept[$name]) ? $this->kept[$name] : null;
    }

    public function set(string $name, $value): void
    {
        $this->kept[$name] = $value;
    }
}

/** A cache whose time is the test's. */
final class ShortCache implements Cache
{
    /** @var int */
    public $now = 0;

    /** @var array<string, array{0: int, 1: array<string, mixed>}> */
    private $kept = [];

    public function get(string $name): ?array
    {
        return isset($this->kept[$name]) && $this->kept[$name][0] > $this->now ? $this->kept[$name][1] : null;
    }

    public function set(string $name, array $value, int $seconds): void
    {
        $this->kept[$name] = [$this->now + $seconds, $value];
    }
}

/** A database in memory, of a dialect that differs from MySQL's in two words. */
final class LiteDatabase implements Database
{
    /** @var \PDO */
    private $pdo;

    public function __construct()
    {
        $this->pdo = new \PDO('sqlite::memory:');
        $this->pdo->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
        $this->pdo->exec('CREATE TABLE queue (id INTEGER PRIMARY KEY, shop INTEGER, entry_key TEXT, type TEXT, subject TEXT, body TEXT,
            delivery TEXT, state TEXT, attempts INTEGER, created_at INTEGER, next_at INTEGER, said TEXT,
            UNIQUE (shop, entry_key))');
    }

    public function run(string $sql, array $values): int
    {
        $statement = $this->pdo->prepare(str_replace('INSERT IGNORE', 'INSERT OR IGNORE', $sql));
        $statement->execute($values);
        return $statement->rowCount();
    }

    public function rows(string $sql, array $values): array
    {
        $statement = $this->pdo->prepare($sql);
        $statement->execute($values);
        return $statement->fetchAll(\PDO::FETCH_ASSOC);
    }
}

/** Events whose data is their subject; of the subject {"gone": true} there is none, and {"broken": true} cannot be read. */
final class EchoMaker implements EventMaker
{
    public function data(string $type, array $subject): ?array
    {
        if (isset($subject['broken'])) {
            throw new \TypeError('no product');
        }
        return isset($subject['gone']) ? null : $subject;
    }
}

/** An edge: what it is asked is noted, and a function answers. */
final class TalkingHttp implements Http
{
    /** @var array<array{method: string, url: string, headers: array<string, string>, body: string, seconds: int}> */
    public $asked = [];

    /** @var callable */
    public $answers;

    /** @param callable $answers (method, url, headers, body) to an Answer, or null where nothing comes back */
    public function __construct(callable $answers)
    {
        $this->answers = $answers;
    }

    public function send(string $method, string $url, array $headers, string $body, int $seconds): Answer
    {
        $this->asked[] = compact('method', 'url', 'headers', 'body', 'seconds');
        $answer = ($this->answers)($method, $url, $headers, $body);
        if ($answer === null) {
            throw new Problem(0, 'no answer');
        }
        return $answer;
    }
}
