<?php

namespace Parrain\Referral\Tests;

use Magento\Framework\Event\Observer;
use Magento\Framework\Exception\LocalizedException;
use Magento\Quote\Model\Quote;
use Magento\Quote\Model\Quote\Address;
use Magento\Quote\Model\QuoteManagement;
use Magento\Sales\Model\Order;
use Parrain\Referral\Model\Checks;
use Parrain\Referral\Model\Coupons;
use Parrain\Referral\Model\EdgePolicies;
use Parrain\Referral\Model\Safely;
use Parrain\Referral\Model\Schedule;
use Parrain\Referral\Model\Signups;
use Parrain\Referral\Model\Worth;
use Parrain\Referral\Observer\KeepCode;
use Parrain\Referral\Observer\KeepRest;
use Parrain\Referral\Plugin\HoldOrder;
use Parrain\Shared\Answer;
use Parrain\Shared\CannotDo;
use Parrain\Shared\Connection;
use Parrain\Shared\Entry;
use Parrain\Shared\Task;
use PHPUnit\Framework\TestCase;

/**
 * @runTestsInSeparateProcesses
 * @preserveGlobalState disabled
 */
final class ModuleTest extends TestCase
{
    private const OFFER = [
        'currency' => 'EUR',
        'code' => ['valid' => true, 'code' => 'ZOE-12', 'from' => 'Zoé', 'new_customers_only' => true,
            'friend' => ['reward' => ['kind' => 'percent_off', 'percent' => '10'], 'min_subtotal' => '30.00']],
    ];

    private const REWARD = [
        'id' => 'rw-1', 'kind' => 'reward', 'code' => 'K7PM-4XQD-9RTB', 'customer_id' => '8', 'email' => 'anna@example.com', 'currency' => 'EUR',
        'reward' => ['kind' => 'store_credit', 'amount' => '10.00', 'currency' => 'EUR'],
    ];

    private Shop $shop;

    protected function setUp(): void
    {
        require_once __DIR__ . '/platform.php';
        require_once __DIR__ . '/autoload.php';
        require_once __DIR__ . '/Shop.php';
        $this->shop = new Shop();
    }

    public function testAPaidOrderIsToldByItsGoodsWithoutTheTaxThatADiscountHeld(): void
    {
        // Prices with tax, the discount off them: 4.83 of the 5.79 was of the goods.
        $data = $this->shop->facts()->data('order.paid', ['order' => 12, 'at' => '2026-11-27T07:40:45Z']);
        self::assertSame(['12', '2026-11-27T07:40:45Z', 'EUR'], [$data['order_id'], $data['at'], $data['currency']]);
        self::assertSame(
            ['48.25', '4.83', '15.00', '8.69', '67.11'],
            [$data['subtotal'], $data['discount'], $data['shipping'], $data['tax'], $data['total']]
        );
        self::assertSame(['36.00', '7.42'], array_column($data['lines'], 'total'));
        self::assertSame(['blue-mugs'], array_column($data['lines'], 'category'), 'the deepest, and none for goods of no category');
        self::assertSame([2, 1], array_column($data['lines'], 'quantity'));
        self::assertSame(['ANNA10'], $data['codes']);
        self::assertSame(['link', 'promo_code'], array_column($data['touches'], 'source'));
        self::assertSame(['orders_count' => 1, 'email' => 'f20@example.com'], $data['customer']);
    }

    public function testAnOrderOfThePastIsOfItsFirstInvoice(): void
    {
        self::assertSame('2026-11-27T07:28:59Z', $this->shop->facts()->data('order.paid', ['order' => 1])['at']);
    }

    public function testWhatWasCancelledOfAnOrderIsNotToldOfIt(): void
    {
        $data = $this->shop->facts()->data('order.paid', ['order' => 7]);
        self::assertSame(
            ['24.00', '2.40', '10.00', '4.32', '35.92'],
            [$data['subtotal'], $data['discount'], $data['shipping'], $data['tax'], $data['total']]
        );
        self::assertSame([['21.60', 1]], array_map(static fn (array $line): array => [$line['total'], $line['quantity']], $data['lines']));
    }

    public function testAWholeThatIsMadeOfPartsIsOneLine(): void
    {
        // A product to configure, which bears price and discount itself, and a bundle, whose parts do.
        $data = $this->shop->facts()->data('order.paid', ['order' => 15]);
        self::assertSame(['78.25', '7.83'], [$data['subtotal'], $data['discount']]);
        self::assertSame(
            [['SHIRT-0', 2, '45.00'], ['SET-MUG-1-TEA-1', 1, '25.42']],
            array_map(static fn (array $line): array => [$line['sku'], $line['quantity'], $line['total']], $data['lines'])
        );
    }

    public function testAGuestWhoOrdersAgainIsNoNewCustomer(): void
    {
        Tables::$pdo->exec("UPDATE px_sales_order SET customer_email = 'friend1@example.com' WHERE entity_id = 12");
        self::assertSame(2, $this->shop->facts()->data('order.paid', ['order' => 12])['customer']['orders_count']);
        Tables::$pdo->exec('UPDATE px_sales_order SET quote_id = 1 WHERE entity_id = 12');
        self::assertSame(1, $this->shop->facts()->data('order.paid', ['order' => 12])['customer']['orders_count'], 'of one basket');
    }

    /** @dataProvider memos */
    public function testACreditMemoTakesWhatItTookOfTheGoods(int $order, int $memo, string $amount, ?string $returned): void
    {
        $data = $this->shop->facts()->data('order.refunded', ['order' => $order, 'memo' => $memo]);
        self::assertSame([(string) $order, (string) $memo, $amount, $returned], [$data['order_id'], $data['refund_id'], $data['amount'], $data['returned'] ?? null]);
    }

    public function memos(): array
    {
        return [
            'a line, with its share of the discount' => [1, 1, '21.60', null], 'lines of prices with tax' => [12, 2, '25.42', null],
            'one of two shirts, and a bundle' => [15, 6, '47.92', null],
            'shipping alone' => [12, 3, '0.00', null], 'an amount of the shop\'s choice' => [12, 4, '0.00', '5.00'],
        ];
    }

    public function testWhatIsGoneIsNotTold(): void
    {
        self::assertNull($this->shop->facts()->data('order.paid', ['order' => 99]));
        self::assertNull($this->shop->facts()->data('order.refunded', ['order' => 1, 'memo' => 99]));
        self::assertNull($this->shop->facts()->data('signup.created', ['customer' => 99, 'at' => '', 'codes' => [], 'touches' => []]));
    }

    public function testAnOrderIsToldWhenItIsPaidAndWhatIsTakenBackComesAgain(): void
    {
        $parts = $this->shop->connect();
        Tables::$pdo->exec('DELETE FROM px_parrain_order');
        $set = function (string $state, string $paid): void {
            Tables::$pdo->exec("UPDATE px_sales_order SET state = '$state', base_total_paid = '$paid' WHERE entity_id = 8");
            $this->shop->events()->look(8);
        };
        // To be paid on delivery, then paid in part: nothing is told.
        $set('new', '0.0000');
        $set('processing', '35.9200');
        self::assertSame([], $parts->queue()->store()->newest([Entry::WAITING], 9));
        $set('processing', '61.8400');
        $set('complete', '61.8400');
        $set('canceled', '61.8400');
        $set('canceled', '61.8400');
        $set('processing', '61.8400');
        $this->shop->events()->refunded(1);
        $this->shop->events()->refunded(1);
        Tables::$pdo->exec('UPDATE px_sales_creditmemo SET state = 3 WHERE entity_id = 1');
        $this->shop->events()->refunded(1);
        $types = array_column(array_reverse($parts->queue()->store()->newest([Entry::WAITING], 9)), 'type');
        self::assertSame(['order.paid', 'order.cancelled', 'order.reinstated', 'order.refunded', 'refund.voided'], $types);
    }

