<?php

namespace Parrain\OpenCart;

/** What the module says, in English as it is written in the code, and in the languages of its folder words. */
final class Words
{
    /** @var array<string, array<string, string>> */
    private static $known = [];

    /**
     * A text in a language, with values in place of the names in braces.
     *
     * @param string $language as OpenCart names it, such as fr-fr
     * @param array<string, string|int> $values
     */
    public static function said(string $language, string $text, array $values = []): string
    {
        $language = preg_match('/^([a-z]{2})(-[a-z]{2})?$/D', strtolower($language), $part) ? $part[1] : 'en';
        if (!isset(self::$known[$language])) {
            $file = __DIR__ . '/../words/' . $language . '.php';
            self::$known[$language] = is_file($file) ? require $file : [];
        }
        $said = isset(self::$known[$language][$text]) ? self::$known[$language][$text] : $text;
        return strtr($said, array_map('strval', $values));
    }
}
