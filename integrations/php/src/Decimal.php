<?php

namespace Parrain\Shared;

/**
 * A decimal number as it was written, exact whatever its length: money of a platform before it is rounded.
 *
 * No float is calculated with. Platforms keep net prices with more decimals than their currency has, so sums are made of
 * the texts, and the one rounding is made last.
 */
final class Decimal
{
    /** The most characters that are read: no price is longer, and hostile text may be. */
    private const LONGEST = 40;

    /** @var bool Whether it is below zero; never of zero. */
    private $negative;

    /** @var string All digits, without leading zeros; empty for zero. */
    private $digits;

    /** @var int How many of the digits stand after the point. */
    private $scale;

    private function __construct(bool $negative, string $digits, int $scale)
    {
        $this->digits = ltrim($digits, '0');
        $this->scale = $scale;
        $this->negative = $negative && $this->digits !== '';
    }

    /**
     * Reads what a platform hands out: decimal text such as "12", "-0.50" or "8.333333", a whole number, or a float,
     * of which the shortest text that means it is taken. Nothing (null, "") is zero.
     *
     * @param mixed $value
     * @throws \InvalidArgumentException where it is no number in plain digits
     */
    public static function of($value): self
    {
        if ($value === null || $value === '' || $value === false) {
            return new self(false, '', 0);
        }
        if (is_float($value)) {
            if (!is_finite($value)) {
                throw new \InvalidArgumentException('not a finite number');
            }
            $value = self::plain(self::shortest($value));
        }
        $text = is_int($value) || is_string($value) ? trim((string) $value) : '';
        if (strlen($text) > self::LONGEST || !preg_match('/^(-?)([0-9]+)(?:\.([0-9]+))?$/D', $text, $part)) {
            throw new \InvalidArgumentException('must be a decimal number in plain digits, such as "10.00"');
        }
        $fraction = isset($part[3]) ? $part[3] : '';
        return new self($part[1] === '-', $part[2] . $fraction, strlen($fraction));
    }

    /**
     * The sum of what a platform hands out.
     *
     * @param iterable<mixed> $values
     */
    public static function sum(iterable $values): self
    {
        $sum = new self(false, '', 0);
        foreach ($values as $value) {
            $sum = $sum->plus($value instanceof self ? $value : self::of($value));
        }
        return $sum;
    }

    /** This and another. */
    public function plus(self $other): self
    {
        $scale = max($this->scale, $other->scale);
        $a = $this->digits . str_repeat('0', $scale - $this->scale);
        $b = $other->digits . str_repeat('0', $scale - $other->scale);
        if ($this->negative === $other->negative) {
            return new self($this->negative, self::add($a, $b), $scale);
        }
        return self::order($a, $b) >= 0
            ? new self($this->negative, self::subtract($a, $b), $scale)
            : new self($other->negative, self::subtract($b, $a), $scale);
    }

    /** This without another. */
    public function minus(self $other): self
    {
        return $this->plus($other->negated());
    }

    /** This times another. */
    public function times(self $other): self
    {
        $product = '';
        foreach (str_split(strrev($other->digits)) as $place => $digit) {
            for ($row = '', $times = (int) $digit; $times > 0; $times--) {
                $row = self::add($row, $this->digits);
            }
            $product = self::add($product, $row . str_repeat('0', $place));
        }
        return new self($this->negative !== $other->negative, $product, $this->scale + $other->scale);
    }

    /**
     * This divided by another, rounded half to even to so many decimals.
     *
     * @throws \InvalidArgumentException where the other is nothing
     */
    public function over(self $other, int $decimals): string
    {
        if ($other->isZero()) {
            throw new \InvalidArgumentException('nothing can be divided by nothing');
        }
        // One digit more than is asked for, and a last one that says whether anything is left behind it.
        $shift = $other->scale - $this->scale + $decimals + 1;
        $above = $this->digits . str_repeat('0', max(0, $shift));
        $below = $other->digits . str_repeat('0', max(0, -$shift));
        $rest = '';
        $quotient = '';
        foreach ($above === '' ? [] : str_split($above) as $digit) {
            $rest = ltrim($rest . $digit, '0');
            for ($times = 0; self::order($rest, $below) >= 0; $times++) {
                $rest = ltrim(self::subtract($rest, $below), '0');
            }
            $quotient .= (string) $times;
        }
        $one = new self($this->negative !== $other->negative, $quotient . ($rest === '' ? '0' : '1'), $decimals + 2);
        return $one->rounded($decimals);
    }

