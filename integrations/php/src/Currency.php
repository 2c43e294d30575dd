<?php

namespace Parrain\Shared;

/** How many decimals the amounts of an ISO 4217 currency have, as the contract asks for them. */
final class Currency
{
    /** The currencies that have other than two. */
    private const OTHER = [
        'BIF' => 0, 'CLP' => 0, 'DJF' => 0, 'GNF' => 0, 'ISK' => 0, 'JPY' => 0, 'KMF' => 0, 'KRW' => 0, 'PYG' => 0,
        'RWF' => 0, 'UGX' => 0, 'UYI' => 0, 'VND' => 0, 'VUV' => 0, 'XAF' => 0, 'XOF' => 0, 'XPF' => 0,
        'BHD' => 3, 'IQD' => 3, 'JOD' => 3, 'KWD' => 3, 'LYD' => 3, 'OMR' => 3, 'TND' => 3,
        'CLF' => 4, 'UYW' => 4,
    ];

    /** The decimals of a currency, whatever a shop's own settings show. */
    public static function decimals(string $code): int
    {
        $code = strtoupper($code);
        return isset(self::OTHER[$code]) ? self::OTHER[$code] : 2;
    }
}
