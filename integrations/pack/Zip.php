<?php

namespace Parrain\Pack;

/** A zip of files in order of their names and without their times, so that the same files make the same bytes. */
final class Zip
{
    /** 1 January 1980, the first moment that a zip can name, as its date field writes it. */
    private const DATE = 0x21;

    /** @var array<string, string> */
    private $files = [];

    /** Adds a file. */
    public function add(string $path, string $text): void
    {
        $this->files[$path] = $text;
    }

    /** The zip. */
    public function bytes(): string
    {
        ksort($this->files, SORT_STRING);
        $bytes = '';
        $directory = '';
        foreach ($this->files as $path => $text) {
            $deflated = (string) gzdeflate($text, 9);
            // Version 2.0, names in UTF-8, deflated.
            $about = pack('vvvvvVVVvv', 20, 0x800, 8, 0, self::DATE, crc32($text), strlen($deflated), strlen($text), strlen($path), 0);
            $directory .= "PK\x01\x02" . pack('v', 0x0314) . $about
                . pack('vvvVV', 0, 0, 0, 0100644 << 16, strlen($bytes)) . $path;
            $bytes .= "PK\x03\x04" . $about . $path . $deflated;
        }
        $many = count($this->files);
        return $bytes . $directory . "PK\x05\x06" . pack('vvvvVVv', 0, 0, $many, $many, strlen($directory), strlen($bytes), 0);
    }
}
