<?php

// Stand-ins for what the module asks of Magento: its tables hold the rows that recorded/ has of a real shop, in a database in
// memory, and its classes do the least that the module needs of them, as it was seen there.

namespace Parrain\Referral\Tests {

    /** An object of Magento's whose data is got and set by name. */
    class Bag
    {
        /** @var array<string, mixed> */
        public $data = [];

        public function __construct(array $data = [])
        {
            $this->data = $data;
        }

        public function __call(string $name, array $values)
        {
            $key = strtolower((string) preg_replace('/(?<!^)[A-Z]/', '_$0', substr($name, 3)));
            if (strpos($name, 'set') === 0) {
                $this->data[$key] = $values[0];
                return $this;
            }
            return $this->data[$key] ?? null;
        }
    }

    /** The shop's tables. */
    final class Tables
    {
        /** @var \PDO */
        public static $pdo;

        /** The categories that were recorded. */
        public static array $categories = [];

        /** A database with the recorded rows, Magento's empty tables, and the module's own by its schema. */
        public static function open(): void
        {
            self::$pdo = new \PDO('sqlite::memory:');
            self::$pdo->setAttribute(\PDO::ATTR_ERRMODE, \PDO::ERRMODE_EXCEPTION);
            $recorded = json_decode((string) file_get_contents(__DIR__ . '/recorded/orders-with-memos.json'), true);
            self::$categories = $recorded['categories'];
            self::ours();
            foreach ($recorded['rows'] as $table => $rows) {
                $columns = array_keys($rows[0]);
                if ($table !== 'parrain_order') {
                    // Numbers are compared as numbers: what Magento keeps as such, it hands out as text all the same.
                    self::$pdo->exec("CREATE TABLE px_$table (" . implode(', ', array_map(static function (string $column): string {
                        return $column . (preg_match('/^(?!increment).*_id$|^state$/', $column) ? ' NUMERIC' : ' TEXT');
                    }, $columns)) . ')');
                }
                foreach ($rows as $row) {
                    $marks = implode(', ', array_fill(0, count($columns), '?'));
                    self::$pdo->prepare("INSERT INTO px_$table (" . implode(', ', $columns) . ") VALUES ($marks)")->execute(array_values($row));
                }
            }
            self::$pdo->exec('CREATE TABLE px_salesrule (rule_id INTEGER PRIMARY KEY, is_active INTEGER);
                CREATE TABLE px_salesrule_coupon (coupon_id INTEGER PRIMARY KEY, rule_id INTEGER, code TEXT UNIQUE COLLATE NOCASE, type INTEGER,
                times_used INTEGER DEFAULT 0); CREATE TABLE px_core_config_data (path TEXT); CREATE TABLE px_cron_schedule (job_code TEXT);
                CREATE TABLE px_authorization_rule (resource_id TEXT)');
        }

        /** A first row, by a query without values. */
        public static function row(string $sql): ?array
        {
            return self::$pdo->query($sql)->fetch(\PDO::FETCH_ASSOC) ?: null;
        }

        private static function ours(): void
        {
            foreach (simplexml_load_file(__DIR__ . '/../etc/db_schema.xml')->table as $table) {
                $parts = [];
                foreach ($table->column as $column) {
                    $isId = (string) $column['identity'] === 'true';
                    $parts[] = $column['name'] . ($isId ? ' INTEGER PRIMARY KEY' : (strpos((string) $column->attributes('xsi', true)['type'], 'int') !== false ? ' INTEGER' : ' TEXT'));
                }
                foreach ($table->constraint as $constraint) {
                    $names = [];
                    foreach ($constraint->column as $column) {
                        $names[] = (string) $column['name'];
                    }
                    // A number that is given by itself is unique already; what leans on another table has no columns here.
                    if ($names !== [] && !in_array($names[0] . ' INTEGER PRIMARY KEY', $parts, true)) {
                        $parts[] = 'UNIQUE (' . implode(', ', $names) . ')';
                    }
                }
                if ($parts !== []) {
                    self::$pdo->exec('CREATE TABLE px_' . $table['name'] . ' (' . implode(', ', $parts) . ')');
                }
            }
        }
    }
}

namespace {

    function __($text, ...$values): \Magento\Framework\Phrase
    {
        return new \Magento\Framework\Phrase($text, $values);
    }
}

namespace Magento\Framework {

    class Phrase
    {
        public function __construct(private string $text, private array $values = [])
        {
        }

        public function __toString(): string
        {
            $marks = array_map(static fn (int $at): string => '%' . ($at + 1), array_keys($this->values));
            return strtr($this->text, array_combine($marks, array_map('strval', $this->values)));
        }
    }
}

namespace Magento\Framework\App {

    use Parrain\Referral\Tests\Tables;

    class ResourceConnection
    {
        public function getConnection(): self
        {
            return $this;
        }

        public function getTableName(string $name): string
        {
            return 'px_' . $name;
        }

