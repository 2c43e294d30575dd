<?php

namespace Parrain\Shared;

/** The touches of a visitor, as the widget's cookie parrain_ref and its form field parrain_touches carry them. */
final class Touches
{
    /** The name of the cookie. */
    public const COOKIE = 'parrain_ref';

    /** The most that an order takes along. */
    private const MOST = 5;

    /** The longest text that is looked at, in bytes. */
    private const LONGEST = 4096;

    /**
     * Reads a cookie's value, entries "v1.CODE.source.seconds" joined by "~". What makes no sense is left out: anything
     * may stand in a cookie.
     *
     * @param mixed $value
     * @return array<array{code: string, source: string, at: string}>
     */
    public static function fromCookie($value): array
    {
        $touches = [];
        if (is_string($value) && strlen($value) <= self::LONGEST) {
            foreach (explode('~', $value) as $entry) {
                if (preg_match('/^v1\.([A-Za-z0-9-]{3,32})\.([lp])\.([1-9][0-9]{0,11})$/D', $entry, $part)) {
                    $source = $part[2] === 'p' ? 'promo_code' : 'link';
                    $touches[] = self::touch(strtoupper($part[1]), $source, (int) $part[3]);
                }
            }
        }
        return self::ends($touches);
    }

    /**
     * Reads what was kept with a basket or came in a form: a JSON array of touches.
     *
     * @param mixed $json
     * @return array<array{code: string, source: string, at: string}>
     */
    public static function fromJson($json): array
    {
        $touches = [];
        $read = is_string($json) && strlen($json) <= self::LONGEST ? json_decode($json, true, 4) : null;
        foreach (is_array($read) ? $read : [] as $touch) {
            $code = is_array($touch) && isset($touch['code']) && is_string($touch['code'])
                ? Codes::typed($touch['code']) : null;
            $at = $code !== null && isset($touch['at']) && is_string($touch['at']) ? self::instant($touch['at']) : null;
            $source = isset($touch['source']) ? $touch['source'] : null;
            if ($at !== null && ($source === 'link' || $source === 'promo_code')) {
                $touches[] = self::touch($code, $source, $at);
            }
        }
        return self::ends($touches);
    }

    /**
     * A touch.
     *
     * @return array{code: string, source: string, at: string}
     */
    public static function touch(string $code, string $source, int $at): array
    {
        return ['code' => $code, 'source' => $source, 'at' => gmdate('Y-m-d\TH:i:s\Z', $at)];
    }

    /**
     * Two lists as one, without what stands in both.
     *
     * @param array<array{code: string, source: string, at: string}> $kept
     * @param array<array{code: string, source: string, at: string}> $new
     * @return array<array{code: string, source: string, at: string}>
     */
    public static function merged(array $kept, array $new): array
    {
        $all = [];
        foreach (array_merge($kept, $new) as $touch) {
            $all[$touch['at'] . ' ' . $touch['code'] . ' ' . $touch['source']] = $touch;
        }
        ksort($all);
        return self::ends(array_values($all));
    }

    private static function instant(string $text): ?int
    {
        if (!preg_match('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/D', $text)) {
            return null;
        }
        $at = strtotime($text);
        return $at === false || $at <= 0 ? null : $at;
    }

    /**
     * The first and the last ones: the two ends are what attribution asks for.
     *
     * @param array<array{code: string, source: string, at: string}> $touches
     * @return array<array{code: string, source: string, at: string}>
     */
    private static function ends(array $touches): array
    {
        while (count($touches) > self::MOST) {
            array_splice($touches, 1, 1);
        }
        return $touches;
    }
}
