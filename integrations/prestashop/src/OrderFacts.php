<?php

namespace Parrain\PrestaShop;

use Parrain\Shared\Codes;
use Parrain\Shared\Currency;
use Parrain\Shared\Decimal;
use Parrain\Shared\EventMaker;
use Parrain\Shared\OrderMoney;
use Parrain\Shared\Touches;

/** Makes events of PrestaShop's orders, credit slips and accounts, of the rows as they are kept: there money is exact text. */
final class OrderFacts implements EventMaker
{
    /** How many lines the edge takes. */
    private const MOST_LINES = 1000;

    public function data(string $type, array $subject): ?array
    {
        if ($type === 'signup.created') {
            return self::signup($subject);
        }
        $id = (int) (isset($subject['order']) ? $subject['order'] : 0);
        $data = ['order_id' => (string) $id];
        if ($type === 'order.paid') {
            $order = self::order($id);
            return $order === null ? null : $data + self::paid($order);
        }
        if ($type === 'order.refunded') {
            $order = self::order($id);
            $slip = (new PsDatabase())->rows(
                'SELECT * FROM ' . _DB_PREFIX_ . 'order_slip WHERE id_order_slip = ?',
                [(int) (isset($subject['slip']) ? $subject['slip'] : 0)]
            );
            return $order === null || $slip === [] ? null : $data + self::slip($slip[0], (string) $order['iso_code']);
        }
        return $data + array_intersect_key($subject, ['at' => true, 'refund_id' => true]);
    }

    /** A moment as the contract writes it. PrestaShop keeps the shop's own time, which PHP is set to. */
    public static function instant(int $at): string
    {
        return gmdate('Y-m-d\TH:i:s\Z', $at);
    }

    /**
     * Who opened an account, and by which code they came.
     *
     * @param array<string, mixed> $subject
     * @return ?array<string, mixed>
     */
    private static function signup(array $subject): ?array
    {
        $customer = (new PsDatabase())->rows(
            'SELECT id_customer, email FROM ' . _DB_PREFIX_ . 'customer WHERE id_customer = ?',
            [(int) $subject['customer']]
        );
        return $customer === [] ? null : [
            'event_id' => 'customer-' . $customer[0]['id_customer'],
            'at' => (string) $subject['at'],
            'customer' => ['id' => (string) $customer[0]['id_customer'], 'email' => (string) $customer[0]['email']],
            'codes' => (array) $subject['codes'],
            'touches' => (array) $subject['touches'],
        ];
    }

    /**
     * An order, its currency and its customer.
     *
     * @return ?array<string, mixed>
     */
    private static function order(int $id): ?array
    {
        $prefix = _DB_PREFIX_;
        $rows = (new PsDatabase())->rows(
            "SELECT o.*, y.iso_code, c.email, c.is_guest FROM {$prefix}orders o
            JOIN {$prefix}currency y ON y.id_currency = o.id_currency
            LEFT JOIN {$prefix}customer c ON c.id_customer = o.id_customer WHERE o.id_order = ?",
            [$id]
        );
        return $rows === [] ? null : $rows[0];
    }

    /**
     * @param array<string, mixed> $order
     * @return array<string, mixed>
     */
    private static function paid(array $order): array
    {
        $prefix = _DB_PREFIX_;
        $database = new PsDatabase();
        $id = (int) $order['id_order'];
        $money = new OrderMoney((string) $order['iso_code']);
        $lines = $database->rows(
            "SELECT d.id_order_detail, d.product_reference, d.product_quantity, d.total_price_tax_excl, l.link_rewrite
            FROM {$prefix}order_detail d LEFT JOIN {$prefix}product p ON p.id_product = d.product_id
            LEFT JOIN {$prefix}category_lang l ON l.id_category = p.id_category_default AND l.id_lang = ? AND l.id_shop = d.id_shop
            WHERE d.id_order = ? ORDER BY d.id_order_detail",
            [(int) \Configuration::get('PS_LANG_DEFAULT'), $id]
        );
        foreach ($lines as $line) {
            $money->line($line['total_price_tax_excl'], $line['total_price_tax_excl'], [
                'id' => (string) $line['id_order_detail'],
                'sku' => mb_substr((string) $line['product_reference'], 0, 200),
                'category' => mb_substr((string) $line['link_rewrite'], 0, 200),
                'quantity' => (int) $line['product_quantity'],
            ]);
        }
        $money->discount(self::offGoods($order));
        $kept = $database->rows("SELECT touches, code FROM {$prefix}parrain_order WHERE id_order = ?", [$id]);
        $data = [
            'at' => self::paidAt($order),
            'customer' => self::customer($order),
            'currency' => (string) $order['iso_code'],
            'codes' => self::codes($id, $kept === [] ? '' : (string) $kept[0]['code']),
            'touches' => $kept === [] ? [] : Touches::fromJson($kept[0]['touches']),
        ] + $money->data($order['total_shipping_tax_excl'], self::tax($order), $order['total_paid_tax_incl']);
        $data['lines'] = array_slice($data['lines'], 0, self::MOST_LINES);
        return $data;
    }

