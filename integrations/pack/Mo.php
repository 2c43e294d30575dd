<?php

namespace Parrain\Pack;

/** The binary form of a gettext catalogue, of the .po that translators write. */
final class Mo
{
    /** Reads a .po and writes its .mo; what is not translated is left out. */
    public static function of(string $po): string
    {
        $entries = self::entries($po);
        ksort($entries, SORT_STRING);
        $many = count($entries);
        $originals = '';
        $translations = '';
        $texts = '';
        $start = 28 + 16 * $many;
        foreach (array_keys($entries) as $original) {
            $originals .= pack('VV', strlen((string) $original), $start + strlen($texts));
            $texts .= $original . "\0";
        }
        foreach ($entries as $translation) {
            $translations .= pack('VV', strlen($translation), $start + strlen($texts));
            $texts .= $translation . "\0";
        }
        return pack('V7', 0x950412de, 0, $many, 28, 28 + 8 * $many, 0, $start) . $originals . $translations . $texts;
    }

    /**
     * Translations by what they translate, both with plurals behind a zero byte.
     *
     * @return array<string, string>
     */
    private static function entries(string $po): array
    {
        $entries = [];
        foreach (preg_split('/\n\s*\n/', $po) ?: [] as $block) {
            preg_match_all('/^(msgid|msgid_plural|msgstr|msgstr\[\d+\])\s+((?:"(?:[^"\\\\]|\\\\.)*"\s*)+)/m', $block, $found, PREG_SET_ORDER);
            $ids = [];
            $texts = [];
            foreach ($found as list(, $name, $quoted)) {
                preg_match_all('/"((?:[^"\\\\]|\\\\.)*)"/', $quoted, $parts);
                $text = stripcslashes(implode('', $parts[1]));
                if (strpos($name, 'msgid') === 0) {
                    $ids[] = $text;
                } else {
                    $texts[] = $text;
                }
            }
            if ($ids !== [] && implode('', $texts) !== '') {
                $entries[implode("\0", $ids)] = implode("\0", $texts);
            }
        }
        return $entries;
    }
}
