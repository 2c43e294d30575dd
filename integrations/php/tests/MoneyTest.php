<?php

namespace Parrain\Shared\Tests;

use Parrain\Shared\Currency;
use Parrain\Shared\Decimal;
use Parrain\Shared\OrderMoney;
use PHPUnit\Framework\TestCase;

final class MoneyTest extends TestCase
{
    public function testEveryValueIsRoundedAsTheCoreRoundsIt(): void
    {
        $path = __DIR__ . '/../../../crates/core/tests/vectors/money.tsv';
        $lines = file($path, FILE_IGNORE_NEW_LINES) ?: [];
        self::assertGreaterThan(4000, count($lines));
        foreach ($lines as $line) {
            list($text, $currency, $rounded) = explode("\t", $line);
            self::assertSame($rounded, Decimal::of($text)->rounded(Currency::decimals($currency)), $line);
        }
    }

    public function testSumsOfTextsAreExact(): void
    {
        self::assertSame('0.30', Decimal::sum(['0.1', '0.2'])->rounded(2));
        self::assertSame('-1.15', Decimal::of('1.1')->minus(Decimal::of('2.25'))->rounded(2));
        self::assertSame('0.00', Decimal::sum(['8.333333', '-8.333333'])->rounded(2));
        $big = '12345678901234567890.123456';
        self::assertSame('24691357802469135780.246912', Decimal::sum([$big, $big])->rounded(6));
        self::assertSame('152415786536279678751571.06', Decimal::of('390404644614.123')->times(Decimal::of('390404644614.123'))
            ->rounded(2));
    }

    public function testAQuotientIsRoundedHalfToEvenOnce(): void
    {
        foreach ([['1', '3', 2, '0.33'], ['2', '3', 2, '0.67'], ['1', '8', 2, '0.12'], ['3', '8', 2, '0.38'], ['-1', '8', 2, '-0.12'],
            ['10.5', '1', 0, '10'], ['0', '7', 2, '0.00'], ['1', '0.004', 1, '250.0'], ['100000000000000000000', '3', 1, '33333333333333333333.3'],
            ['0.125000001', '1', 2, '0.13']] as list($above, $below, $decimals, $quotient)) {
            self::assertSame($quotient, Decimal::of($above)->over(Decimal::of($below), $decimals), "$above / $below");
        }
        $this->expectException(\InvalidArgumentException::class);
        Decimal::of('1')->over(Decimal::of('0.00'), 2);
    }

    public function testADiscountOfTheWholeIsBorneByEachLine(): void
    {
        $money = new OrderMoney('EUR');
        $money->line('23.90', '23.90', ['category' => 'a']);
        $money->line('4.82', '4.82', ['category' => 'b']);
        $money->discount(Decimal::of('2.87'));
        $data = $money->data('5', '5', '31.01');
        self::assertSame(['28.72', '2.87'], [$data['subtotal'], $data['discount']]);
        self::assertSame(['21.51', '4.34'], array_column($data['lines'], 'total'));
    }

    public function testWhatPlatformsHandOutIsTakenForTheNumberThatTheyMean(): void
    {
        foreach ([[8.3333, '8.33330'], [0.1 + 0.2, '0.30000'], [-2.5, '-2.50000'], [1e-7, '0.00000'], [1e15, '1000000000000000.00000'],
            [12, '12.00000'], ['12', '12.00000'], [' 1.5 ', '1.50000'], [null, '0.00000'], ['', '0.00000'], [false, '0.00000']] as list($value, $text)) {
            self::assertSame($text, Decimal::of($value)->rounded(5));
        }
    }

    /** @dataProvider noNumbers */
    public function testWhatIsNoNumberIsRefused($value): void
    {
        $this->expectException(\InvalidArgumentException::class);
        Decimal::of($value);
    }

    public function noNumbers(): array
    {
        return [['1e5'], ['1,50'], ['.5'], ['5.'], ['0x1A'], ['--1'], ["1\n2"], [NAN], [INF], [[]], [str_repeat('9', 50)]];
    }

    public function testAnOrdersMoneyIsOfItsGoodsAlone(): void
    {
        $money = new OrderMoney('EUR');
        $money->line('33.333333', '30', ['id' => '1', 'sku' => 'MUG', 'category' => 'mugs', 'quantity' => 2]);
        $money->line('16.666667', '15.000000', ['id' => '2', 'sku' => '', 'category' => 'bowls', 'quantity' => 1]);
        self::assertSame([
            'subtotal' => '50.00', 'discount' => '5.00', 'shipping' => '4.17', 'tax' => '9.83', 'total' => '59.00',
            'lines' => [
                ['id' => '1', 'sku' => 'MUG', 'category' => 'mugs', 'quantity' => 2, 'total' => '30.00'],
                ['id' => '2', 'category' => 'bowls', 'quantity' => 1, 'total' => '15.00'],
            ],
        ], $money->data('4.166667', 9.833333, '59.00'));
    }

    public function testTheDiscountLeadsExactlyToWhatTheLinesComeTo(): void
    {
        mt_srand(7);
        for ($order = 0; $order < 2000; $order++) {
            $money = new OrderMoney('EUR');
            $after = Decimal::of(0);
            for ($line = mt_rand(1, 6); $line > 0; $line--) {
                $cents = mt_rand(0, 99999999);
                $price = sprintf('%d.%06d', intdiv($cents, 1000000), $cents % 1000000);
                $part = sprintf('%d.%06d', intdiv(intdiv($cents * 9, 10), 1000000), intdiv($cents * 9, 10) % 1000000);
                $money->line($price, $part, []);
                $after = $after->plus(Decimal::of($part));
            }
            $data = $money->data('0', '0', '0');
            self::assertSame(
                $after->rounded(2),
                Decimal::of($data['subtotal'])->minus(Decimal::of($data['discount']))->rounded(2)
            );
        }
    }

    public function testAFeeBelowZeroIsADiscountAndNothingFallsBelowZero(): void
    {
        $money = new OrderMoney('JPY');
        $money->line('1000', '1000', []);
        $money->discount(Decimal::of('-1500'));
        $data = $money->data('-1', '0', '0');
        self::assertSame(['1000', '1000', '0'], [$data['subtotal'], $data['discount'], $data['shipping']]);
    }

    public function testAPriceThatWasRaisedIsNoDiscount(): void
    {
        $money = new OrderMoney('EUR');
        $money->line('10', '12', []);
        $data = $money->data('0', '0', '12');
        self::assertSame(['12.00', '0.00'], [$data['subtotal'], $data['discount']]);
    }
}
