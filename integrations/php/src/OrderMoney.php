<?php

namespace Parrain\Shared;

/**
 * The money of an order as events tell it: goods without tax and shipping, each figure rounded once.
 *
 * What the lines come to is the base of every reward, so the discount is what leads from the goods' price to it, and not a
 * figure that was rounded by itself.
 */
final class OrderMoney
{
    /** @var int */
    private $decimals;

    /** @var Decimal Goods before the discount. */
    private $before;

    /** @var Decimal Goods after it. */
    private $after;

    /** @var Decimal What was taken off the goods as a whole. */
    private $off;

    /** @var array<array{0: Decimal, 1: array<string, mixed>}> Each line's total, and what is said of it. */
    private $lines = [];

    public function __construct(string $currency)
    {
        $this->decimals = Currency::decimals($currency);
        $this->before = Decimal::of(0);
        $this->after = Decimal::of(0);
        $this->off = Decimal::of(0);
    }

    /**
     * Adds a line of goods.
     *
     * @param mixed $before its price without tax, before the order's discount
     * @param mixed $after and after it
     * @param array{id?: string, sku?: string, category?: string, quantity?: int} $about
     */
    public function line($before, $after, array $about): void
    {
        $after = $after instanceof Decimal ? $after : Decimal::of($after);
        $this->before = $this->before->plus($before instanceof Decimal ? $before : Decimal::of($before));
        $this->after = $this->after->plus($after);
        $about = array_filter($about, static function ($value): bool {
            return $value !== '' && $value !== null;
        });
        $this->lines[] = [$after->isNegative() ? Decimal::of(0) : $after, $about];
    }

    /** Takes something off the goods as a whole: each line bears its share of it. */
    public function discount(Decimal $amount): void
    {
        $this->off = $this->off->plus($amount->absolute());
    }

    /**
     * The members of the event's data that are money, and its lines.
     *
     * @param mixed $shipping without tax
     * @param mixed $tax
     * @param mixed $total
     * @return array<string, mixed>
     */
    public function data($shipping, $tax, $total): array
    {
        $zero = Decimal::of(0);
        $after = $this->after->minus($this->off);
        $after = Decimal::of(($after->isNegative() ? $zero : $after)->rounded($this->decimals));
        $before = Decimal::of($this->before->rounded($this->decimals));
        // Where lines cost more than their price says, the price was raised and nothing was taken off.
        $before = $after->exceeds($before) ? $after : $before;
        $text = function ($value) use ($zero): string {
            $value = Decimal::of($value);
            return ($value->isNegative() ? $zero : $value)->rounded($this->decimals);
        };
        return [
            'subtotal' => $before->rounded($this->decimals),
            'discount' => $before->minus($after)->rounded($this->decimals),
            'shipping' => $text($shipping),
            'tax' => $text($tax),
            'total' => $text($total),
            'lines' => $this->shared($after),
        ];
    }

    /**
     * The lines, each with its share of what all come to after the discount.
     *
     * @return array<array<string, mixed>>
     */
    private function shared(Decimal $after): array
    {
        $whole = Decimal::sum(array_column($this->lines, 0));
        $lines = [];
        foreach ($this->lines as list($total, $about)) {
            $share = $this->off->isZero() || $whole->isZero()
                ? $total->rounded($this->decimals) : $total->times($after)->over($whole, $this->decimals);
            $lines[] = $about + ['total' => $share];
        }
        return $lines;
    }
}
