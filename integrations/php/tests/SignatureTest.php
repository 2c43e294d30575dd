<?php

namespace Parrain\Shared\Tests;

use Parrain\Shared\Identity;
use Parrain\Shared\Signature;
use PHPUnit\Framework\TestCase;

final class SignatureTest extends TestCase
{
    public function testThePublishedVectorOfStandardWebhooks(): void
    {
        $path = __DIR__ . '/../../../crates/edge/tests/fixtures/standard-webhooks/vector.json';
        $vector = json_decode((string) file_get_contents($path), true);
        $headers = Signature::headers(
            $vector['secret'],
            $vector['webhook-id'],
            $vector['webhook-timestamp'],
            $vector['payload']
        );
        self::assertSame($vector['webhook-signature'], $headers['webhook-signature']);
        self::assertSame((string) $vector['webhook-timestamp'], $headers['webhook-timestamp']);
        self::assertSame($vector['webhook-id'], $headers['webhook-id']);
    }

    /** @dataProvider noSecrets */
    public function testWhatIsNoSecretSignsNothing(string $secret): void
    {
        $this->expectException(\InvalidArgumentException::class);
        Signature::headers($secret, 'msg_1', 1, '{}');
    }

    public function noSecrets(): array
    {
        return [[''], ['whsec_'], ['C2FVsBQIhrscChlQIMV'], ['whsec_nö']];
    }

    public function testAnIdentityIsACompactJwsOfWhatTheShopKnows(): void
    {
        $jws = Identity::sign('key', '7', ['email' => 'bob@example.com', 'name' => ' ', 'orders_count' => 2], 1000);
        list($header, $claims, $mac) = explode('.', $jws);
        $read = static function (string $part): string {
            return (string) base64_decode(strtr($part, '-_', '+/'));
        };
        self::assertSame(['alg' => 'HS256', 'typ' => 'JWT'], json_decode($read($header), true));
        self::assertSame(
            ['sub' => '7', 'exp' => 44200, 'email' => 'bob@example.com', 'orders_count' => 2],
            json_decode($read($claims), true)
        );
        self::assertSame(hash_hmac('sha256', "$header.$claims", 'key', true), $read($mac));
        self::assertStringNotContainsString('=', $jws);
    }

    public function testGuestsAndShopsWithoutAKeySignNothing(): void
    {
        self::assertSame('', Identity::sign('key', '0', [], 1));
        self::assertSame('', Identity::sign('key', '', [], 1));
        self::assertSame('', Identity::sign('', '7', [], 1));
    }
}
