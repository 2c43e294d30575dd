<?php

namespace Parrain\OpenCart\Tests;

use Parrain\OpenCart\Account;
use Parrain\OpenCart\Checks;
use Parrain\OpenCart\Gift;
use Parrain\OpenCart\Hooks;
use Parrain\OpenCart\Installation;
use Parrain\OpenCart\Options;
use Parrain\OpenCart\Parts;
use Parrain\OpenCart\Schedule;
use Parrain\OpenCart\SettingsPage;
use Parrain\OpenCart\Tag;
use Parrain\OpenCart\Version;
use Parrain\OpenCart\Visit;
use Parrain\OpenCart\Words;
use Parrain\Shared\Answer;
use Parrain\Shared\CannotDo;
use Parrain\Shared\Edge;
use Parrain\Shared\Entry;
use Parrain\Shared\Offers;
use Parrain\Shared\Task;
use Parrain\Shared\Tests\ShortCache;
use Parrain\Shared\Tests\TalkingHttp;
use PHPUnit\Framework\TestCase;

/**
 * @runTestsInSeparateProcesses
 * @preserveGlobalState disabled
 */
final class ModuleTest extends TestCase
{
    private const CONNECTION = [
        'edge' => 'https://edge.example', 'shop' => 'demo', 'event_secret' => 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'identity_key' => 'key',
        'module_token' => 'token', 'connection' => '1', 'widget_src' => 'https://edge.example/widget.js', 'link_params' => ['ref'], 'name' => 'Atelier',
    ];

    private const OFFER = [
        'currency' => 'USD',
        'code' => ['valid' => true, 'code' => 'ZOE-12', 'from' => 'Zoé', 'new_customers_only' => true,
            'friend' => ['reward' => ['kind' => 'percent_off', 'percent' => '10'], 'min_subtotal' => '30.00']],
    ];

    /** @var Registry */
    private $registry;

    protected function setUp(): void
    {
        require_once __DIR__ . '/platform.php';
        require_once __DIR__ . '/../autoload.php';
        $this->registry = registry();
        $_SERVER = ['REQUEST_URI' => '/sub/index.php?route=common/home'];
        $this->parts()->options()->set('connection', self::CONNECTION);
        Parts::renew();
    }

    public function testAPaidOrderIsToldInItsOwnCurrencyAndEachLineBearsItsShareOfTheCoupon(): void
    {
        $data = $this->told('order.paid', ['order' => 8]);
        self::assertSame(['8', 'EUR'], [$data['order_id'], $data['currency']]);
        // 222.00, 22.20, 5.00 and 46.96 dollars at 0.78460002.
        self::assertSame(
            ['174.18', '17.42', '3.92', '36.84', '197.53'],
            [$data['subtotal'], $data['discount'], $data['shipping'], $data['tax'], $data['total']]
        );
        self::assertSame(['142.64', '14.12'], array_column($data['lines'], 'total'));
        self::assertSame([['product 11', 2], ['product 20', 1]], array_map(static function (array $line): array {
            return [$line['sku'], $line['quantity']];
        }, $data['lines']));
        self::assertSame(['ANNA10'], $data['codes']);
        self::assertSame(['ANNA10'], array_column($data['touches'], 'code'));
        self::assertSame(['orders_count' => 1, 'email' => 'rec@example.com'], $data['customer']);
    }

    public function testAnOrderIsPaidFromTheMomentOfItsFirstPaidStatus(): void
    {
        // Pending when it was placed, Processing a second or two later.
        $placed = $this->rows('SELECT date_added FROM px41_order WHERE order_id = 8')[0]['date_added'];
        $paid = $this->rows('SELECT date_added FROM px41_order_history WHERE order_id = 8 AND order_status_id = 2')[0]['date_added'];
        self::assertNotSame($placed, $paid);
        self::assertSame(str_replace(' ', 'T', $paid) . 'Z', $this->told('order.paid', ['order' => 8])['at']);
    }

    public function testWhatAnOrderWasPaidWithIsNoDiscount(): void
    {
        $this->db("INSERT INTO px41_order_total (order_id, code, title, value) VALUES (1, 'credit', 'Store Credit', '-12.0000'), (1, 'reward', 'Points', '-1.0000')");
        self::assertSame('11.10', $this->told('order.paid', ['order' => 1])['discount'], 'the coupon, and the points');
    }

    public function testACouponsFreeShippingIsNoDiscountOfGoods(): void
    {
        $this->db("UPDATE px41_coupon SET shipping = 1 WHERE code = 'ANNA10'");
        $this->db("UPDATE px41_order_total SET value = '-15.1000' WHERE order_id = 1 AND code = 'coupon'");
        self::assertSame('10.10', $this->told('order.paid', ['order' => 1])['discount']);
    }

    public function testTheDeepestCategoryIsTold(): void
    {
        $this->db("INSERT INTO px41_category_path (category_id, path_id, level) VALUES (90, 20, 0), (90, 90, 1)");
        $this->db("INSERT INTO px41_category_description (category_id, language_id, name) VALUES (90, 1, 'Phones &amp; PDAs')");
        $this->db('INSERT INTO px41_product_to_category (product_id, category_id) VALUES (40, 90)');
        self::assertSame('Phones & PDAs', $this->told('order.paid', ['order' => 1])['lines'][0]['category']);
    }

    public function testAReturnTakesItsPiecesOfTheGoods(): void
    {
        $data = $this->told('order.refunded', ['order' => 8, 'return' => 2, 'refund_id' => 'return-2', 'at' => '2026-11-27T08:00:00Z']);
        // One of two.
        self::assertSame(['return-2', '71.32'], [$data['refund_id'], $data['amount']]);
        $this->db("UPDATE px41_return SET quantity = '9'");
        self::assertSame('142.64', $this->told('order.refunded', ['order' => 8, 'return' => 2, 'refund_id' => 'r', 'at' => 't'])['amount']);
    }

    public function testAReturnOfSomethingElseIsRefusedWithTheReason(): void
    {
        $this->db("UPDATE px41_return SET product_id = 0, model = 'nothing of it'");
        $this->expectExceptionMessage('the return 2 names no product of the order 8');
        $this->told('order.refunded', ['order' => 8, 'return' => 2, 'refund_id' => 'return-2', 'at' => '2026-11-27T08:00:00Z']);
    }

