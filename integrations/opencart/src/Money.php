<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Database;
use Parrain\Shared\Decimal;

/** Turns amounts into the default currency, in which OpenCart keeps prices, coupons and credit. */
final class Money
{
    /** How many decimals OpenCart keeps of an amount. */
    private const DECIMALS = 4;

    /** @var Database */
    private $database;

    /** @var Settings */
    private $settings;

    public function __construct(Database $database, Settings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
    }

    /** An amount in the default currency; nothing where the shop does not sell in the currency that it is in. */
    public function inDefault(string $amount, string $currency): ?string
    {
        if ($currency === $this->settings->text('config_currency')) {
            return Decimal::of($amount)->rounded(self::DECIMALS);
        }
        $rows = $this->database->rows('SELECT value FROM ' . DB_PREFIX . "currency WHERE code = ? AND status = '1'", [$currency]);
        $value = Decimal::of($rows === [] ? 0 : (string) $rows[0]['value']);
        return $value->isZero() ? null : Decimal::of($amount)->over($value, self::DECIMALS);
    }

    /** Whether the shop sells in a currency. */
    public function sellsIn(string $currency): bool
    {
        return $this->inDefault('1', $currency) !== null;
    }
}
