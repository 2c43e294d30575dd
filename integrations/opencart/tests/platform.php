<?php

// Stand-ins for what the module asks of OpenCart: its tables hold the rows that recorded/ has of a real shop, in a database
// in memory, and its objects do the least that the module needs of them, as it was seen there.

namespace Parrain\OpenCart\Tests;

define('VERSION', '4.1.0.4');
define('DB_PREFIX', 'px41_');
date_default_timezone_set('UTC');

/** OpenCart's DB, on a database in memory of another dialect. */
final class Db
{
    /** @var \PDO */
    private $pdo;

    /** @var int */
    private $affected = 0;

    /** A database with the recorded rows and the module's own tables. */
    public function __construct()
    {
        $this->pdo = new \PDO('sqlite::memory:');
        $this->pdo->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
        $recorded = json_decode((string) file_get_contents(__DIR__ . '/recorded/order-with-return.json'), true);
        $keys = ['parrain_order' => 'order_id', 'parrain_rule' => 'coupon', 'coupon' => 'coupon_id', 'order' => 'order_id'];
        foreach ($recorded['rows'] as $table => $rows) {
            $columns = array_keys($rows[0]);
            $unique = isset($keys[$table]) ? ', PRIMARY KEY (' . $keys[$table] . ')' : '';
            // Ids are compared as numbers: what OpenCart keeps as such, it hands out as text all the same.
            $this->pdo->exec("CREATE TABLE `px41_$table` (" . implode(', ', array_map(static function (string $column): string {
                return "`$column`" . (preg_match('/(_id|^status|^logged|^shipping|^uses_)/', $column) ? ' INTEGER' : ' TEXT');
            }, $columns)) . $unique . ')');
            $marks = implode(', ', array_fill(0, count($columns), '?'));
            foreach ($rows as $row) {
                $this->pdo->prepare("INSERT INTO `px41_$table` VALUES ($marks)")->execute(array_values($row));
            }
        }
        $this->pdo->exec('CREATE TABLE px41_parrain_option (store_id INTEGER, name TEXT, value TEXT, PRIMARY KEY (store_id, name));
            CREATE TABLE px41_parrain_cart (basket TEXT PRIMARY KEY, touches TEXT, code TEXT, dismissed TEXT, applied TEXT, said TEXT, changed_at INTEGER);
            CREATE TABLE px41_parrain_return (return_id INTEGER PRIMARY KEY, told TEXT);
            CREATE TABLE px41_parrain_cache (name TEXT PRIMARY KEY, value TEXT, until INTEGER);
            CREATE TABLE px41_store (store_id INTEGER, name TEXT);
            CREATE TABLE px41_customer (customer_id INTEGER, email TEXT);
            CREATE TABLE px41_coupon_product (coupon_id INTEGER, product_id INTEGER);
            CREATE TABLE px41_product_description (product_id INTEGER, language_id INTEGER, name TEXT);
            CREATE TABLE px41_customer_transaction (customer_id INTEGER, order_id INTEGER, description TEXT, amount TEXT, date_added TEXT);
            CREATE TABLE px41_parrain_events (id INTEGER PRIMARY KEY, shop INTEGER, entry_key TEXT, type TEXT, subject TEXT, body TEXT,
            delivery TEXT, state TEXT, attempts INTEGER, created_at INTEGER, next_at INTEGER, said TEXT, UNIQUE (shop, entry_key))');
    }

    public function query(string $sql): object
    {
        $sql = str_replace('INSERT IGNORE', 'INSERT OR IGNORE', $sql);
        $sql = str_replace('ON DUPLICATE KEY UPDATE', 'ON CONFLICT (order_id) DO UPDATE SET', $sql);
        $statement = $this->pdo->query((string) preg_replace('/\bVALUES\((\w+)\)/', 'excluded.$1', $sql));
        $rows = $statement->columnCount() > 0 ? $statement->fetchAll(\PDO::FETCH_ASSOC) : [];
        $this->affected = $statement->rowCount();
        return (object) ['rows' => $rows, 'row' => $rows[0] ?? [], 'num_rows' => count($rows)];
    }

    public function escape(string $text): string
    {
        return str_replace("'", "''", $text);
    }

    public function countAffected(): int
    {
        return $this->affected;
    }
}

final class Registry
{
    /** @var array<string, object> */
    private $kept = [];

    public function get(string $name): ?object
    {
        return $this->kept[$name] ?? null;
    }

    public function set(string $name, object $value): void
    {
        $this->kept[$name] = $value;
    }
}

final class Config
{
    /** @var array<string, mixed> */
    public $kept = ['config_store_id' => 0, 'config_language' => 'en-gb', 'config_language_id' => 1];

    public function get(string $name)
    {
        return $this->kept[$name] ?? '';
    }
}

final class Session
{
    /** @var array<string, mixed> */
    public $data = ['currency' => 'USD'];

    /** @var string */
    public $id = 'session-of-bob-0000000000';

    public function getId(): string
    {
        return $this->id;
    }
}

final class Request
{
    public $get = [];
    public $post = [];
    public $cookie = [];
    public $server = [];
}

final class Customer
{
    /** @var int */
    public $id = 0;

    public function isLogged(): bool
    {
        return $this->id > 0;
    }

    public function getId(): int
    {
        return $this->id;
    }

    public function getEmail(): string
    {
        return $this->id > 0 ? 'anna@example.com' : '';
    }

    public function getFirstName(): string
    {
        return 'Anna &amp; Co';
    }
}

/** A basket: product ids, with the price and the number of each; 20 % tax is shown with prices. */
final class Cart
{
    /** @var array<int, array{0: float, 1: int}> */
    public $goods = [];

    public function hasProducts(): bool
    {
        return $this->goods !== [];
    }

    public function getProducts(): array
    {
        $lines = [];
        foreach ($this->goods as $product => list($price, $many)) {
            $lines[] = ['product_id' => (string) $product, 'price' => $price, 'quantity' => $many];
        }
        return $lines;
    }

    public function getTotal(): float
    {
        return array_sum(array_map(static function (array $good): float {
            return $good[0] * $good[1] * 1.2;
        }, $this->goods));
    }
}

final class Currency
{
    public function format(float $amount, string $code): string
    {
        return $code . ' ' . number_format($amount, 2);
    }
}

final class Url
{
    public function link(string $route, string $query = '', bool $plain = false): string
    {
        $address = 'http://shop.example/sub/index.php?route=' . $route . ($query === '' ? '' : '&' . $query);
        return $plain ? $address : str_replace('&', '&amp;', $address);
    }
}

final class Response
{
    /** @var string */
    private $output = '';

    public function getOutput(): string
    {
        return $this->output;
    }

    public function setOutput(string $output): void
    {
        $this->output = $output;
    }
}

final class Log
{
    /** @var string[] */
    public $written = [];

    public function write(string $line): void
    {
        $this->written[] = $line;
    }
}

/** A shop's registry as a request of a shopper's finds it. */
function registry(): Registry
{
    $registry = new Registry();
    $parts = [
        'db' => new Db(), 'config' => new Config(), 'session' => new Session(), 'request' => new Request(), 'customer' => new Customer(),
        'cart' => new Cart(), 'currency' => new Currency(), 'url' => new Url(), 'response' => new Response(), 'log' => new Log(),
    ];
    foreach ($parts as $name => $part) {
        $registry->set($name, $part);
    }
    return $registry;
}