    public function testAReturnIsARefundOnceItIsOverAndGaveMoneyBack(): void
    {
        $hooks = new Hooks($this->registry);
        $this->db('UPDATE px41_return SET return_status_id = 2');
        $hooks->returnTurned(2);
        self::assertSame([], $this->waiting());
        $this->db('UPDATE px41_return SET return_status_id = 3, return_action_id = 3');
        $hooks->returnTurned(2);
        self::assertSame([], $this->waiting(), 'a replacement was sent');
        $this->db('UPDATE px41_return SET return_action_id = 2');
        foreach (['order.refunded' => 'returnTurned', 'refund.voided' => 'returnDeleted'] as $type => $told) {
            $hooks->$told(2);
            self::assertSame([$type], $this->waiting());
            // What is told again is not: within a second by its key, and later by what was said of it.
            $this->db('DELETE FROM px41_parrain_events');
            $hooks->$told(2);
            self::assertSame([], $this->waiting());
        }
        $hooks->returnTurned(99);
        self::assertSame([], $this->registry->get('log')->written);
    }

    public function testAnOrderIsToldWhenItsStatusIsPaidAndWhatIsTakenBackComesAgain(): void
    {
        $this->db("UPDATE px41_parrain_order SET told = ''");
        // Pending, then cancelled unpaid: nothing was told, so nothing is taken back.
        $this->turn(1, [1, 7]);
        self::assertSame([], $this->waiting());
        // Shipped after paid is nothing new; Voided is how an order that is being changed begins.
        $this->turn(1, [2, 3, 7, 7, 5, 16, 5]);
        $types = $this->waiting();
        self::assertSame('order.paid', $types[0]);
        self::assertSame(['order.cancelled', 'order.reinstated'], array_values(array_unique(array_slice($types, 1))));
    }

    public function testCashOnDeliveryIsNotPaidByBeingOrdered(): void
    {
        $this->db("UPDATE px41_parrain_order SET told = ''");
        $this->db("UPDATE px41_setting SET value = '2' WHERE `key` = 'payment_cod_order_status_id'");
        Parts::renew();
        $this->turn(1, [2]);
        self::assertSame([], $this->waiting());
        $this->turn(1, [5]);
        self::assertSame(['order.paid'], $this->waiting());
    }

    public function testOfThePlatformsStatusesPendingAndReversedAreNotPaid(): void
    {
        // OpenCart is installed with both among those that it processes.
        $statuses = $this->parts()->statuses();
        self::assertEqualsCanonicalizing([5, 3, 2], $statuses->paid());
        self::assertContains(12, $statuses->cancelled());
        $this->parts()->options()->set('paid_statuses', [15]);
        self::assertSame([[15], false, true], [$statuses->paid(), $statuses->isPaid(2, 'x'), $statuses->isPaid(15, 'x')]);
        self::assertSame(['cod', 'cod', ''], array_map(['Parrain\OpenCart\Statuses', 'payment'], [
            ['payment_method' => '{"code":"cod.cod","name":"Cash"}'], ['payment_code' => 'cod'], ['payment_method' => 'hostile'],
        ]));
    }

    public function testOfReturnsThoseAreRefundsThatEachVersionInstallsAsSuch(): void
    {
        // 4.1 put “Waiting for return” where “Refunded” was.
        self::assertEqualsCanonicalizing([2, 4], $this->parts()->statuses()->refunded());
        $this->db('DELETE FROM px41_return_action WHERE return_action_id = 4');
        self::assertEqualsCanonicalizing([1, 2], $this->parts()->statuses()->refunded());
        $this->parts()->options()->set('refund_actions', [3]);
        self::assertSame([3], $this->parts()->statuses()->refunded());
    }

    public function testThePastIsToldOnceAndACancellationOfItToo(): void
    {
        $this->db("UPDATE px41_parrain_order SET told = ''");
        $history = $this->parts()->history();
        $history->start();
        $history->goOn($this->parts()->queue());
        $history->goOn($this->parts()->queue());
        self::assertSame(['order.paid', 'order.paid'], $this->waiting());
        self::assertSame([2, true], [$history->state()['told'], $history->state()['done']]);
        $this->turn(8, [11]);
        self::assertSame(['order.paid', 'order.paid', 'order.cancelled'], $this->waiting());
    }

    public function testWhoHasOrderedIsNoNewCustomerAgain(): void
    {
        $customers = $this->parts()->customers();
        self::assertTrue($customers->hasOrdered(0, 'bob@example.com'));
        self::assertFalse($customers->hasOrdered(0, ''));
        $this->db('UPDATE px41_order SET order_status_id = 7 WHERE order_id = 1');
        self::assertFalse($customers->hasOrdered(0, 'bob@example.com'), 'cancelled');
        $this->db('UPDATE px41_order SET order_status_id = 0 WHERE order_id = 1');
        self::assertFalse($customers->hasOrdered(0, 'bob@example.com'), 'never placed');
        $this->db("UPDATE px41_order SET email = 'rec@example.com', order_status_id = 5 WHERE order_id = 1");
        self::assertSame(2, $this->told('order.paid', ['order' => 8])['customer']['orders_count']);
    }

    public function testTheCodeIsKeptWithTheBasketAndThenWithTheOrder(): void
    {
        $visit = $this->parts()->visit();
        $this->registry->get('request')->cookie['parrain_ref'] = 'v1.ZOE-12.l.1795744441~v1.ZOE-12.p.1795744443';
        $visit->note();
        self::assertSame('ZOE-12', $visit->wish());
        $visit->dismissed('ZOE-12');
        self::assertNull($visit->wish());
        $visit->wished('OTHER');
        (new Hooks($this->registry))->orderWritten(1);
        // The payment comes back without cookies and in a session of its own.
        $this->registry->get('request')->cookie = [];
        $this->registry->get('session')->id = 'session-of-the-bank-000000';
        self::assertNull($visit->wish());
        $data = $this->told('order.paid', ['order' => 1]);
        self::assertSame(['ANNA10', 'OTHER'], $data['codes']);
        self::assertSame(['link', 'promo_code'], array_column($data['touches'], 'source'));
    }

    public function testWhoSignsInBringsTheirCodesAlong(): void
    {
        $visit = $this->parts()->visit();
        $this->registry->get('request')->cookie['parrain_ref'] = 'v1.ZOE-12.l.1795744441';
        $visit->note();
        $visit->wished('OTHER');
        $this->registry->get('request')->cookie = [];
        $this->registry->get('customer')->id = 7;
        $visit->note();
        self::assertSame(['OTHER', ['ZOE-12']], [$visit->wish(), array_column($visit->touches(), 'code')]);
        // On another device it is the same basket, as OpenCart has it.
        $this->registry->get('session')->id = 'session-of-a-phone-0000000';
        Parts::renew();
        self::assertSame(['ZOE-12'], array_column($this->parts()->visit()->touches(), 'code'));
        self::assertCount(1, $this->rows('SELECT basket FROM px41_parrain_cart'), 'what was the session’s is the account’s');
    }