    public function testAnOrderIsPaidWhereTheRestOfItWasCancelled(): void
    {
        $parts = $this->shop->connect();
        Tables::$pdo->exec('DELETE FROM px_parrain_order');
        $this->shop->events()->look(7);
        self::assertSame(['order.paid'], array_column($parts->queue()->store()->newest([Entry::WAITING], 9), 'type'));
    }

    public function testACancellationIsToldOfAnOrderThatTheHistoryTold(): void
    {
        $parts = $this->shop->connect();
        Tables::$pdo->exec("DELETE FROM px_parrain_order; UPDATE px_sales_order SET state = 'canceled' WHERE entity_id IN (1, 8)");
        foreach ([1, 1, 8] as $order) {
            $this->shop->events()->look($order);
        }
        $waiting = $parts->queue()->store()->newest([Entry::WAITING], 9);
        self::assertSame([['order.cancelled', 1]], array_map(static fn (Entry $one): array => [$one->type, $one->subject['order']], $waiting));
    }

    public function testOrdersOfADisconnectedShopWaitAndThoseOfOneThatNeverWasDoNot(): void
    {
        $this->shop->events()->look(1);
        self::assertNull(Tables::row('SELECT 1 FROM px_parrain_events'));
        $this->shop->connect();
        $parts = $this->shop->shops->keep('default', 0, null);
        Tables::$pdo->exec('DELETE FROM px_parrain_order');
        $this->shop->events()->look(1);
        self::assertSame(1, $parts->queue()->store()->counts()[Entry::WAITING]);
    }

    public function testThePastIsToldOnceAndOnlyWhatWasPaid(): void
    {
        $parts = $this->shop->connect();
        $this->shop->history()->start($parts);
        Tables::$pdo->exec("UPDATE px_sales_order SET created_at = '" . gmdate('Y-m-d H:i:s', time() - 86400) . "'");
        $this->shop->history()->goOn($parts);
        $this->shop->history()->goOn($parts);
        $keys = array_column(array_reverse($parts->queue()->store()->newest([Entry::WAITING], 9)), 'key');
        self::assertSame(['order.paid 1', 'order.paid 7', 'order.paid 12', 'order.paid 15'], $keys);
        self::assertSame([4, true], [$this->shop->history()->state($parts)['told'], $this->shop->history()->state($parts)['done']]);
    }

    public function testTheNearestScopeSaysToWhichShopAStoreViewIsConnected(): void
    {
        $all = $this->shop->connect();
        self::assertSame([1, 2, 3], $this->shop->shops->storesOf($this->shop->shops->ofScope('default', 0)));
        $this->shop->connect('websites', 2, 'second');
        $this->shop->connect('stores', 2, 'french');
        $names = array_map(fn (int $store): string => $this->shop->shops->ofStore($store)->connection()->shop, [1, 2, 3]);
        self::assertSame(['demo', 'french', 'second'], $names);
        self::assertSame([1], $this->shop->shops->storesOf($this->shop->shops->ofScope('default', 0)));
        self::assertSame([[2], [2], []], [
            $this->shop->shops->websitesOf($this->shop->shops->ofScope('websites', 2), null),
            $this->shop->shops->websitesOf($this->shop->shops->ofScope('websites', 2), 'USD'),
            $this->shop->shops->websitesOf($this->shop->shops->ofScope('websites', 2), 'EUR'),
        ]);
        // What its own scope no longer says is said by the wider one again.
        $this->shop->shops->keep('stores', 2, null);
        self::assertSame('demo', $this->shop->shops->ofStore(2)->connection()->shop);
        self::assertSame($all->id, $this->shop->shops->ofStore(2)->id);
    }

    public function testSecretsAreKeptEncrypted(): void
    {
        $this->shop->connect();
        self::assertStringNotContainsString('whsec_', Tables::row('SELECT connection FROM px_parrain_shop')['connection']);
    }

    public function testTheCodeIsKeptWithTheBasketAndThenWithTheOrder(): void
    {
        $this->shop->connect();
        $this->shop->cookies['parrain_ref'] = 'v1.ZOE-12.l.1795744441~v1.ZOE-12.p.1795744443~hostile<script>';
        $this->shop->visit->note(20);
        $this->shop->cookies = [];
        $this->shop->again();
        self::assertSame('ZOE-12', $this->shop->visit->wish(20));
        $this->shop->visit->dismissed(20, 'ZOE-12');
        self::assertNull($this->shop->visit->wish(20));
        $this->shop->visit->wished(20, 'OTHER');
        self::assertSame('OTHER', $this->shop->visit->wish(20));
        // The payment comes back without cookies, and the order was told as paid already.
        $this->shop->visit->give(20, 1);
        $data = $this->shop->facts()->data('order.paid', ['order' => 1]);
        self::assertSame(['ANNA10', 'OTHER'], $data['codes']);
        self::assertSame(['2026-11-27T01:54:01Z', '2026-11-27T01:54:03Z'], array_column($data['touches'], 'at'));
        self::assertSame('paid', Tables::row('SELECT told FROM px_parrain_order WHERE order_id = 1')['told']);
    }

    public function testAnOrderThatIsToldBeforeItHasItsCodesHasThoseOfItsBasket(): void
    {
        // Paid at placement: the order is told as paid in the transaction that makes it, its codes are given to it after that.
        $this->shop->connect();
        Tables::$pdo->exec('DELETE FROM px_parrain_order');
        $this->shop->cookies['parrain_ref'] = 'v1.ZOE-12.l.1795744441';
        $this->shop->visit->note(1);
        $this->shop->visit->wished(1, 'OTHER');
        $this->shop->events()->look(1);
        $data = $this->shop->facts()->data('order.paid', ['order' => 1]);
        self::assertSame(['ANNA10', 'OTHER'], $data['codes']);
        self::assertSame(['ZOE-12'], array_column($data['touches'], 'code'));
    }

    /** @dataProvider moments */
    public function testAnOrderIsOfTheMomentAtWhichItWasPaidAlsoWhereItIsLookedAtLater(int $order, string $lookedAt, string $at): void
    {
        self::assertSame($at, $this->shop->facts()->data('order.paid', ['order' => $order, 'at' => $lookedAt])['at']);
    }

    public function moments(): array
    {
        return [
            'paid just now' => [1, '2026-11-27T07:30:00Z', '2026-11-27T07:30:00Z'],
            'paid, and saved again a day later' => [1, '2026-11-28T07:28:59Z', '2026-11-27T07:28:59Z'],
            'the last of its invoices paid just now' => [12, '2026-11-27T07:50:00Z', '2026-11-27T07:50:00Z'],
            'without a paid invoice, and made long ago' => [8, '2026-11-28T07:28:59Z', '2026-11-27T07:39:19Z'],
        ];
    }

