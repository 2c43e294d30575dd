<?php

namespace Parrain\Shared\Tests;

use Parrain\Shared\Answer;
use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Entry;
use Parrain\Shared\Queue;
use Parrain\Shared\SqlStore;
use PHPUnit\Framework\TestCase;

final class QueueTest extends TestCase
{
    private const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

    /** @var int The server's clock. */
    private $now = 1800000000;

    /** @var SqlStore */
    private $store;

    /** @var Queue */
    private $queue;

    /** @var ShortMemory */
    private $memory;

    protected function setUp(): void
    {
        $this->memory = new ShortMemory();
        $this->store = new SqlStore(new LiteDatabase(), 'queue');
        $this->queue = new Queue($this->store, $this->clock(), new EchoMaker());
    }

    public function testAnEventIsSentOnceAndWhatItSaidIsForgotten(): void
    {
        self::assertTrue($this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1', 'customer' => ['email' => 'b@x.org']]));
        self::assertFalse($this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1', 'total' => '9.00']));
        $http = $this->edge(['outcome' => 'recorded', 'why' => ['It is Anna’s.']]);
        self::assertSame(1, $this->deliverAll($http));
        self::assertSame(0, $this->deliverAll($http));
        self::assertSame(
            ['type' => 'order.paid', 'data' => ['order_id' => '1', 'customer' => ['email' => 'b@x.org']]],
            json_decode($http->asked[0]['body'], true)
        );
        list($entry) = $this->store->newest([Entry::SENT], 5);
        self::assertSame('recorded: It is Anna’s.', $entry->said);
        self::assertSame('', $entry->body);
    }

    public function testNothingIsLostWhileTheEdgeIsDownForADay(): void
    {
        $sent = [];
        $up = false;
        $http = new TalkingHttp(function ($method, $url, $headers, $body) use (&$sent, &$up) {
            if (!$up) {
                return null;
            }
            $sent[] = json_decode($body, true)['data']['order_id'];
            return new Answer(200, [], '{"outcome":"recorded"}');
        });
        for ($minute = 0; $minute < 1440; $minute++) {
            if ($minute % 20 === 0) {
                $this->queue->add("order.paid $minute", 'order.paid', ['order_id' => (string) $minute]);
            }
            $this->deliverAll($http);
            $this->now += 60;
        }
        self::assertSame(72, $this->store->counts()[Entry::WAITING]);
        self::assertLessThan(1440, count($http->asked), 'the gaps grow');
        $up = true;
        for ($minute = 0; $minute < 360 && count($sent) < 72; $minute++) {
            $this->deliverAll($http);
            $this->now += 60;
        }
        sort($sent, SORT_NUMERIC);
        self::assertSame(array_map('strval', range(0, 1439, 20)), $sent);
    }

    public function testAllGoesAtOnceWhenTheEdgeIsBack(): void
    {
        $up = false;
        $http = new TalkingHttp(static function () use (&$up) {
            return $up ? new Answer(200, [], '{"outcome":"recorded"}') : new Answer(503, [], '');
        });
        for ($i = 0; $i < 5; $i++) {
            $this->queue->add("order.paid $i", 'order.paid', ['order_id' => (string) $i]);
        }
        for ($i = 0; $i < 5; $i++) {
            $this->deliverAll($http);
        }
        $this->queue->add('order.paid new', 'order.paid', ['order_id' => 'new']);
        $up = true;
        self::assertSame(6, $this->deliverAll($http));
    }

    public function testTheGapsGrowAndOneDeliveryKeepsItsId(): void
    {
        $tries = [];
        $http = new TalkingHttp(function ($method, $url, $headers) use (&$tries) {
            $tries[] = [$this->now, $headers['webhook-id']];
            return new Answer(500, [], '');
        });
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']);
        for ($minute = 0; $minute < 2000; $minute++) {
            $this->deliverAll($http);
            $this->now += 60;
        }
        self::assertCount(1, array_unique(array_column($tries, 1)));
        $at = array_column($tries, 0);
        $gaps = [];
        for ($i = 1; $i < 7; $i++) {
            $gaps[] = $at[$i] - $at[$i - 1];
        }
        self::assertSame([60, 300, 900, 3600, 10800, 21600], $gaps);
    }

    public function testARetryIsNotSoonerThanTheEdgeAsksFor(): void
    {
        $http = new TalkingHttp(static function () {
            return new Answer(429, ['Retry-After' => '600'], '');
        });
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']);
        $this->deliverAll($http);
        self::assertSame([], $this->store->due($this->now + 599, 5));
        self::assertCount(1, $this->store->due($this->now + 600, 5));
    }

    public function testWhatIsRefusedStaysInSightAndCanBeSentAgain(): void
    {
        $status = 422;
        $http = new TalkingHttp(static function () use (&$status) {
            return new Answer($status, [], $status === 422
                ? '{"title":"Wrong values","errors":[{"pointer":"/data/total","detail":"must be a decimal number"}]}'
                : '{"outcome":"recorded"}');
        });
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']);
        $this->queue->add('order.paid 2', 'order.paid', ['order_id' => '2']);
        self::assertSame(2, $this->deliverAll($http), 'the one that is refused does not hold up the other');
        $refused = $this->store->newest([Entry::REFUSED], 5);
        self::assertCount(2, $refused);
        self::assertSame('Wrong values; /data/total must be a decimal number', $refused[0]->said);
        $this->now += 86400;
        self::assertSame(0, $this->deliverAll($http));
        $status = 200;
        $this->queue->sendAgain($refused[0]->id);
        self::assertSame(1, $this->deliverAll($http));
        $this->queue->sendAgain(0);
        self::assertSame(1, $this->deliverAll($http));
    }

    public function testAWrongSecretWaitsForTheRightOne(): void
    {
        $http = new TalkingHttp(static function ($method, $url, $headers, $body) {
            $right = \Parrain\Shared\Signature::headers(
                self::SECRET,
                $headers['webhook-id'],
                (int) $headers['webhook-timestamp'],
                $body
            );
            return $right['webhook-signature'] === $headers['webhook-signature']
                ? new Answer(200, [], '{"outcome":"recorded"}') : new Answer(401, [], '{"title":"Wrong signature"}');
        });
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']);
        self::assertSame(0, $this->deliverAll($http, 'whsec_AAAA'));
        list($entry) = $this->store->newest([Entry::WAITING], 5);
        self::assertSame('401 Wrong signature', $entry->said);
        $this->queue->hasten();
        self::assertSame(1, $this->deliverAll($http));
    }

    /** @dataProvider hours */
    public function testAClockThatIsAnHourOffIsCorrectedByTheEdges(int $off): void
    {
        $true = 1800000000;
        $this->now = $true + $off;
        $http = new TalkingHttp(static function ($method, $url, $headers, $body) use ($true) {
            $date = ['Date' => gmdate('D, d M Y H:i:s', $true) . ' GMT'];
            if (abs((int) $headers['webhook-timestamp'] - $true) > 300) {
                return new Answer(401, $date, '{"title":"Stale signature"}');
            }
            return new Answer(200, $date, '{"outcome":"recorded"}');
        });
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1', 'at' => gmdate('Y-m-d\TH:i:s\Z', $this->now)]);
        self::assertSame(1, $this->deliverAll($http));
        self::assertSame(-$off, $this->clock()->behind());
        $this->queue->add('order.paid 2', 'order.paid', ['order_id' => '2', 'at' => gmdate('Y-m-d\TH:i:s\Z', $this->now)]);
        self::assertSame(1, $this->deliverAll($http));
        self::assertCount(3, $http->asked, 'the second one is signed by the right time at once');
        $at = strtotime(json_decode($http->asked[2]['body'], true)['data']['at']);
        self::assertSame($true, $at, 'a touch of that moment, by the time of a browser, is not after the order');
        $this->now = $true;
        $this->memory->kept['clock_behind'] = -$off;
        $this->queue->add('order.paid 3', 'order.paid', ['order_id' => '3']);
        $this->now += 10;
        $this->queue->hasten();
        $this->deliverAll($http);
        self::assertSame(0, $this->clock()->behind(), 'a clock that was set right again is believed');
    }

    public function hours(): array
    {
        return ['fast' => [3600], 'slow' => [-3600]];
    }

    public function testWhatWaitedForAnotherShopIsItsOwnersToSend(): void
    {
        $to = static function (string $shop): Connection {
            return Connection::of('https://edge.example', ['shop' => $shop, 'event_secret' => self::SECRET]);
        };
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']);
        self::assertFalse($this->queue->belongTo($to('demo'), $this->memory), 'what came in before there was a shop is the first one\'s');
        $this->deliverAll($this->edge(['outcome' => 'recorded']));
        $this->queue->add('order.paid 2', 'order.paid', ['order_id' => '2']);
        self::assertFalse($this->queue->belongTo($to('demo'), $this->memory));
        self::assertTrue($this->queue->belongTo($to('other'), $this->memory));
        self::assertSame([Entry::WAITING => 0, Entry::REFUSED => 1, Entry::SENT => 0], $this->store->counts());
        self::assertSame('It waited for https://edge.example demo.', $this->store->newest([Entry::REFUSED], 1)[0]->said);
        self::assertTrue($this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']), 'the past can be told here too');
        $this->queue->sendAgain(0);
        self::assertSame(2, $this->deliverAll($this->edge(['outcome' => 'recorded'])));
    }

    public function testWhatAnotherRunHasTakenIsLeftToIt(): void
    {
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']);
        $down = new TalkingHttp(static function () {
            return null;
        });
        $this->deliverAll($down);
        self::assertSame('no answer', $this->store->failing()->said);
        $this->now += 60;
        list($entry) = $this->store->due($this->now, 1);
        self::assertTrue($this->store->take($entry, $this->now + 120));
        $this->queue->hasten();
        self::assertSame([], $this->store->due($this->now, 1));
        self::assertNull($this->store->failing(), 'it is being sent');
        $this->now += 120;
        self::assertSame(1, $this->deliverAll($this->edge(['outcome' => 'recorded'])));
    }

    public function testAnEventThatBreaksIsRefusedAndKeepsNoOtherWaiting(): void
    {
        $http = $this->edge(['outcome' => 'recorded']);
        $this->queue->add('order.paid 1', 'order.paid', ['broken' => true]);
        $this->queue->add('order.paid 2', 'order.paid', ['order_id' => '2']);
        self::assertSame(1, $this->deliverAll($http));
        list($refused) = $this->store->newest([Entry::REFUSED], 5);
        self::assertSame(['order.paid 1', 'TypeError: no product'], [$refused->key, $refused->said]);
    }

    public function testWhatIsGoneIsNotSent(): void
    {
        $http = $this->edge(['outcome' => 'recorded']);
        $this->queue->add('order.paid 1', 'order.paid', ['gone' => true]);
        $this->deliverAll($http);
        self::assertSame([], $http->asked);
        self::assertSame('gone', $this->store->newest([Entry::SENT], 1)[0]->said);
    }

    public function testOfTwoRunsOneGetsAnEntry(): void
    {
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']);
        list($mine) = $this->store->due($this->now, 1);
        list($theirs) = $this->store->due($this->now, 1);
        self::assertTrue($this->store->take($mine, $this->now + 120));
        self::assertFalse($this->store->take($theirs, $this->now + 120));
        $this->now += 121;
        self::assertSame(1, $this->deliverAll($this->edge(['outcome' => 'recorded'])), 'a run that died leaves it to the next');
    }

    public function testWhatWasSentIsForgottenAfterThreeMonthsAndWhatWaitsNever(): void
    {
        $this->queue->add('order.paid 1', 'order.paid', ['order_id' => '1']);
        $this->deliverAll($this->edge(['outcome' => 'recorded']));
        $this->queue->add('order.paid 2', 'order.paid', ['order_id' => '2']);
        $this->deliverAll(new TalkingHttp(static function () {
            return null;
        }));
        $this->now += 7776001;
        $this->store->forgetSent($this->now - 7776000);
        self::assertSame([Entry::WAITING => 1, Entry::REFUSED => 0, Entry::SENT => 0], $this->store->counts());
    }

    public function testShopsThatShareATableHaveTheirOwnEvents(): void
    {
        $database = new LiteDatabase();
        $one = new Queue(new SqlStore($database, 'queue', 1), $this->clock(), new EchoMaker());
        $two = new Queue(new SqlStore($database, 'queue', 2), $this->clock(), new EchoMaker());
        self::assertTrue($one->add('order.paid 1', 'order.paid', ['order_id' => '1']));
        self::assertTrue($two->add('order.paid 1', 'order.paid', ['order_id' => '1']));
        $this->queue = $one;
        self::assertSame(1, $this->deliverAll($this->edge(['outcome' => 'recorded'])));
        self::assertSame(1, $two->store()->counts()[Entry::WAITING]);
        self::assertSame(0, $one->store()->counts()[Entry::WAITING]);
    }

    public function testAKeyThatIsTooLongForItsColumnStillIsOneEvent(): void
    {
        self::assertTrue($this->queue->add(str_repeat('x', 500), 'order.paid', []));
        self::assertFalse($this->queue->add(str_repeat('x', 500), 'order.paid', []));
    }

    private function clock(): Clock
    {
        return new Clock($this->memory, function (): int {
            return $this->now;
        });
    }

    private function deliverAll(TalkingHttp $http, string $secret = self::SECRET): int
    {
        $connection = Connection::of('https://edge.example', ['shop' => 'demo', 'event_secret' => $secret]);
        return $this->queue->run(new Edge($http, $this->clock(), $connection), 50, 60);
    }

    private function edge(array $answer): TalkingHttp
    {
        return new TalkingHttp(static function () use ($answer) {
            return new Answer(200, [], (string) json_encode($answer));
        });
    }
}
