<?php

namespace Parrain\Shared\Tests;

use Parrain\Shared\Answer;
use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Offers;
use Parrain\Shared\Terms;
use PHPUnit\Framework\TestCase;

final class OffersTest extends TestCase
{
    private const ANSWER = [
        'shop' => 'demo', 'currency' => 'EUR',
        'code' => [
            'valid' => true, 'code' => 'ANNA10', 'from' => 'Anna', 'offer' => 'friends', 'new_customers_only' => true,
            'friend' => ['reward' => ['kind' => 'percent_off', 'percent' => '10'], 'min_subtotal' => '30.00'],
            'starts_at' => '2027-01-01T00:00:00Z', 'ends_at' => '2027-12-31T23:59:59Z',
        ],
    ];

    /** @var int */
    private $now = 1800000000;

    /** @var ShortCache */
    private $cache;

    protected function setUp(): void
    {
        $this->cache = new ShortCache();
        $this->cache->now = $this->now;
    }

    public function testTermsAreReadOfTheEdgesAnswer(): void
    {
        $terms = Terms::of('ANNA10', self::ANSWER);
        self::assertSame('valid', $terms->stateAt($this->now));
        self::assertSame(
            ['Anna', 'percent_off', '10', '30.00', true, 'EUR'],
            [$terms->from, $terms->kind, $terms->percent, $terms->minimum, $terms->newCustomersOnly, $terms->currency]
        );
        self::assertSame('inactive', $terms->stateAt((int) strtotime('2026-12-31T23:59:59Z')));
        self::assertSame('valid', $terms->stateAt((int) strtotime('2027-12-31T23:59:59Z')));
        self::assertSame('expired', $terms->stateAt((int) strtotime('2028-01-01T00:00:00Z')));
        self::assertTrue($terms->speaksOf('EUR'));
        self::assertFalse($terms->speaksOf('USD'), 'its minimum is in another currency');
    }

    public function testATermThatIsNoNumberIsNothing(): void
    {
        $answer = self::ANSWER;
        $answer['code']['friend'] = ['reward' => ['kind' => 'percent_off', 'percent' => '-10'], 'min_subtotal' => ['30']];
        $terms = Terms::of('ANNA10', $answer);
        self::assertSame(['0', '0'], [$terms->percent, $terms->minimum]);
    }

    /** @dataProvider refusals */
    public function testACodeThatGivesNothingSaysWhy($told, string $state): void
    {
        self::assertSame($state, Terms::of('X10', ['code' => $told])->stateAt($this->now));
    }

    public function refusals(): array
    {
        return [
            [['valid' => false, 'reason' => 'expired'], 'expired'], [['valid' => false, 'reason' => 'inactive'], 'inactive'],
            [['valid' => false, 'reason' => 'a word of tomorrow'], 'unknown'], [null, 'unknown'], ['ANNA10', 'unknown'],
        ];
    }

    public function testOneCodeIsAskedAboutOnceInFiveMinutes(): void
    {
        $http = $this->edge();
        self::assertSame('Anna', $this->offers($http)->terms('ANNA10', true)->from);
        $this->pass(299);
        self::assertSame('Anna', $this->offers($http)->terms('ANNA10', true)->from);
        self::assertCount(1, $http->asked);
        self::assertSame('https://edge.example/v1/shops/demo/offer?code=ANNA10', $http->asked[0]['url']);
        $this->pass(1);
        self::assertSame('Anna', $this->offers($http)->terms('ANNA10', true)->from);
        self::assertCount(1, $http->asked, 'a shopper does not wait for what is known');
        $this->offers($http)->refresh();
        $this->offers($http)->refresh();
        self::assertCount(2, $http->asked, 'the scheduler asks anew');
        $this->pass(299);
        $this->offers($http)->terms('ANNA10', true);
        $this->offers($http)->refresh();
        self::assertCount(2, $http->asked);
        $this->pass(3600);
        $this->offers($http)->terms('ANNA10', true);
        self::assertCount(3, $http->asked, 'a page asks where no scheduler runs');
    }