    public function testAnAccountIsToldWithTheCodeThatBroughtIt(): void
    {
        $parts = $this->shop->connect();
        $this->shop->cookies['parrain_ref'] = 'v1.ZOE-12.l.1795744441';
        (new Signups($this->shop->shops, $this->shop->visit))->opened(2, 1, 0);
        $data = $this->shop->facts()->data('signup.created', $parts->queue()->store()->newest([Entry::WAITING], 1)[0]->subject);
        self::assertSame(
            ['customer-2', ['id' => '2', 'email' => 'bob@example.com'], ['ZOE-12'], ['ZOE-12']],
            [$data['event_id'], $data['customer'], $data['codes'], array_column($data['touches'], 'code')]
        );
    }

    public function testACodeThatIsTypedBecomesACouponByTheProgramsTerms(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $quote = $this->shop->quote(30);
        $this->shop->gift->type($quote, ' zoe-12 ', true);
        $quote->setCouponCode('zoe-12')->collectTotals();
        self::assertSame('zoe-12', $quote->getCouponCode());
        $rule = $this->shop->ruleOf('ZOE-12');
        self::assertSame(
            ['by_percent', '10', 0, 0, true, [1], [0, 1]],
            [$rule->getSimpleAction(), $rule->getDiscountAmount(), $rule->getUsesPerCustomer(), $rule->getUsesPerCoupon(), $rule->getUseAutoGeneration(),
                $rule->getWebsiteIds(), $rule->getCustomerGroupIds()]
        );
        self::assertSame('30.00', $rule->getCondition()->getConditions()[0]->getValue());
        self::assertSame([1, 2, 3], array_map(static fn ($label) => $label->getStoreId(), $rule->getStoreLabels()));
        self::assertSame(['ZOE-12', 'ZOE-12'], [$this->shop->visit->wish(30), $this->shop->visit->applied(30)]);
    }

    public function testCodesOfTheSameTermsShareARuleThatFollowsTheProgram(): void
    {
        $parts = $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->gift->type($this->shop->quote(30), 'ZOE-12', true);
        $this->shop->gift->type($this->shop->quote(30), 'MAX-77', true);
        self::assertCount(1, $this->shop->rules);
        $this->changeOffer(['reward' => ['kind' => 'amount_off', 'amount' => '5.00']]);
        $this->shop->gift->type($this->shop->quote(30), 'ZOE-12', true);
        self::assertSame(['cart_fixed', '5.00'], [$this->shop->ruleOf('ZOE-12')->getSimpleAction(), $this->shop->ruleOf('ZOE-12')->getDiscountAmount()]);
        self::assertSame('10', $this->shop->ruleOf('MAX-77')->getDiscountAmount());
        $this->shop->gift->type($this->shop->quote(30), 'MAX-77', true);
        self::assertCount(1, $this->shop->rules, 'a rule without a coupon goes');
        $this->shop->offer = ['code' => ['valid' => false, 'reason' => 'expired']];
        $this->forgetOffers();
        $this->shop->gift->type($this->shop->quote(30), 'ZOE-12', true);
        self::assertNull($this->shop->ruleOf('ZOE-12'));
        self::assertNotNull($parts);
    }

