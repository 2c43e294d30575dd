<?php

namespace Parrain\Shared\Tests;

use Parrain\Shared\Answer;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Misread;
use Parrain\Shared\Problem;
use PHPUnit\Framework\TestCase;

final class ConnectionTest extends TestCase
{
    private const TOLD = [
        'shop' => 'demo', 'name' => 'Atelier', 'event_secret' => 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
        'identity_key' => 'ik', 'module_token' => 'mt', 'connection' => 'c-1', 'widget_src' => 'https://edge.example/widget.js', 'link_params' => ['ref', 'via'],
    ];

    public function testACodeIsExchangedForAConnection(): void
    {
        $http = new TalkingHttp(static function () {
            return new Answer(200, [], (string) json_encode(self::TOLD));
        });
        $connection = Edge::connect($http, ' edge.example/ ', 'ab3d efgh-jkmn', 'woocommerce', 'https://shop.example/boutique');
        self::assertSame('https://edge.example/v1/connect-codes/exchange', $http->asked[0]['url']);
        self::assertSame(
            ['code' => 'AB3D-EFGH-JKMN', 'platform' => 'woocommerce', 'site' => 'https://shop.example/boutique'],
            json_decode($http->asked[0]['body'], true)
        );
        self::assertEquals($connection, Connection::read($connection->kept()));
        self::assertSame(['demo', 'mt', ['ref', 'via']], [$connection->shop, $connection->moduleToken, $connection->linkParams]);
    }

    public function testAConnectionIsEndedByItsId(): void
    {
        $http = new TalkingHttp(static function () {
            return new Answer(204, [], '');
        });
        $clock = new \Parrain\Shared\Clock(new ShortMemory());
        self::assertTrue((new Edge($http, $clock, Connection::of('https://edge.example', self::TOLD)))->disconnect());
        self::assertSame(
            ['DELETE', 'https://edge.example/v1/shops/demo/connections/c-1', 'Bearer mt'],
            [$http->asked[0]['method'], $http->asked[0]['url'], $http->asked[0]['headers']['Authorization']]
        );
        self::assertFalse((new Edge($http, $clock, Connection::of('https://edge.example', ['connection' => ''] + self::TOLD)))->disconnect());
        $down = new TalkingHttp(static function () {
            return null;
        });
        self::assertFalse((new Edge($down, $clock, Connection::of('https://edge.example', self::TOLD)))->disconnect());
        $ended = new TalkingHttp(static function () {
            return new Answer(401, [], '{"title":"Unauthorized"}');
        });
        self::assertTrue((new Edge($ended, $clock, Connection::of('https://edge.example', self::TOLD)))->disconnect(), 'it was ended at the desk');
        self::assertCount(1, $http->asked, 'one that was typed by hand is none of the edge\'s');
    }

    public function testAWrongCodeIsToldInTheEdgesWords(): void
    {
        $http = new TalkingHttp(static function () {
            return new Answer(404, [], '{"title":"No such code","detail":"It is wrong, was used, or is older than 15 minutes."}');
        });
        try {
            Edge::connect($http, 'https://edge.example', 'AAAA-BBBB-CCCC', 'woocommerce', 'https://shop.example');
            self::fail('a wrong code connects nothing');
        } catch (Problem $problem) {
            self::assertSame(404, $problem->status);
            self::assertSame('No such code; It is wrong, was used, or is older than 15 minutes.', $problem->getMessage());
        }
    }

    public function testATextThatIsNoCodeIsNotSent(): void
    {
        $http = new TalkingHttp(static function () {
            return null;
        });
        foreach (['', 'ABCD', 'AAAA-BBBB-CCCC-DDDD', '<script>'] as $code) {
            try {
                Edge::connect($http, 'https://edge.example', $code, 'woocommerce', 'https://shop.example');
                self::fail($code);
            } catch (Misread $misread) {
                self::assertSame('connect_code', $misread->part);
            }
        }
        self::assertSame([], $http->asked);
    }

    /** @dataProvider addresses */
    public function testAnEdgesAddressIsAHostBehindTls(string $typed, ?string $address): void
    {
        try {
            self::assertSame($address, Connection::address($typed));
        } catch (Misread $misread) {
            self::assertNull($address, $typed);
        }
    }

    public function addresses(): array
    {
        return [
            ['https://parrain.vous.workers.dev/', 'https://parrain.vous.workers.dev'],
            ['parrain.vous.workers.dev', 'https://parrain.vous.workers.dev'],
            ['https://Edge.Example:8443/desk?x=1', 'https://edge.example:8443'],
            ['http://localhost:9400', 'http://localhost:9400'],
            ['http://edge.example', null], ['ftp://edge.example', null], ['', null], ['https://', null],
            ['https://user:pass@edge.example', null], ['javascript:alert(1)', null], ['https://edge.example" onload="x', null],
        ];
    }

    /** @dataProvider broken */
    public function testWhatIsNoConnectionIsSaidByItsPart(array $changed, string $part): void
    {
        try {
            Connection::of('https://edge.example', $changed + self::TOLD);
            self::fail($part);
        } catch (Misread $misread) {
            self::assertSame($part, $misread->part);
        }
    }

    public function broken(): array
    {
        return [
            [['shop' => 'Démo'], 'shop'], [['shop' => null], 'shop'], [['event_secret' => 'C2FV'], 'event_secret'],
            [['event_secret' => ['x']], 'event_secret'], [['widget_src' => 'javascript:alert(1)'], 'widget_src'],
        ];
    }

    public function testWhatWasKeptBrokenIsNoConnection(): void
    {
        self::assertNull(Connection::read(null));
        self::assertNull(Connection::read(['edge' => 'https://edge.example']));
        self::assertNull(Connection::read('x'));
    }
}