    public function testAnAddressIsKeptOnlyWhereTheOwnerSaysThatNobodyNeedsToBeAsked(): void
    {
        $_SERVER['REQUEST_URI'] = '/sub/?ref=zoe-12';
        $this->parts()->visit()->note();
        self::assertNull($this->parts()->visit()->wish());
        $this->parts()->options()->set('consent', 'none-needed');
        $this->parts()->visit()->note();
        self::assertSame('ZOE-12', $this->parts()->visit()->wish());
    }

    public function testTheNextBasketHasNoGiftThatWasTypedForTheOneBefore(): void
    {
        $visit = $this->parts()->visit();
        $visit->wished('OTHER');
        $this->registry->get('request')->get['route'] = 'checkout/success';
        $data = ['content_bottom' => 'end'];
        (new Hooks($this->registry))->success($data);
        self::assertNull($visit->wish());
        self::assertSame('end', $data['content_bottom'], 'the button in the corner says so by itself');
        $this->parts()->options()->set('placement', 'none');
        (new Hooks($this->registry))->success($data);
        self::assertStringContainsString('<parrain-offer', $data['content_bottom']);
    }

    public function testTheShopsOwnRedirectsKeepTheCode(): void
    {
        $with = static function (string $to): ?string {
            return Visit::withCode($to, 'ref', 'ANNA10', 'shop.example');
        };
        self::assertSame('/sub/fr/?ref=ANNA10', $with('/sub/fr/'));
        self::assertSame('https://shop.example/index.php?route=a/b&ref=ANNA10#top', $with('https://shop.example/index.php?route=a/b#top'));
        self::assertNull($with('https://shop.example/?ref=ANNA10'));
        self::assertNull($with('https://bank.example/pay'));
        self::assertNull($with('https://shop.example.evil.example/'));
    }

    public function testACodeThatIsTypedBecomesACouponByTheProgramsTerms(): void
    {
        $gift = $this->gift(self::OFFER);
        self::assertSame('ZOE-12', $gift->know(' zoe-12 '));
        $coupon = $this->coupon('ZOE-12');
        self::assertSame(
            ['Gift from Zoé', 'P', '10', '30.0000', 1, 1],
            [$coupon['name'], $coupon['type'], $coupon['discount'], $coupon['total'], $coupon['uses_customer'], $coupon['status']]
        );
        $gift->know('ZOE-12');
        self::assertCount(1, $this->rows("SELECT 1 FROM px41_coupon WHERE code = 'ZOE-12'"));
    }

    public function testACouponFollowsTheProgram(): void
    {
        $this->gift(self::OFFER)->know('ZOE-12');
        $offer = self::OFFER;
        $offer['currency'] = 'EUR';
        $offer['code']['friend'] = ['reward' => ['kind' => 'amount_off', 'amount' => '5.00']];
        $this->gift($offer)->know('ZOE-12');
        $coupon = $this->coupon('ZOE-12');
        // Five euros, in the dollars that OpenCart keeps coupons in.
        self::assertSame(['F', '6.3727'], [$coupon['type'], $coupon['discount']]);
    }

    public function testAGiftInACurrencyInWhichTheShopDoesNotSellIsNone(): void
    {
        $offer = self::OFFER;
        $offer['currency'] = 'CHF';
        $offer['code']['friend'] = ['reward' => ['kind' => 'amount_off', 'amount' => '5.00']];
        $gift = $this->gift($offer);
        $gift->know('ZOE-12');
        $this->goods([40 => [101.0, 1]]);
        self::assertSame([], $gift->answer('ZOE-12', ['told']), 'OpenCart would calculate with what is no number');
        self::assertSame('0.0000', $this->coupon('ZOE-12')['discount']);
        self::assertSame('The gift of ZOE-12 is in CHF, in which this shop does not sell.', $gift->typed('ZOE-12', false));
        $gift->look();
        self::assertArrayNotHasKey('coupon', $this->registry->get('session')->data);
    }

    public function testTheShopsOwnCouponComesFirstAndTheEdgeIsNotAsked(): void
    {
        $this->db("INSERT INTO px41_coupon (coupon_id, code, name) VALUES (50, 'ZOE-12', 'of the shop')");
        $http = new TalkingHttp(static function () {
            return null;
        });
        self::assertSame('ZOE-12', $this->giftOf($http)->know('ZOE-12'));
        self::assertSame(['kept' => 1], $this->giftOf($http)->answer('ZOE-12', ['kept' => 1]));
        self::assertSame([], $http->asked);
    }

    public function testALongCodeHasACouponByItsBeginning(): void
    {
        $offer = self::OFFER;
        $gift = $this->gift($offer);
        $coupon = $gift->know('jean-philippe-dupont-laval');
        self::assertSame('JEAN-PHILIPPE-DUPO-0', $coupon);
        self::assertSame($coupon, $gift->know('JEAN-PHILIPPE-DUPONT-LAVAL'), 'and no other one');
        self::assertSame('JEAN-PHILIPPE-DUPO-1', $gift->know('JEAN-PHILIPPE-DUPONT-LYON'));
        $this->db("UPDATE px41_order_total SET title = 'Coupon ($coupon)' WHERE order_id = 1 AND code = 'coupon'");
        $this->db("UPDATE px41_parrain_order SET code = ''");
        self::assertSame(['JEAN-PHILIPPE-DUPONT-LAVAL'], $this->told('order.paid', ['order' => 1])['codes']);
    }

    public function testACouponThatTheOwnerRemovedIsMadeAgain(): void
    {
        $this->gift(self::OFFER)->know('ZOE-12');
        $this->db("DELETE FROM px41_coupon WHERE code = 'ZOE-12'");
        $this->gift(self::OFFER)->know('ZOE-12');
        self::assertSame('Gift from Zoé', $this->coupon('ZOE-12')['name']);
    }

    /** @dataProvider hostile */
    public function testHostileTextIsNoCode(string $typed): void
    {
        self::assertSame($typed, $this->gift(self::OFFER)->know($typed));
        self::assertCount(1, $this->rows('SELECT 1 FROM px41_parrain_rule'));
    }

    public function hostile(): array
    {
        return [["' OR 1=1 -- "], ['<script>alert(1)</script>'], [str_repeat('A', 5000)], [''], ["\xff\xfe\x00"], ['ANNA_10']];
    }

    public function testACouponThatTheOwnerSwitchedOffGivesNothing(): void
    {
        $gift = $this->gift(self::OFFER);
        $gift->know('ZOE-12');
        $this->db("UPDATE px41_coupon SET status = 0 WHERE code = 'ZOE-12'");
        $this->goods([40 => [101.0, 1]]);
        self::assertSame([], $gift->answer('ZOE-12', ['told']), '4.0 would send the order to the status for fraud');
        $this->parts()->visit()->wished('ZOE-12');
        $gift->look();
        self::assertArrayNotHasKey('coupon', $this->registry->get('session')->data);
        $offer = self::OFFER;
        $offer['code']['friend']['reward']['percent'] = '20';
        $this->gift($offer)->know('ZOE-12');
        self::assertSame(0, $this->coupon('ZOE-12')['status'], 'and stays off when the program changes');
    }

