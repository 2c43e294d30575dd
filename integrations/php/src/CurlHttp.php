<?php

namespace Parrain\Shared;

/** Reaches the edge by PHP's cURL, for platforms that have no client of their own in every version. */
final class CurlHttp implements Http
{
    /** The longest answer that is read, in bytes: the edge's longest is a page of tasks. */
    private const LONGEST = 1048576;

    /** @var string */
    private $agent;

    /** @param string $agent who asks, such as "Parrain-PrestaShop/1.0" */
    public function __construct(string $agent)
    {
        $this->agent = $agent;
    }

    public function send(string $method, string $url, array $headers, string $body, int $seconds): Answer
    {
        $lines = [];
        foreach ($headers as $name => $value) {
            $lines[] = $name . ': ' . $value;
        }
        $heard = [];
        $read = '';
        $curl = curl_init();
        curl_setopt_array($curl, [
            CURLOPT_URL => $url,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $lines,
            CURLOPT_USERAGENT => $this->agent,
            CURLOPT_CONNECTTIMEOUT => min(5, $seconds),
            CURLOPT_TIMEOUT => $seconds,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_HEADERFUNCTION => static function ($curl, string $line) use (&$heard): int {
                $parts = explode(':', $line, 2);
                if (count($parts) === 2) {
                    $heard[trim($parts[0])] = trim($parts[1]);
                }
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($curl, string $piece) use (&$read): int {
                $read .= $piece;
                return strlen($read) > self::LONGEST ? 0 : strlen($piece);
            },
        ]);
        if ($body !== '') {
            curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
        }
        $done = curl_exec($curl);
        $status = (int) curl_getinfo($curl, CURLINFO_HTTP_CODE);
        $words = curl_error($curl);
        curl_close($curl);
        if ($done === false || $status === 0) {
            throw new Problem(0, $words !== '' ? $words : 'no answer');
        }
        return new Answer($status, $heard, $read);
    }
}