    /** @dataProvider gifts */
    public function testWhatTheFriendGetsIsWhatTheRuleGives(array $reward, array $expected): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->offer['code']['friend'] = ['reward' => $reward];
        $this->shop->gift->type($this->shop->quote(30), 'ZOE-12', true);
        $rule = $this->shop->ruleOf('ZOE-12');
        $condition = $rule->getActionCondition();
        self::assertSame($expected, [
            $rule->getSimpleAction(), $rule->getDiscountAmount(), $rule->getSimpleFreeShipping(),
            $condition === null ? null : $condition->getConditions()[0]->getValue(),
        ]);
        self::assertNull($rule->getCondition());
    }

    public function gifts(): array
    {
        return [
            [['kind' => 'amount_off', 'amount' => '5.00'], ['cart_fixed', '5.00', null, null]],
            [['kind' => 'free_shipping'], ['by_percent', '0', '1', null]],
            [['kind' => 'free_product', 'sku' => 'MUG-1'], ['by_percent', '100', null, 'MUG-1']],
            [['kind' => 'free_product', 'sku' => 'GONE'], ['by_percent', '0', null, null]],
            [['kind' => 'points', 'points' => 5], ['by_percent', '0', null, null]],
        ];
    }

    public function testWhatIsNoCodeOrNobodysOrTheShopsOwnMakesNoCoupon(): void
    {
        $this->shop->connect();
        $this->shop->ownCoupon('ZOE-12');
        $this->shop->offer = self::OFFER;
        $before = count($this->shop->edge->asked);
        foreach (['ZOE-12', '<script>', "' OR 1=1 --", str_repeat('A', 300), ''] as $typed) {
            $this->shop->gift->type($this->shop->quote(30), $typed, true);
        }
        self::assertCount($before, $this->shop->edge->asked, 'nobody is asked about them');
        $this->shop->offer = ['code' => ['valid' => false, 'reason' => 'unknown']];
        $this->shop->gift->type($this->shop->quote(30), 'NOBODY', true);
        $this->shop->offer = null;
        $this->shop->gift->type($this->shop->quote(30), 'DOWN-1', true);
        $this->shop->offer = ['currency' => 'CHF'] + self::OFFER;
        $this->forgetOffers();
        $this->shop->gift->type($this->shop->quote(30), 'CHF-10', true);
        self::assertSame([99], array_keys($this->shop->rules));
        self::assertTrue($this->shop->gift->allows(99, $this->shop->quote(30)->getShippingAddress()), 'the shop\'s own rules are its own');
    }

    public function testAGiftComesInByItselfAndLeavesWithItsReason(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->cookies['parrain_ref'] = 'v1.ZOE-12.p.1795744443';
        $quote = $this->shop->quote(31);
        $quote->getShippingAddress()->setBaseSubtotalTotalInclTax('9.9000');
        $this->shop->gift->bring($quote);
        self::assertSame('', (string) $quote->getCouponCode(), 'too little');
        $quote->getShippingAddress()->setBaseSubtotalTotalInclTax('48.0000');
        $this->shop->gift->bring($quote);
        self::assertSame('ZOE-12', $quote->getCouponCode());
        $quote->getShippingAddress()->setBaseSubtotalTotalInclTax('9.9000');
        $quote->collectTotals();
        self::assertSame('', $quote->getCouponCode());
        $said = 'The gift of ZOE-12 was taken out of your basket. The gift of ZOE-12 is for baskets of 30.00 EUR and more.';
        self::assertSame([$said, ''], [$this->shop->visit->said(31), $this->shop->visit->said(31)]);
        $quote->getShippingAddress()->setBaseSubtotalTotalInclTax('48.0000');
        $this->shop->gift->bring($quote);
        $this->shop->gift->takeOut($quote);
        $quote->setCouponCode('')->collectTotals();
        $this->shop->gift->bring($quote);
        self::assertSame(['', ''], [$quote->getCouponCode(), $this->shop->visit->said(31)], 'what the shopper takes out stays out, and needs no reason');
    }

    public function testTheCheckoutAsksNobody(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->cookies['parrain_ref'] = 'v1.ZOE-12.p.1795744443';
        $before = count($this->shop->edge->asked);
        foreach (['checkout_index_index', 'checkout_onepage_success', 'paypal_express_return'] as $action) {
            $this->shop->request->action = $action;
            $this->shop->gift->bring($this->shop->quote(32));
        }
        $quote = $this->shop->quote(32);
        $quote->setCouponCode('ZOE-12')->collectTotals();
        self::assertCount($before, $this->shop->edge->asked);
        $this->shop->request->action = 'checkout_cart_index';
        $this->shop->gift->bring($quote = $this->shop->quote(32));
        self::assertSame('ZOE-12', $quote->getCouponCode());
    }

    public function testAGiftOutlivesAnEdgeThatIsDown(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->gift->type($this->shop->quote(33), 'ZOE-12', true);
        $this->shop->offer = null;
        $this->forgetOffers();
        $this->shop->order(50, '', 'bob@example.com', 5);
        foreach ([[[], 'ZOE-12'], [['customer_id' => 5], ''], [['customer_email' => 'bob@example.com'], '']] as [$who, $expected]) {
            $quote = $this->shop->quote(33, $who);
            $quote->setCouponCode('ZOE-12')->collectTotals();
            self::assertSame($expected, $quote->getCouponCode(), 'it stays one for new customers');
        }
    }

    public function testAGiftEndsAlsoWhereTheEdgeIsDown(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->offer['code']['ends_at'] = gmdate('Y-m-d\TH:i:s\Z', time() + 2);
        $this->shop->gift->type($this->shop->quote(33), 'ZOE-12', true);
        self::assertNotNull($this->shop->ruleOf('ZOE-12'));
        Tables::$pdo->exec('UPDATE px_parrain_rule SET ends_at = ends_at - 9');
        $this->shop->offer = null;
        $this->forgetOffers();
        $quote = $this->shop->quote(33);
        $quote->setCouponCode('ZOE-12')->collectTotals();
        self::assertSame('', $quote->getCouponCode());
    }

    public function testAPaymentThatWasGivenUpLocksNeitherGiftNorReward(): void
    {
        $parts = $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        // Magento counts uses by a queue, and gives them back only where its own service cancels the order.
        Tables::$pdo->exec('UPDATE px_salesrule_coupon SET times_used = 1');
        foreach (['ZOE-12', 'K7PM-4XQD-9RTB'] as $at => $code) {
            $this->shop->order(50 + $at, $code, 'anna@example.com', 8);
            foreach ([[1050 + $at, $code], [1090, '']] as [$id, $expected]) {
                $quote = $this->shop->quote($id, ['customer_id' => 8]);
                $this->shop->gift->type($quote, $code, true);
                $quote->setCouponCode($code)->collectTotals();
                self::assertSame($expected, $quote->getCouponCode(), 'of the same basket, and of another');
            }
            Tables::$pdo->exec("UPDATE px_sales_order SET base_total_paid = '9.0000' WHERE entity_id = " . (50 + $at));
            $quote = $this->shop->quote(1050 + $at, ['customer_id' => 8]);
            $quote->setCouponCode($code)->collectTotals();
            self::assertSame('', $quote->getCouponCode(), 'what was paid was had');
            Tables::$pdo->exec('DELETE FROM px_sales_order WHERE entity_id >= 50');
        }
    }

    public function testAnOrderThatIsEditedInTheAdminKeepsItsGiftAndItsReward(): void
    {
        $parts = $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $this->shop->state->area = 'adminhtml';
        foreach (['ZOE-12', 'K7PM-4XQD-9RTB'] as $at => $code) {
            $this->shop->order(50 + $at, $code, 'anna@example.com', 8);
            foreach ([[50 + $at, $code], [0, '']] as [$edited, $expected]) {
                $this->shop->edited->setOrderId($edited);
                $quote = $this->shop->quote(1090, ['customer_id' => 8]);
                $quote->setCouponCode($code)->collectTotals();
                self::assertSame($expected, $quote->getCouponCode());
            }
            Tables::$pdo->exec('DELETE FROM px_sales_order WHERE entity_id >= 50');
        }
    }

    public function testAGiftForNewCustomersIsRefusedToAccountAndGuestWhoOrderedBefore(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->order(50, '', 'bob@example.com', 5);
        $this->shop->order(51, '', 'was@example.com', 6, 'canceled');
        foreach ([[['customer_id' => 5], ''], [['customer_email' => 'bob@example.com'], ''], [['customer_id' => 6], 'ZOE-12'], [[], 'ZOE-12']] as [$who, $expected]) {
            $quote = $this->shop->quote(34, $who);
            $this->shop->gift->type($quote, 'ZOE-12', true);
            $quote->setCouponCode('ZOE-12')->collectTotals();
            self::assertSame($expected, $quote->getCouponCode());
        }
    }

    public function testAnOrderThatLosesItsGiftWhileItIsPlacedIsHeldOnceWithTheReason(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->order(50, '', 'bob@example.com');
        $quote = $this->shop->quote(35);
        $this->shop->gift->type($quote, 'ZOE-12', false);
        $quote->setCouponCode('ZOE-12')->collectTotals();
        // The address is typed in the request that places the order.
        $quote->setCustomerEmail('bob@example.com')->collectTotals();
        $plugin = new HoldOrder($this->shop->gift);
        try {
            $plugin->beforeSubmit(new QuoteManagement(), $quote);
            self::fail('it costs more than was shown');
        } catch (LocalizedException $held) {
            self::assertStringContainsString('is for new customers, and you have ordered here before.', $held->getMessage());
        }
        $plugin->beforeSubmit(new QuoteManagement(), $quote);
        $this->shop->gift->bring($quote);
        self::assertSame('', $quote->getCouponCode(), 'nor does it come again by itself');
    }

    public function testAGiftThatWentWithAnOrderComesAgainOnlyWhereItIsAskedFor(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->offer['code']['new_customers_only'] = false;
        $this->shop->order(50, 'ZOE-12', 'bob@example.com', 5);
        $this->shop->cookies['parrain_ref'] = 'v1.ZOE-12.p.1795744443';
        $quote = $this->shop->quote(36, ['customer_id' => 5]);
        $this->shop->gift->bring($quote);
        self::assertSame('', (string) $quote->getCouponCode());
        $this->shop->gift->type($quote, 'ZOE-12', true);
        $this->shop->gift->bring($quote);
        self::assertSame('ZOE-12', $quote->getCouponCode());
    }

    public function testACodeOfOneProgramGivesNothingInAnothersStoreView(): void
    {
        $this->shop->connect();
        $this->shop->connect('stores', 2, 'french');
        $this->shop->offer = self::OFFER;
        $this->shop->gift->type($this->shop->quote(37), 'ZOE-12', true);
        $rule = (int) $this->shop->ruleOf('ZOE-12')->getRuleId();
        $quote = $this->shop->quote(38, ['store_id' => 2]);
        $quote->setCouponCode('ZOE-12');
        self::assertFalse($this->shop->gift->allows($rule, $quote->getShippingAddress()));
        $quote = $this->shop->quote(38);
        $quote->setCouponCode('ZOE-12');
        self::assertTrue($this->shop->gift->allows($rule, $quote->getShippingAddress()));
        $quote->setCouponCode('OTHER');
        self::assertFalse($this->shop->gift->allows($rule, $quote->getShippingAddress()), 'nor by another code');
    }

    public function testARewardBecomesACouponOfItsOwnersOnce(): void
    {
        $parts = $this->shop->connect();
        $rewards = $this->shop->rewards($parts);
        self::assertSame('K7PM-4XQD-9RTB', $rewards->perform(Task::read(self::REWARD)));
        $this->shop->again();
        self::assertSame('K7PM-4XQD-9RTB', $this->shop->rewards($parts)->perform(Task::read(self::REWARD)));
        self::assertCount(1, $this->shop->rules);
        $rule = $this->shop->ruleOf('K7PM-4XQD-9RTB');
        self::assertSame(['cart_fixed', '10.00', 1], [$rule->getSimpleAction(), $rule->getDiscountAmount(), $rule->getUsesPerCoupon()]);
        foreach ([[8, 'K7PM-4XQD-9RTB'], [9, ''], [0, '']] as [$customer, $expected]) {
            $quote = $this->shop->quote(40, ['customer_id' => $customer]);
            $this->shop->gift->type($quote, 'K7PM-4XQD-9RTB', true);
            $quote->setCouponCode('K7PM-4XQD-9RTB')->collectTotals();
            self::assertSame($expected, $quote->getCouponCode());
        }
        self::assertSame('The coupon K7PM-4XQD-9RTB is for its owner’s account. Sign in to use it.', $this->shop->visit->said(40));
        self::assertSame(['K7PM-4XQD-9RTB'], array_column($this->shop->coupons->ofCustomer(8), 'code'));
    }

    public function testARewardIsSpentByItsOrderAlsoBeforeMagentoHasCountedIt(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $end = Task::read(['id' => 'ec-1', 'kind' => 'end_code', 'code' => 'K7PM-4XQD-9RTB']);
        $this->shop->order(60, 'K7PM-4XQD-9RTB', 'anna@example.com', 8);
        $quote = $this->shop->quote(41, ['customer_id' => 8]);
        $quote->setCouponCode('K7PM-4XQD-9RTB')->collectTotals();
        self::assertSame('', $quote->getCouponCode());
        try {
            $this->shop->rewards($parts)->perform($end);
            self::fail('it was spent');
        } catch (CannotDo $reason) {
            self::assertStringContainsString('was spent already', $reason->getMessage());
        }
        Tables::$pdo->exec("UPDATE px_sales_order SET state = 'canceled' WHERE entity_id = 60");
        self::assertSame('K7PM-4XQD-9RTB', $this->shop->rewards($parts)->perform($end));
        self::assertSame([], $this->shop->rules);
        self::assertSame('K7PM-4XQD-9RTB', $this->shop->rewards($parts)->perform($end), 'what is gone is ended');
    }

    public function testWhatIsLeftOfARewardStaysItsOwners(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $order = $this->placed(60, 'K7PM-4XQD-9RTB', '9.9000');
        $this->shop->rests()->keep($this->shop->quote(1060), $order);
        self::assertSame('0.10', $this->shop->ruleOf('K7PM-4XQD-9RTB-R')->getDiscountAmount());
        self::assertSame(['K7PM-4XQD-9RTB-R', 'K7PM-4XQD-9RTB'], array_column($this->shop->coupons->ofCustomer(8), 'code'));
        // Cancelled: the coupon is whole again, so that its rest goes.
        $this->cancelled($order);
        self::assertNull($this->shop->ruleOf('K7PM-4XQD-9RTB-R'));
        self::assertNotNull($this->shop->ruleOf('K7PM-4XQD-9RTB'));
    }

    public function testARewardThatComesBackAfterItsRestWasSpentHasARestAgain(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $first = $this->placed(60, 'K7PM-4XQD-9RTB', '4.0000');
        $second = $this->placed(61, 'K7PM-4XQD-9RTB-R', '1.0000');
        // What is left of a rest is one of the same reward.
        self::assertSame('5.00', $this->shop->ruleOf('K7PM-4XQD-9RTB-R2')->getDiscountAmount());
        $this->cancelled($first);
        self::assertSame('4.00', $this->shop->ruleOf('K7PM-4XQD-9RTB')->getDiscountAmount(), 'it comes back without its rest');
        $this->placed(62, 'K7PM-4XQD-9RTB', '3.0000');
        self::assertSame('1.00', $this->shop->ruleOf('K7PM-4XQD-9RTB-R3')->getDiscountAmount());
        self::assertSame('5.00', $this->shop->ruleOf('K7PM-4XQD-9RTB-R2')->getDiscountAmount(), 'the other is as it was');
        // All that is left of a reward goes with it, unless some of it was spent.
        $end = Task::read(['id' => 'ec-1', 'kind' => 'end_code', 'code' => 'K7PM-4XQD-9RTB']);
        try {
            $this->shop->rewards($parts)->perform($end);
            self::fail('it was spent');
        } catch (CannotDo $reason) {
            self::assertStringContainsString('was spent already', $reason->getMessage());
        }
        Tables::$pdo->exec("UPDATE px_sales_order SET state = 'canceled' WHERE entity_id >= 60");
        $this->shop->rewards($parts)->perform($end);
        self::assertSame([], $this->shop->coupons->ofCustomer(8));
    }

    public function testAPaymentThatIsTriedAgainLeavesOneRest(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $given = $this->placed(60, 'K7PM-4XQD-9RTB', '4.0000', 70);
        $paid = $this->placed(61, 'K7PM-4XQD-9RTB', '7.0000', 70);
        $left = fn (): array => array_map(fn (array $one): string => $one['code'] . ' ' . json_decode($one['worth'], true)['amount'], $this->shop->coupons->ofCustomer(8));
        self::assertSame(['K7PM-4XQD-9RTB-R 3.00', 'K7PM-4XQD-9RTB 10.00'], $left());
        // The order that was given up is cancelled at last, and the other has the coupon still.
        $this->cancelled($given);
        self::assertSame(['K7PM-4XQD-9RTB-R 3.00', 'K7PM-4XQD-9RTB 10.00'], $left());
        $this->cancelled($paid);
        self::assertSame(['K7PM-4XQD-9RTB 10.00'], $left());
    }

    public function testAnOrderThatReplacesAnotherLeavesOneRest(): void
    {
        // As it is edited in the admin: the new order is placed first, and the old one cancelled then.
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $old = $this->placed(60, 'K7PM-4XQD-9RTB', '4.0000');
        $this->placed(61, 'K7PM-4XQD-9RTB', '7.0000');
        $this->cancelled($old);
        self::assertSame(['K7PM-4XQD-9RTB-R2', 'K7PM-4XQD-9RTB'], array_column($this->shop->coupons->ofCustomer(8), 'code'));
        self::assertSame('3.00', $this->shop->ruleOf('K7PM-4XQD-9RTB-R2')->getDiscountAmount());
    }

    public function testAnOrderThatIsCancelledInPartKeepsItsCouponAndTheRest(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $order = $this->placed(60, 'K7PM-4XQD-9RTB', '4.0000');
        $this->shop->rests()->take($order->setState('complete'));
        self::assertSame('6.00', $this->shop->ruleOf('K7PM-4XQD-9RTB-R')->getDiscountAmount());
    }

    public function testTheRestIsKeptOfOrdersThatAreMadeInTheAdminToo(): void
    {
        $everywhere = (string) file_get_contents(__DIR__ . '/../etc/events.xml');
        foreach (['sales_model_service_quote_submit_success', 'checkout_submit_all_after'] as $event) {
            self::assertMatchesRegularExpression('~<event name="' . $event . '">\s*<observer [^>]*Observer.KeepRest"~', $everywhere);
        }
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $orders = [new Order(['id' => 60, 'store_id' => 1, 'coupon_code' => 'K7PM-4XQD-9RTB', 'base_discount_amount' => '-4.0000'])];
        (new KeepRest($this->shop->rests(), new Safely(new Service([]))))->execute(new Observer(['quote' => $this->shop->quote(1060), 'orders' => $orders]));
        self::assertSame('6.00', $this->shop->ruleOf('K7PM-4XQD-9RTB-R')->getDiscountAmount());
    }

    public function testARewardThatWasSpentLongAgoGoesWithItsRestsAndStaysSpent(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $this->placed(60, 'K7PM-4XQD-9RTB', '4.0000');
        $this->shop->again();
        $long = gmdate('Y-m-d H:i:s', time() - 86400 * 200);
        Tables::$pdo->exec("UPDATE px_sales_order SET created_at = '$long' WHERE entity_id = 60");
        $this->shop->coupons->endSpent($parts);
        self::assertCount(2, $this->shop->rules, 'its rest is there to be spent');
        $this->placed(61, 'K7PM-4XQD-9RTB-R', '6.0000');
        $this->shop->coupons->endSpent($parts);
        self::assertCount(2, $this->shop->rules, 'spent, and not long ago');
        Tables::$pdo->exec("UPDATE px_sales_order SET created_at = '$long' WHERE entity_id = 61");
        $this->shop->coupons->endSpent($parts);
        self::assertSame([[], []], [$this->shop->rules, $this->shop->coupons->ofCustomer(8)]);
        self::assertSame('K7PM-4XQD-9RTB', $this->shop->rewards($parts)->perform(Task::read(self::REWARD)), 'nor is it made again');
        self::assertSame([], $this->shop->rules);
        $this->expectExceptionMessage('was spent already');
        $this->shop->rewards($parts)->perform(Task::read(['id' => 'ec-1', 'kind' => 'end_code', 'code' => 'K7PM-4XQD-9RTB']));
    }

    public function testACodeOfAnotherCouponIsNotSaidToBeEnded(): void
    {
        $parts = $this->shop->connect();
        $this->shop->ownCoupon('OWN-CODE');
        $this->expectException(CannotDo::class);
        $this->expectExceptionMessage('the shop has another coupon of the code OWN-CODE');
        $this->shop->rewards($parts)->perform(Task::read(['id' => 'ec-1', 'kind' => 'end_code', 'code' => 'OWN-CODE']));
    }

    public function testACouponIsMadeWithItsOwnerOrNotAtAll(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        Tables::$pdo->exec('ALTER TABLE px_parrain_coupon RENAME COLUMN worth TO gone');
        try {
            $this->shop->coupons->put($this->shop->shops->ofStore(1), Coupons::GIFT, Worth::ofRest('1.00', 'EUR'), 'ZOE-12');
            self::fail('the table is broken');
        } catch (\PDOException $broken) {
            self::assertStringContainsString('worth', $broken->getMessage());
        }
        Tables::$pdo->exec('ALTER TABLE px_parrain_coupon RENAME COLUMN gone TO worth');
        $this->shop->again();
        self::assertNull($this->shop->coupons->find('ZOE-12'), 'as a coupon of nobody it would be the shop\'s own from then on');
        $this->shop->gift->type($this->shop->quote(44), 'ZOE-12', true);
        self::assertSame(Coupons::GIFT, $this->shop->coupons->find('ZOE-12')['kind']);
    }

    public function testARewardIsOfItsRuleAloneWhereTheShopHasMoreDiscounts(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $discount = static fn (int $rule, string $amount): Bag => new Bag(['rule_i_d' => $rule, 'discount_data' => new Bag(['base_amount' => $amount])]);
        $quote = $this->shop->quote(43);
        $quote->getShippingAddress()->setExtensionAttributes(new Bag(['discounts' => [$discount(77, '20.0000'), $discount((int) $this->shop->ruleOf('K7PM-4XQD-9RTB')->getRuleId(), '4.0000')]]));
        $this->shop->rests()->keep($quote, new Order(['id' => 60, 'store_id' => 1, 'coupon_code' => 'K7PM-4XQD-9RTB', 'base_discount_amount' => '-24.0000']));
        self::assertSame('6.00', $this->shop->ruleOf('K7PM-4XQD-9RTB-R')->getDiscountAmount());
    }

    public function testADiscountThatTwoAddressesShareIsCountedOnce(): void
    {
        // As Magento copies it where an order is edited in the admin: what the delivery has is the billing address's too.
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $rule = (int) $this->shop->ruleOf('K7PM-4XQD-9RTB')->getRuleId();
        $discount = static fn (): Bag => new Bag(['rule_i_d' => $rule, 'discount_data' => new Bag(['base_amount' => '3.0000'])]);
        $shared = new Bag(['discounts' => [$discount()]]);
        $own = new Bag(['discounts' => [$discount()]]);
        $quote = $this->shop->quote(43);
        $quote->setAddresses(array_map(static fn (Bag $one): Address => (new Address($quote))->setExtensionAttributes($one), [$shared, $shared, $own]));
        $this->shop->rests()->keep($quote, new Order(['id' => 60, 'store_id' => 1, 'coupon_code' => 'K7PM-4XQD-9RTB', 'base_discount_amount' => '-6.0000']));
        self::assertSame('4.00', $this->shop->ruleOf('K7PM-4XQD-9RTB-R')->getDiscountAmount());
    }

    public function testAnOwnerIsFoundByAddressWhereTheirAccountIsAnother(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(['customer_id' => '77'] + self::REWARD));
        self::assertSame('8', (string) Tables::row('SELECT customer_id FROM px_parrain_coupon')['customer_id']);
    }

    public function testARuleThatItsOwnerDeletedIsMadeAnew(): void
    {
        $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->gift->type($this->shop->quote(30), 'ZOE-12', true);
        $gone = (int) $this->shop->ruleOf('ZOE-12')->getRuleId();
        unset($this->shop->rules[$gone]);
        Tables::$pdo->exec("DELETE FROM px_salesrule WHERE rule_id = $gone; DELETE FROM px_salesrule_coupon WHERE rule_id = $gone; DELETE FROM px_parrain_coupon");
        $this->shop->again();
        $this->shop->gift->type($this->shop->quote(30), 'ZOE-12', true);
        self::assertSame('10', $this->shop->ruleOf('ZOE-12')?->getDiscountAmount());
        self::assertCount(1, $this->shop->rules);
        $this->shop->coupons->removeGifts();
        self::assertNull(Tables::row('SELECT 1 FROM px_parrain_rule'), 'what is removed is forgotten too');
    }

    /** @dataProvider impossible */
    public function testWhatAShopCannotHandOutIsSaid(array $task, string $words): void
    {
        $parts = $this->shop->connect();
        $this->shop->ownCoupon('OWN-CODE');
        $this->expectException(CannotDo::class);
        $this->expectExceptionMessage($words);
        $this->shop->rewards($parts)->perform(Task::read($task + self::REWARD));
    }

    public function impossible(): array
    {
        return [
            [['reward' => ['kind' => 'points', 'points' => 5]], 'a coupon cannot give "points"'],
            [['currency' => 'CHF'], 'the reward is in CHF, which no website of the shop counts in'],
            [['reward' => ['kind' => 'free_product', 'sku' => 'GONE']], 'the shop has no product "GONE"'],
            [['customer_id' => '', 'email' => 'nobody@example.com'], 'the shop has no account of this customer'],
            [['code' => 'OWN-CODE'], 'the shop has another coupon of the code OWN-CODE'],
            [['kind' => 'dance'], 'this module does not know the task "dance"'],
        ];
    }

    public function testWhoIsSignedInStandsInNoPageAndIsSignedForTheirPrivateData(): void
    {
        self::assertNull($this->shop->tag()->attributes(1, ''), 'not connected');
        $this->shop->connect();
        self::assertSame(
            ['src' => 'https://edge.example/widget.js', 'data-shop' => 'demo', 'data-edge' => 'https://edge.example', 'data-params' => 'ref',
                'data-platform' => 'magento', 'data-consent' => 'explicit', 'data-placement' => 'launcher', 'data-thanks' => '/checkout/onepage/success/'],
            $this->shop->tag()->attributes(1, '/checkout/onepage/success/')
        );
        $said = $this->shop->tag()->customer(1, new Account(8, 'anna@example.com'));
        list(, $claims) = explode('.', $said['customer']);
        $claims = json_decode(base64_decode(strtr($claims, '-_', '+/')), true);
        self::assertSame(['8', 'anna@example.com', 'Anna', 0], [$claims['sub'], $claims['email'], $claims['name'], $claims['orders_count']]);
        self::assertLessThan($claims['exp'], $said['until']);
        self::assertSame(['customer' => '', 'until' => 0], $this->shop->tag()->customer(1, new Account(0, '')));
    }

    public function testWhereMagentoAsksAboutCookiesNothingIsKeptBeforeItsVisitorsSayYes(): void
    {
        $this->shop->config = ['parrain/widget/consent' => 'none-needed', 'parrain/widget/placement' => 'nonsense'];
        self::assertSame(['none-needed', 'launcher'], [$this->shop->choices()->consent(1), $this->shop->choices()->placement(1)]);
        $this->shop->config['web/cookie/cookie_restriction'] = '1';
        self::assertSame('required', $this->shop->choices()->consent(1));
        $this->shop->config['parrain/widget/consent'] = 'explicit';
        self::assertSame('explicit', $this->shop->choices()->consent(1));
    }

    public function testThePolicyAdmitsTheEdgeWhereItIsConnectedAndNowhereElse(): void
    {
        $policies = fn (): array => (new EdgePolicies($this->shop->shops, new Service(['getStore' => static fn (): Bag => new Bag(['id' => 1])]), $this->shop->state))->collect(['first']);
        self::assertSame(['first'], $policies());
        $this->shop->connect();
        $told = $policies();
        self::assertSame(['script-src', ['https://edge.example', "'wasm-unsafe-eval'"]], [$told[1]->id, array_values($told[1]->hosts)]);
        self::assertSame(['connect-src', ['https://edge.example'], false], [$told[2]->id, $told[2]->hosts, $told[2]->none]);
        $this->shop->state->area = 'adminhtml';
        self::assertSame(['first'], $policies());
    }

    public function testMagentosOwnRedirectsKeepTheCode(): void
    {
        $with = static fn (string $to): ?string => KeepCode::withCode($to, 'ref', 'ANNA10', 'shop.example');
        self::assertSame('/fr/?ref=ANNA10', $with('/fr/'));
        self::assertSame('https://shop.example/sub/mug?a=b&ref=ANNA10#top', $with('https://shop.example/sub/mug?a=b#top'));
        self::assertNull($with('https://shop.example/?ref=ANNA10'));
        self::assertNull($with('https://bank.example/pay'));
        self::assertNull($with('https://shop.example.evil.example/'));
    }

    public function testAFaultOfOneShopHoldsUpNoOther(): void
    {
        $bad = $this->shop->connect('websites', 1, 'first');
        $good = $this->shop->connect('websites', 2, 'second');
        $bad->options()->set('history', ['after' => 0, 'from' => 0, 'told' => []]);
        $log = [];
        $this->shop->schedule($log)->run();
        self::assertNotNull($good->options()->get('last_run'));
        $this->shop->again();
        self::assertIsInt($this->shop->shops->ofScope('websites', 2)->options()->get('last_run'));
        self::assertCount(1, $log);
        self::assertStringContainsString('TypeError', $log[0]);
    }

    public function testSpentRewardsAreLookedForOnceADay(): void
    {
        $parts = $this->shop->connect();
        $this->shop->rewards($parts)->perform(Task::read(self::REWARD));
        $this->shop->order(60, 'K7PM-4XQD-9RTB', 'anna@example.com', 8);
        Tables::$pdo->exec("UPDATE px_sales_order SET created_at = '2020-01-01 00:00:00' WHERE entity_id = 60");
        $log = [];
        $parts->options()->set('swept', time() - 86000);
        $this->shop->schedule($log)->run();
        self::assertCount(1, $this->shop->rules);
        $this->shop->shops->ofScope('default', 0)->options()->set('swept', time() - 86401);
        $this->shop->schedule($log)->run();
        self::assertSame([[], []], [$this->shop->rules, $log]);
    }

    public function testTheOwnerReadsWhatWorksAndThatTheCronDoesNot(): void
    {
        $parts = $this->shop->connect();
        $this->shop->offer = self::OFFER;
        $this->shop->checks()->ask($parts);
        $said = fn (): array => array_map(static fn (array $one): string => $one[0] . ' ' . $one[1], $this->shop->checks()->told($parts));
        self::assertStringContainsString('good Your program can be read', $said()[0]);
        self::assertStringContainsString('note Magento’s cron has not run yet', implode("\n", $said()));
        $parts->options()->set('last_run', time() - Schedule::LATE - 1);
        self::assertStringContainsString('bad Magento’s cron has not run in the last quarter of an hour', implode("\n", $said()));
        $parts->options()->set('last_run', time());
        self::assertStringContainsString('good Events are sent and rewards fetched each minute', implode("\n", $said()));
        $parts->options()->set('clock_behind', -3600);
        self::assertStringContainsString('clock is 3600 seconds ahead', implode("\n", $said()));
        $this->shop->offer = ['currency' => 'CHF'] + self::OFFER;
        $this->shop->checks()->ask($parts);
        self::assertStringContainsString('note Your program counts in CHF', $said()[0]);
        $this->shop->offer = null;
        $this->shop->checks()->ask($parts);
        self::assertStringContainsString('bad Your program cannot be read: no answer', $said()[0]);
    }

    public function testThePageConnectsAScopeAndSaysWhatIsWrong(): void
    {
        $code = ['edge' => 'edge.example', 'code' => 'k7pm 4xqd 9rtb'];
        $this->shop->edge->answers = static fn (string $method, string $url): Answer => strpos($url, 'exchange') === false
            ? new Answer(200, [], '{"currency":"EUR"}')
            : new Answer(200, [], '{"shop":"demo","name":"Atelier","event_secret":"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD","module_token":"t","connection":"c1"}');
        self::assertSame('Connected to “Atelier”.', (string) $this->shop->page()->do('connect', 'websites', 1, $code));
        self::assertSame(
            ['code' => 'K7PM-4XQD-9RTB', 'platform' => 'magento', 'site' => 'https://shop.example/'],
            json_decode($this->shop->edge->asked[0]['body'], true)
        );
        self::assertSame([true, false], [$this->shop->shops->ofStore(2) !== null, $this->shop->shops->ofStore(3) !== null]);
        $this->shop->edge->answers = static fn (): Answer => new Answer(404, [], '{}');
        foreach (
            [
                ['connect', $code, 'Your Parrain does not know this code'],
                ['connect', ['edge' => 'ftp://nonsense', 'code' => 'k7pm 4xqd 9rtb'], 'The address of your Parrain must be like'],
                ['connect', ['edge' => 'edge.example', 'code' => '<script>'], 'A connect code is twelve letters and digits'],
                ['connectByHand', ['edge' => 'edge.example', 'shop' => 'demo', 'event_secret' => 'x'], 'An event secret begins with whsec_'],
                ['__construct', [], 'the page was not understood'],
                ['sendNow', [], 'nothing is connected here'],
            ] as [$deed, $typed, $words]
        ) {
            try {
                $this->shop->page()->do($deed, 'default', 0, $typed);
                self::fail($deed);
            } catch (LocalizedException $wrong) {
                self::assertStringContainsString($words, $wrong->getMessage());
            }
        }
        self::assertNull($this->shop->shops->ofScope('default', 0));
        self::assertSame('Disconnected. What waited to be told still does.', (string) $this->shop->page()->do('disconnect', 'websites', 1, []), 'the edge had ended it');
        self::assertNull($this->shop->shops->ofStore(2));
    }

    public function testAFaultOfOursEndsNoRequestAndNamesNoShopperInTheLog(): void
    {
        $log = [];
        $safely = new Safely(new Service(['error' => static function (string $line) use (&$log): void {
            $log[] = $line;
        }]));
        self::assertSame('otherwise', $safely->run(static fn () => throw new \TypeError('bob@example.com'), 'otherwise'));
        self::assertStringContainsString('TypeError in ModuleTest.php', $log[0]);
        self::assertStringNotContainsString('bob@', $log[0]);
    }

    public function testWhatComposerInstallsIsAllThatIsUsed(): void
    {
        $used = [];
        $all = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(dirname(__DIR__), \FilesystemIterator::SKIP_DOTS));
        foreach ($all as $file) {
            if (preg_match('~^(?!.*/tests/).*\.(php|phtml|xml)$~', $file->getPathname())) {
                preg_match_all('/Magento.(?!Framework)([A-Z][A-Za-z]+)\\\\[A-Z]/', (string) file_get_contents($file->getPathname()), $found);
                $used = array_merge($used, $found[1]);
            }
        }
        $named = array_map(
            static fn (string $module): string => 'magento/module-' . strtolower((string) preg_replace('/(?<!^)[A-Z]/', '-$0', $module)),
            array_unique($used)
        );
        self::assertContains('magento/module-sales-rule', $named);
        $required = array_keys(json_decode((string) file_get_contents(__DIR__ . '/../composer.json'), true)['require']);
        self::assertSame([], array_values(array_diff($named, $required)));
    }

    public function testWhatIsUninstalledLeavesNoTableAndNoIndex(): void
    {
        $gone = [];
        $setup = new \Magento\Framework\Setup\Setup(function (string $what) use (&$gone): void {
            $gone[] = $what;
        });
        $this->shop->connect();
        $this->shop->edge->answers = static fn (): ?Answer => null;
        $this->shop->shops->keep('default', 0, Connection::of('https://edge.example', [
            'shop' => 'demo', 'connection' => 'c1', 'event_secret' => 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'module_token' => 'token',
        ]));
        $log = [];
        $this->shop->uninstall($log)->uninstall($setup, new \Magento\Framework\Setup\Context());
        $schema = simplexml_load_file(__DIR__ . '/../etc/db_schema.xml');
        $expected = [];
        foreach ($schema->table as $table) {
            if ((string) $table['name'] !== 'sales_order') {
                $expected[] = 'px_' . $table['name'];
                continue;
            }
            foreach ($table->index as $index) {
                $expected[] = 'px_sales_order by ' . $index->column['name'];
            }
        }
        self::assertEqualsCanonicalizing($expected, $gone);
        self::assertStringContainsString('https://edge.example demo', $log[0], 'the edge could not be told');
    }

    public function testWhatTheModuleSaysIsThereInFrench(): void
    {
        $french = [];
        $csv = fopen(__DIR__ . '/../i18n/fr_FR.csv', 'r');
        while ($row = fgetcsv($csv, 0, ',', '"', '')) {
            $french[$row[0]] = $row[1];
        }
        $code = '';
        $all = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(dirname(__DIR__), \FilesystemIterator::SKIP_DOTS));
        foreach ($all as $file) {
            if (preg_match('~^(?!.*/tests/).*\.(php|phtml|xml)$~', $file->getPathname())) {
                $code .= file_get_contents($file->getPathname());
            }
        }
        preg_match_all('/__\(\'([^\']+)\'|self::(?:GOOD|BAD|NOTE),\s*\'([^\']+)\'|<(?:label|comment)>([^<$]+)</', $code, $found);
        $found = array_filter(array_merge($found[1], $found[2], $found[3]), static fn (string $text): bool => $text !== '' && $text !== 'Parrain');
        self::assertGreaterThan(60, count($found));
        self::assertSame([], array_values(array_diff($found, array_keys($french))));
        foreach ($french as $english => $text) {
            preg_match_all('/%\d/', $english, $before);
            preg_match_all('/%\d/', $text, $after);
            self::assertEqualsCanonicalizing($before[0], $after[0], $english);
            self::assertStringContainsString($english, $code, 'nobody says it');
        }
    }

    /** An order that was placed with a coupon of Anna's, by the basket that its id or the test says. */
    private function placed(int $id, string $coupon, string $off, ?int $quote = null): Order
    {
        $quote ??= $id + 1000;
        $this->shop->order($id, $coupon, 'anna@example.com', 8);
        Tables::$pdo->exec("UPDATE px_sales_order SET quote_id = $quote WHERE entity_id = $id");
        $order = new Order(['id' => $id, 'store_id' => 1, 'quote_id' => $quote, 'coupon_code' => $coupon, 'base_discount_amount' => "-$off"]);
        // Magento says twice that an order was placed.
        $this->shop->rests()->keep($this->shop->quote($quote), $order);
        $this->shop->rests()->keep($this->shop->quote($quote), $order);
        return $order;
    }

    /** An order is cancelled: it is saved after that is said. */
    private function cancelled(Order $order): void
    {
        $this->shop->rests()->take($order->setState('canceled'));
        Tables::$pdo->exec("UPDATE px_sales_order SET state = 'canceled' WHERE entity_id = " . $order->getId());
    }

    /** What the friend gets is another from now on. */
    private function changeOffer(array $friend): void
    {
        $this->shop->offer['code']['friend'] = $friend;
        $this->forgetOffers();
    }

    /** Magento's cache is emptied, and another request begins. */
    private function forgetOffers(): void
    {
        \Closure::bind(function (): void {
            $this->cached = [];
        }, $this->shop, Shop::class)();
        $this->shop->again();
    }
}
