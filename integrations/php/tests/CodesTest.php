<?php

namespace Parrain\Shared\Tests;

use Parrain\Shared\Codes;
use Parrain\Shared\Touches;
use PHPUnit\Framework\TestCase;

final class CodesTest extends TestCase
{
    private const VECTORS = __DIR__ . '/../../../crates/wire/vectors/';

    public function testCodesAreReadAsTheContractsVectorsSay(): void
    {
        foreach (json_decode((string) file_get_contents(self::VECTORS . 'codes.json'), true) as list($typed, $code)) {
            self::assertSame($code, Codes::typed($typed), json_encode($typed));
        }
    }

    public function testAddressesAreReadAsTheContractsVectorsSay(): void
    {
        foreach (json_decode((string) file_get_contents(self::VECTORS . 'addresses.json'), true) as $case) {
            self::assertSame($case['codes'], Codes::inAddress($case['address'], $case['names']), $case['address']);
        }
    }

    /** @dataProvider hostile */
    public function testHostileTextIsNoCode(string $text): void
    {
        self::assertNull(Codes::typed($text));
        self::assertSame([], Codes::inAddress('?ref=' . rawurlencode($text), ['ref']));
    }

    public function hostile(): array
    {
        return [
            ["\xff\xfe"], [str_repeat('A', 33)], ["'; DROP TABLE wp_posts; --"], ["AB\0"],
            [str_repeat('%25', 2000)], ['ÄÄÄÄ'],
        ];
    }

    public function testTheCookieOfTheWidgetIsRead(): void
    {
        self::assertSame(
            [
                ['code' => 'ANNA10', 'source' => 'link', 'at' => '2025-11-01T12:26:40Z'],
                ['code' => 'BOB22', 'source' => 'promo_code', 'at' => '2025-11-01T12:27:40Z'],
            ],
            Touches::fromCookie('nonsense~v1.anna10.l.1762000000~v2.BOB22.l.1~v1.BOB22.p.1762000060~v1.A.l.1~v1.EVE.x.3')
        );
        self::assertSame([], Touches::fromCookie(['v1.ANNA10.l.1']));
        self::assertSame([], Touches::fromCookie(str_repeat('v1.ANNA10.l.1~', 1000)));
    }

    public function testOfManyTouchesTheFirstAndTheLastAreKept(): void
    {
        $codes = array_column(Touches::fromCookie(
            'v1.AAA.l.1~v1.BBB.l.2~v1.CCC.l.3~v1.DDD.l.4~v1.EEE.l.5~v1.FFF.l.6'
        ), 'code');
        self::assertSame(['AAA', 'CCC', 'DDD', 'EEE', 'FFF'], $codes);
    }

    public function testOfAFormsTouchesOnlyThoseThatTheEdgeTakesAreRead(): void
    {
        $good = ['code' => 'ANNA10', 'source' => 'link', 'at' => '2025-11-01T12:26:40Z'];
        $json = json_encode([
            $good, ['code' => 'ANNA10', 'source' => 'sms', 'at' => '2025-11-01T12:26:40Z'],
            ['code' => 'ANNA10', 'source' => 'link', 'at' => 'yesterday'], ['code' => 7, 'source' => 'link', 'at' => '2025-11-01T12:26:40Z'],
            'ANNA10', ['source' => 'link'],
        ]);
        self::assertSame([$good], Touches::fromJson($json));
        self::assertSame([], Touches::fromJson('[[[[[[{}]]]]]]'));
        self::assertSame([], Touches::fromJson(null));
    }

    public function testWhatStandsInBothListsIsOneTouch(): void
    {
        $first = Touches::touch('ANNA10', 'link', 1762000000);
        $then = Touches::touch('ANNA10', 'promo_code', 1762000060);
        self::assertSame([$first, $then], Touches::merged([$then], [$first, $then]));
    }
}
