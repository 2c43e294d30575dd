<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Codes;
use Parrain\Shared\Database;
use Parrain\Shared\Decimal;
use Parrain\Shared\EventMaker;
use Parrain\Shared\OrderMoney;
use Parrain\Shared\Touches;

/**
 * Makes events of OpenCart's orders, returns and accounts, of the rows as they are kept: there money is exact text, in the
 * default currency, and the order's own by the rate that the order was placed at.
 */
final class OrderFacts implements EventMaker
{
    /** How many lines the edge takes. */
    private const MOST_LINES = 1000;

    /** Rows of an order's totals that take nothing off its goods: what they are of, and what it was paid with. */
    private const NO_DISCOUNT = ['sub_total', 'shipping', 'tax', 'total', 'credit', 'voucher'];

    /** @var Database */
    private $database;

    /** @var Statuses */
    private $statuses;

    /** @var Settings */
    private $settings;

    public function __construct(Database $database, Statuses $statuses, Settings $settings)
    {
        $this->database = $database;
        $this->statuses = $statuses;
        $this->settings = $settings;
    }

    public function data(string $type, array $subject): ?array
    {
        if ($type === 'signup.created') {
            return $this->signup($subject);
        }
        $id = (int) (isset($subject['order']) ? $subject['order'] : 0);
        $data = ['order_id' => (string) $id];
        if ($type === 'order.paid' || $type === 'order.refunded') {
            $order = OrderEvents::order($this->database, $id);
            if ($order === null) {
                return null;
            }
            return $data + ($type === 'order.paid' ? $this->paid($order) : $this->returned($order, $subject));
        }
        return $data + array_intersect_key($subject, ['at' => true, 'refund_id' => true]);
    }

    /** A moment as the contract writes it. OpenCart keeps the shop's own time, which PHP is set to. */
    public static function instant(int $at): string
    {
        return gmdate('Y-m-d\TH:i:s\Z', $at);
    }

    /**
     * The names of an order's coupons, which OpenCart keeps in brackets behind the title of their total.
     *
     * @return string[]
     */
    public static function coupons(Database $database, int $order): array
    {
        $names = [];
        $rows = $database->rows('SELECT title FROM ' . DB_PREFIX . 'order_total WHERE order_id = ? AND code = ?', [$order, 'coupon']);
        foreach ($rows as $row) {
            if (preg_match('/\(([^()]*)\)\s*$/', self::plain($row['title']), $part)) {
                $names[] = $part[1];
            }
        }
        return $names;
    }

    /**
     * Who opened an account, and by which code they came.
     *
     * @param array<string, mixed> $subject
     * @return ?array<string, mixed>
     */
    private function signup(array $subject): ?array
    {
        $customer = $this->database->rows(
            'SELECT customer_id, email FROM ' . DB_PREFIX . 'customer WHERE customer_id = ?',
            [(int) $subject['customer']]
        );
        return $customer === [] ? null : [
            'event_id' => 'customer-' . $customer[0]['customer_id'],
            'at' => (string) $subject['at'],
            'customer' => ['id' => (string) $customer[0]['customer_id'], 'email' => (string) $customer[0]['email']],
            'codes' => (array) $subject['codes'],
            'touches' => (array) $subject['touches'],
        ];
    }

    /**
     * @param array<string, mixed> $order
     * @return array<string, mixed>
     */
    private function paid(array $order): array
    {
        $id = (int) $order['order_id'];
        $kept = $this->database->rows('SELECT touches, code FROM ' . DB_PREFIX . 'parrain_order WHERE order_id = ?', [$id]);
        $data = [
            'at' => $this->paidAt($order),
            'customer' => $this->customer($order),
            'currency' => (string) $order['currency_code'],
            'codes' => $this->codes($id, $kept === [] ? '' : (string) $kept[0]['code']),
            'touches' => $kept === [] ? [] : Touches::fromJson($kept[0]['touches']),
        ] + $this->money($order);
        $data['lines'] = array_slice($data['lines'], 0, self::MOST_LINES);
        return $data;
    }

    /**
     * What an order's goods came to, line by line, in its own currency.
     *
     * @param array<string, mixed> $order
     * @return array<string, mixed>
     */
    private function money(array $order): array
    {
        $rate = Decimal::of((string) $order['currency_value']);
        $money = new OrderMoney((string) $order['currency_code']);
        foreach ($this->lines((int) $order['order_id']) as $line) {
            $total = Decimal::of((string) $line['total'])->times($rate);
            $money->line($total, $total, [
                'id' => (string) $line['order_product_id'],
                'sku' => mb_substr(self::plain($line['model']), 0, 200),
                'category' => mb_substr($this->category((int) $line['product_id']), 0, 200),
                'quantity' => (int) $line['quantity'],
            ]);
        }
        $sums = ['shipping' => Decimal::of(0), 'tax' => Decimal::of(0)];
        $off = Decimal::of(0);
        foreach ($this->totals((int) $order['order_id']) as $total) {
            $code = (string) $total['code'];
            $value = Decimal::of((string) $total['value'])->times($rate);
            if (isset($sums[$code])) {
                $sums[$code] = $sums[$code]->plus($value);
            } elseif ($value->isNegative() && !in_array($code, self::NO_DISCOUNT, true)) {
                $off = $off->plus($value->absolute());
            }
        }
        $money->discount($off->minus($this->freeShipping($order, $off, $sums['shipping'])));
        $whole = Decimal::of((string) $order['total'])->times($rate);
        return $money->data($sums['shipping']->rounded(4), $sums['tax']->rounded(4), $whole->rounded(4));
    }

