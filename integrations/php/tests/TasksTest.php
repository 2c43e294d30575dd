<?php

namespace Parrain\Shared\Tests;

use Parrain\Shared\Answer;
use Parrain\Shared\CannotDo;
use Parrain\Shared\Clock;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Problem;
use Parrain\Shared\Task;
use Parrain\Shared\TaskDoer;
use Parrain\Shared\Tasks;
use PHPUnit\Framework\TestCase;

final class TasksTest extends TestCase
{
    public function testTasksAreDoneAndSaidPageByPage(): void
    {
        $pages = [
            '' => ['items' => [$this->task('t1', 'store_credit'), ['no' => 'task']], 'next_cursor' => 'c2'],
            '?cursor=c2' => ['items' => [$this->task('t2', 'points')], 'next_cursor' => null],
        ];
        $http = new TalkingHttp(static function ($method, $url, $headers, $body) use ($pages) {
            $query = (string) strstr($url, '?');
            return new Answer(200, [], $method === 'GET' ? (string) json_encode($pages[$query]) : '{}');
        });
        self::assertSame(2, Tasks::run($this->through($http), $this->doer(), 30));
        $said = [];
        foreach ($http->asked as $asked) {
            self::assertSame('Bearer mt', $asked['headers']['Authorization']);
            if ($asked['method'] === 'POST') {
                $said[$asked['url']] = json_decode($asked['body'], true);
            }
        }
        self::assertSame([
            'https://edge.example/v1/shops/demo/tasks/t1' => ['done' => ['code' => 'MERCI-10.00']],
            'https://edge.example/v1/shops/demo/tasks/t2' => ['failed' => 'no points here'],
        ], $said);
    }

    public function testATaskThatBreaksKeepsNoOtherFromBeingDone(): void
    {
        $said = [];
        $http = new TalkingHttp(function ($method, $url, $headers, $body) use (&$said) {
            if ($method === 'POST') {
                $said[] = json_decode($body, true);
            }
            return new Answer(200, [], (string) json_encode(['items' => [$this->task('t1', 'broken'), $this->task('t2', 'store_credit')]]));
        });
        self::assertSame(2, Tasks::run($this->through($http), $this->doer(), 30));
        self::assertSame([['failed' => 'LogicException: no such table'], ['done' => ['code' => 'MERCI-10.00']]], $said);
    }

    public function testWhatTheEdgeSaysOfOneTaskKeepsNoOtherFromBeingDone(): void
    {
        $http = new TalkingHttp(function ($method, $url) {
            $answer = (string) json_encode(['items' => [$this->task('t1', 'store_credit'), $this->task('t2', 'store_credit')]]);
            return substr($url, -3) === '/t1' ? new Answer(409, [], '{"title":"Done before"}') : new Answer(200, [], $answer);
        });
        self::assertSame(1, Tasks::run($this->through($http), $this->doer(), 30));
        self::assertStringEndsWith('/tasks/t2', $http->asked[2]['url']);
    }

    public function testAMessageThatIsNoUtf8IsToldAsFarAsItCanBeRead(): void
    {
        self::assertSame("{\"failed\":\"caf\u{FFFD}\"}", Edge::written(['failed' => "caf\xe9"]));
    }

    public function testAnEdgeThatTakesNoTokenIsSaid(): void
    {
        $this->expectException(Problem::class);
        $this->expectExceptionMessage('Unauthorized');
        Tasks::run($this->through(new TalkingHttp(static function () {
            return new Answer(401, [], '{"title":"Unauthorized"}');
        })), $this->doer(), 30);
    }

    public function testWhatIsMissingOfATaskIsNothing(): void
    {
        $task = Task::read(['id' => 7, 'kind' => 'reward', 'code' => 'k7pm-4xqd', 'customer_id' => null, 'reward' => 'x']);
        self::assertSame(['7', 'K7PM-4XQD', '', ''], [$task->id, $task->code, $task->customerId, $task->rewardKind()]);
        self::assertNull(Task::read(['id' => 7, 'kind' => 'reward', 'code' => "'; --"]), 'without a code it could be done twice');
    }

    private function task(string $id, string $kind): array
    {
        return [
            'id' => $id, 'kind' => 'reward', 'code' => 'K7PM-4XQD-9RTB', 'customer_id' => '7',
            'reward' => ['kind' => $kind, 'amount' => '10.00'], 'currency' => 'EUR',
        ];
    }

    private function doer(): TaskDoer
    {
        return new class implements TaskDoer {
            public function perform(Task $task): string
            {
                if ($task->rewardKind() === 'points') {
                    throw new CannotDo('no points here');
                }
                if ($task->rewardKind() === 'broken') {
                    throw new \LogicException('no such table');
                }
                return 'MERCI-' . $task->rewardText('amount');
            }
        };
    }

    private function through(TalkingHttp $http): Edge
    {
        return new Edge($http, new Clock(new ShortMemory()), Connection::of('https://edge.example', [
            'shop' => 'demo', 'event_secret' => 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'module_token' => 'mt',
        ]));
    }
}
