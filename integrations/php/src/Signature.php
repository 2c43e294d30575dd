<?php

namespace Parrain\Shared;

/** The headers by which the edge knows that a shop sent an event, as the Standard Webhooks specification says. */
final class Signature
{
    /** What every event secret begins with. */
    public const PREFIX = 'whsec_';

    /**
     * The headers for a body as it is sent.
     *
     * @param string $secret the event secret, "whsec_" and base64
     * @param string $id which delivery it is, the same for each try
     * @param int $now seconds of Unix time
     * @return array<string, string>
     * @throws \InvalidArgumentException where the secret is none
     */
    public static function headers(string $secret, string $id, int $now, string $body): array
    {
        $mac = hash_hmac('sha256', "$id.$now.$body", self::key($secret), true);
        return [
            'webhook-id' => $id,
            'webhook-timestamp' => (string) $now,
            'webhook-signature' => 'v1,' . base64_encode($mac),
        ];
    }

    /**
     * The key that a secret holds.
     *
     * @throws \InvalidArgumentException
     */
    public static function key(string $secret): string
    {
        $key = strpos($secret, self::PREFIX) === 0 ? base64_decode(substr($secret, strlen(self::PREFIX)), true) : false;
        if ($key === false || $key === '') {
            throw new \InvalidArgumentException('an event secret begins with whsec_ and goes on in base64');
        }
        return $key;
    }
}