        /** Of a dialect that differs from MySQL's in some words. */
        public function query(string $sql, array $values): \PDOStatement
        {
            $sql = str_replace(['INSERT IGNORE', 'ON DUPLICATE KEY UPDATE'], ['INSERT OR IGNORE', 'ON CONFLICT DO UPDATE SET'], $sql);
            $statement = Tables::$pdo->prepare((string) preg_replace('/= VALUES\((\w+)\)/', '= excluded.$1', $sql));
            $statement->execute($values);
            return $statement;
        }

        public function beginTransaction(): void
        {
            Tables::$pdo->beginTransaction();
        }

        public function commit(): void
        {
            Tables::$pdo->commit();
        }

        public function rollBack(): void
        {
            Tables::$pdo->rollBack();
        }

        public function fetchAll(string $sql, array $values): array
        {
            return $this->query($sql, $values)->fetchAll(\PDO::FETCH_ASSOC);
        }
    }

    interface CacheInterface
    {
    }

    interface RequestInterface
    {
    }

    class Area
    {
        public const AREA_ADMINHTML = 'adminhtml';
        public const AREA_FRONTEND = 'frontend';
    }

    class State
    {
        public string $area = 'frontend';

        public function getAreaCode(): string
        {
            return $this->area;
        }
    }
}

namespace Magento\Framework\App\Request {

    class Http implements \Magento\Framework\App\RequestInterface
    {
        public string $action = 'checkout_cart_add';

        public function getFullActionName(): string
        {
            return $this->action;
        }
    }
}

namespace Magento\Framework\App\Config {

    interface ScopeConfigInterface
    {
    }
}

namespace Magento\Framework\Encryption {

    interface EncryptorInterface
    {
    }
}

namespace Magento\Framework\Exception {

    class LocalizedException extends \Exception
    {
        public function __construct(\Magento\Framework\Phrase $phrase, ?\Exception $cause = null)
        {
            parent::__construct((string) $phrase, 0, $cause);
        }
    }

    class NoSuchEntityException extends LocalizedException
    {
    }

    class AlreadyExistsException extends LocalizedException
    {
    }
}

namespace Magento\Framework\Event {

    interface ObserverInterface
    {
    }

    class Observer extends \Parrain\Referral\Tests\Bag
    {
        public function getData(string $name)
        {
            return $this->data[$name] ?? null;
        }
    }
}

namespace Magento\Framework\Setup {

    interface ModuleContextInterface
    {
    }

    interface SchemaSetupInterface
    {
    }

    interface UninstallInterface
    {
    }

    class Context implements ModuleContextInterface
    {
    }

    /** Tells what is dropped. */
    class Setup implements SchemaSetupInterface
    {
        public function __construct(private $dropped)
        {
        }

        public function getConnection(): self
        {
            return $this;
        }

        public function getTable(string $name): string
        {
            return 'px_' . $name;
        }

        public function getIdxName(string $table, array $columns): string
        {
            return 'by ' . implode(' ', $columns);
        }

        public function dropTable(string $table): void
        {
            ($this->dropped)($table);
        }

        public function dropIndex(string $table, string $name): void
        {
            ($this->dropped)("$table $name");
        }
    }
}

namespace Magento\Framework\Stdlib {

    interface CookieManagerInterface
    {
    }
}

namespace Magento\Framework\Pricing {

    interface PriceCurrencyInterface
    {
        public const DEFAULT_PRECISION = 2;
    }
}

namespace Magento\Backend\Model\Session {

    class Quote extends \Parrain\Referral\Tests\Bag
    {
    }
}

namespace Magento\Store\Model {

    interface StoreManagerInterface
    {
    }

    interface ScopeInterface
    {
        public const SCOPE_STORE = 'store';
    }
}

namespace Magento\Store\Model\App {

    class Emulation
    {
        public function startEnvironmentEmulation(): void
        {
        }

        public function stopEnvironmentEmulation(): void
        {
        }
    }
}

namespace Magento\Catalog\Api {

    interface ProductRepositoryInterface
    {
    }
}

namespace Magento\Catalog\Model\ResourceModel\Category {

    use Parrain\Referral\Tests\Bag;
    use Parrain\Referral\Tests\Tables;

    class CollectionFactory
    {
        public function create(): Collection
        {
            return new Collection();
        }
    }

    class Collection implements \IteratorAggregate
    {
        private array $ids = [];

        public function addIdFilter(array $ids): self
        {
            $this->ids = array_map('intval', $ids);
            return $this;
        }

        public function getIterator(): \Iterator
        {
            $found = array_filter(Tables::$categories, fn (array $one): bool => in_array($one['entity_id'], $this->ids, true));
            usort($found, static fn (array $one, array $other): int => [$other['level'], $one['entity_id']] <=> [$one['level'], $other['entity_id']]);
            return new \ArrayIterator(array_map(static fn (array $one) => new class ($one) extends Bag {
                public function getData(string $name)
                {
                    return $this->data[$name];
                }
            }, array_slice($found, 0, 1)));
        }

        public function __call(string $name, array $values): self
        {
            return $this;
        }
    }
}

namespace Magento\Customer\Api {

    interface CustomerRepositoryInterface
    {
    }
}

namespace Magento\Customer\Api\Data {

