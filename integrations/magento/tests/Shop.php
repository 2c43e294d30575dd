<?php

namespace Parrain\Referral\Tests;

use Magento\Backend\Model\Session\Quote as AdminSession;
use Magento\Catalog\Model\ResourceModel\Category\CollectionFactory as Categories;
use Magento\Customer\Model\ResourceModel\Group\CollectionFactory as Groups;
use Magento\Framework\App\Request\Http as Request;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\App\State;
use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Quote\Model\Quote;
use Magento\SalesRule\Api\Data\ConditionInterfaceFactory;
use Magento\SalesRule\Api\Data\Coupon;
use Magento\SalesRule\Api\Data\CouponInterfaceFactory;
use Magento\SalesRule\Api\Data\Rule;
use Magento\SalesRule\Api\Data\RuleInterfaceFactory;
use Magento\SalesRule\Api\Data\RuleLabelInterfaceFactory;
use Magento\Store\Model\App\Emulation;
use Parrain\Referral\Model\Checks;
use Parrain\Referral\Model\Choices;
use Parrain\Referral\Model\Coupons;
use Parrain\Referral\Model\Customers;
use Parrain\Referral\Model\Gift;
use Parrain\Referral\Model\History;
use Parrain\Referral\Model\Installation;
use Parrain\Referral\Model\MagentoCache;
use Parrain\Referral\Model\MagentoDatabase;
use Parrain\Referral\Model\OrderEvents;
use Parrain\Referral\Model\OrderFacts;
use Parrain\Referral\Model\Parts;
use Parrain\Referral\Model\Rests;
use Parrain\Referral\Model\Rewards;
use Parrain\Referral\Model\RewardsFactory;
use Parrain\Referral\Model\Safely;
use Parrain\Referral\Model\Schedule;
use Parrain\Referral\Model\SettingsPage;
use Parrain\Referral\Model\Shops;
use Parrain\Referral\Model\Tag;
use Parrain\Referral\Model\Visit;
use Parrain\Referral\Setup\Uninstall;
use Parrain\Shared\Answer;
use Parrain\Shared\Connection;
use Parrain\Shared\Tests\TalkingHttp;

/**
 * A shop of two websites with the module's parts put together as Magento does it: store views 1 and 2 are of the first, which
 * counts in euros, 3 of the second, which counts in dollars.
 */
final class Shop
{
    public const WEBSITES = [1 => 1, 2 => 1, 3 => 2];

    public MagentoDatabase $database;
    public Shops $shops;
    public Visit $visit;
    public Customers $customers;
    public Coupons $coupons;
    public Gift $gift;
    public Request $request;
    public State $state;
    public TalkingHttp $edge;

    /** Which order is edited in the admin. */
    public AdminSession $edited;

    /** @var array<string, string> The browser's. */
    public array $cookies = [];

    /** @var array<string, mixed> Stores, Configuration. */
    public array $config = [];

    /** @var array<int, Rule> The cart price rules. */
    public array $rules = [];

    /** @var array<string, mixed>|null What the edge says of a code; nothing where it is down. */
    public ?array $offer = null;

    /** @var array<int, string> Accounts: addresses by ids. */
    public array $accounts = [8 => 'anna@example.com'];

    /** @var string[] What the shop sells. */
    public array $skus = ['MUG-1'];

    /** @var array<string, string> */
    private array $cached = [];

    public function __construct()
    {
        Tables::open();
        $this->edited = new AdminSession();
        $this->edge = new TalkingHttp(fn (): ?Answer => $this->offer === null ? null : new Answer(200, [], (string) json_encode($this->offer)));
        $this->again();
    }

    /** Another request: nothing is known but what was kept. */
    public function again(): void
    {
        $this->database = new MagentoDatabase(new ResourceConnection());
        $this->customers = new Customers($this->database);
        $this->shops = new Shops($this->database, $this->cache(), $this->facts(), new Service([
            'encrypt' => static fn (string $text): string => strrev($text), 'decrypt' => static fn (string $text): string => strrev($text),
        ]), $this->stores(), $this->edge);
        $this->visit = new Visit($this->database, new Service([
            'getCookie' => fn (string $name, $otherwise) => $this->cookies[$name] ?? $otherwise,
        ]));
        $this->coupons = new Coupons(
            $this->database,
            $this->shops,
            $this->ruleRepository(),
            new RuleInterfaceFactory(),
            new RuleLabelInterfaceFactory(),
            new ConditionInterfaceFactory(),
            $this->couponRepository(),
            new CouponInterfaceFactory(),
            new Groups(),
            new Service(['get' => fn (string $sku): Bag => in_array($sku, $this->skus, true) ? new Bag(['id' => 1]) : throw new NoSuchEntityException(__('no'))]),
            new Emulation()
        );
        $this->request = new Request();
        $this->state = new State();
        $this->gift = new Gift(
            $this->shops,
            $this->coupons,
            $this->visit,
            $this->customers,
            new Service(['save' => static fn () => null]),
            new Service(['format' => static fn ($amount, $html, $digits, $store, $currency): string => "$amount $currency"]),
            $this->request,
            $this->state,
            $this->edited
        );
    }

