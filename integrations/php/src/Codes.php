<?php

namespace Parrain\Shared;

/**
 * Referral codes as they are typed and as they stand in addresses, read by the rules of the contract's section 2.
 *
 * crates/wire (code.rs, address.rs) says why the rules are so; the vectors in its folder are run against this too.
 */
final class Codes
{
    /** The most codes that are taken from one address. */
    private const MOST = 5;

    /** Nobody sees them, and chats put them into long links. */
    private const UNSEEN = '/[\x{ad}\x{200b}-\x{200d}\x{2060}\x{feff}]/u';

    /** Signs around a code that cannot be letters of another word. */
    private const SOIL = '[\x{0}-$&-,.\/:-@\[-^`{-\x{7f}\x{a0}\x{ab}\x{b7}\x{bb}\x{60c}\x{61b}-\x{61f}\x{2000}-\x{206f}'
        . '\x{2600}-\x{27bf}\x{3000}-\x{301f}\x{fe0f}\x{ff01}-\x{ff0f}\x{1f000}-\x{1faff}]*';

    /** With which an address, markup or a list goes on behind a code. */
    private const END = '(?:[\x{0}-\x{1f}?&#\/\\\\;,="<>()\[\]{}|].*)?$';

    /** The code that a typed or pasted text is, in upper case, or nothing. */
    public static function typed(string $text): ?string
    {
        $text = preg_replace(self::UNSEEN, '', $text);
        $text = preg_replace('/^[\s\x{a0}\x{3000}\x{2000}-\x{200f}\x{202a}-\x{202c}\x{2066}-\x{2069}]+'
            . '|[\s\x{a0}\x{3000}\x{2000}-\x{200f}\x{202a}-\x{202c}\x{2066}-\x{2069}]+$/u', '', (string) $text);
        return preg_match('/^[A-Za-z0-9-]{3,32}$/D', (string) $text) ? strtoupper((string) $text) : null;
    }

    /**
     * All codes that an address carries in parameters of these names: by the order of the names, then by place.
     *
     * @param string[] $names
     * @return string[]
     */
    public static function inAddress(string $address, array $names): array
    {
        $pairs = self::parameters($address);
        $codes = [];
        foreach ($names as $name) {
            foreach ($pairs as list($key, $code)) {
                if ($code !== null && $key === strtolower(trim((string) $name)) && !in_array($code, $codes, true)) {
                    $codes[] = $code;
                }
            }
        }
        return array_slice($codes, 0, self::MOST);
    }

    /**
     * The parameters of an address as names in lower case and the codes in them.
     *
     * @return array<array{0: string, 1: ?string}>
     */
    private static function parameters(string $address): array
    {
        $after = self::after($address);
        if (strpos($after, '=') === false) {
            // Some mailers encode an address whole.
            $after = self::after(self::decoded($address));
        }
        $pairs = [];
        foreach (preg_split('/[?#&]/', $after) ?: [] as $pair) {
            $cut = strpos($pair, '=');
            if ($cut !== false) {
                $name = preg_replace('/^((amp|AMP|#?38);)+/', '', self::decoded(substr($pair, 0, $cut)));
                $name = preg_replace('/\[.*\]$/', '', (string) $name);
                $pairs[] = [strtolower((string) $name), self::inValue(substr($pair, $cut + 1))];
            }
        }
        return $pairs;
    }

    /** What follows the first ? or #. */
    private static function after(string $address): string
    {
        return substr($address, strcspn($address, '?#') + 1) ?: '';
    }

    /** The code that a soiled value holds. */
    private static function inValue(string $value): ?string
    {
        for ($layers = 3; $layers > 0; $layers--) {
            $value = self::decoded($value);
        }
        $value = preg_replace(self::UNSEEN, '', $value);
        $code = '/^' . self::SOIL . '([A-Za-z0-9-]{3,32})' . self::SOIL . self::END . '/sDu';
        return $value !== null && preg_match($code, $value, $found) ? strtoupper($found[1]) : null;
    }

    /** Decoded once; a text that is not encoded properly, as it stands. */
    private static function decoded(string $text): string
    {
        if (preg_match('/%(?![0-9A-Fa-f]{2})/', $text)) {
            return $text;
        }
        $decoded = rawurldecode($text);
        return preg_match('//u', $decoded) ? $decoded : $text;
    }
}