    interface CustomerInterface
    {
    }
}

namespace Magento\Customer\Model\ResourceModel\Group {

    class CollectionFactory
    {
        public function create(): self
        {
            return $this;
        }

        public function getAllIds(): array
        {
            return ['0', '1'];
        }
    }
}

namespace Magento\SalesRule\Api\Data {

    use Parrain\Referral\Tests\Bag;

    interface RuleInterface
    {
        public const COUPON_TYPE_SPECIFIC_COUPON = 'SPECIFIC_COUPON';
    }

    interface CouponInterface
    {
        public const TYPE_GENERATED = 1;
    }

    interface ConditionInterface
    {
    }

    class Rule extends Bag implements RuleInterface
    {
    }

    class Coupon extends Bag implements CouponInterface
    {
    }

    class Condition extends Bag implements ConditionInterface
    {
    }

    class RuleInterfaceFactory
    {
        public function create(): Rule
        {
            return new Rule();
        }
    }

    class CouponInterfaceFactory
    {
        public function create(): Coupon
        {
            return new Coupon();
        }
    }

    class ConditionInterfaceFactory
    {
        public function create(): Condition
        {
            return new Condition();
        }
    }

    class RuleLabelInterfaceFactory
    {
        public function create(): Bag
        {
            return new Bag();
        }
    }
}

namespace Magento\SalesRule\Api {

    interface RuleRepositoryInterface
    {
    }

    interface CouponRepositoryInterface
    {
    }
}

namespace Magento\SalesRule\Model {

    class Rule
    {
        public const BY_PERCENT_ACTION = 'by_percent';
        public const CART_FIXED_ACTION = 'cart_fixed';
    }
}

namespace Magento\Quote\Api {

    interface CartRepositoryInterface
    {
    }
}

namespace Magento\Quote\Model {

    use Parrain\Referral\Tests\Bag;

    class QuoteManagement
    {
    }

    /** A basket: what its totals come to is the test's, as is what Magento does with its coupon. */
    class Quote extends Bag
    {
        /** @var ?callable What happens when totals are made. */
        public $totals;

        public function getId(): int
        {
            return $this->data['id'];
        }

        public function getStoreId(): int
        {
            return $this->data['store_id'] ?? 1;
        }

        public function hasItems(): bool
        {
            return $this->data['has_items'] ?? true;
        }

        public function isVirtual(): bool
        {
            return false;
        }

        public function getShippingAddress(): Quote\Address
        {
            return $this->data['address'] ??= new Quote\Address($this, ['base_subtotal_total_incl_tax' => '48.0000']);
        }

        public function getBillingAddress(): Quote\Address
        {
            return $this->getShippingAddress();
        }

        public function getAllAddresses(): array
        {
            return $this->data['addresses'] ?? [$this->getShippingAddress()];
        }

        public function collectTotals(): self
        {
            if ($this->totals !== null) {
                ($this->totals)($this);
            }
            return $this;
        }
    }
}

namespace Magento\Quote\Model\Quote {

    class Address extends \Parrain\Referral\Tests\Bag
    {
        public function __construct(private \Magento\Quote\Model\Quote $quote, array $data = [])
        {
            parent::__construct($data);
        }

        public function getQuote(): \Magento\Quote\Model\Quote
        {
            return $this->quote;
        }
    }
}

namespace Magento\Sales\Model {

    class Order extends \Parrain\Referral\Tests\Bag
    {
        public const STATE_CANCELED = 'canceled';
    }
}

namespace Magento\Csp\Api {

    interface PolicyCollectorInterface
    {
    }
}

namespace Magento\Csp\Model\Policy {

    class FetchPolicy
    {
        public function __construct(public string $id, public bool $none = true, public array $hosts = [])
        {
        }
    }
}

namespace Psr\Log {

    interface LoggerInterface
    {
    }
}

namespace Parrain\Referral\Model {

    /** As Magento generates it. */
    class RewardsFactory
    {
        public function __construct(private $maker)
        {
        }

        public function create(array $with): Rewards
        {
            return ($this->maker)($with);
        }
    }
}

namespace Parrain\Referral\Tests {

    /** Any of Magento's services, of which the test says what each method that is called does. */
    final class Service implements
        \Magento\Framework\App\CacheInterface,
        \Magento\Framework\App\Config\ScopeConfigInterface,
        \Magento\Framework\Encryption\EncryptorInterface,
        \Magento\Framework\Pricing\PriceCurrencyInterface,
        \Magento\Framework\Stdlib\CookieManagerInterface,
        \Magento\Store\Model\StoreManagerInterface,
        \Magento\Catalog\Api\ProductRepositoryInterface,
        \Magento\Customer\Api\CustomerRepositoryInterface,
        \Magento\SalesRule\Api\RuleRepositoryInterface,
        \Magento\SalesRule\Api\CouponRepositoryInterface,
        \Magento\Quote\Api\CartRepositoryInterface,
        \Psr\Log\LoggerInterface
    {
        /** @param array<string, callable> $methods */
        public function __construct(private array $methods)
        {
        }

        public function __call(string $name, array $values)
        {
            return $this->methods[$name](...$values);
        }
    }
}
