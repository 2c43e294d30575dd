<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Catalog\Model\ResourceModel\Category\CollectionFactory;
use Parrain\Shared\Codes;
use Parrain\Shared\Currency;
use Parrain\Shared\Decimal;
use Parrain\Shared\EventMaker;
use Parrain\Shared\OrderMoney;
use Parrain\Shared\Touches;

/**
 * Makes events of Magento's orders, credit memos and accounts, of the rows as they are kept: there money is exact text. Amounts
 * are in the currency that the shopper paid in.
 */
final class OrderFacts implements EventMaker
{
    /** The states of a credit memo by Magento's numbers: its money went back, or it was cancelled. */
    public const MEMO_REFUNDED = 2;
    public const MEMO_CANCELLED = 3;

    /** The state of an invoice whose money came in. */
    private const INVOICE_PAID = 2;

    /** After how many seconds an order that is looked at is not taken to be paid at that very moment. */
    private const LATE = 600;

    /** How many lines the edge takes. */
    private const MOST_LINES = 1000;

    public function __construct(
        private readonly MagentoDatabase $database,
        private readonly Customers $customers,
        private readonly CollectionFactory $categories
    ) {
    }

    public function data(string $type, array $subject): ?array
    {
        if ($type === 'signup.created') {
            return $this->signup($subject);
        }
        $id = (int) ($subject['order'] ?? 0);
        $data = ['order_id' => (string) $id];
        if ($type === 'order.paid') {
            $order = $this->order($id);
            return $order === null ? null : $data + $this->paid($order, $subject);
        }
        if ($type === 'order.refunded') {
            $memo = $this->database->rows(
                'SELECT * FROM ' . $this->database->table('sales_creditmemo') . ' WHERE entity_id = ?',
                [(int) ($subject['memo'] ?? 0)]
            );
            return $memo === [] ? null : $data + $this->refund($memo[0]);
        }
        return $data + array_intersect_key($subject, ['at' => true, 'refund_id' => true]);
    }

    /** A moment as the contract writes it. */
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
    private function signup(array $subject): ?array
    {
        $customer = $this->database->rows(
            'SELECT entity_id, email FROM ' . $this->database->table('customer_entity') . ' WHERE entity_id = ?',
            [(int) $subject['customer']]
        );
        return $customer === [] ? null : [
            'event_id' => 'customer-' . $customer[0]['entity_id'],
            'at' => (string) $subject['at'],
            'customer' => ['id' => (string) $customer[0]['entity_id'], 'email' => (string) $customer[0]['email']],
            'codes' => (array) $subject['codes'],
            'touches' => (array) $subject['touches'],
        ];
    }

    /** @return ?array<string, mixed> */
    private function order(int $id): ?array
    {
        return $this->database->rows('SELECT * FROM ' . $this->database->table('sales_order') . ' WHERE entity_id = ?', [$id])[0] ?? null;
    }

    /**
     * @param array<string, mixed> $order
     * @param array<string, mixed> $subject
     * @return array<string, mixed>
     */
    private function paid(array $order, array $subject): array
    {
        $id = (int) $order['entity_id'];
        $currency = (string) $order['order_currency_code'];
        $money = new OrderMoney($currency);
        foreach ($this->lines($id) as $line) {
            $money->line($line['before'], $line['after'], [
                'id' => (string) $line['item_id'],
                'sku' => mb_substr((string) $line['sku'], 0, 200),
                'category' => $this->category((int) $line['product_id']),
                'quantity' => max(1, (int) $line['kept']),
            ]);
        }
        $kept = $this->codesOf($order);
        $data = [
            'at' => $this->paidAt($order, (string) ($subject['at'] ?? '')),
            'customer' => $this->customer($order),
            'currency' => $currency,
            'codes' => self::codes([(string) $order['coupon_code'], $kept['code']]),
            'touches' => Touches::fromJson($kept['touches']),
        ] + $money->data(
            Decimal::of($order['shipping_amount'])->minus(Decimal::of($order['shipping_canceled']))->rounded(4),
            Decimal::of($order['tax_amount'])->minus(Decimal::of($order['tax_canceled']))->rounded(4),
            Decimal::of($order['grand_total'])->minus(Decimal::of($order['total_canceled']))->rounded(4)
        );
        $data['lines'] = array_slice($data['lines'], 0, self::MOST_LINES);
        return $data;
    }

    /**
     * The goods of an order, as they were sold: what a bundle is made of is one line. What was cancelled is left out.
     *
     * @return array<array<string, mixed>>
     */
    private function lines(int $order): array
    {
        $items = $this->database->rows(
            'SELECT item_id, parent_item_id, product_id, sku, qty_ordered, qty_canceled, row_total, discount_amount,
            discount_tax_compensation_amount FROM ' . $this->database->table('sales_order_item') . ' WHERE order_id = ? ORDER BY item_id',
            [$order]
        );
        $lines = [];
        foreach (self::wholes($items) as $line) {
            $ordered = Decimal::of($line['qty_ordered']);
            $kept = $ordered->minus(Decimal::of($line['qty_canceled']));
            if ($kept->isZero() || $kept->isNegative() || $ordered->isZero()) {
                continue;
            }
            foreach (['before', 'after'] as $name) {
                $line[$name] = Decimal::of($line[$name]->times($kept)->over($ordered, 6));
            }
            $line['kept'] = $kept->rounded(4);
            $lines[] = $line;
        }
        return $lines;
    }

