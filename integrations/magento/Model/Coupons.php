<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Catalog\Api\ProductRepositoryInterface;
use Magento\Customer\Model\ResourceModel\Group\CollectionFactory as Groups;
use Magento\Framework\Exception\AlreadyExistsException;
use Magento\Framework\Exception\LocalizedException;
use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Framework\Phrase;
use Magento\SalesRule\Api\CouponRepositoryInterface;
use Magento\SalesRule\Api\Data\ConditionInterface;
use Magento\SalesRule\Api\Data\ConditionInterfaceFactory;
use Magento\SalesRule\Api\Data\CouponInterface;
use Magento\SalesRule\Api\Data\CouponInterfaceFactory;
use Magento\SalesRule\Api\Data\RuleInterface;
use Magento\SalesRule\Api\Data\RuleInterfaceFactory;
use Magento\SalesRule\Api\Data\RuleLabelInterfaceFactory;
use Magento\SalesRule\Api\RuleRepositoryInterface;
use Magento\SalesRule\Model\Rule;
use Magento\SalesRule\Model\Rule\Condition\Address;
use Magento\SalesRule\Model\Rule\Condition\Combine;
use Magento\SalesRule\Model\Rule\Condition\Product;
use Magento\SalesRule\Model\Rule\Condition\Product\Combine as ProductCombine;
use Magento\Store\Model\App\Emulation;

/**
 * Makes coupons: one cart price rule for all that give the same under the same conditions, and a coupon of it for each code.
 *
 * A coupon of the shop's own by the same code is never touched.
 */
final class Coupons
{
    /** The kinds of coupons that are made here. */
    public const GIFT = 'gift';
    public const REWARD = 'reward';

    /**
     * Free shipping of the goods, by the number that Magento keeps for it. The other number, of the whole basket, makes no rate
     * free: it lets in Magento's own free way of shipping, which most shops have switched off.
     */
    private const FREE_SHIPPING = '1';

    /** How many seconds a day has: a rule ends on a day of the shop's own time. */
    private const DAY = 86400;

    /** For how many seconds a reward that was spent whole is kept: an order that is cancelled within them gives it back. */
    private const KEPT = 180 * self::DAY;

    /** @var ?array<int, array{kind: string, shop: int}> Our rules, read once. */
    private ?array $rules = null;

    /** @var array<string, ?array<string, mixed>> What was found of codes. */
    private array $found = [];

    public function __construct(
        private readonly MagentoDatabase $database,
        private readonly Shops $shops,
        private readonly RuleRepositoryInterface $ruleRepository,
        private readonly RuleInterfaceFactory $ruleFactory,
        private readonly RuleLabelInterfaceFactory $labels,
        private readonly ConditionInterfaceFactory $conditions,
        private readonly CouponRepositoryInterface $couponRepository,
        private readonly CouponInterfaceFactory $couponFactory,
        private readonly Groups $groups,
        private readonly ProductRepositoryInterface $products,
        private readonly Emulation $emulation
    ) {
    }

    /**
     * Whose rule a cart price rule is: its kind and the shop's id, or nothing where it is of the shop's own.
     *
     * @return ?array{kind: string, shop: int}
     */
    public function ofRule(int $rule): ?array
    {
        if ($this->rules === null) {
            $this->rules = [];
            foreach ($this->database->rows('SELECT rule_id, kind, shop_id FROM ' . $this->database->table('parrain_rule'), []) as $row) {
                $this->rules[(int) $row['rule_id']] = ['kind' => (string) $row['kind'], 'shop' => (int) $row['shop_id']];
            }
        }
        return $this->rules[$rule] ?? null;
    }

    /**
     * The coupon of a code, or nothing where there is none. What is of the shop's own has an empty kind.
     *
     * @return ?array<string, mixed> coupon_id, rule_id, code, times_used, kind, shop_id, task, customer_id, worth, terms, is_for_new,
     *     ends_at
     */
    public function find(string $code): ?array
    {
        $code = strtoupper($code);
        if (!array_key_exists($code, $this->found)) {
            $this->found[$code] = $this->database->rows(
                'SELECT c.coupon_id, c.rule_id, c.code, c.times_used, COALESCE(p.kind, \'\') AS kind, p.shop_id, p.task, p.customer_id, p.worth,
                r.terms, r.is_for_new, r.ends_at FROM ' . $this->database->table('salesrule_coupon') . ' c
                LEFT JOIN ' . $this->database->table('parrain_coupon') . ' p ON p.coupon_id = c.coupon_id
                LEFT JOIN ' . $this->database->table('parrain_rule') . ' r ON r.rule_id = c.rule_id
                WHERE c.code = ?',
                [$code]
            )[0] ?? null;
        }
        return $this->found[$code];
    }

