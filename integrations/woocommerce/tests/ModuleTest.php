<?php

namespace Parrain\WooCommerce\Tests;

use Parrain\Shared\Answer;
use Parrain\Shared\CannotDo;
use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Entry;
use Parrain\Shared\Offers;
use Parrain\Shared\Queue;
use Parrain\Shared\SqlStore;
use Parrain\Shared\Task;
use Parrain\Shared\Tests\LiteDatabase;
use Parrain\Shared\Tests\ShortCache;
use Parrain\Shared\Tests\ShortMemory;
use Parrain\Shared\Tests\TalkingHttp;
use Parrain\WooCommerce\Checks;
use Parrain\WooCommerce\Customers;
use Parrain\WooCommerce\Gift;
use Parrain\WooCommerce\Installation;
use Parrain\WooCommerce\Options;
use Parrain\WooCommerce\OrderEvents;
use Parrain\WooCommerce\OrderFacts;
use Parrain\WooCommerce\Rewards;
use Parrain\WooCommerce\Signups;
use Parrain\WooCommerce\Visit;
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/platform.php';
require_once __DIR__ . '/../autoload.php';

final class ModuleTest extends TestCase
{
    private const OFFER = [
        'currency' => 'EUR',
        'code' => ['valid' => true, 'code' => 'ANNA10', 'from' => 'Anna', 'new_customers_only' => true,
            'friend' => ['reward' => ['kind' => 'percent_off', 'percent' => '10'], 'min_subtotal' => '30.00']],
    ];

    protected function setUp(): void
    {
        \Site::open();
        $recorded = \Site::recorded('order-with-refunds.json');
        \Site::$orders[15] = new \WC_Order($recorded['order']);
        foreach ($recorded['refunds'] as $refund) {
            \Site::$orders[$refund['id']] = new \WC_Order_Refund($refund);
        }
    }

    public function testAPaidOrderIsToldByItsGoods(): void
    {
        $data = (new OrderFacts())->data('order.paid', ['order' => 15]);
        self::assertSame('15', $data['order_id']);
        self::assertSame('2026-11-27T01:55:08Z', $data['at']);
        self::assertSame(
            ['65.00', '6.50', '5.00', '12.70', '76.20'],
            [$data['subtotal'], $data['discount'], $data['shipping'], $data['tax'], $data['total']]
        );
        self::assertSame(['ANNA10'], $data['codes']);
        self::assertSame(['link', 'promo_code'], array_column($data['touches'], 'source'));
        self::assertSame(['orders_count' => 1, 'email' => 'bob@example.com'], $data['customer']);
        self::assertSame(
            [
                ['id' => '2', 'sku' => 'MUG', 'category' => 'mugs', 'quantity' => 1, 'total' => '18.00'],
                ['id' => '3', 'sku' => 'BOWL', 'category' => 'bowls', 'quantity' => 1, 'total' => '40.50'],
            ],
            $data['lines']
        );
    }

    public function testWhoOrderedBeforeAsAGuestIsCounted(): void
    {
        \Site::$buyers = ['bob@example.com'];
        self::assertSame(2, (new OrderFacts())->data('order.paid', ['order' => 15])['customer']['orders_count']);
        self::assertSame([15], \Site::$queries[0]['exclude']);
    }

    /** @dataProvider refunds */
    public function testARefundTakesWhatItTookOfTheGoods(int $refund, string $amount, ?string $returned): void
    {
        $data = (new OrderFacts())->data('order.refunded', ['order' => 15, 'refund' => $refund]);
        self::assertSame([(string) $refund, $amount, $returned], [$data['refund_id'], $data['amount'], $data['returned'] ?? null]);
    }

    public function refunds(): array
    {
        return ['a line with its tax' => [16, '18.00', null], 'the shipping alone' => [17, '0.00', null], 'an amount' => [30, '0.00', '12.00']];
    }

    public function testADiscountThatIsTakenBackIsTakenOffTheGoods(): void
    {
        $refund = \Site::$orders[16];
        $refund->data['items'][] = ['type' => 'fee', 'id' => 8, 'total' => '5', 'total_tax' => '1'];
        $refund->data['amount'] = '15.60';
        $data = (new OrderFacts())->data('order.refunded', ['order' => 15, 'refund' => 16]);
        self::assertSame(['13.00', null], [$data['amount'], $data['returned'] ?? null]);
        $refund->data['items'][] = ['type' => 'fee', 'id' => 9, 'total' => '20', 'total_tax' => '0'];
        self::assertSame('0.00', (new OrderFacts())->data('order.refunded', ['order' => 15, 'refund' => 16])['amount']);
    }