    public function testOfTwoOrdersAtOnceOneHasTheGiftForNewCustomers(): void
    {
        $this->answerOffers(self::OFFER);
        $this->gift(self::OFFER)->know('ZOE-12');
        $this->db("UPDATE px41_order_total SET title = 'Coupon (ZOE-12)' WHERE code = 'coupon'");
        $this->db("UPDATE px41_order SET email = 'rec@example.com', order_status_id = 0");
        $this->db("INSERT INTO px41_setting (store_id, `key`, value) VALUES (0, 'config_fraud_status_id', '8')");
        $hooks = new Hooks($this->registry);
        $first = [1, 2, '', true];
        $hooks->orderPlacing($first);
        self::assertSame([1, 2, '', true], $first);
        $this->db('UPDATE px41_order SET order_status_id = 2 WHERE order_id = 1');
        $hooks->orderPlacing($first);
        self::assertSame(2, $first[1], 'an order that was placed goes on');
        $second = [8, 2, '', true];
        $hooks->orderPlacing($second);
        self::assertSame(8, $second[1], 'as OpenCart does with an account that uses a coupon too often');
        self::assertSame([], $this->registry->get('log')->written);
    }

    public function testAGiftIsNamedSafelyForOpenCartsPages(): void
    {
        $offer = self::OFFER;
        $offer['code']['from'] = '<img src=x onerror=alert(1)>';
        $this->gift($offer)->know('ZOE-12');
        self::assertStringNotContainsString('<', $this->coupon('ZOE-12')['name']);
    }

    public function testWhatACouponGivesIsSaidByTheTermsOfTheMoment(): void
    {
        $gift = $this->gift(self::OFFER);
        $gift->know('ZOE-12');
        $this->goods([40 => [30.0, 1]]);
        self::assertSame(['P', '10', []], $this->worth($gift->answer('ZOE-12', [])));
        $this->goods([40 => [20.0, 1]]);
        self::assertSame([], $gift->answer('ZOE-12', ['told']), '24 with tax');
        $this->goods([40 => [25.0, 1]]);
        self::assertSame(['P', '10', []], $this->worth($gift->answer('ZOE-12', [])), '30 as the shopper sees it');
        $expired = $this->gift(['code' => ['valid' => false, 'reason' => 'expired']]);
        self::assertSame([], $expired->answer('ZOE-12', ['told']));
        self::assertSame([], (new Gift($this->parts(), null))->answer('ZOE-12', ['told']), 'disconnected');
        self::assertSame(['told'], $gift->answer('OTHER', ['told']));
    }

    public function testAnOrderThatTheOwnerChangesKeepsItsGift(): void
    {
        $gift = $this->gift(self::OFFER);
        $gift->know('ZOE-12');
        $this->goods([40 => [101.0, 1]]);
        $this->registry->get('session')->data['customer'] = ['email' => 'bob@example.com'];
        self::assertSame([], $gift->answer('ZOE-12', ['told']), 'to the shopper it is refused');
        $this->registry->get('request')->get['route'] = 'api/order';
        self::assertSame(['P', '10', []], $this->worth($gift->answer('ZOE-12', [])));
    }

    public function testAFreeProductTakesThePriceOfOnePieceOff(): void
    {
        $offer = self::OFFER;
        $offer['code']['friend'] = ['reward' => ['kind' => 'free_product', 'sku' => 'product 20']];
        $gift = $this->gift($offer);
        $gift->know('ZOE-12');
        self::assertSame(['20.0000', [['product_id' => 48]]], [
            $this->coupon('ZOE-12')['discount'], $this->rows('SELECT product_id FROM px41_coupon_product'),
        ]);
        $this->goods([40 => [101.0, 1]]);
        self::assertSame([], $gift->answer('ZOE-12', []));
        self::assertSame('The gift of ZOE-12 is a piece of product 20: put it into your basket, and it costs nothing.', $gift->typed('ZOE-12', false));
        $this->goods([40 => [101.0, 1], 48 => [19.5, 3]]);
        self::assertSame(['F', '19.5000', [48]], $this->worth($gift->answer('ZOE-12', [])));
    }

    public function testTheGiftComesInOnceThereAreGoodsAndLeavesWithItsReason(): void
    {
        $session = $this->registry->get('session');
        $gift = $this->gift(self::OFFER);
        $visit = $this->parts()->visit();
        $this->registry->get('request')->cookie['parrain_ref'] = 'v1.ZOE-12.l.1795744441';
        $visit->note();
        $gift->look();
        self::assertArrayNotHasKey('coupon', $session->data, 'an empty basket');
        $this->goods([40 => [101.0, 1]]);
        $gift->look();
        self::assertSame('ZOE-12', $session->data['coupon']);
        $this->goods([40 => [10.0, 1]]);
        $gift->look();
        self::assertSame('The gift of ZOE-12 is for baskets of USD 30.00 or more.', $visit->said());
        $gift->look();
        self::assertSame('', $visit->said(), 'once');
        $session->data['customer'] = ['email' => 'bob@example.com'];
        $this->goods([40 => [101.0, 1]]);
        $gift->look();
        self::assertSame('The gift of ZOE-12 is for new customers, and you have ordered here before.', $visit->said());
        $gift->look();
        self::assertArrayNotHasKey('coupon', $session->data);
    }

    public function testWhoHasJustOrderedIsNotToldThatTheyHaveOrderedBefore(): void
    {
        $session = $this->registry->get('session');
        $this->goods([40 => [101.0, 1]]);
        $gift = $this->gift(self::OFFER);
        $gift->know('ZOE-12');
        $gift->typed('ZOE-12', true);
        // The order is placed, and the basket is emptied by the page that thanks for it, after the module has looked.
        $session->data['customer'] = ['email' => 'rec@example.com'];
        $session->data['order_id'] = 8;
        $gift->look();
        self::assertSame('', $this->parts()->visit()->said());
        self::assertSame('ZOE-12', $session->data['coupon']);
        $session->data['order_id'] = 9;
        $gift->look();
        self::assertStringContainsString('ordered here before', $this->parts()->visit()->said());
    }