    /**
     * Rows of an order or a credit memo, the parts of a whole in its row, with what it costs without tax before and after the
     * discount. Where a discount was made on prices with tax, Magento keeps the tax in it apart, as compensation.
     *
     * @param array<array<string, mixed>> $items
     * @return array<array<string, mixed>>
     */
    private static function wholes(array $items): array
    {
        $wholes = [];
        foreach ($items as $item) {
            $whole = (int) ($item['parent_item_id'] ?: $item['item_id']);
            $price = Decimal::of($item['row_total']);
            $off = Decimal::of($item['discount_amount'])->minus(Decimal::of($item['discount_tax_compensation_amount']));
            if ($whole === (int) $item['item_id']) {
                $wholes[$whole] = $item + ['before' => $price, 'off' => $off, 'parts' => Decimal::of(0)];
            } elseif (isset($wholes[$whole])) {
                $wholes[$whole]['parts'] = $wholes[$whole]['parts']->plus($price);
                $wholes[$whole]['off'] = $wholes[$whole]['off']->plus($off);
            }
        }
        foreach ($wholes as &$whole) {
            $whole['before'] = $whole['before']->isZero() ? $whole['parts'] : $whole['before'];
            $whole['after'] = $whole['before']->minus($whole['off']);
        }
        return array_values($wholes);
    }

    /** The address part of a product's deepest category in all of the shop, or empty. */
    private function category(int $product): string
    {
        $ids = array_column($this->database->rows(
            'SELECT category_id FROM ' . $this->database->table('catalog_category_product') . ' WHERE product_id = ?',
            [$product]
        ), 'category_id');
        if ($ids === []) {
            return '';
        }
        $found = $this->categories->create()->setStoreId(0)->addAttributeToSelect('url_key')->addIdFilter($ids)
            ->addAttributeToSort('level', 'DESC')->addAttributeToSort('entity_id', 'ASC')->setPageSize(1);
        foreach ($found as $category) {
            return mb_substr((string) $category->getData('url_key'), 0, 200);
        }
        return '';
    }

    /**
     * When an order was paid: at the moment at which that was seen, unless its last invoice is older than that, as where an order
     * of before the module is saved again, or nobody saw it.
     *
     * @param array<string, mixed> $order
     */
    private function paidAt(array $order, string $seen): string
    {
        $paid = $this->database->rows(
            'SELECT MIN(created_at) AS first, MAX(created_at) AS last FROM ' . $this->database->table('sales_invoice') . '
            WHERE order_id = ? AND state = ?',
            [(int) $order['entity_id'], self::INVOICE_PAID]
        )[0];
        $isSeen = $seen !== '' && strtotime($seen) - strtotime(self::kept((string) ($paid['last'] ?? $order['created_at']))) <= self::LATE;
        return $isSeen ? $seen : self::kept((string) ($paid['first'] ?? $order['created_at']));
    }

    /**
     * The codes of an order. Magento may tell of one that is paid as it is placed before they are given to it: its basket has them.
     *
     * @param array<string, mixed> $order
     * @return array{touches: string, code: string}
     */
    private function codesOf(array $order): array
    {
        foreach (['parrain_order' => ['order_id', 'entity_id'], 'parrain_quote' => ['quote_id', 'quote_id']] as $table => $by) {
            $kept = $this->database->rows(
                'SELECT touches, code FROM ' . $this->database->table($table) . " WHERE $by[0] = ?",
                [(int) $order[$by[1]]]
            )[0] ?? [];
            if (($kept['touches'] ?? '') !== '' || ($kept['code'] ?? '') !== '') {
                return ['touches' => (string) $kept['touches'], 'code' => (string) $kept['code']];
            }
        }
        return ['touches' => '', 'code' => ''];
    }

    /** A moment as Magento keeps it, in UTC. */
    private static function kept(string $moment): string
    {
        $at = strtotime($moment . ' UTC');
        return self::instant($at === false ? time() : $at);
    }

    /**
     * @param array<string, mixed> $order
     * @return array<string, mixed>
     */
    private function customer(array $order): array
    {
        $customer = ['orders_count' => $this->customers->numberOf($order)];
        if ((int) $order['customer_id'] > 0) {
            $customer['id'] = (string) $order['customer_id'];
        }
        if ((string) $order['customer_email'] !== '') {
            $customer['email'] = (string) $order['customer_email'];
        }
        return $customer;
    }

    /**
     * @param string[] $texts
     * @return string[]
     */
    private static function codes(array $texts): array
    {
        return array_values(array_unique(array_filter(array_map([Codes::class, 'typed'], $texts))));
    }

    /**
     * What a credit memo took of the goods. Shipping and tax stand apart in it; an adjustment says not of what it is.
     *
     * @param array<string, mixed> $memo
     * @return array<string, mixed>
     */
    private function refund(array $memo): array
    {
        $decimals = Currency::decimals((string) $memo['order_currency_code']);
        $items = $this->database->rows(
            'SELECT i.order_item_id AS item_id, o.parent_item_id, i.row_total, i.discount_amount, i.discount_tax_compensation_amount
            FROM ' . $this->database->table('sales_creditmemo_item') . ' i
            JOIN ' . $this->database->table('sales_order_item') . ' o ON o.item_id = i.order_item_id
            WHERE i.parent_id = ? ORDER BY i.order_item_id',
            [(int) $memo['entity_id']]
        );
        $goods = Decimal::sum(array_column(self::wholes($items), 'after'));
        $data = [
            'refund_id' => (string) $memo['entity_id'],
            'at' => self::kept((string) $memo['created_at']),
            'amount' => ($goods->isNegative() ? Decimal::of(0) : $goods)->rounded($decimals),
        ];
        $more = Decimal::of($memo['adjustment_positive']);
        return $more->isZero() ? $data : $data + ['returned' => $more->rounded($decimals)];
    }
}