    public function facts(): OrderFacts
    {
        return new OrderFacts($this->database, $this->customers, new Categories());
    }

    public function events(): OrderEvents
    {
        return new OrderEvents($this->database, $this->shops);
    }

    public function history(): History
    {
        return new History($this->database, $this->shops);
    }

    public function checks(): Checks
    {
        return new Checks($this->shops, $this->stores());
    }

    public function page(): SettingsPage
    {
        return new SettingsPage($this->shops, $this->checks(), $this->history(), $this->stores());
    }

    public function rests(): Rests
    {
        return new Rests($this->shops, $this->coupons, $this->customers);
    }

    public function rewards(Parts $parts): Rewards
    {
        return new Rewards($this->shops, $this->coupons, $this->customers, new Service([
            'getById' => fn (int $id): Account => isset($this->accounts[$id]) ? new Account($id, $this->accounts[$id]) : throw new NoSuchEntityException(__('no')),
            'get' => function (string $email): Account {
                $id = array_search($email, $this->accounts, true);
                return $id !== false ? new Account($id, $email) : throw new NoSuchEntityException(__('no'));
            },
        ]), $parts);
    }

    /** @param string[] $log */
    public function schedule(array &$log): Schedule
    {
        return new Schedule($this->shops, $this->history(), $this->coupons, new RewardsFactory(fn (array $with): Rewards => $this->rewards($with['parts'])), new Safely($this->logger($log)));
    }

    /** @param string[] $log */
    public function uninstall(array &$log): Uninstall
    {
        return new Uninstall(new Installation($this->database, $this->shops, $this->coupons), $this->logger($log));
    }

    public function tag(): Tag
    {
        return new Tag($this->shops, $this->choices(), $this->customers);
    }

    public function choices(): Choices
    {
        return new Choices(new Service([
            'getValue' => fn (string $path) => $this->config[$path] ?? null,
            'isSetFlag' => fn (string $path): bool => !empty($this->config[$path]),
        ]));
    }

    /** Connects a scope to a shop of the edge. */
    public function connect(string $scope = 'default', int $id = 0, string $shop = 'demo'): Parts
    {
        return $this->shops->keep($scope, $id, Connection::of('https://edge.example', [
            'shop' => $shop, 'event_secret' => 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'identity_key' => 'key', 'module_token' => 'token',
        ]));
    }

    /** A basket in which Magento holds a coupon to its rule: its coupon, its minimum, and what the module allows. */
    public function quote(int $id, array $data = []): Quote
    {
        $quote = new Quote(['id' => $id] + $data);
        $quote->totals = function (Quote $quote): void {
            $this->gift->follow($quote);
            $rule = $this->ruleOf((string) $quote->getCouponCode());
            $minimum = $rule?->getCondition()?->getConditions()[0]->getValue() ?? '0';
            $address = $quote->getShippingAddress();
            $uses = (int) (Tables::row('SELECT times_used FROM px_salesrule_coupon WHERE rule_id = ' . (int) $rule?->getRuleId())['times_used'] ?? 0);
            $isValid = $rule !== null && ($rule->getUsesPerCoupon() === 0 || $uses < $rule->getUsesPerCoupon())
                && (float) $address->getBaseSubtotalTotalInclTax() >= (float) $minimum
                && $this->gift->allows((int) $rule->getRuleId(), $address);
            $quote->setCouponCode($isValid ? $quote->getCouponCode() : '');
            $this->gift->see($quote);
        };
        return $quote;
    }

    /** The rule of a coupon. */
    public function ruleOf(string $code): ?Rule
    {
        $row = $code === '' ? null : Tables::row("SELECT rule_id FROM px_salesrule_coupon WHERE code = '" . str_replace("'", "''", $code) . "'");
        return $row === null ? null : $this->rules[(int) $row['rule_id']] ?? null;
    }