    public function testAGiftThatTheShopperTookOutDoesNotComeAgainByItself(): void
    {
        $session = $this->registry->get('session');
        $this->goods([40 => [101.0, 1]]);
        $gift = $this->gift(self::OFFER);
        $gift->know('zoe-12');
        self::assertNull($gift->typed('zoe-12', true));
        self::assertSame('ZOE-12', $session->data['coupon']);
        $gift->removed();
        unset($session->data['coupon']);
        $gift->look();
        self::assertArrayNotHasKey('coupon', $session->data);
        // 4.0 and 3.0 take one out by an empty field.
        $gift->typed('zoe-12', true);
        $gift->typed('', true);
        unset($session->data['coupon']);
        $gift->look();
        self::assertArrayNotHasKey('coupon', $session->data);
    }

    public function testAGiftThatWentWithAnOrderComesAgainOnlyWhereItIsAskedFor(): void
    {
        $offer = self::OFFER;
        $offer['code']['new_customers_only'] = false;
        $gift = $this->gift($offer);
        $this->registry->get('customer')->id = 7;
        $this->goods([40 => [101.0, 1]]);
        $gift->know('ZOE-12');
        $coupon = $this->coupon('ZOE-12')['coupon_id'];
        $this->db("INSERT INTO px41_coupon_history (coupon_id, order_id, customer_id) VALUES ($coupon, 77, 7)");
        $this->registry->get('request')->cookie['parrain_ref'] = 'v1.ZOE-12.l.1795744441';
        $this->parts()->visit()->note();
        $gift->look();
        self::assertArrayNotHasKey('coupon', $this->registry->get('session')->data);
        $this->parts()->visit()->wished('ZOE-12');
        $gift->look();
        self::assertSame('ZOE-12', $this->registry->get('session')->data['coupon']);
    }

    public function testABasketThatIsBeingPaidIsLeftAsItWasShown(): void
    {
        $this->goods([40 => [101.0, 1]]);
        $this->parts()->visit()->wished('ZOE-12');
        foreach (['extension/opencart/payment/cod.confirm', 'extension/payment/pp_express/callback'] as $route) {
            $this->registry->get('request')->get['route'] = $route;
            $this->gift(self::OFFER)->look();
            self::assertArrayNotHasKey('coupon', $this->registry->get('session')->data);
        }
    }

    public function testTheCheckoutAsksNobodyAndAnEdgeThatIsDownBreaksNothing(): void
    {
        $http = new TalkingHttp(static function () {
            return null;
        });
        $this->goods([40 => [101.0, 1]]);
        $this->parts()->visit()->wished('ZOE-12');
        $this->registry->get('request')->get['route'] = 'checkout/confirm.confirm';
        $this->giftOf($http)->look();
        self::assertSame([], $http->asked);
        $this->registry->get('request')->get['route'] = 'product/product';
        $gift = $this->giftOf($http);
        $gift->look();
        $gift->look();
        self::assertCount(1, $http->asked, 'once, and then it is left alone');
        self::assertSame('ZOE-12', $gift->know('ZOE-12'));
        self::assertArrayNotHasKey('coupon', $this->registry->get('session')->data);
    }

    public function testVersion3IsAnsweredByPuttingAsideWhatDoesNotHold(): void
    {
        $gift = $this->gift(self::OFFER);
        $gift->know('ZOE-12');
        $session = $this->registry->get('session');
        $session->data['coupon'] = 'ZOE-12';
        $this->goods([40 => [10.0, 1]]);
        self::assertSame('ZOE-12', $gift->putAside());
        self::assertArrayNotHasKey('coupon', $session->data);
        $session->data['coupon'] = 'ZOE-12';
        $this->goods([40 => [101.0, 1]]);
        self::assertNull($gift->putAside());
        $session->data['coupon'] = 'OF-THE-SHOP';
        self::assertNull($gift->putAside());
        self::assertSame('OF-THE-SHOP', $session->data['coupon']);
    }

    public function testARefusalInTheCouponFieldSaysWhy(): void
    {
        $this->goods([40 => [10.0, 1]]);
        $this->answerOffers(self::OFFER);
        $this->registry->get('request')->post['coupon'] = 'zoe-12';
        $this->registry->get('response')->setOutput('{"error":"Warning: Coupon is either invalid"}');
        (new Hooks($this->registry))->couponTyped();
        self::assertSame('{"error":"The gift of ZOE-12 is for baskets of USD 30.00 or more."}', $this->registry->get('response')->getOutput());
        $this->registry->get('request')->post['coupon'] = 'NOBODYS';
        $this->registry->get('response')->setOutput('{"error":"Warning: Coupon is either invalid"}');
        (new Hooks($this->registry))->couponTyped();
        self::assertSame('{"error":"Warning: Coupon is either invalid"}', $this->registry->get('response')->getOutput());
        self::assertSame([], $this->registry->get('log')->written);
    }

    public function testTheTagStandsAtTheEndOfThePageWithTheCustomerSigned(): void
    {
        $this->registry->get('customer')->id = 7;
        $this->parts()->options()->set('last_run', time());
        $page = '<footer></footer></body></html>';
        (new Hooks($this->registry))->footer($page);
        self::assertMatchesRegularExpression('~<script async src="https://edge.example/widget.js" data-shop="demo"[^>]*></script></body></html>$~', $page);
        preg_match('/data-customer="[^".]+\.([^".]+)\./', $page, $part);
        $claims = json_decode((string) base64_decode(strtr($part[1], '-_', '+/')), true);
        self::assertSame(['7', 'Anna & Co', 0], [$claims['sub'], $claims['name'], $claims['orders_count']]);
        self::assertStringNotContainsString('fetch', $page);
    }

    public function testAPageKnocksWhereNothingRanAndNamesNoHost(): void
    {
        $page = '</body>';
        (new Hooks($this->registry))->footer($page);
        self::assertStringContainsString('fetch("/sub/index.php?route=extension/parrain/module/parrain.run"', $page);
        self::assertSame('/a?b&c', Tag::path('https://shop.example/a?b&amp;c'));
    }

    public function testAShopThatIsNotConnectedHasNothingOnItsPages(): void
    {
        $this->parts()->options()->set('connection', null);
        Parts::renew();
        $page = '</body>';
        $data = [];
        $hooks = new Hooks($this->registry);
        $hooks->begin();
        $hooks->footer($page);
        $hooks->accountLink($data);
        $hooks->orderWritten(1);
        self::assertSame(['</body>', []], [$page, $data]);
        // What is paid meanwhile waits.
        $this->db("UPDATE px41_parrain_order SET told = ''");
        $this->turn(1, [5]);
        self::assertSame(['order.paid'], $this->waiting());
    }

    public function testWhatBreaksHereBreaksNoPageAndIsWritten(): void
    {
        $this->db('DROP TABLE px41_parrain_cart');
        $page = '<div id="alert"></div>';
        $hooks = new Hooks($this->registry);
        $hooks->begin();
        $hooks->header($page);
        $hooks->orderWritten(1);
        self::assertSame('<div id="alert"></div>', $page);
        self::assertCount(3, $this->registry->get('log')->written);
        self::assertStringContainsString('parrain_cart', $this->registry->get('log')->written[0]);
    }

