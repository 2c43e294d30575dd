<?php

namespace Parrain\PrestaShop\Tests;

use Parrain\PrestaShop\Checks;
use Parrain\PrestaShop\Customers;
use Parrain\PrestaShop\Gift;
use Parrain\PrestaShop\Options;
use Parrain\PrestaShop\OrderEvents;
use Parrain\PrestaShop\OrderFacts;
use Parrain\PrestaShop\Parts;
use Parrain\PrestaShop\PsDatabase;
use Parrain\PrestaShop\Rewards;
use Parrain\PrestaShop\SettingsPage;
use Parrain\PrestaShop\Visit;
use Parrain\PrestaShop\Words;
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
use Parrain\Shared\Tests\ShortCache;
use Parrain\Shared\Tests\ShortMemory;
use Parrain\Shared\Tests\TalkingHttp;
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

    protected function setUp(): void
    {
        require_once __DIR__ . '/platform.php';
        require_once __DIR__ . '/../autoload.php';
        \Db::open();
        $_COOKIE = $_SERVER = [];
    }

    public function testAPaidOrderIsToldByItsGoodsAndEachLineBearsItsShareOfTheVoucher(): void
    {
        $data = (new OrderFacts())->data('order.paid', ['order' => 6]);
        // 03:27:38 in the shop's own time.
        self::assertSame(['6', '2026-11-27T02:27:38Z'], [$data['order_id'], $data['at']]);
        self::assertSame(
            ['31.02', '3.10', '0.00', '5.58', '33.50'],
            [$data['subtotal'], $data['discount'], $data['shipping'], $data['tax'], $data['total']]
        );
        self::assertSame(['10.71', '17.21'], array_column($data['lines'], 'total'));
        self::assertSame(['home-accessories', 'men'], array_column($data['lines'], 'category'));
        self::assertSame(['ANNA10'], $data['codes']);
        self::assertSame(['link', 'promo_code'], array_column($data['touches'], 'source'));
        self::assertSame(['orders_count' => 1, 'email' => 'bob@example.com'], $data['customer']);
    }

    public function testAGuestWhoOrdersAgainIsNoNewCustomer(): void
    {
        self::assertSame(2, (new OrderFacts())->data('order.paid', ['order' => 7])['customer']['orders_count']);
        \Db::getInstance()->execute('UPDATE px_orders SET id_cart = 106');
        self::assertSame(1, (new OrderFacts())->data('order.paid', ['order' => 7])['customer']['orders_count'], 'of one basket');
    }

    public function testAnOrderThatIsNotPaidYetIsAnOrderToo(): void
    {
        // Order 7 is to be paid on delivery.
        self::assertTrue(Customers::hasOrdered(6, ''));
        \Db::getInstance()->execute('UPDATE px_orders SET current_state = 6 WHERE id_order = 7');
        self::assertFalse(Customers::hasOrdered(6, ''));
        self::assertFalse(Customers::hasOrdered(99, ''));
    }

    public function testAVouchersFreeShippingIsNoDiscountOfGoods(): void
    {
        \Db::getInstance()->execute("UPDATE px_order_cart_rule SET free_shipping = 1, value_tax_excl = '8.10'");
        \Db::getInstance()->execute("UPDATE px_orders SET total_shipping_tax_excl = '5.000000' WHERE id_order = 6");
        self::assertSame('3.10', (new OrderFacts())->data('order.paid', ['order' => 6])['discount']);
    }

    /** @dataProvider slips */
    public function testASlipTakesWhatItTookOfTheGoods(int $slip, string $amount, ?string $returned): void
    {
        $data = (new OrderFacts())->data('order.refunded', ['order' => 6, 'slip' => $slip]);
        self::assertSame([(string) $slip, $amount, $returned], [$data['refund_id'], $data['amount'], $data['returned'] ?? null]);
    }

    public function slips(): array
    {
        return ['a line' => [1, '11.90', null], 'a line and shipping' => [2, '11.90', null], 'an amount of the shop\'s choice' => [3, '0.00', '5.00']];
    }

    /** @dataProvider totals */
    public function testASlipThatLeavesOutTheVoucherGivesBackTheRest(string $net, string $gross, ?string $returned): void
    {
        \Db::getInstance()->execute("INSERT INTO px_order_slip_detail VALUES (1, '11.900000', '14.280000')");
        \Db::getInstance()->execute("UPDATE px_order_slip SET order_slip_type = 1, total_products_tax_excl = '$net', total_products_tax_incl = '$gross' WHERE id_order_slip = 1");
        $data = (new OrderFacts())->data('order.refunded', ['order' => 6, 'slip' => 1]);
        self::assertSame([$returned === null ? '11.88' : '0.00', $returned], [$data['amount'], $data['returned'] ?? null]);
    }

    public function totals(): array
    {
        return [
            'off the net total' => ['8.180000', '14.280000', '10.56'], 'off the gross total' => ['11.900000', '10.560000', '10.56'],
            'a voucher worth more than the goods' => ['-8.100000', '14.280000', '0.00'], 'rounded otherwise' => ['11.880000', '14.280000', null],
        ];
    }

    public function testWhatIsGoneIsNotTold(): void
    {
        self::assertNull((new OrderFacts())->data('order.paid', ['order' => 99]));
        self::assertNull((new OrderFacts())->data('order.refunded', ['order' => 6, 'slip' => 99]));
    }

    public function testAnOrderIsToldWhenItsStateIsPaidAndWhatIsTakenBackComesAgain(): void
    {
        $order = new \Order(8);
        $store = $this->store();
        $events = new OrderEvents(new Queue($store, new Clock(new ShortMemory()), new OrderFacts()));
        // Cash on delivery, then cancelled unpaid: nothing was told, so nothing is taken back.
        foreach ([13, 6] as $state) {
            $events->look($order, new \OrderState($state));
        }
        self::assertSame([], $store->newest([Entry::WAITING], 9));
        foreach ([2, 4, 6, 6, 2] as $state) {
            $events->look($order, new \OrderState($state));
        }
        $events->refunded($order, 5);
        $events->refunded($order, 5);
        $events->refundDeleted($order, 5);
        $types = array_column(array_reverse($store->newest([Entry::WAITING], 9)), 'type');
        self::assertSame(['order.paid', 'order.cancelled', 'order.reinstated', 'order.refunded', 'refund.voided'], $types);
    }

    public function testACancellationIsToldOfAnOrderThatTheHistoryTold(): void
    {
        \Db::getInstance()->execute('DELETE FROM px_parrain_order');
        $store = $this->store();
        $events = new OrderEvents(new Queue($store, new Clock(new ShortMemory()), new OrderFacts()));
        $events->look(new \Order(6), new \OrderState(6));
        $events->look(new \Order(6), new \OrderState(6));
        $events->look(new \Order(7), new \OrderState(6));
        $waiting = $store->newest([Entry::WAITING], 9);
        self::assertSame([['order.cancelled', 6]], [[$waiting[0]->type, $waiting[0]->subject['order']]]);
        self::assertCount(1, $waiting, 'once, and not of an order that was never paid');
    }

    public function testPrestaShopsOwnRedirectsKeepTheCode(): void
    {
        $with = static function (string $to): ?string {
            return Visit::withCode($to, 'ref', 'ANNA10', 'shop.example');
        };
        self::assertSame('/fr/?ref=ANNA10', $with('/fr/'));
        self::assertSame('https://shop.example/fr/mug?a=b&ref=ANNA10#top', $with('https://shop.example/fr/mug?a=b#top'));
        self::assertNull($with('https://shop.example/?ref=ANNA10'));
        self::assertNull($with('https://bank.example/pay'));
        self::assertNull($with('https://shop.example.evil.example/'));
    }

    public function testTheCodeIsKeptWithTheBasketAndThenWithTheOrder(): void
    {
        \Context::getContext()->cookie = new \stdClass();
        \Context::getContext()->cart = new \Cart(20);
        $visit = new Visit($this->connection(), new Options(1));
        $_COOKIE['parrain_ref'] = 'v1.ZOE-12.l.1795744441~v1.ZOE-12.p.1795744443';
        $visit->note();
        self::assertSame('ZOE-12', $visit->wish());
        $visit->dismissed('ZOE-12');
        self::assertNull($visit->wish());
        $visit->wished('OTHER');
        self::assertSame('OTHER', $visit->wish());
        // The payment comes back without cookies.
        $_COOKIE = [];
        $visit->give(new \Cart(20), new \Order(7));
        $data = (new OrderFacts())->data('order.paid', ['order' => 7]);
        self::assertSame(['OTHER'], $data['codes']);
        self::assertSame(['link', 'promo_code'], array_column($data['touches'], 'source'));
    }

    public function testAnAccountIsToldWithTheCodeThatBroughtIt(): void
    {
        \Context::getContext()->cart = null;
        $_COOKIE['parrain_ref'] = 'v1.ZOE-12.l.1795744441';
        $store = $this->store();
        $events = new OrderEvents(new Queue($store, new Clock(new ShortMemory()), new OrderFacts()));
        $events->signedUp(5, new Visit($this->connection(), new Options(1)));
        $waiting = $store->newest([Entry::WAITING], 5);
        $data = (new OrderFacts())->data('signup.created', $waiting[0]->subject);
        self::assertSame(
            ['customer-5', ['id' => '5', 'email' => 'bob@example.com'], ['ZOE-12']],
            [$data['event_id'], $data['customer'], array_column($data['touches'], 'code')]
        );
        self::assertNull((new OrderFacts())->data('signup.created', ['customer' => 99] + $waiting[0]->subject));
    }

    public function testAnAddressIsKeptOnlyWhereTheOwnerSaysThatNobodyNeedsToBeAsked(): void
    {
        \Context::getContext()->cookie = new \stdClass();
        \Context::getContext()->cart = new \Cart(21);
        $_SERVER['REQUEST_URI'] = '/?ref=zoe-12';
        $visit = new Visit($this->connection(), new Options(1));
        $visit->note();
        self::assertNull($visit->wish());
        (new Options(1))->set('consent', 'none-needed');
        $visit->note();
        self::assertSame('ZOE-12', $visit->wish());
    }

    public function testACodeThatIsTypedBecomesAVoucherByTheProgramsTerms(): void
    {
        $this->gift(self::OFFER)->know(' zoe-12 ');
        $rule = \CartRule::$kept[\CartRule::getIdByCode('ZOE-12')];
        self::assertSame([1 => 'Gift from Zoé', 2 => 'Cadeau de Zoé'], $rule['name']);
        self::assertSame(
            ['10', '0', '30.00', true, 1, 1, false, true],
            [$rule['reduction_percent'], $rule['reduction_amount'], $rule['minimum_amount'], $rule['minimum_amount_tax'],
                $rule['minimum_amount_currency'], $rule['quantity_per_user'], $rule['partial_use'], $rule['active']]
        );
    }

    public function testAVoucherFollowsTheProgramAndEndsWithIt(): void
    {
        $this->gift(self::OFFER)->know('ZOE-12');
        $offer = self::OFFER;
        $offer['code']['friend']['reward'] = ['kind' => 'amount_off', 'amount' => '5.00'];
        $this->gift($offer)->know('ZOE-12');
        self::assertCount(1, \CartRule::$kept);
        $id = \CartRule::getIdByCode('ZOE-12');
        self::assertSame(['0', '5.00'], [\CartRule::$kept[$id]['reduction_percent'], \CartRule::$kept[$id]['reduction_amount']]);
        $this->gift(['code' => ['valid' => false, 'reason' => 'expired']])->know('ZOE-12');
        self::assertFalse(\CartRule::$kept[$id]['active']);
        $this->gift($offer)->know('ZOE-12');
        self::assertTrue(\CartRule::$kept[$id]['active']);
    }

    public function testAGiftComesIntoABasketByItselfAndNeverIntoOneThatIsBeingPaid(): void
    {
        $context = \Context::getContext();
        $context->cookie = new \stdClass();
        $context->cart = new \Cart(30);
        $context->language = (object) ['id' => 1];
        $_COOKIE['parrain_ref'] = 'v1.ZOE-12.p.1795744443';
        (new Visit($this->connection(), new Options(1)))->note();
        $gift = $this->gift(self::OFFER);
        $gift->know('ZOE-12');
        $context->controller = new \ModuleFrontController();
        $context->controller->module = new \PaymentModule();
        $gift->bring();
        self::assertSame([], (new PsDatabase())->rows('SELECT * FROM px_cart_cart_rule', []));
        $context->controller = null;
        $gift->bring();
        $gift->bring();
        self::assertCount(1, (new PsDatabase())->rows('SELECT * FROM px_cart_cart_rule WHERE id_cart = ?', [30]));
    }

    public function testAGiftThatWentWithAnOrderComesAgainOnlyWhereItIsAskedFor(): void
    {
        $offer = self::OFFER;
        $offer['code']['new_customers_only'] = false;
        $gift = $this->gift($offer);
        $gift->know('ZOE-12');
        $id = \CartRule::getIdByCode('ZOE-12');
        \Db::getInstance()->execute("UPDATE px_order_cart_rule SET id_cart_rule = $id");
        $context = \Context::getContext();
        $context->cookie = new \stdClass();
        $context->cart = new \Cart(31);
        $context->language = (object) ['id' => 1];
        $context->customer = (object) ['id' => 5, 'email' => 'bob@example.com'];
        $_COOKIE['parrain_ref'] = 'v1.ZOE-12.p.1795744443';
        $visit = new Visit($this->connection(), new Options(1));
        $visit->note();
        $gift->bring();
        self::assertSame([], (new PsDatabase())->rows('SELECT * FROM px_cart_cart_rule', []));
        $visit->wished('ZOE-12');
        $gift->bring();
        self::assertCount(1, (new PsDatabase())->rows('SELECT * FROM px_cart_cart_rule', []));
    }

    public function testWhatIsNoCodeOrNobodysOrTheShopsOwnMakesNoVoucher(): void
    {
        $own = new \CartRule();
        $own->code = 'ZOE-12';
        $own->active = true;
        $own->add();
        $gift = $this->gift(self::OFFER);
        foreach (['ZOE-12', '<script>', "' OR 1=1 --"] as $typed) {
            $gift->know($typed);
        }
        $this->gift(['code' => ['valid' => false, 'reason' => 'unknown']])->know('NOBODY');
        $this->gift(null)->know('DOWN-1');
        $dollars = ['currency' => 'USD'] + self::OFFER;
        $this->gift($dollars)->know('USD-10');
        self::assertSame([100], array_keys(\CartRule::$kept));
    }

    public function testAGiftComesIntoTheBasketByItselfWhereItGivesSomethingAndNothingIsBeingPaid(): void
    {
        $context = \Context::getContext();
        $context->language = (object) ['id' => 1];
        $context->cart = new \Cart(30);
        (new Visit($this->connection(), new Options(1)))->wished('ZOE-12');
        $in = static function (): int {
            return count(\Db::getInstance()->executeS('SELECT * FROM px_cart_cart_rule'));
        };
        $context->controller = new \ModuleFrontController();
        $context->controller->module = new \PaymentModule();
        $this->gift(self::OFFER)->know('ZOE-12');
        $this->gift(self::OFFER)->bring();
        self::assertSame(0, $in(), 'a bank sends somebody back');
        $context->controller = new \FrontController();
        $offer = self::OFFER;
        $offer['code']['friend']['reward'] = ['kind' => 'points', 'points' => 5];
        $this->gift($offer)->bring();
        self::assertSame(0, $in());
        self::assertSame('Your code is noted', \CartRule::$kept[\CartRule::getIdByCode('ZOE-12')]['name'][1]);
        $this->gift(self::OFFER)->bring();
        self::assertSame(1, $in());
    }

    public function testANameThatPrestaShopRefusesBreaksNoPage(): void
    {
        foreach (['javascript:alert(1)' => 'Gift from javascriptalert(1)', 'onload' => 'Your welcome gift'] as $from => $name) {
            $offer = self::OFFER;
            $offer['code']['from'] = $from;
            $this->gift($offer)->know('ZOE-12');
            self::assertSame($name, \CartRule::$kept[\CartRule::getIdByCode('ZOE-12')]['name'][1]);
        }
        \CartRule::$refuses = true;
        $this->gift(self::OFFER)->know('OTHER-1');
        self::assertSame(0, \CartRule::getIdByCode('OTHER-1'));
    }

    public function testAVoucherIsOneForTheShopsOfAProgramAndForNoOther(): void
    {
        \Shop::$all = [1, 2];
        (new Options(null))->set('connection', $this->connection()->kept());
        \Customer::$known = [8 => ['anna@example.com', false]];
        $this->gift(self::OFFER, 1)->know('ZOE-12');
        $this->gift(self::OFFER, 2)->know('ZOE-12');
        $task = ['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'customer_id' => '8', 'reward' => ['kind' => 'percent_off', 'percent' => '15']];
        (new Rewards(1))->perform(Task::read($task));
        self::assertCount(2, \CartRule::$kept);
        self::assertSame([true, true], array_column(\CartRule::$kept, 'shop_restriction'));
        $shops = array_column(\Db::getInstance()->executeS('SELECT id_shop FROM px_cart_rule_shop ORDER BY id_cart_rule, id_shop'), 'id_shop');
        self::assertSame([1, 2, 1, 2], array_map('intval', $shops));
        (new Rewards(2))->perform(Task::read(['kind' => 'end_code'] + $task));
        self::assertCount(1, \CartRule::$kept);
    }

    public function testAShopThatHasTheConnectionOfAllEndsItForItselfAlone(): void
    {
        \Shop::$all = [1, 2];
        // Where nobody answers.
        $connection = ['edge' => 'http://127.0.0.1:9', 'connection' => '1', 'module_token' => 'token'] + $this->connection()->kept();
        (new Options(null))->set('connection', $connection);
        $disconnect = new \ReflectionMethod(SettingsPage::class, 'disconnect');
        $disconnect->setAccessible(true);
        $said = $disconnect->invoke(new SettingsPage(new \Parrain(), Parts::ofShop(2)));
        self::assertSame('Disconnected. What waited to be told still does.', $said, 'the others have it still');
        self::assertNull((new Options(2))->connection());
        self::assertSame('demo', (new Options(1))->connection()->shop);
        (new Options(1))->set('connection', $connection);
        $said = $disconnect->invoke(new SettingsPage(new \Parrain(), Parts::ofShop(1)));
        self::assertStringContainsString('Your Parrain could not be told', $said, 'its own is ended at the edge');
    }

    public function testOrdersThatWaitInVainAreSaidWhateverWasFoundDaysAgo(): void
    {
        \Context::getContext()->link = new \Link();
        $options = new Options(1);
        $options->set('connection', $this->connection()->kept());
        $options->set('checks', [[Checks::GOOD, 'Offer.', []], [Checks::GOOD, 'Orders can be told.', []], [Checks::GOOD, 'Links.', []]]);
        $parts = Parts::ofShop(1);
        $said = static function () use ($parts): array {
            return array_slice(array_column((new Checks(new \Parrain(), $parts))->told(), 1), 0, 3);
        };
        $parts->queue()->add('order.paid 6', 'order.paid', ['order' => 6]);
        self::assertSame(['Offer.', 'Orders can be told.', 'Links.'], $said());
        $down = new TalkingHttp(static function () {
            return null;
        });
        $parts->queue()->run(new Edge($down, $parts->clock(), $this->connection()), 5, 5);
        self::assertSame(['Offer.', 'Orders cannot be told: no answer', 'Links.'], $said());
    }

    public function testWhatWasKeptWithABasketGoesWithIt(): void
    {
        foreach ([40 => '2026-01-01 00:00:00', 41 => '2026-11-01 00:00:00', 42 => ''] as $id => $changed) {
            if ($changed !== '') {
                \Db::getInstance()->execute("INSERT INTO px_cart VALUES ($id, '$changed')");
            }
            \Context::getContext()->cart = new \Cart($id);
            (new Visit($this->connection(), new Options(1)))->wished('ZOE-12');
        }
        Visit::forget((int) strtotime('2026-09-01'));
        self::assertSame([41], array_map('intval', array_column(\Db::getInstance()->executeS('SELECT id_cart FROM px_parrain_cart'), 'id_cart')));
    }

    public function testARewardIsOneVoucherHoweverOftenItIsAskedFor(): void
    {
        \Customer::$known = [8 => ['anna@example.com', false]];
        $rewards = $this->rewards();
        $task = Task::read(['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD-9RTB', 'customer_id' => '8', 'currency' => 'EUR',
            'reward' => ['kind' => 'store_credit', 'amount' => '10.00']]);
        $code = $rewards->perform($task);
        self::assertSame('K7PM-4XQD-9RTB', $code);
        self::assertSame($code, $rewards->perform($task));
        self::assertCount(1, \CartRule::$kept);
        $rule = \CartRule::$kept[\CartRule::getIdByCode($code)];
        self::assertSame(
            [8, '10.00', true, 1],
            [$rule['id_customer'], $rule['reduction_amount'], $rule['partial_use'], $rule['quantity']]
        );
    }

    public function testAVoucherOfARunThatBrokeOffIsFoundAgain(): void
    {
        \Customer::$known = [8 => ['anna@example.com', false]];
        $task = Task::read(['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'email' => 'anna@example.com', 'currency' => 'EUR', 'reward' => ['kind' => 'percent_off', 'percent' => '15']]);
        $code = $this->rewards()->perform($task);
        \Db::getInstance()->execute("DELETE FROM px_parrain_rule WHERE kind = 'reward'");
        self::assertSame($code, $this->rewards()->perform($task));
        self::assertCount(1, \CartRule::$kept);
    }

    public function testAVoucherThatWasTakenBackEndsUnlessItWasSpent(): void
    {
        \Customer::$known = [8 => ['anna@example.com', false]];
        $task = ['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'customer_id' => '8', 'reward' => ['kind' => 'percent_off', 'percent' => '15']];
        $end = Task::read(['id' => 't2', 'kind' => 'end_code', 'code' => 'K7PM-4XQD']);
        $this->rewards()->perform(Task::read($task));
        self::assertSame('K7PM-4XQD', $this->rewards()->perform($end));
        self::assertSame([], \CartRule::$kept);
        self::assertSame('K7PM-4XQD', $this->rewards()->perform($end), 'what is gone is ended');
        $this->rewards()->perform(Task::read(['code' => 'R2TT-9KLM'] + $task));
        \CartRule::$kept[\CartRule::getIdByCode('R2TT-9KLM')]['quantity'] = 0;
        $this->expectExceptionMessage('was spent already');
        $this->rewards()->perform(Task::read(['id' => 't2', 'kind' => 'end_code', 'code' => 'R2TT-9KLM']));
    }

    public function testTheRestsOfAVoucherEndWithIt(): void
    {
        \Customer::$known = [8 => ['anna@example.com', false]];
        $this->rewards()->perform(Task::read(['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'customer_id' => '8',
            'reward' => ['kind' => 'percent_off', 'percent' => '15']]));
        $end = Task::read(['id' => 't2', 'kind' => 'end_code', 'code' => 'K7PM-4XQD']);
        foreach (['K7PM-4XQD-2' => 'Parrain', 'K7PM-4XQD-X' => 'The shop’s own'] as $code => $description) {
            $rest = new \CartRule();
            $rest->code = $code;
            $rest->active = true;
            $rest->description = $description;
            $rest->id_customer = 8;
            $rest->quantity = 0;
            $rest->add();
        }
        $spent = \CartRule::getIdByCode('K7PM-4XQD-2');
        try {
            $this->rewards()->perform($end);
            self::fail('a rest was spent');
        } catch (CannotDo $reason) {
            self::assertCount(3, \CartRule::$kept);
        }
        \CartRule::$kept[$spent]['quantity'] = 1;
        $this->rewards()->perform($end);
        self::assertSame(['K7PM-4XQD-X'], array_column(\CartRule::$kept, 'code'));
    }

    public function testAVoucherOfTheShopsOwnIsNotGivenAway(): void
    {
        \Customer::$known = [8 => ['anna@example.com', false]];
        $own = new \CartRule();
        $own->code = 'K7PM-4XQD';
        $own->active = true;
        $own->add();
        $this->expectExceptionMessage('the shop has another voucher of the code K7PM-4XQD');
        $this->rewards()->perform(Task::read(['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'customer_id' => '8',
            'reward' => ['kind' => 'percent_off', 'percent' => '15']]));
    }

    /** @dataProvider impossible */
    public function testWhatAShopCannotHandOutIsSaid(array $task, string $words): void
    {
        \Customer::$known = [8 => ['anna@example.com', false], 9 => ['guest@example.com', true]];
        $this->expectException(CannotDo::class);
        $this->expectExceptionMessage($words);
        $this->rewards()->perform(Task::read($task + ['id' => 't1', 'kind' => 'reward', 'code' => 'K7PM-4XQD', 'currency' => 'EUR', 'email' => 'anna@example.com']));
    }

    public function impossible(): array
    {
        return [
            [['reward' => ['kind' => 'points', 'points' => 5]], 'a voucher cannot give "points"'],
            [['reward' => ['kind' => 'store_credit', 'amount' => '10.00'], 'currency' => 'USD'], 'the reward is in USD, in which the shop does not sell'],
            [['reward' => ['kind' => 'free_product', 'sku' => 'GONE']], 'the shop has no product "GONE"'],
            [['reward' => ['kind' => 'percent_off', 'percent' => '15'], 'email' => 'guest@example.com'], 'the shop has no account of this customer'],
            [['kind' => 'dance'], 'this module does not know the task "dance"'],
        ];
    }

    public function testWhatTheModuleSaysIsThereInFrench(): void
    {
        $french = require __DIR__ . '/../words/fr.php';
        $code = '';
        foreach (array_merge(glob(__DIR__ . '/../src/*.php'), glob(__DIR__ . '/../controllers/front/*.php'), [__DIR__ . '/../parrain.php']) as $file) {
            $code .= file_get_contents($file);
        }
        preg_match_all('/said\(\s*\'([^\']+)\'|self::(?:GOOD|BAD|NOTE),\s*\'([^\']+)\'/', $code, $found);
        $found[1] = array_filter(array_merge($found[1], $found[2]));
        self::assertGreaterThan(30, count($found[1]));
        self::assertSame([], array_values(array_diff($found[1], array_keys($french))));
        foreach ($french as $english => $text) {
            preg_match_all('/\{\w+\}/', $english, $before);
            preg_match_all('/\{\w+\}/', $text, $after);
            self::assertEqualsCanonicalizing($before[0], $after[0], $english);
            self::assertStringContainsString("'$english'", $code, 'nobody says it');
        }
        self::assertSame('Cadeau de Anna', Words::said('qc', 'Gift from {from}', ['{from}' => 'Anna']));
        self::assertSame('Gift from Anna', Words::said('../../etc', 'Gift from {from}', ['{from}' => 'Anna']));
    }

    private function store(): SqlStore
    {
        return new SqlStore(new PsDatabase(), 'px_parrain_events', 1);
    }

    private function rewards(): Rewards
    {
        return new Rewards(1);
    }

    private function gift(?array $offer, int $shop = 1): Gift
    {
        $http = new TalkingHttp(static function () use ($offer) {
            return $offer === null ? null : new Answer(200, [], (string) json_encode($offer));
        });
        $clock = new Clock(new ShortMemory());
        $offers = new Offers(new Edge($http, $clock, $this->connection()), new ShortCache(), $clock, 'demo');
        return new Gift($offers, new Visit($this->connection(), new Options(1)), $clock, $shop);
    }

    private function connection(): Connection
    {
        return Connection::of('https://edge.example', ['shop' => 'demo', 'event_secret' => 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD']);
    }
}
