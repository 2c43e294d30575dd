<?php

// Stand-ins for what the module asks of PrestaShop: its tables hold the rows that recorded/ has of a real shop, in a
// database in memory, and its classes do the least that the module needs of them, as it was seen there.

define('_PS_VERSION_', '8.2.1');
define('_DB_PREFIX_', 'px_');
date_default_timezone_set('Europe/Paris');

/** PrestaShop's connection, to a database in memory of another dialect. */
class Db
{
    /** @var ?self */
    public static $one;

    /** @var PDO */
    private $pdo;

    /** @var int */
    private $affected = 0;

    public static function getInstance(): self
    {
        return self::$one;
    }

    /** A database with the recorded rows and the module's own tables. */
    public static function open(): void
    {
        self::$one = new self();
        self::$one->pdo = new PDO('sqlite::memory:');
        self::$one->pdo->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        $recorded = json_decode((string) file_get_contents(__DIR__ . '/recorded/order-with-slips.json'), true);
        $keys = ['parrain_order' => 'id_order', 'parrain_rule' => 'id_cart_rule'];
        foreach ($recorded['rows'] as $table => $rows) {
            $columns = array_keys($rows[0]);
            $unique = isset($keys[$table]) ? ', PRIMARY KEY (' . $keys[$table] . ')' : '';
            // Numbers are compared as numbers: what PrestaShop keeps as such, it hands out as text all the same.
            self::$one->pdo->exec("CREATE TABLE px_$table (" . implode(', ', array_map(static function (string $column): string {
                return $column . (preg_match('/^(id_|paid|deleted|free_shipping|active)/', $column) ? ' INTEGER' : ' TEXT');
            }, $columns)) . $unique . ')');
            foreach ($rows as $row) {
                $marks = implode(', ', array_fill(0, count($columns), '?'));
                self::$one->pdo->prepare("INSERT INTO px_$table VALUES ($marks)")->execute(array_values($row));
            }
        }
        self::$one->pdo->exec('CREATE TABLE px_parrain_cart (id_cart INTEGER PRIMARY KEY, touches TEXT, code TEXT, dismissed TEXT, applied TEXT, said TEXT);
            CREATE TABLE px_cart_cart_rule (id_cart INTEGER, id_cart_rule INTEGER);
            CREATE TABLE px_cart (id_cart INTEGER PRIMARY KEY, date_upd TEXT);
            CREATE TABLE px_cart_rule_shop (id_cart_rule INTEGER, id_shop INTEGER, PRIMARY KEY (id_cart_rule, id_shop));
            ALTER TABLE px_orders ADD COLUMN id_cart INTEGER;
            UPDATE px_orders SET id_cart = id_order + 100;
            CREATE TABLE px_order_slip_detail (id_order_slip INTEGER, total_price_tax_excl TEXT, total_price_tax_incl TEXT);
            CREATE TABLE px_parrain_events (id INTEGER PRIMARY KEY, shop INTEGER, entry_key TEXT, type TEXT, subject TEXT, body TEXT,
            delivery TEXT, state TEXT, attempts INTEGER, created_at INTEGER, next_at INTEGER, said TEXT, UNIQUE (shop, entry_key))');
    }

    public function execute(string $sql): bool
    {
        $sql = str_replace('INSERT IGNORE', 'INSERT OR IGNORE', $sql);
        $sql = preg_replace('/ON DUPLICATE KEY UPDATE/', 'ON CONFLICT (id_order) DO UPDATE SET', $sql);
        $this->affected = $this->pdo->exec((string) preg_replace('/VALUES\((\w+)\)/', 'excluded.$1', (string) $sql));
        return true;
    }

    public function Affected_Rows(): int
    {
        return $this->affected;
    }

    public function executeS(string $sql): array
    {
        return $this->pdo->query($sql)->fetchAll(PDO::FETCH_ASSOC);
    }

    public function getRow(string $sql)
    {
        $rows = $this->executeS($sql . ' LIMIT 1');
        return $rows === [] ? false : $rows[0];
    }
}

function pSQL(string $text): string
{
    return str_replace("'", "''", $text);
}

class Configuration
{
    /** @var array<int, array<string, mixed>> Of each shop, and of all for 0. */
    private static $kept = [];

    public static function get(string $name, $language = null, $group = null, $shop = null)
    {
        $states = ['PS_OS_CANCELED' => 6, 'PS_OS_ERROR' => 8, 'PS_OS_REFUND' => 7, 'PS_LANG_DEFAULT' => 1];
        return $states[$name] ?? self::$kept[self::of($shop)][$name] ?? self::$kept[0][$name] ?? false;
    }

    public static function updateValue(string $name, $value, $html = false, $group = null, $shop = null): void
    {
        self::$kept[self::of($shop)][$name] = $value;
    }

    public static function hasKey(string $name, $language = null, $group = null, $shop = null): bool
    {
        return isset(self::$kept[(int) $shop][$name]);
    }

    /** Where there is but one shop, PrestaShop keeps all for all of them. */
    private static function of(?int $shop): int
    {
        return Shop::isFeatureActive() ? (int) $shop : 0;
    }
}

class Order
{
    /** @var int */
    public $id;