    public function testWhatIsSaidStandsInThePageOnceAndIsNoMarkup(): void
    {
        $this->parts()->visit()->say('<b>no</b>');
        $page = '<div id="alert"></div>';
        $hooks = new Hooks($this->registry);
        $hooks->header($page);
        self::assertSame('<div id="alert"><div class="alert alert-warning" role="alert">&lt;b&gt;no&lt;/b&gt;</div></div>', $page);
        $other = '<nav></nav>';
        $hooks->header($other);
        self::assertSame('<nav></nav>', $other);
    }

    public function testAnAccountIsToldWithTheCodeThatBroughtIt(): void
    {
        $this->db("INSERT INTO px41_customer VALUES (5, 'bob@example.com')");
        $this->registry->get('request')->cookie['parrain_ref'] = 'v1.ZOE-12.l.1795744441';
        $this->parts()->visit()->note();
        (new Hooks($this->registry))->signedUp(5);
        $entry = $this->parts()->queue()->store()->newest([Entry::WAITING], 1)[0];
        $data = $this->told('signup.created', $entry->subject);
        self::assertSame(['customer-5', ['ZOE-12'], 'bob@example.com'], [$data['event_id'], $data['codes'], $data['customer']['email']]);
        self::assertNull($this->told('signup.created', ['customer' => 99] + $entry->subject));
    }

    public function testMoneyBecomesCreditOnceAndIsTakenBackUnlessItWasSpent(): void
    {
        $this->customers();
        $task = $this->task('K7PM-4XQD-9RTB', ['kind' => 'store_credit', 'amount' => '10.00'], 'EUR');
        $rewards = $this->parts()->rewards();
        self::assertSame('K7PM-4XQD-9RTB', $rewards->perform($task));
        $rewards->perform($task);
        $booked = $this->rows('SELECT customer_id, description, amount FROM px41_customer_transaction');
        self::assertSame([['customer_id' => 8, 'description' => 'Thank you for your recommendation (K7PM-4XQD-9RTB)', 'amount' => '12.7453']], $booked);
        $end = Task::read(['id' => 'e1', 'kind' => 'end_code', 'code' => 'K7PM-4XQD-9RTB']);
        $rewards->perform($end);
        $rewards->perform($end);
        self::assertSame(['12.7453', '-12.7453'], array_column($this->rows('SELECT amount FROM px41_customer_transaction'), 'amount'));
    }

    public function testARunThatBrokeOffAfterItsNoteGoesOn(): void
    {
        $this->customers();
        $task = $this->task('K7PM-4XQD-9RTB', ['kind' => 'gift_card', 'amount' => '10.00'], 'USD');
        $this->parts()->rewards()->perform($task);
        $this->db('DELETE FROM px41_customer_transaction');
        $this->parts()->rewards()->perform($task);
        self::assertCount(1, $this->rows('SELECT 1 FROM px41_customer_transaction'));
    }

    public function testCreditThatWasSpentIsNotTakenBack(): void
    {
        $this->customers();
        $this->parts()->rewards()->perform($this->task('K7PM-4XQD-9RTB', ['kind' => 'amount_off', 'amount' => '10.00'], 'USD'));
        $this->db("INSERT INTO px41_customer_transaction VALUES (8, 5, 'Order ID: #5', '-0.0100', '2026-11-27')");
        $this->expectException(CannotDo::class);
        $this->expectExceptionMessage('the credit K7PM-4XQD-9RTB was spent already');
        $this->parts()->rewards()->perform(Task::read(['id' => 'e1', 'kind' => 'end_code', 'code' => 'K7PM-4XQD-9RTB']));
    }

    /** @dataProvider vouchers */
    public function testOtherRewardsAreCouponsOfTheCustomersOwn(array $reward, array $expected): void
    {
        $this->customers();
        $rewards = $this->parts()->rewards();
        $rewards->perform($this->task('AAAA-4XQD-9RTB', $reward, 'EUR'));
        $rewards->perform($this->task('AAAA-4XQD-9RTB', $reward, 'EUR'));
        self::assertCount(1, $this->rows("SELECT 1 FROM px41_coupon WHERE code = 'AAAA-4XQD-9RTB'"));
        $coupon = $this->coupon('AAAA-4XQD-9RTB');
        self::assertSame($expected, [$coupon['type'], $coupon['discount'], (int) $coupon['shipping']]);
        self::assertSame([1, 1], [$coupon['uses_total'], $coupon['logged']]);
        $gift = $this->gift(self::OFFER);
        self::assertSame([], $gift->answer('AAAA-4XQD-9RTB', ['told']), 'of nobody else');
        $this->registry->get('customer')->id = 8;
        self::assertSame(['told'], $gift->answer('AAAA-4XQD-9RTB', ['told']));
        self::assertCount(1, (new Account($this->parts()))->variables()['given']);
        $rewards->perform(Task::read(['id' => 'e1', 'kind' => 'end_code', 'code' => 'AAAA-4XQD-9RTB']));
        self::assertSame([], $this->rows("SELECT 1 FROM px41_coupon WHERE code = 'AAAA-4XQD-9RTB'"));
        self::assertSame([], (new Account($this->parts()))->variables()['given']);
    }

    public function vouchers(): array
    {
        return [
            [['kind' => 'percent_off', 'percent' => '15'], ['P', '15', 0]],
            [['kind' => 'free_shipping'], ['F', '0.0000', 1]],
            [['kind' => 'free_product', 'sku' => 'product 11'], ['F', '101.0000', 0]],
        ];
    }

    public function testWhatWasGivenBeforeTheModuleWasInstalledAnewIsTakenBackToo(): void
    {
        $this->customers();
        $rewards = $this->parts()->rewards();
        $rewards->perform($this->task('AAAA-4XQD-9RTB', ['kind' => 'free_shipping'], 'USD'));
        $rewards->perform($this->task('K7PM-4XQD-9RTB', ['kind' => 'store_credit', 'amount' => '10.00'], 'USD'));
        $this->db('DELETE FROM px41_parrain_rule');
        foreach (['AAAA-4XQD-9RTB', 'K7PM-4XQD-9RTB', 'K7PM-4XQD-9RTB', 'NEVER-MADE'] as $code) {
            self::assertSame($code, $rewards->perform(Task::read(['id' => 'e1', 'kind' => 'end_code', 'code' => $code])));
        }
        self::assertSame([], $this->rows("SELECT 1 FROM px41_coupon WHERE code = 'AAAA-4XQD-9RTB'"));
        self::assertSame(['10.0000', '-10.0000'], array_column($this->rows('SELECT amount FROM px41_customer_transaction'), 'amount'));
        // A coupon of the shop's own is no reward.
        $rewards->perform(Task::read(['id' => 'e1', 'kind' => 'end_code', 'code' => 'ANNA10']));
        self::assertNotSame([], $this->rows("SELECT 1 FROM px41_coupon WHERE code = 'ANNA10'"));
    }