    /** What of a discount a coupon took off the shipping and not off the goods. */
    private function freeShipping(array $order, Decimal $off, Decimal $shipping): Decimal
    {
        foreach (self::coupons($this->database, (int) $order['order_id']) as $coupon) {
            $rows = $this->database->rows('SELECT shipping FROM ' . DB_PREFIX . 'coupon WHERE code = ? LIMIT 1', [$coupon]);
            if ($rows !== [] && (int) $rows[0]['shipping'] === 1) {
                return $shipping->exceeds($off) ? $off : $shipping;
            }
        }
        return Decimal::of(0);
    }

    /**
     * What a return took of the order's goods: of a line as much as came back of its pieces.
     *
     * @param array<string, mixed> $order
     * @param array<string, mixed> $subject
     * @return array<string, mixed>
     * @throws \RuntimeException where it names nothing that was ordered
     */
    private function returned(array $order, array $subject): array
    {
        $id = (int) $subject['return'];
        $rows = $this->database->rows('SELECT * FROM `' . DB_PREFIX . 'return` WHERE return_id = ?', [$id]);
        $return = $rows === [] ? [] : $rows[0];
        $told = array_column($this->money($order)['lines'], null, 'id');
        foreach ($this->lines((int) $order['order_id']) as $line) {
            $isIt = $return !== [] && ((int) $return['product_id'] > 0
                ? (int) $return['product_id'] === (int) $line['product_id'] : $return['model'] === $line['model']);
            if ($isIt && (int) $line['quantity'] > 0) {
                $pieces = min((int) $return['quantity'], (int) $line['quantity']);
                $total = $told[(string) $line['order_product_id']]['total'];
                $point = strpos($total, '.');
                return [
                    'refund_id' => (string) $subject['refund_id'],
                    'at' => (string) $subject['at'],
                    'amount' => Decimal::of($total)->times(Decimal::of($pieces))
                        ->over(Decimal::of((int) $line['quantity']), $point === false ? 0 : strlen($total) - $point - 1),
                ];
            }
        }
        throw new \RuntimeException('the return ' . $id . ' names no product of the order ' . $order['order_id']);
    }

    /** @return array<array<string, mixed>> */
    private function lines(int $order): array
    {
        return $this->database->rows(
            'SELECT order_product_id, product_id, model, quantity, total FROM ' . DB_PREFIX . 'order_product
            WHERE order_id = ? ORDER BY order_product_id',
            [$order]
        );
    }

    /** @return array<array<string, mixed>> */
    private function totals(int $order): array
    {
        return $this->database->rows('SELECT code, value FROM ' . DB_PREFIX . 'order_total WHERE order_id = ?', [$order]);
    }

    /** The deepest of a product's categories, by the name that it has in the shop's default language. */
    private function category(int $product): string
    {
        $prefix = DB_PREFIX;
        $rows = $this->database->rows(
            "SELECT d.name FROM {$prefix}product_to_category c
            JOIN {$prefix}category_description d ON d.category_id = c.category_id
            JOIN {$prefix}language l ON l.language_id = d.language_id AND l.code = ?
            WHERE c.product_id = ? ORDER BY (SELECT COUNT(*) FROM {$prefix}category_path p WHERE p.category_id = c.category_id) DESC,
            c.category_id LIMIT 1",
            [$this->settings->language(), $product]
        );
        return $rows === [] ? '' : self::plain($rows[0]['name']);
    }

    /** A text as it was typed: OpenCart keeps texts as HTML. */
    private static function plain($text): string
    {
        return html_entity_decode((string) $text, ENT_QUOTES, 'UTF-8');
    }

    /** When an order first came to a status in which it is paid; when it was placed where the history does not say. */
    private function paidAt(array $order): string
    {
        $paid = $this->statuses->paid();
        $marks = implode(', ', array_fill(0, count($paid), '?'));
        $rows = $paid === [] ? [] : $this->database->rows(
            'SELECT order_status_id, date_added FROM ' . DB_PREFIX . "order_history WHERE order_id = ? AND order_status_id IN ($marks)
            ORDER BY order_history_id",
            array_merge([(int) $order['order_id']], $paid)
        );
        $at = false;
        foreach ($rows as $row) {
            if ($at === false && $this->statuses->isPaid((int) $row['order_status_id'], Statuses::payment($order))) {
                $at = strtotime((string) $row['date_added']);
            }
        }
        $at = $at === false ? strtotime((string) $order['date_added']) : $at;
        return self::instant($at === false ? time() : $at);
    }

    /** @return array<string, mixed> */
    private function customer(array $order): array
    {
        $email = (string) $order['email'];
        $id = (int) $order['customer_id'];
        $customers = new Customers($this->database, $this->statuses);
        $customer = ['orders_count' => $customers->numberOf((int) $order['order_id'], $id, $email)];
        if ($id > 0) {
            $customer['id'] = (string) $id;
        }
        if ($email !== '') {
            $customer['email'] = $email;
        }
        return $customer;
    }

    /** @return string[] */
    private function codes(int $order, string $wished): array
    {
        $codes = [];
        foreach (self::coupons($this->database, $order) as $name) {
            $rows = $this->database->rows('SELECT code FROM ' . DB_PREFIX . 'parrain_rule WHERE coupon = ? LIMIT 1', [$name]);
            $codes[] = $rows === [] ? $name : (string) $rows[0]['code'];
        }
        $codes[] = $wished;
        $read = array_filter(array_map([Codes::class, 'typed'], $codes));
        return array_slice(array_values(array_unique($read)), 0, 20);
    }
}