    public function __construct(int $id)
    {
        $this->id = $id;
    }
}

class OrderState
{
    /** @var int */
    public $id;

    /** @var bool */
    public $paid;

    public function __construct(int $id)
    {
        $this->id = $id;
        $rows = Db::getInstance()->executeS('SELECT paid FROM px_order_state WHERE id_order_state = ' . $id);
        $this->paid = (bool) $rows[0]['paid'];
    }
}

class Cart
{
    /** @var int */
    public $id;

    public function __construct(int $id)
    {
        $this->id = $id;
    }

    public function hasProducts(): bool
    {
        return true;
    }

    public function addCartRule(int $rule): bool
    {
        return Db::getInstance()->execute("INSERT INTO px_cart_cart_rule VALUES ({$this->id}, $rule)");
    }
}

class Shop
{
    /** @var int[] */
    public static $all = [1];

    public static function isFeatureActive(): bool
    {
        return count(self::$all) > 1;
    }

    public static function getShops(): array
    {
        return self::$all;
    }
}

class Language
{
    public static function getLanguages(): array
    {
        return [['iso_code' => 'en', 'id_lang' => 1], ['iso_code' => 'fr', 'id_lang' => 2]];
    }
}

class Currency
{
    public static function getIdByIsoCode(string $code): int
    {
        return $code === 'EUR' ? 1 : 0;
    }
}

class Tools
{
    public static function getValue(string $name)
    {
        return false;
    }
}

class Validate
{
    public static function isLoadedObject($object): bool
    {
        return is_object($object) && $object->id > 0;
    }

    public static function isCleanHtml(string $text): bool
    {
        return !preg_match('/<\s*script|script\s*:|onload\b/i', $text);
    }

    public static function isEmail(string $text): bool
    {
        return (bool) filter_var($text, FILTER_VALIDATE_EMAIL);
    }
}

class FrontController
{
    public $ajax = false;
}

class ModuleFrontController extends FrontController
{
    /** @var ?PaymentModule */
    public $module;
}

class PaymentModule
{
}

/** The module, of which the parts ask for words alone. */
class Parrain
{
    public function said(string $text, array $values = []): string
    {
        return strtr($text, array_map('strval', $values));
    }
}

class Link
{
    public function getModuleLink(string $module, string $page): string
    {
        return "https://shop.example/module/$module/$page";
    }
}

class PrestaShopException extends Exception
{
}

class Context
{
    public $cart;
    public $cookie;
    public $controller;
    public $customer;
    public $language;
    public $link;

    public static function getContext(): self
    {
        static $one;
        return $one = $one ?? new self();
    }
}

/** An account of the shop, or a guest. */
class Customer
{
    /** @var array<int, array{0: string, 1: bool}> Addresses, and whether they are guests'. */
    public static $known = [];

    /** @var int */
    public $id = 0;

    public function __construct(int $id = 0)
    {
        $this->id = isset(self::$known[$id]) ? $id : 0;
    }

    public function getByEmail(string $email): bool
    {
        foreach (self::$known as $id => list($address)) {
            if ($address === $email) {
                $this->id = $id;
            }
        }
        return $this->id > 0;
    }

    public function isGuest(): bool
    {
        return self::$known[$this->id][1];
    }
}

/** A voucher: what was set on it is kept by its id. */
class CartRule
{
    /** @var array<int, array<string, mixed>> */
    public static $kept = [];

    /** @var bool Whether PrestaShop finds what is to be kept invalid. */
    public static $refuses = false;

    /** @var int How many were made: ids are not used again. */
    private static $made = 0;

    /** @var int */
    public $id = 0;

    /** @var array<string, mixed> */
    private $set = [];

    public function __construct(int $id = 0)
    {
        if (isset(self::$kept[$id])) {
            $this->id = $id;
            $this->set = self::$kept[$id];
        }
    }

    public function __get(string $name)
    {
        return $this->set[$name] ?? null;
    }

    public function __set(string $name, $value): void
    {
        $this->set[$name] = $value;
    }

    public static function getIdByCode(string $code): int
    {
        foreach (self::$kept as $id => $set) {
            if (strcasecmp($set['code'], $code) === 0) {
                return $id;
            }
        }
        return 0;
    }

    public function checkValidity(): bool
    {
        return true;
    }

    public function add(): bool
    {
        $this->id = $this->id ?: 100 + self::$made++;
        self::$kept[$this->id] = $this->set;
        Db::getInstance()->execute("DELETE FROM px_cart_rule WHERE id_cart_rule = {$this->id}");
        Db::getInstance()->execute("INSERT INTO px_cart_rule VALUES ({$this->id}, '{$this->set['code']}', " . (int) $this->set['active'] . ')');
        return true;
    }

    public function delete(): bool
    {
        unset(self::$kept[$this->id]);
        return true;
    }

    public function save(): bool
    {
        if (self::$refuses) {
            throw new PrestaShopException('Property CartRule->name is not valid');
        }
        return $this->add();
    }

    public function update(): bool
    {
        return $this->add();
    }
}