    /**
     * Makes the coupon of a code, or changes what it gives, and says whether there is one now.
     *
     * @param string $task by which task it was made; empty for a gift
     * @param int $customer whose it alone is; 0 for everybody's
     * @param int $quote of which basket's order it is the rest; 0 for none
     */
    public function put(Parts $parts, string $kind, Worth $worth, string $code, string $task = '', int $customer = 0, int $quote = 0): bool
    {
        $found = $this->find($code);
        if ($found !== null && $found['kind'] !== $kind) {
            return false;
        }
        $websites = $this->shops->websitesOf($parts, $worth->speaksOfMoney() ? $worth->currency : null);
        if ($websites === []) {
            return false;
        }
        $groups = array_map('intval', $this->groups->create()->getAllIds());
        $mark = hash('sha256', $worth->mark() . json_encode([$websites, $groups]));
        if ($found !== null && $found['terms'] === $mark && (int) $found['shop_id'] === $parts->id) {
            return true;
        }
        $rule = $this->rule($parts, $kind, $worth, $mark, $websites, $groups);
        $this->write($parts, $kind, $worth, $code, $rule, $found, $task, $customer, $quote);
        if ($found !== null && (int) $found['rule_id'] !== $rule) {
            $this->drop((int) $found['rule_id']);
        }
        return true;
    }

    /** Ends the coupon of a code, where it was made here. */
    public function end(string $code): void
    {
        $found = $this->find($code);
        if ($found !== null && $found['kind'] !== '') {
            $this->couponRepository->deleteById((int) $found['coupon_id']);
            $this->forget($code);
            $this->drop((int) $found['rule_id']);
        }
    }

    /**
     * Takes back that Magento counts a coupon as used, where no order that stands has it: Magento does so by itself only where its
     * own service cancelled the order.
     *
     * @param array<string, mixed> $found as found
     */
    public function free(array $found): void
    {
        if ((int) $found['times_used'] > 0) {
            $this->database->run(
                'UPDATE ' . $this->database->table('salesrule_coupon') . ' SET times_used = 0 WHERE coupon_id = ?',
                [(int) $found['coupon_id']]
            );
            $this->forget((string) $found['code']);
        }
    }

    /** Whether the shop sells a product of a number. */
    public function hasProduct(string $sku): bool
    {
        try {
            return $sku !== '' && $this->products->get($sku)->getId() > 0;
        } catch (NoSuchEntityException $none) {
            return false;
        }
    }

    /**
     * The coupons of an account, the newest first.
     *
     * @return array<array<string, mixed>> code and worth
     */
    public function ofCustomer(int $customer): array
    {
        return $this->database->rows(
            'SELECT c.code, p.worth FROM ' . $this->database->table('parrain_coupon') . ' p
            JOIN ' . $this->database->table('salesrule_coupon') . " c ON c.coupon_id = p.coupon_id
            WHERE p.customer_id = ? AND p.kind = 'reward' ORDER BY c.coupon_id DESC LIMIT 50",
            [$customer]
        );
    }

    /**
     * The codes of a reward and of its rests, the reward's first.
     *
     * @return string[]
     */
    public function codesOf(string $task): array
    {
        return array_column($this->database->rows(
            'SELECT c.code FROM ' . $this->database->table('parrain_coupon') . ' p
            JOIN ' . $this->database->table('salesrule_coupon') . " c ON c.coupon_id = p.coupon_id
            WHERE p.task = ? AND p.kind = 'reward' ORDER BY p.quote_id <> 0, c.coupon_id",
            [$task]
        ), 'code');
    }

    /**
     * What the order of a basket left of a reward, or nothing.
     *
     * @return ?array<string, mixed> as found
     */
    public function restOf(string $task, int $quote): ?array
    {
        $rows = $this->database->rows(
            'SELECT c.code FROM ' . $this->database->table('parrain_coupon') . ' p
            JOIN ' . $this->database->table('salesrule_coupon') . ' c ON c.coupon_id = p.coupon_id
            WHERE p.task = ? AND p.quote_id = ? LIMIT 1',
            [$task, $quote]
        );
        return $rows === [] || $quote === 0 ? null : $this->find((string) $rows[0]['code']);
    }

