<?php

namespace Parrain\Shared;

/** The signed-in customer, as the shop vouches for them in the tag's data-customer: a compact JWS, HS256. */
final class Identity
{
    /** For how long it holds, in seconds: long enough for a page that stays open, half of what the edge allows. */
    private const HOLDS = 43200;

    /**
     * The signed text, or nothing for a guest.
     *
     * @param string $key what the edge handed out for this, the shop's identity key
     * @param string $id the shop's id of the customer
     * @param array{email?: string, name?: string, orders_count?: int} $about
     */
    public static function sign(string $key, string $id, array $about, int $now): string
    {
        if ($key === '' || $id === '' || $id === '0') {
            return '';
        }
        $claims = ['sub' => $id, 'exp' => $now + self::HOLDS];
        foreach (['email', 'name'] as $name) {
            if (isset($about[$name]) && trim((string) $about[$name]) !== '') {
                $claims[$name] = trim((string) $about[$name]);
            }
        }
        if (isset($about['orders_count'])) {
            $claims['orders_count'] = (int) $about['orders_count'];
        }
        $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR;
        $said = self::base64('{"alg":"HS256","typ":"JWT"}') . '.' . self::base64((string) json_encode($claims, $flags));
        return $said . '.' . self::base64(hash_hmac('sha256', $said, $key, true));
    }

    private static function base64(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