    public function testAnOrderThatIsGoneIsNotTold(): void
    {
        self::assertNull((new OrderFacts())->data('order.paid', ['order' => 99]));
        self::assertNull((new OrderFacts())->data('order.refunded', ['order' => 15, 'refund' => 99]));
    }

    public function testAnOrderIsToldWhenWooCommerceDatesItsPaymentAndOnce(): void
    {
        $order = \Site::$orders[15];
        $order->data['meta'] = [];
        $paid = $order->data['date_paid'];
        // Cash on delivery: processing, and no payment dated.
        $order->data['date_paid'] = null;
        list($events, $keys) = $this->events();
        $events->look(15);
        self::assertSame([], $keys());
        $order->data['date_paid'] = $paid;
        $order->data['status'] = 'completed';
        $events->look(15);
        $events->look(15);
        self::assertSame(['order.paid 15'], $keys());
    }

    public function testWhatIsTakenBackComesAgain(): void
    {
        $order = \Site::$orders[15];
        $order->data['meta'] = [];
        list($events, $keys) = $this->events();
        $order->data['status'] = 'failed';
        $paid = $order->data['date_paid'];
        $order->data['date_paid'] = null;
        $events->look(15);
        self::assertSame([], $keys(), 'what was never paid is not taken back');
        $order->data['date_paid'] = $paid;
        $order->data['status'] = 'processing';
        $events->look(15);
        $order->data['status'] = 'cancelled';
        $events->look(15);
        $events->look(15);
        $order->data['status'] = 'processing';
        $events->look(15);
        $types = array_map(static function (string $key): string {
            return explode(' ', $key)[0];
        }, $keys());
        self::assertSame(['order.paid', 'order.cancelled', 'order.reinstated'], $types);
    }

    public function testACancellationIsToldOfAnOrderThatTheHistoryTold(): void
    {
        \Site::$orders[15]->data['meta'] = [];
        list($events, $keys) = $this->events();
        $events->trashed(15);
        $events->trashed(15);
        self::assertCount(1, $keys());
        self::assertStringStartsWith('order.cancelled 15 ', $keys()[0]);
    }

    public function testAnOrderOfTheTrashCountsAgainOnlyWhereItDidBefore(): void
    {
        list($events, $keys) = $this->events();
        foreach (['wc-cancelled', 'failed', ''] as $previous) {
            \Site::$orders[15]->data['meta'] = ['_parrain_told' => 'cancelled'];
            $events->restored(15, $previous);
        }
        self::assertSame([], $keys());
        $events->restored(15, 'wc-completed');
        self::assertCount(2, $keys());
        self::assertStringStartsWith('order.reinstated 15 ', $keys()[1]);
    }

    public function testTheSameRefundAndItsDeletionAreToldOnce(): void
    {
        list($events, $keys) = $this->events();
        $events->refunded(15, 16);
        $events->refunded(15, 16);
        $events->refund_deleted(16, 15);
        self::assertSame(['order.refunded 16', 'refund.voided 16'], $keys());
    }

    public function testAnyValidCodeIsACouponByTheProgramsTerms(): void
    {
        self::assertSame(
            ['discount_type' => 'percent', 'amount' => '10', 'minimum_amount' => '30.00'],
            $this->gift()->data(false, 'anna10')
        );
    }

    public function testWhatIsNoCodeOrNobodysOrTheShopsOwnIsLeftAlone(): void
    {
        $gift = $this->gift();
        self::assertFalse($gift->data(false, 17));
        self::assertFalse($gift->data(false, '<script>'));
        self::assertSame(['amount' => 5], $gift->data(['amount' => 5], 'anna10'));
        $own = new \WC_Coupon('anna10');
        $own->save();
        self::assertFalse($gift->data(false, 'anna10'));
        $down = $this->http(null);
        $this->gift(null, $down)->data(false, 'anna10');
        $this->gift(null, $down)->applied('anna10');
        $this->gift(null, $down)->why('Expired.', 107, $own);
        self::assertSame([], $down->asked, 'nobody is asked about a coupon of the shop\'s own');
        \Site::$coupons = [];
        self::assertFalse($this->gift(['code' => ['valid' => false, 'reason' => 'unknown']])->data(false, 'nobody'));
        self::assertFalse($this->gift(null)->data(false, 'anna10'), 'the edge is down and nothing is known');
    }