    /** Ends the coupons of rewards that were spent whole long ago: each rest has a rule of its own. */
    public function endSpent(Parts $parts): void
    {
        $orders = $this->database->table('sales_order');
        $coupons = $this->database->table('salesrule_coupon');
        $ours = $this->database->table('parrain_coupon');
        $spent = $this->database->rows(
            "SELECT c.code FROM $ours p JOIN $coupons c ON c.coupon_id = p.coupon_id WHERE p.kind = 'reward' AND p.shop_id = ? AND NOT EXISTS (
                SELECT 1 FROM $ours q JOIN $coupons d ON d.coupon_id = q.coupon_id WHERE q.task = p.task AND NOT EXISTS (
                    SELECT 1 FROM $orders o WHERE o.coupon_code = d.code AND o.state <> 'canceled' AND o.created_at < ?
                )
            ) ORDER BY p.task LIMIT 100",
            [$parts->id, gmdate('Y-m-d H:i:s', time() - self::KEPT)]
        );
        foreach ($spent as $one) {
            $this->end((string) $one['code']);
        }
    }

    /** Removes all gifts, with their rules. Rewards are their customers'. */
    public function removeGifts(): void
    {
        $rules = $this->database->rows(
            'SELECT rule_id FROM ' . $this->database->table('parrain_rule') . ' WHERE kind = ?',
            [self::GIFT]
        );
        foreach ($rules as $rule) {
            $this->delete((int) $rule['rule_id']);
        }
    }

    /**
     * The rule of all coupons of a worth, made where there is none.
     *
     * @param int[] $websites
     * @param int[] $groups
     */
    private function rule(Parts $parts, string $kind, Worth $worth, string $mark, array $websites, array $groups): int
    {
        $known = $this->ruleOf($parts, $kind, $mark);
        if ($known !== null) {
            return $known;
        }
        // Where its owner deleted the rule or switched it off, another takes its place.
        $this->database->run(
            'DELETE FROM ' . $this->database->table('parrain_rule') . ' WHERE shop_id = ? AND kind = ? AND terms = ?
            AND rule_id NOT IN (SELECT rule_id FROM ' . $this->database->table('salesrule') . ' WHERE is_active = 1)',
            [$parts->id, $kind, $mark]
        );
        $made = (int) $this->ruleRepository->save($this->filled($worth, $websites, $groups))->getRuleId();
        $isOurs = $this->database->run(
            'INSERT IGNORE INTO ' . $this->database->table('parrain_rule') . ' (rule_id, shop_id, kind, terms, is_for_new, ends_at)
            VALUES (?, ?, ?, ?, ?, ?)',
            [$made, $parts->id, $kind, $mark, (int) $worth->isForNew, $worth->endsAt]
        ) > 0;
        if (!$isOurs) {
            // Another request made one at the same moment.
            $this->delete($made);
            $made = (int) $this->ruleOf($parts, $kind, $mark);
        }
        $this->rules = null;
        return $made;
    }

    private function ruleOf(Parts $parts, string $kind, string $mark): ?int
    {
        $rows = $this->database->rows(
            'SELECT r.rule_id FROM ' . $this->database->table('parrain_rule') . ' r
            JOIN ' . $this->database->table('salesrule') . ' s ON s.rule_id = r.rule_id AND s.is_active = 1
            WHERE r.shop_id = ? AND r.kind = ? AND r.terms = ?',
            [$parts->id, $kind, $mark]
        );
        return $rows === [] ? null : (int) $rows[0]['rule_id'];
    }

    /**
     * A rule of a worth.
     *
     * @param int[] $websites
     * @param int[] $groups
     */
    private function filled(Worth $worth, array $websites, array $groups): RuleInterface
    {
        $rule = $this->ruleFactory->create();
        $rule->setName('Parrain: ' . $worth->title . ' (' . implode(' ', array_filter([
            $worth->kind,
            $worth->isMoney() ? $worth->amount . ' ' . $worth->currency : '',
            $worth->kind === 'percent_off' ? $worth->percent . ' %' : '',
            $worth->sku,
        ])) . ')');
        $rule->setDescription('');
        $rule->setWebsiteIds($websites);
        $rule->setCustomerGroupIds($groups);
        $rule->setIsActive(true);
        $rule->setIsAdvanced(true);
        $rule->setStopRulesProcessing(false);
        $rule->setSortOrder(0);
        $rule->setCouponType(RuleInterface::COUPON_TYPE_SPECIFIC_COUPON);
        $rule->setUseAutoGeneration(true);
        $rule->setUsesPerCoupon($worth->perCoupon);
        // Who is a new customer is told by their orders, guests' among them, and not by Magento's count of accounts.
        $rule->setUsesPerCustomer(0);
        $rule->setStoreLabels($this->labelled($worth->title));
        if ($worth->endsAt !== null) {
            $rule->setToDate(gmdate('Y-m-d', $worth->endsAt + self::DAY));
        }
        $rule->setSimpleAction(Rule::BY_PERCENT_ACTION);
        $rule->setDiscountAmount('0');
        if ($worth->isMoney()) {
            $rule->setSimpleAction(Rule::CART_FIXED_ACTION);
            $rule->setDiscountAmount($worth->amount);
        } elseif ($worth->kind === 'percent_off') {
            $rule->setDiscountAmount($worth->percent);
        } elseif ($worth->kind === 'free_shipping') {
            $rule->setSimpleFreeShipping(self::FREE_SHIPPING);
        } elseif ($worth->kind === 'free_product' && $this->hasProduct($worth->sku)) {
            $rule->setDiscountAmount('100');
            $rule->setDiscountQty(1);
            $rule->setActionCondition($this->all(ProductCombine::class, [$this->condition(Product::class, 'sku', '==', $worth->sku)]));
        }
        if ($worth->minimum !== '0') {
            $rule->setCondition($this->all(Combine::class, [
                $this->condition(Address::class, 'base_subtotal_total_incl_tax', '>=', $worth->minimum),
            ]));
        }
        return $rule;
    }

    /** @param ConditionInterface[] $conditions */
    private function all(string $type, array $conditions): ConditionInterface
    {
        $all = $this->conditions->create();
        $all->setConditionType($type);
        $all->setAggregatorType('all');
        $all->setValue('1');
        $all->setConditions($conditions);
        return $all;
    }

    private function condition(string $type, string $attribute, string $operator, string $value): ConditionInterface
    {
        $one = $this->conditions->create();
        $one->setConditionType($type);
        $one->setAttributeName($attribute);
        $one->setOperator($operator);
        $one->setValue($value);
        return $one;
    }

    /**
     * What a basket calls it, in the language of each store view.
     *
     * @return \Magento\SalesRule\Api\Data\RuleLabelInterface[]
     */
    private function labelled(string $title): array
    {
        $labels = [];
        foreach ($this->shops->allStores() as $store) {
            $this->emulation->startEnvironmentEmulation($store, 'frontend', true);
            try {
                $words = (string) new Phrase($title);
            } finally {
                $this->emulation->stopEnvironmentEmulation();
            }
            $label = $this->labels->create();
            $label->setStoreId($store);
            $label->setStoreLabel($words);
            $labels[] = $label;
        }
        return $labels;
    }

    /** @param ?array<string, mixed> $found */
    private function write(
        Parts $parts,
        string $kind,
        Worth $worth,
        string $code,
        int $rule,
        ?array $found,
        string $task,
        int $customer,
        int $quote
    ): void {
        $coupon = $found === null ? $this->couponFactory->create() : $this->couponRepository->getById((int) $found['coupon_id']);
        $coupon->setRuleId($rule);
        $coupon->setCode($code);
        $coupon->setType(CouponInterface::TYPE_GENERATED);
        $coupon->setIsPrimary(false);
        try {
            // A coupon without its row here would be taken for one of the shop's own.
            $this->database->atOnce(function () use ($parts, $kind, $worth, $coupon, $task, $customer, $quote): void {
                $id = (int) $this->couponRepository->save($coupon)->getCouponId();
                $this->database->run(
                    'INSERT INTO ' . $this->database->table('parrain_coupon') . ' (coupon_id, kind, shop_id, task, customer_id, quote_id, worth)
                    VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE shop_id = VALUES(shop_id), worth = VALUES(worth)',
                    [$id, $kind, $parts->id, mb_substr($task, 0, 190), $customer, $quote, mb_substr($worth->kept(), 0, 255)]
                );
            });
        } catch (AlreadyExistsException $other) {
            // Another request made it at the same moment, with its row.
            unset($other);
        }
        $this->forget($code);
    }

    /** Removes a rule that has no coupon any more. */
    private function drop(int $rule): void
    {
        $rows = $this->database->rows('SELECT 1 FROM ' . $this->database->table('salesrule_coupon') . ' WHERE rule_id = ? LIMIT 1', [$rule]);
        if ($rows === []) {
            $this->delete($rule);
        }
    }

    private function delete(int $rule): void
    {
        try {
            $this->ruleRepository->deleteById($rule);
        } catch (LocalizedException $gone) {
            // Its owner removed it, which is what was asked for.
            unset($gone);
        }
        $this->database->run('DELETE FROM ' . $this->database->table('parrain_rule') . ' WHERE rule_id = ?', [$rule]);
        $this->rules = null;
        $this->found = [];
    }

    private function forget(string $code): void
    {
        unset($this->found[strtoupper($code)]);
    }
}