    /** With the other sign. */
    public function negated(): self
    {
        return new self(!$this->negative, $this->digits, $this->scale);
    }

    /** Without its sign. */
    public function absolute(): self
    {
        return new self(false, $this->digits, $this->scale);
    }

    /** Whether it is below zero. */
    public function isNegative(): bool
    {
        return $this->negative;
    }

    /** Whether it is nothing. */
    public function isZero(): bool
    {
        return $this->digits === '';
    }

    /** Whether it is more than another. */
    public function exceeds(self $other): bool
    {
        $difference = $this->minus($other);
        return !$difference->negative && $difference->digits !== '';
    }

    /** Rounded half to even, as text with exactly so many decimals: "8.33", "1200", "1.250". */
    public function rounded(int $decimals): string
    {
        $digits = $this->digits . str_repeat('0', max(0, $decimals - $this->scale));
        $excess = max(0, $this->scale - $decimals);
        if ($excess > 0) {
            $digits = str_pad($digits, $excess + 1, '0', STR_PAD_LEFT);
            $rest = substr($digits, -$excess);
            $digits = substr($digits, 0, -$excess);
            $half = '5' . str_repeat('0', $excess - 1);
            $side = strcmp($rest, $half);
            if ($side > 0 || ($side === 0 && (int) substr($digits, -1) % 2 === 1)) {
                $digits = self::add($digits, '1');
            }
        }
        $digits = str_pad(ltrim($digits, '0'), $decimals + 1, '0', STR_PAD_LEFT);
        $sign = $this->negative && trim($digits, '0') !== '' ? '-' : '';
        return $sign . ($decimals === 0 ? $digits : substr($digits, 0, -$decimals) . '.' . substr($digits, -$decimals));
    }

    /** The shortest text that reads back as this float, whatever the server's ini says of precision. */
    private static function shortest(float $value): string
    {
        for ($precision = 15; $precision <= 17; $precision++) {
            $text = sprintf('%.' . ($precision - 1) . 'e', $value);
            if ((float) $text === $value) {
                break;
            }
        }
        return $text;
    }

    /** "1.25e-3" as "0.00125". */
    private static function plain(string $scientific): string
    {
        list($digits, $exponent) = explode('e', $scientific);
        $sign = $digits[0] === '-' ? '-' : '';
        $digits = ltrim($digits, '-');
        list($whole, $fraction) = explode('.', $digits . '.');
        $point = strlen($whole) + (int) $exponent;
        $all = $whole . rtrim($fraction, '0');
        if ($point <= 0) {
            return $sign . '0.' . str_repeat('0', -$point) . $all;
        }
        $all = str_pad($all, $point, '0');
        $fraction = substr($all, $point);
        return $sign . substr($all, 0, $point) . ($fraction === '' || $fraction === false ? '' : '.' . $fraction);
    }

    private static function order(string $a, string $b): int
    {
        $a = ltrim($a, '0');
        $b = ltrim($b, '0');
        return strlen($a) === strlen($b) ? strcmp($a, $b) : strlen($a) - strlen($b);
    }

    private static function add(string $a, string $b): string
    {
        $length = max(strlen($a), strlen($b));
        $a = str_pad($a, $length, '0', STR_PAD_LEFT);
        $b = str_pad($b, $length, '0', STR_PAD_LEFT);
        $sum = '';
        $carry = 0;
        for ($i = $length - 1; $i >= 0; $i--) {
            $digit = (int) $a[$i] + (int) $b[$i] + $carry;
            $carry = $digit > 9 ? 1 : 0;
            $sum .= (string) ($digit % 10);
        }
        return strrev($sum . ($carry ? '1' : ''));
    }

    /** The larger without the smaller. */
    private static function subtract(string $a, string $b): string
    {
        $b = str_pad(ltrim($b, '0'), strlen($a), '0', STR_PAD_LEFT);
        $difference = '';
        $borrow = 0;
        for ($i = strlen($a) - 1; $i >= 0; $i--) {
            $digit = (int) $a[$i] - (int) substr($b, -strlen($a) + $i, 1) - $borrow;
            $borrow = $digit < 0 ? 1 : 0;
            $difference .= (string) ($digit + 10 * $borrow);
        }
        return strrev($difference);
    }
}