    /** What vouchers took off the goods: their free shipping is none of it. */
    private static function offGoods(array $order): Decimal
    {
        $rules = (new PsDatabase())->rows(
            'SELECT value_tax_excl, free_shipping FROM ' . _DB_PREFIX_ . 'order_cart_rule WHERE id_order = ? AND deleted = 0',
            [(int) $order['id_order']]
        );
        $off = Decimal::of(0);
        $shipping = Decimal::of($order['total_shipping_tax_excl']);
        foreach ($rules as $rule) {
            $value = Decimal::of($rule['value_tax_excl']);
            if ((int) $rule['free_shipping'] === 1) {
                $value = $value->minus($shipping);
                $shipping = Decimal::of(0);
            }
            $off = $value->isNegative() ? $off : $off->plus($value);
        }
        return $off;
    }

    private static function tax(array $order): string
    {
        return Decimal::of($order['total_paid_tax_incl'])->minus(Decimal::of($order['total_paid_tax_excl']))->rounded(6);
    }

    /** Whether an order ever came to a state that is paid. */
    public static function wasPaid(int $order): bool
    {
        return self::firstPaid($order) !== '';
    }

    /** When an order first came to a state that is paid, as PrestaShop keeps it; empty where it never did. */
    private static function firstPaid(int $order): string
    {
        $prefix = _DB_PREFIX_;
        $rows = (new PsDatabase())->rows(
            "SELECT MIN(h.date_add) AS at FROM {$prefix}order_history h
            JOIN {$prefix}order_state s ON s.id_order_state = h.id_order_state AND s.paid = 1 WHERE h.id_order = ?",
            [$order]
        );
        return $rows === [] ? '' : (string) $rows[0]['at'];
    }

    private static function paidAt(array $order): string
    {
        $at = strtotime(self::firstPaid((int) $order['id_order']) ?: (string) $order['date_add']);
        return self::instant($at === false ? time() : $at);
    }

    /** @return array<string, mixed> */
    private static function customer(array $order): array
    {
        $email = (string) $order['email'];
        $id = (int) $order['id_customer'];
        $customer = ['orders_count' => Customers::numberOf((int) $order['id_order'], (int) $order['id_cart'], $id, $email)];
        if ($id > 0 && (int) $order['is_guest'] === 0) {
            $customer['id'] = (string) $id;
        }
        if ($email !== '') {
            $customer['email'] = $email;
        }
        return $customer;
    }

    /** @return string[] */
    private static function codes(int $order, string $wished): array
    {
        $prefix = _DB_PREFIX_;
        $rows = (new PsDatabase())->rows(
            "SELECT COALESCE(NULLIF(c.code, ''), r.code, '') AS code FROM {$prefix}order_cart_rule o
            LEFT JOIN {$prefix}cart_rule c ON c.id_cart_rule = o.id_cart_rule
            LEFT JOIN {$prefix}parrain_rule r ON r.id_cart_rule = o.id_cart_rule WHERE o.id_order = ?",
            [$order]
        );
        $codes = [];
        foreach (array_merge(array_column($rows, 'code'), [$wished]) as $text) {
            $code = Codes::typed((string) $text);
            if ($code !== null) {
                $codes[$code] = $code;
            }
        }
        return array_slice(array_values($codes), 0, 20);
    }

    /**
     * What a credit slip took of the goods. Where its amount was typed, nobody says what it was of.
     *
     * @param array<string, mixed> $slip
     * @return array<string, mixed>
     */
    private static function slip(array $slip, string $currency): array
    {
        $decimals = Currency::decimals($currency);
        $amount = Decimal::of($slip['amount'])->rounded($decimals);
        $goods = Decimal::of($slip['total_products_tax_excl'])->rounded($decimals);
        $byLines = $amount === Decimal::of($slip['total_products_tax_incl'])->rounded($decimals) || $amount === $goods;
        $back = self::withoutVoucher($slip);
        if ($back !== null) {
            $byLines = false;
            $amount = $back->rounded($decimals);
        }
        $at = strtotime((string) $slip['date_add']);
        $data = [
            'refund_id' => (string) $slip['id_order_slip'],
            'at' => self::instant($at === false ? time() : $at),
            'amount' => $byLines ? $goods : Decimal::of(0)->rounded($decimals),
        ];
        return $byLines ? $data : $data + ['returned' => $amount];
    }

    /**
     * What a slip gave back that left out the order's voucher, tax included; nothing for others.
     *
     * PrestaShop takes the voucher off one of the two totals of the goods, by the shop's setting, and its tax is in it: the
     * lines show what it was.
     *
     * @param array<string, mixed> $slip
     */
    private static function withoutVoucher(array $slip): ?Decimal
    {
        if ((int) $slip['order_slip_type'] === 0) {
            // The lines alone, as they were priced.
            return null;
        }
        $lines = (new PsDatabase())->rows(
            'SELECT total_price_tax_excl, total_price_tax_incl FROM ' . _DB_PREFIX_ . 'order_slip_detail WHERE id_order_slip = ?',
            [(int) $slip['id_order_slip']]
        );
        $net = Decimal::sum(array_column($lines, 'total_price_tax_excl'));
        $gross = Decimal::sum(array_column($lines, 'total_price_tax_incl'));
        $voucher = $net->minus(Decimal::of($slip['total_products_tax_excl']))
            ->plus($gross->minus(Decimal::of($slip['total_products_tax_incl'])));
        // What differs by less is rounding.
        if (!$voucher->exceeds(Decimal::of('0.05'))) {
            return null;
        }
        $back = $gross->minus($voucher);
        return $back->isNegative() ? Decimal::of(0) : $back;
    }
}