    /** A coupon that the shop's owner made by hand. */
    public function ownCoupon(string $code): void
    {
        $this->rules[99] = new Rule(['rule_id' => 99]);
        Tables::$pdo->exec("INSERT INTO px_salesrule VALUES (99, 1); INSERT INTO px_salesrule_coupon (rule_id, code) VALUES (99, '$code')");
    }

    /** An order of a basket. */
    public function order(int $id, string $coupon, string $email, int $customer = 0, string $state = 'new'): void
    {
        Tables::$pdo->prepare('INSERT INTO px_sales_order (entity_id, state, store_id, quote_id, customer_id, customer_email, coupon_code) VALUES (?, ?, 1, ?, ?, ?, ?)')
            ->execute([$id, $state, $id + 1000, $customer, $email, $coupon]);
    }

    /** @param string[] $log */
    private function logger(array &$log): Service
    {
        $write = static function (string $line) use (&$log): void {
            $log[] = $line;
        };
        return new Service(['error' => $write, 'warning' => $write]);
    }

    private function cache(): MagentoCache
    {
        return new MagentoCache(new Service([
            'load' => fn (string $name) => $this->cached[$name] ?? false,
            'save' => function (string $text, string $name): void {
                $this->cached[$name] = $text;
            },
        ]));
    }

    private function stores(): Service
    {
        $store = static fn ($id = null): Bag => new Bag([
            'id' => (int) ($id ?? 1), 'website_id' => self::WEBSITES[(int) ($id ?? 1)], 'base_url' => 'https://shop.example/',
        ]);
        return new Service([
            'getStores' => static fn (): array => array_fill_keys(array_keys(self::WEBSITES), null),
            'getStore' => $store,
            'getWebsite' => static fn ($id = null): Bag => new Bag([
                'id' => (int) ($id ?? 1), 'base_currency_code' => (int) ($id ?? 1) === 1 ? 'EUR' : 'USD', 'default_store' => $store((int) ($id ?? 1) === 1 ? 1 : 3),
            ]),
        ]);
    }

    private function ruleRepository(): Service
    {
        return new Service([
            'save' => function (Rule $rule): Rule {
                Tables::$pdo->exec('INSERT INTO px_salesrule (is_active) VALUES (1)');
                $rule->setRuleId((int) Tables::$pdo->lastInsertId());
                return $this->rules[$rule->getRuleId()] = $rule;
            },
            'deleteById' => function (int $id): void {
                unset($this->rules[$id]);
                // As the foreign keys do.
                Tables::$pdo->exec("DELETE FROM px_salesrule WHERE rule_id = $id;
                    DELETE FROM px_parrain_coupon WHERE coupon_id IN (SELECT coupon_id FROM px_salesrule_coupon WHERE rule_id = $id);
                    DELETE FROM px_salesrule_coupon WHERE rule_id = $id");
            },
        ]);
    }

    private function couponRepository(): Service
    {
        return new Service([
            'save' => function (Coupon $coupon): Coupon {
                if ($coupon->getCouponId() === null) {
                    Tables::$pdo->prepare('INSERT INTO px_salesrule_coupon (rule_id, code, type) VALUES (?, ?, ?)')
                        ->execute([$coupon->getRuleId(), $coupon->getCode(), $coupon->getType()]);
                    return $coupon->setCouponId((int) Tables::$pdo->lastInsertId());
                }
                Tables::$pdo->prepare('UPDATE px_salesrule_coupon SET rule_id = ? WHERE coupon_id = ?')->execute([$coupon->getRuleId(), $coupon->getCouponId()]);
                return $coupon;
            },
            'getById' => static fn (int $id): Coupon => new Coupon(Tables::row("SELECT * FROM px_salesrule_coupon WHERE coupon_id = $id")),
            'deleteById' => static function (int $id): void {
                Tables::$pdo->exec("DELETE FROM px_salesrule_coupon WHERE coupon_id = $id; DELETE FROM px_parrain_coupon WHERE coupon_id = $id");
            },
        ]);
    }
}

/** An account. */
final class Account extends Bag implements \Magento\Customer\Api\Data\CustomerInterface
{
    public function __construct(int $id, string $email)
    {
        parent::__construct(['id' => $id, 'email' => $email, 'firstname' => 'Anna']);
    }
}