    public function testAVoucherThatWasSpentIsNotEnded(): void
    {
        $this->customers();
        $this->parts()->rewards()->perform($this->task('AAAA-4XQD-9RTB', ['kind' => 'free_shipping'], 'EUR'));
        $this->db('INSERT INTO px41_coupon_history (coupon_id, order_id) VALUES (' . $this->coupon('AAAA-4XQD-9RTB')['coupon_id'] . ', 5)');
        $this->expectExceptionMessage('the voucher AAAA-4XQD-9RTB was spent already');
        $this->parts()->rewards()->perform(Task::read(['id' => 'e1', 'kind' => 'end_code', 'code' => 'AAAA-4XQD-9RTB']));
    }

    public function testCreditIsNoCouponAndTheFieldSaysSo(): void
    {
        $this->customers();
        $this->parts()->rewards()->perform($this->task('K7PM-4XQD-9RTB', ['kind' => 'store_credit', 'amount' => '10.00'], 'USD'));
        $gift = $this->gift(['code' => ['valid' => false, 'reason' => 'unknown']]);
        self::assertNull($gift->typed('K7PM-4XQD-9RTB', false), 'to somebody else it is nothing');
        $this->registry->get('customer')->id = 8;
        self::assertSame('K7PM-4XQD-9RTB is credit in your account: it is taken off your orders by itself.', $gift->typed('k7pm-4xqd-9rtb', false));
        self::assertSame(
            [['code' => 'K7PM-4XQD-9RTB', 'worth' => 'USD 10.00', 'state' => 'credit in your account']],
            (new Account($this->parts()))->variables()['given']
        );
    }

    /** @dataProvider impossible */
    public function testWhatAShopCannotHandOutIsSaid(array $task, string $words): void
    {
        $this->customers();
        $this->expectException(CannotDo::class);
        $this->expectExceptionMessage($words);
        $this->parts()->rewards()->perform(Task::read($task + [
            'id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'currency' => 'EUR', 'email' => 'anna@example.com',
        ]));
    }

    public function impossible(): array
    {
        return [
            [['reward' => ['kind' => 'points', 'points' => 5]], 'a coupon cannot give "points"'],
            [['reward' => ['kind' => 'store_credit', 'amount' => '10.00'], 'currency' => 'CHF'], 'the reward is in CHF, in which the shop does not sell'],
            [['reward' => ['kind' => 'store_credit', 'amount' => '0.00']], 'the reward is worth nothing'],
            [['reward' => ['kind' => 'free_product', 'sku' => 'GONE']], 'the shop has no product of the model "GONE"'],
            [['reward' => ['kind' => 'free_shipping'], 'email' => 'guest@example.com'], 'the shop has no account of this customer'],
            [['reward' => ['kind' => 'free_shipping'], 'code' => 'ANNA10'], 'the shop has another coupon of the code ANNA10'],
            [['reward' => ['kind' => 'free_shipping'], 'code' => 'A-CODE-OF-MORE-THAN-TWENTY'], 'a coupon has no code of more than 20 signs'],
            [['kind' => 'dance'], 'this module does not know the task "dance"'],
        ];
    }

    public function testAStoreHasWhatTheDefaultStoreHasUntilItHasItsOwn(): void
    {
        $this->db("INSERT INTO px41_store VALUES (1, 'Pro')");
        $database = $this->parts()->database();
        $own = new Options($database, 1);
        self::assertSame('demo', $own->connection()->shop);
        (new Options($database, 0))->set('clock_behind', 3600);
        self::assertNull((new Options($database, 1))->get('clock_behind'), 'what is remembered of one store is not of another');
        $own->set('connection', ['shop' => 'pro'] + self::CONNECTION);
        self::assertSame(['pro', 'demo'], [(new Options($database, 1))->connection()->shop, (new Options($database, 0))->connection()->shop]);
        self::assertSame([0 => 'Your Store', 1 => 'Pro'], Parts::stores($this->registry));
    }

    public function testWhatDoesNotWorkIsSaid(): void
    {
        $this->db("UPDATE px41_setting SET value = '0' WHERE `key` IN ('total_coupon_status', 'total_credit_status')");
        $told = array_column((new Checks($this->parts(), 'http://shop.example/sub/'))->told(), 1);
        self::assertContains('Gifts cannot be given: coupons are switched off. Enable “Coupon” under Extensions, Order Totals.', $told);
        self::assertContains('Customers cannot spend credit: enable “Store Credit” under Extensions, Order Totals.', $told);
        self::assertContains('Nothing was sent in the last quarter of an hour. Visits to your shop see to it; on a quiet shop have this address '
            . 'called each minute: http://shop.example/sub/index.php?route=extension/parrain/module/parrain.run', $told);
        $this->db("INSERT INTO px41_setting (store_id, `key`, value) VALUES (0, 'config_maintenance', '1')");
        Parts::renew();
        $this->parts()->options()->set('paid_statuses', []);
        $this->parts()->options()->set('clock_behind', 3600);
        $this->parts()->options()->set('last_run', time());
        $told = array_column((new Checks($this->parts(), 'http://shop.example/sub/'))->told(), 1);
        self::assertContains('Your server’s clock is 3600 seconds behind. That is taken into account; have it set right.', $told);
        self::assertStringNotContainsString('quarter of an hour', implode($told));
        self::assertStringContainsString('Your shop is in maintenance mode', implode($told));
        self::assertStringContainsString('none of the statuses means that an order is paid', implode($told));
    }

    public function testTheAddressThatIsCalledRunsOnceAMinute(): void
    {
        $options = $this->parts()->options();
        self::assertTrue(Schedule::isLate($options, 50));
        $options->set('last_run', time() - 10);
        self::assertFalse(Schedule::isLate($options, 50));
        $options->set('last_run', time() + 3600);
        self::assertTrue(Schedule::isLate($options, 50), 'a clock that was set back');
    }

    public function testEachVersionIsToldByMethodsThatItsControllersHave(): void
    {
        foreach (Version::events() as $trigger => $action) {
            list($application) = explode('/', $trigger);
            $code = (string) file_get_contents(__DIR__ . '/../v4/' . $application . '/controller/event/parrain.php');
            self::assertStringContainsString('public function ' . explode('.', $action)[1] . '(', $code, $trigger);
        }
        $read = new \ReflectionClassConstant(Version::class, 'EVENTS_3');
        foreach ($read->getValue() as $trigger => $method) {
            list($application) = explode('/', $trigger);
            $code = (string) file_get_contents(__DIR__ . '/../v3/' . $application . '/controller/extension/module/parrain.php');
            self::assertStringContainsString('public function ' . $method . '(', $code, $trigger);
        }
    }