    public function testNobodyIsAskedWhereNobodyMayBe(): void
    {
        $http = $this->edge();
        self::assertNull($this->offers($http)->terms('ANNA10', false));
        self::assertSame([], $http->asked);
        $this->offers($http)->terms('ANNA10', true);
        $this->pass(3600);
        self::assertSame('Anna', $this->offers($http)->terms('ANNA10', false)->from, 'what is known holds while an order is placed');
        self::assertCount(1, $http->asked);
    }

    public function testAnEdgeThatIsDownIsLeftAloneForGrowingPausesAndWhatItSaidHolds(): void
    {
        $up = true;
        $http = new TalkingHttp(static function () use (&$up) {
            return $up ? new Answer(200, [], (string) json_encode(self::ANSWER)) : null;
        });
        $this->offers($http)->terms('ANNA10', true);
        $up = false;
        $this->pass(3600);
        for ($page = 0; $page < 20; $page++) {
            self::assertSame('Anna', $this->offers($http)->terms('ANNA10', true)->from);
            self::assertNull($this->offers($http)->terms('OTHER', true));
        }
        self::assertCount(2, $http->asked);
        $asked = [];
        for ($second = 0; $second < 1000; $second++) {
            $this->pass(1);
            $before = count($http->asked);
            $this->offers($http)->terms('OTHER', true);
            if (count($http->asked) > $before) {
                $asked[] = $second;
            }
        }
        self::assertSame([120, 300], [$asked[1] - $asked[0], $asked[2] - $asked[1]]);
        $this->pass(900);
        $up = true;
        self::assertSame('Anna', $this->offers($http)->terms('OTHER', true)->from);
        self::assertNotNull($this->offers($http)->terms('NEXT', true), 'and is asked again at once when it is back');
    }

    public function testOthersDoNotWaitBesideOneWhoWaits(): void
    {
        $http = new TalkingHttp(function () use (&$http): ?Answer {
            if (count($http->asked) === 1) {
                $this->pass(2);
                self::assertNull($this->offers($http)->terms('OTHER', true));
            }
            return null;
        });
        self::assertNull($this->offers($http)->terms('ANNA10', true));
        self::assertCount(1, $http->asked);
    }

    public function testAPageWithManyWrongCodesAsksTwice(): void
    {
        $http = new TalkingHttp(static function () {
            return new Answer(200, [], '{"code":{"valid":false,"reason":"unknown"}}');
        });
        $offers = $this->offers($http);
        foreach (['AAA', 'BBB', 'CCC', 'DDD'] as $code) {
            $offers->terms($code, true);
        }
        self::assertCount(2, $http->asked);
        self::assertSame('unknown', $this->offers($http)->terms('AAA', true)->state);
        self::assertCount(2, $http->asked);
    }

    public function testTheAnswersOfTwoShopsAreKeptApart(): void
    {
        $http = $this->edge();
        $this->offers($http)->terms('ANNA10', true);
        $this->offers($http, 'other')->terms('ANNA10', true);
        self::assertCount(2, $http->asked);
    }

    private function pass(int $seconds): void
    {
        $this->now += $seconds;
        $this->cache->now = $this->now;
    }

    private function offers(TalkingHttp $http, string $shop = 'demo'): Offers
    {
        $clock = new Clock(new ShortMemory(), function (): int {
            return $this->now;
        });
        $secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
        $connection = Connection::of('https://edge.example', ['shop' => $shop, 'event_secret' => $secret]);
        return new Offers(new Edge($http, $clock, $connection), $this->cache, $clock, "https://edge.example $shop");
    }

    private function edge(): TalkingHttp
    {
        return new TalkingHttp(static function () {
            return new Answer(200, [], (string) json_encode(self::ANSWER));
        });
    }
}