    /** @dataProvider rewards */
    public function testEachKindOfGiftIsWhatACouponCanGive(array $reward, array $coupon): void
    {
        $offer = self::OFFER;
        $offer['code']['friend'] = ['reward' => $reward];
        self::assertSame($coupon, $this->gift($offer)->data(false, 'anna10'));
    }

    public function rewards(): array
    {
        return [
            [['kind' => 'amount_off', 'amount' => '5.00'], ['discount_type' => 'fixed_cart', 'amount' => '5.00']],
            [['kind' => 'free_shipping'], ['discount_type' => 'fixed_cart', 'amount' => '0', 'free_shipping' => true]],
            [['kind' => 'free_product', 'sku' => 'MUG'], ['discount_type' => 'percent', 'amount' => '100', 'product_ids' => [11], 'limit_usage_to_x_items' => 1]],
            [['kind' => 'free_product', 'sku' => 'GONE'], ['discount_type' => 'fixed_cart', 'amount' => '0']],
            [['kind' => 'points', 'points' => 5], ['discount_type' => 'fixed_cart', 'amount' => '0']],
        ];
    }

    public function testNobodyIsAskedWhileAnOrderIsPlaced(): void
    {
        $_GET['wc-ajax'] = 'checkout';
        self::assertFalse($this->gift()->data(false, 'anna10'));
        $_GET['wc-ajax'] = 'update_order_review';
        self::assertFalse($this->gift()->data(false, 'anna10'));
        $_GET = [];
        $_SERVER = ['REQUEST_METHOD' => 'POST', 'REQUEST_URI' => '/shop/wp-json/wc/store/v1/checkout?_locale=user'];
        self::assertFalse($this->gift()->data(false, 'anna10'));
        $_SERVER = ['REQUEST_METHOD' => 'POST', 'REQUEST_URI' => '/?rest_route=%2Fwc%2Fstore%2Fv1%2Fcheckout'];
        self::assertFalse($this->gift()->data(false, 'anna10'));
    }

    public function testACodeThatGivesNothingIsNotedAndComesIntoNoBasketByItself(): void
    {
        WC()->cart = new \WC_Cart();
        $offer = self::OFFER;
        foreach (['percent_off' => 1, 'points' => 0] as $kind => $times) {
            WC()->cart->applied = [];
            $offer['code']['friend'] = ['reward' => ['kind' => $kind, 'percent' => '10']];
            \Site::$gift = $this->gift($offer);
            $this->visit()->wished('ANNA10');
            \Site::$gift->bring(WC()->cart);
            self::assertCount($times, WC()->cart->applied, $kind);
        }
        $words = \Site::$gift->welcome('Coupon applied.', \WC_Coupon::WC_COUPON_SUCCESS, new \WC_Coupon('anna10'));
        self::assertSame('The code ANNA10 is noted with your order.', $words);
        self::assertSame('Coupon', \Site::$gift->label('Coupon', new \WC_Coupon('anna10')));
    }