    public function testEveryVersionsTriggersAreMetByTheNamesThatItGives(): void
    {
        // As OpenCart matches them: 4.1 writes a dot before a method, 4.0 a slash.
        $met = static function (string $told): array {
            return array_keys(array_filter(Version::events(), static function (string $trigger) use ($told): bool {
                $pattern = str_replace(['\*', '\?'], ['.*', '.'], preg_quote($trigger, '/'));
                return (bool) preg_match('/^' . $pattern . '/', $told);
            }, ARRAY_FILTER_USE_KEY));
        };
        foreach (['.', '/'] as $sign) {
            self::assertSame(['catalog/model/checkout/order?addHistory/after'], $met("catalog/model/checkout/order{$sign}addHistory/after"));
            self::assertSame(['catalog/model/marketing/coupon?getCoupon/after'], $met("catalog/model/marketing/coupon{$sign}getCoupon/after"));
            self::assertSame([], $met("catalog/model/marketing/coupon{$sign}getCouponByCode/after"));
        }
    }

    public function testAVersionThatTheModuleDoesNotKnowIsRefused(): void
    {
        $served = array_filter(['2.3.0.2', '3.0.2.0', '3.0.5.1', '4.0.0.0', '4.0.1.1', '4.0.2.0', '4.0.2.3', '4.1.0.4'], [Version::class, 'isServed']);
        self::assertSame(['3.0.2.0', '3.0.5.1', '4.0.2.0', '4.0.2.3', '4.1.0.4'], array_values($served));
    }

    public function testOpenCartTakesWhatTheModuleSaysOfItself(): void
    {
        $told = json_decode((string) file_get_contents(__DIR__ . '/../v4/install.json'), true);
        foreach (['name', 'version', 'author', 'link'] as $name) {
            // 4.0 refuses a zip that leaves one of them empty.
            self::assertGreaterThan(2, strlen($told[$name]), $name);
        }
    }

    public function testAllTablesThatAreMadeAreTakenAway(): void
    {
        preg_match_all('/CREATE TABLE IF NOT EXISTS (\w+)/', implode("\n", Installation::schema('px_')), $made);
        self::assertEqualsCanonicalizing($made[1], array_map(static function (string $table): string {
            return 'px_' . $table;
        }, Installation::TABLES));
    }

    public function testWhatTheModuleSaysIsThereInFrench(): void
    {
        $french = require __DIR__ . '/../words/fr.php';
        $code = '';
        foreach (glob(__DIR__ . '/../src/*.php') as $file) {
            $code .= file_get_contents($file);
        }
        preg_match_all('/said\(\s*\'([^\']+)\'|self::(?:GOOD|BAD|NOTE),\s*\'([^\']+)\'/', $code, $found);
        $all = array_filter(array_merge($found[1], $found[2], (new \ReflectionClassConstant(SettingsPage::class, 'WORDS'))->getValue()));
        self::assertGreaterThan(70, count($all));
        self::assertSame([], array_values(array_diff($all, array_keys($french))));
        foreach ($french as $english => $text) {
            preg_match_all('/\{\w+\}/', $english, $before);
            preg_match_all('/\{\w+\}/', $text, $after);
            self::assertEqualsCanonicalizing($before[0], $after[0], $english);
            self::assertStringContainsString("'$english'", $code, 'nobody says it');
        }
        self::assertSame('Cadeau de Anna', Words::said('fr-fr', 'Gift from {from}', ['{from}' => 'Anna']));
        self::assertSame('Gift from Anna', Words::said('../../etc', 'Gift from {from}', ['{from}' => 'Anna']));
    }

    private function parts(): Parts
    {
        return Parts::of($this->registry);
    }

    private function gift(?array $offer): Gift
    {
        return $this->giftOf(new TalkingHttp(static function () use ($offer) {
            return $offer === null ? null : new Answer(200, [], (string) json_encode($offer));
        }));
    }

    private function giftOf(TalkingHttp $http): Gift
    {
        $parts = $this->parts();
        $edge = new Edge($http, $parts->clock(), $parts->connection());
        return new Gift($parts, new Offers($edge, new ShortCache(), $parts->clock(), 'demo'));
    }

    /** Keeps an offer as one that the edge told a moment ago, for parts that are put together by themselves. */
    private function answerOffers(array $offer): void
    {
        $name = 'parrain_' . substr(hash('sha256', 'https://edge.example demo ZOE-12'), 0, 32);
        (new \Parrain\OpenCart\OcCache($this->parts()->database()))->set($name, ['at' => time(), 'answer' => $offer], 600);
        $pause = 'parrain_' . substr(hash('sha256', 'https://edge.example demo pause'), 0, 32);
        (new \Parrain\OpenCart\OcCache($this->parts()->database()))->set($pause, ['from' => 0, 'until' => time() + 600], 600);
    }

    /** @param array<int, array{0: float, 1: int}> $goods */
    private function goods(array $goods): void
    {
        $this->registry->get('cart')->goods = $goods;
    }

    private function worth(array $coupon): array
    {
        return [$coupon['type'], $coupon['discount'], $coupon['product']];
    }

    private function told(string $type, array $subject): ?array
    {
        $parts = $this->parts();
        return (new \Parrain\OpenCart\OrderFacts($parts->database(), $parts->statuses(), $parts->settings()))->data($type, $subject);
    }

    /** @param int[] $statuses */
    private function turn(int $order, array $statuses): void
    {
        foreach ($statuses as $status) {
            $this->db("UPDATE px41_order SET order_status_id = $status WHERE order_id = $order");
            (new Hooks($this->registry))->orderTurned($order);
        }
    }

    /** @return string[] The types of what waits, the oldest first. */
    private function waiting(): array
    {
        return array_column(array_reverse($this->parts()->queue()->store()->newest([Entry::WAITING], 99)), 'type');
    }

    private function customers(): void
    {
        $this->db("INSERT INTO px41_customer VALUES (8, 'anna@example.com')");
    }

    private function task(string $code, array $reward, string $currency): Task
    {
        return Task::read([
            'id' => 't1', 'kind' => 'reward', 'code' => $code, 'currency' => $currency, 'customer_id' => '8', 'reward' => $reward,
        ]);
    }

    private function coupon(string $code): array
    {
        return $this->rows("SELECT * FROM px41_coupon WHERE code = '$code'")[0];
    }

    private function rows(string $sql): array
    {
        return $this->registry->get('db')->query($sql)->rows;
    }

    private function db(string $sql): void
    {
        $this->registry->get('db')->query($sql);
    }
}