    public function testShippingIsFreeByARewardToo(): void
    {
        \Site::$accounts = ['anna@example.com' => 2];
        $this->handing()->perform(Task::read(['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'customer_id' => '2', 'reward' => ['kind' => 'free_shipping']]));
        $own = new \WC_Coupon('own');
        $own->set_free_shipping(true);
        $own->save();
        WC()->cart = new \WC_Cart();
        foreach (['own' => '5.00', 'k7pm-4xqd' => '0'] as $code => $cost) {
            WC()->cart->applied = [$code];
            $rates = ['a' => new \WC_Shipping_Rate(['method_id' => 'flat_rate', 'cost' => '5.00'])];
            self::assertSame($cost, $this->gift()->free_shipping($rates)['a']->get_cost());
        }
    }

    public function testAnOrderThatIsNotPaidYetIsAnOrderToo(): void
    {
        WC()->session->set('order_awaiting_payment', 77);
        self::assertFalse(Customers::has_ordered(0, ['waiting@example.com']));
        list($query) = \Site::$queries;
        self::assertSame(['wc-pending', 'wc-processing', 'wc-on-hold', 'wc-completed', 'wc-refunded'], $query['status']);
        self::assertSame([77], $query['exclude'], 'who pays again what failed orders once');
    }

    public function testAGiftForNewCustomersIsRefusedToOthersWithTheReason(): void
    {
        $coupon = new \WC_Coupon('anna10');
        $coupon->set_virtual(true);
        \Site::$accounts = ['old@example.com' => 7, 'new@example.com' => 8];
        \Site::$options['signed_in'] = 'new@example.com';
        self::assertTrue($this->gift()->check(true, $coupon));
        \Site::$options['signed_in'] = 'old@example.com';
        \Site::$buyers = [7];
        $this->expectExceptionMessage('The gift of ANNA10 is for new customers');
        $this->gift()->check(true, $coupon);
    }

    public function testTheCodeIsKeptWithTheBasketAndThenWithTheOrder(): void
    {
        $_COOKIE['parrain_ref'] = 'v1.ANNA10.l.1795744441~v1.ANNA10.p.1795744443';
        $visit = $this->visit();
        $visit->note();
        self::assertTrue(WC()->session->hasCookie);
        // The payment comes back without cookies.
        $_COOKIE = [];
        $order = \Site::$orders[15];
        $order->data['meta'] = [];
        $order->data['coupon_codes'] = [];
        $visit->give($order);
        self::assertSame(['link', 'promo_code'], array_column(Visit::touches_of($order), 'source'));
        self::assertSame('ANNA10', $visit->wish());
        $visit->wished('ZOE-12');
        $visit->give($order);
        self::assertSame(['ZOE-12'], Visit::codes_of($order));
        $visit->dismissed('ZOE-12');
        self::assertSame('ANNA10', $visit->wish());
    }

    public function testAnAccountIsToldWithTheCodeThatBroughtIt(): void
    {
        \Site::$accounts = ['new@example.com' => 8];
        $_COOKIE['parrain_ref'] = 'v1.ANNA10.l.1795744441';
        $store = new SqlStore(new LiteDatabase(), 'queue');
        $signups = new Signups(new Queue($store, new Clock(new ShortMemory()), new OrderFacts()), $this->visit());
        $signups->opened(8);
        $signups->opened(8);
        $waiting = $store->newest([Entry::WAITING], 5);
        self::assertCount(1, $waiting);
        $data = (new OrderFacts())->data('signup.created', $waiting[0]->subject);
        self::assertSame(
            ['customer-8', ['id' => '8', 'email' => 'new@example.com'], ['ANNA10'], ['ANNA10']],
            [$data['event_id'], $data['customer'], $data['codes'], array_column($data['touches'], 'code')]
        );
        self::assertNull((new OrderFacts())->data('signup.created', ['user' => 99, 'at' => '2026-11-27T00:00:00Z']));
    }

    public function testAnAddressIsKeptOnlyWhereTheOwnerSaysThatNobodyNeedsToBeAsked(): void
    {
        $_SERVER['REQUEST_URI'] = '/shop/?ref=anna10';
        $this->visit()->note();
        self::assertFalse(WC()->session->hasCookie);
        \Site::$options['parrain_consent'] = 'none-needed';
        $this->visit()->note();
        self::assertSame('ANNA10', $this->visit()->wish());
    }

    public function testARewardIsOneCouponHoweverOftenItIsAskedFor(): void
    {
        \Site::$accounts = ['anna@example.com' => 2];
        $task = Task::read(['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD-9RTB', 'customer_id' => '2', 'currency' => 'EUR',
            'reward' => ['kind' => 'store_credit', 'amount' => '10.00']]);
        $code = $this->handing()->perform($task);
        self::assertSame('K7PM-4XQD-9RTB', $code);
        self::assertSame($code, $this->handing()->perform($task));
        self::assertCount(1, \Site::$coupons);
        $coupon = \Site::$coupons[strtolower($code)]->data;
        self::assertSame(
            ['fixed_cart', '10.00', 1, ['anna@example.com'], '2'],
            [$coupon['discount_type'], $coupon['amount'], $coupon['usage_limit'], $coupon['email_restrictions'], $coupon['meta']['_parrain_customer']]
        );
    }

    public function testAVoucherThatWasTakenBackEndsUnlessItWasSpent(): void
    {
        \Site::$accounts = ['anna@example.com' => 2];
        $task = ['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'customer_id' => '2', 'reward' => ['kind' => 'percent_off', 'percent' => '15']];
        $end = Task::read(['id' => 't2', 'kind' => 'end_code', 'code' => 'K7PM-4XQD']);
        $this->handing()->perform(Task::read($task));
        self::assertSame('K7PM-4XQD', $this->handing()->perform($end));
        self::assertSame([], \Site::$coupons);
        self::assertSame('K7PM-4XQD', $this->handing()->perform($end), 'what is gone is ended');
        $this->handing()->perform(Task::read($task));
        \Site::$coupons['k7pm-4xqd']->data['usage_count'] = 1;
        $this->expectExceptionMessage('was spent already');
        $this->handing()->perform($end);
    }

    public function testARestIsAVoucherThatEndsWithItsOwn(): void
    {
        list($rewards, $order) = $this->spentInPart();
        $rewards->keep_rest(15);
        $rewards->keep_rest(15);
        self::assertSame(['k7pm-4xqd', 'k7pm-4xqd-r'], array_keys(\Site::$coupons));
        self::assertSame('6.40', \Site::$coupons['k7pm-4xqd-r']->data['amount'], 'a guest has their rest too');
        $end = Task::read(['id' => 't2', 'kind' => 'end_code', 'code' => 'K7PM-4XQD']);
        \Site::$coupons['k7pm-4xqd-r']->data['usage_count'] = 1;
        try {
            $rewards->perform($end);
            self::fail('the rest was spent');
        } catch (CannotDo $reason) {
            self::assertCount(2, \Site::$coupons);
        }
        \Site::$coupons['k7pm-4xqd-r']->data['usage_count'] = 0;
        $rewards->perform($end);
        self::assertSame([], \Site::$coupons);
    }

    public function testAVoucherThatComesBackComesWithoutTheRestThatWasSpent(): void
    {
        list($rewards) = $this->spentInPart();
        $rewards->keep_rest(15);
        $rewards->take_rest(15);
        self::assertSame(['k7pm-4xqd'], array_keys(\Site::$coupons));
        $rewards->keep_rest(15);
        \Site::$coupons['k7pm-4xqd-r']->data['usage_count'] = 1;
        $rewards->take_rest(15);
        $rewards->take_rest(15);
        self::assertSame('3.60', \Site::$coupons['k7pm-4xqd']->data['amount']);
        self::assertCount(2, \Site::$coupons);
    }

    public function testACouponOfTheShopsOwnIsNeitherGivenNorEnded(): void
    {
        \Site::$accounts = ['anna@example.com' => 2];
        $own = new \WC_Coupon('k7pm-4xqd');
        $own->save();
        $this->handing()->perform(Task::read(['id' => 't2', 'kind' => 'end_code', 'code' => 'K7PM-4XQD']));
        self::assertCount(1, \Site::$coupons);
        $this->expectExceptionMessage('the shop has another coupon of the code K7PM-4XQD');
        $this->handing()->perform(Task::read(['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'customer_id' => '2']));
    }

    public function testAConnectionThatCouldNotBeEndedIsSaid(): void
    {
        $connection = $this->connection()->kept();
        \Site::$options['parrain_connection'] = $connection;
        self::assertTrue(Installation::disconnect(new Options(), $this->http(null)), 'it was typed by hand');
        \Site::$options['parrain_connection'] = ['connection' => 'c-1', 'module_token' => 'mt'] + $connection;
        self::assertTrue(Installation::disconnect(new Options(), $this->http([])));
        self::assertFalse(Installation::disconnect(new Options(), $this->http(null)));
    }

    public function testOrdersThatWaitInVainAreSaidWhateverWasFoundDaysAgo(): void
    {
        \Site::$options['parrain_connection'] = $this->connection()->kept();
        \Site::$options['parrain_last_run'] = time();
        \Site::$options['parrain_checks'] = [[Checks::GOOD, 'offer read', []], [Checks::GOOD, 'events yes', []], [Checks::GOOD, 'landing keeps', ['/']]];
        $store = new SqlStore(new LiteDatabase(), 'queue');
        $clock = new Clock(new ShortMemory());
        $queue = new Queue($store, $clock, new OrderFacts());
        $queue->add('order.paid 15', 'order.paid', ['order' => 15]);
        $checks = new Checks(new Options(), $this->http(null), $clock, $store);
        self::assertSame(Checks::GOOD, $checks->told()[1][0]);
        $queue->run(new Edge($this->http(null), $clock, $this->connection()), 5, 5);
        self::assertSame([Checks::BAD, 'Orders cannot be told: no answer'], $checks->told()[1]);
    }

    public function testEachSiteOfANetworkIsSeenTo(): void
    {
        \Site::$network = [1, 4, 7];
        $seen = [];
        $note = static function () use (&$seen): void {
            $seen[] = \Site::$current;
        };
        Installation::on_sites(false, $note);
        Installation::on_sites(true, $note);
        self::assertSame([1, 1, 4, 7], $seen);
        self::assertSame(1, \Site::$current);
    }

    /** @dataProvider impossible */
    public function testWhatAShopCannotHandOutIsSaid(array $task, string $words): void
    {
        $this->expectException(CannotDo::class);
        $this->expectExceptionMessage($words);
        $this->handing()->perform(Task::read($task + ['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'currency' => 'EUR', 'email' => 'anna@example.com']));
    }

    public function impossible(): array
    {
        return [
            [['reward' => ['kind' => 'points', 'points' => 5]], 'a coupon cannot give "points"'],
            [['reward' => ['kind' => 'store_credit', 'amount' => '10.00'], 'currency' => 'USD'], 'the reward is in USD and the shop sells in EUR'],
            [['reward' => ['kind' => 'free_product', 'sku' => 'GONE']], 'the shop has no product "GONE"'],
            [['reward' => ['kind' => 'percent_off', 'percent' => '15'], 'email' => '', 'customer_id' => '99'], 'the shop has no account of this customer'],
            [['kind' => 'dance'], 'this module does not know the task "dance"'],
        ];
    }

    public function testWhatTheModuleSaysIsThereInFrench(): void
    {
        $french = (string) file_get_contents(__DIR__ . '/../languages/parrain-fr_FR.po');
        $code = '';
        foreach (array_merge(glob(__DIR__ . '/../src/*.php'), [__DIR__ . '/../parrain.php']) as $file) {
            $code .= file_get_contents($file);
        }
        preg_match_all('/\b(?:__|_n|esc_html__|esc_attr__)\(\s*\'([^\']+)\'/', $code, $found);
        self::assertGreaterThan(60, count($found[1]));
        foreach ($found[1] as $text) {
            $entry = 'msgid "' . addcslashes($text, '"') . '"' . "\n";
            self::assertStringContainsString($entry, $french);
            $translated = substr($french, strpos($french, $entry) + strlen($entry), 900);
            self::assertSame(1, preg_match('/msgstr(?:\[0\])? "([^"]+)/', explode("\n\n", $translated)[0], $said), $text);
            preg_match_all('/%(?:\d\$)?[sd]/', $text, $before);
            preg_match_all('/%(?:\d\$)?[sd]/', $said[1], $after);
            self::assertEqualsCanonicalizing($before[0], $after[0], $text);
        }
    }

    /** @return array{0: OrderEvents, 1: callable} */
    private function events(): array
    {
        $store = new SqlStore(new LiteDatabase(), 'queue');
        return [
            new OrderEvents(new Queue($store, new Clock(new ShortMemory()), new OrderFacts())),
            static function () use ($store): array {
                return array_column(array_reverse($store->newest([Entry::WAITING], 50)), 'key');
            },
        ];
    }

    private function visit(): Visit
    {
        return new Visit($this->connection(), new Options());
    }

    /** A guest's voucher of 10.00, of which order 15 used 3.60. */
    private function spentInPart(): array
    {
        $rewards = $this->handing();
        $rewards->perform(Task::read(['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'currency' => 'EUR',
            'email' => 'guest@example.com', 'reward' => ['kind' => 'store_credit', 'amount' => '10.00']]));
        $order = \Site::$orders[15];
        $order->data['prices_include_tax'] = true;
        $order->data['items'][] = ['type' => 'coupon', 'id' => 90, 'code' => 'k7pm-4xqd', 'discount' => '3.00', 'discount_tax' => '0.60'];
        return [$rewards, $order];
    }

    private function handing(): Rewards
    {
        return new Rewards();
    }

    private function http(?array $offer): TalkingHttp
    {
        return new TalkingHttp(static function () use ($offer) {
            return $offer === null ? null : new Answer(200, [], (string) json_encode($offer));
        });
    }

    private function gift(?array $offer = self::OFFER, ?TalkingHttp $http = null): Gift
    {
        $http = $http ?? $this->http($offer);
        $clock = new Clock(new ShortMemory());
        return new Gift(new Offers(new Edge($http, $clock, $this->connection()), new ShortCache(), $clock, 'demo'), $this->visit(), $clock);
    }

    private function connection(): Connection
    {
        return Connection::of('https://edge.example', ['shop' => 'demo', 'event_secret' => 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD']);
    }
}
