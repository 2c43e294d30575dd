<?php

// Stand-ins for what the module asks of WordPress and WooCommerce. How each behaves was seen on the versions that the
// files in recorded/ name; orders, their lines and refunds are those that were recorded there.

define('ABSPATH', __DIR__ . '/');

/** What a test set up, and what was done to it. */
final class Site
{
    /** @var array<string, mixed> */
    public static $options = [];
    /** @var array<string, WC_Coupon> The shop's own coupons by their codes. */
    public static $coupons = [];
    /** @var array<int, WC_Order|WC_Order_Refund> */
    public static $orders = [];
    /** @var array<string, int> Accounts by address. */
    public static $accounts = [];
    /** @var array<int|string> By whom there are paid orders: an account's id or an address. */
    public static $buyers = [];
    /** @var array<array<string, mixed>> The order queries that were made. */
    public static $queries = [];
    /** @var int[] The sites of the network. */
    public static $network = [1];
    /** @var int The site that is looked at. */
    public static $current = 1;
    /** @var ?Parrain\WooCommerce\Gift Who is asked for coupons that the shop does not have. */
    public static $gift;

    public static function open(): void
    {
        self::$options = ['permalink_structure' => '/%postname%/'];
        self::$coupons = self::$orders = self::$accounts = self::$buyers = self::$queries = [];
        $_COOKIE = $_SERVER = $_GET = [];
        self::$gift = null;
        self::$network = [1];
        WC()->session = new WC_Session_Handler();
        WC()->cart = null;
        WC()->customer = null;
    }

    public static function recorded(string $file): array
    {
        return json_decode((string) file_get_contents(__DIR__ . '/recorded/' . $file), true);
    }
}

/** Whatever was recorded of an object, by the getters that it has. */
class Recorded
{
    /** @var array<string, mixed> */
    public $data;

    public function __construct(array $data)
    {
        $this->data = $data;
    }

    public function __call(string $name, array $arguments)
    {
        if (strpos($name, 'get_') !== 0 || !array_key_exists(substr($name, 4), $this->data)) {
            throw new BadMethodCallException(static::class . '::' . $name . ' was not recorded');
        }
        return $this->data[substr($name, 4)];
    }
}

class WC_Order extends Recorded
{
    public function get_items($types = ['line_item'])
    {
        $items = [];
        foreach ($this->data['items'] as $item) {
            if (in_array($item['type'], (array) $types, true)) {
                $items[$item['id']] = $item['type'] === 'line_item' ? new WC_Order_Item_Product($item) : new Recorded($item);
            }
        }
        return $items;
    }

    public function get_fees()
    {
        return $this->get_items('fee');
    }

    public function get_meta(string $key)
    {
        return $this->data['meta'][$key] ?? '';
    }

    public function update_meta_data(string $key, $value): void
    {
        $this->data['meta'][$key] = $value;
    }

    public function save_meta_data(): void
    {
    }

    public function get_date_paid()
    {
        return $this->moment('date_paid');
    }

    public function get_date_created()
    {
        return $this->moment('date_created');
    }

    public function is_paid(): bool
    {
        return in_array($this->data['status'], ['processing', 'completed'], true);
    }

    private function moment(string $name): ?DateTime
    {
        return $this->data[$name] === null ? null : (new DateTime())->setTimestamp($this->data[$name]);
    }
}

class WC_Order_Refund extends WC_Order
{
}

class WC_Order_Item_Product extends Recorded
{
    public function get_product()
    {
        $product = $this->data['product'];
        return new Recorded(['sku' => $product['sku'], 'parent_id' => $product['parent_id'], 'category_ids' => $product['categories']]);
    }
}

class WP_Term
{
    /** @var string */
    public $slug;

    public function __construct(string $slug)
    {
        $this->slug = $slug;
    }
}

abstract class WC_Session
{
}

class WC_Session_Handler extends WC_Session
{
    /** @var array<string, mixed> */
    public $data = [];
    /** @var bool */
    public $hasCookie = false;

    public function get(string $name)
    {
        return $this->data[$name] ?? null;
    }

    public function set(string $name, $value): void
    {
        $this->data[$name] = $value;
    }

    public function has_session(): bool
    {
        return $this->hasCookie;
    }

    public function set_customer_session_cookie(bool $set): void
    {
        $this->hasCookie = $set;
    }
}

/** A coupon: one that the module makes is the shop's own from its saving on. */
class WC_Coupon
{
    public const E_WC_COUPON_NOT_EXIST = 105;
    public const E_WC_COUPON_INVALID_REMOVED = 101;
    public const WC_COUPON_SUCCESS = 200;

    /** @var array<string, mixed> */
    public $data = ['id' => 0, 'code' => '', 'virtual' => false, 'meta' => []];

    public function __construct(string $code = '')
    {
        $this->data['code'] = $code;
        if (isset(Site::$coupons[$code])) {
            $this->data = Site::$coupons[$code]->data;
        } elseif (Site::$gift !== null && is_array(Site::$gift->data(false, $code))) {
            $this->data = ['virtual' => true] + Site::$gift->data(false, $code) + $this->data;
        }
    }

    public function __call(string $name, array $arguments)
    {
        if (strpos($name, 'set_') === 0) {
            $this->data[substr($name, 4)] = $arguments[0];
            return null;
        }
        return $this->data[substr($name, 4)] ?? null;
    }

    public function is_type(string $type): bool
    {
        return $this->data['discount_type'] === $type;
    }

    public function get_meta(string $key)
    {
        return $this->data['meta'][$key] ?? '';
    }

    public function update_meta_data(string $key, $value): void
    {
        $this->data['meta'][$key] = $value;
    }

    public function delete(): void
    {
        unset(Site::$coupons[$this->data['code']]);
    }

    public function save(): void
    {
        $this->data['id'] = $this->data['id'] ?: 100 + count(Site::$coupons);
        Site::$coupons[$this->data['code']] = $this;
    }
}

/** A way of shipping, of which the cost is all that is asked for. */
class WC_Shipping_Rate extends Recorded
{
    public function set_cost(string $cost): void
    {
        $this->data['cost'] = $cost;
    }

    public function set_taxes(array $taxes): void
    {
        $this->data['taxes'] = $taxes;
    }
}

/** A basket: what is in it, and which coupons were applied. */
class WC_Cart
{
    /** @var string[] */
    public $applied = [];

    public function get_applied_coupons(): array
    {
        return $this->applied;
    }

    public function get_coupons(): array
    {
        return [];
    }

    public function has_discount(string $code): bool
    {
        return in_array($code, $this->applied, true);
    }

    public function is_empty(): bool
    {
        return false;
    }

    public function apply_coupon(string $code): bool
    {
        $this->applied[] = $code;
        return true;
    }

    public function calculate_totals(): void
    {
    }
}

/** To which every coupon is valid. */
class WC_Discounts
{
    public function is_coupon_valid()
    {
        return true;
    }
}

/** What WC() answers. */
final class Shop
{
    public $session;
    public $cart;
    public $customer;
}

class WC_Customer
{
}

/** In which no webhook is set up. */
class WC_Data_Store
{
    public static function load(): self
    {
        return new self();
    }

    public function get_webhooks_ids(): array
    {
        return [];
    }
}

function WC(): Shop
{
    static $shop;
    return $shop = $shop ?? new Shop();
}

function get_option($name, $else = false)
{
    return array_key_exists($name, Site::$options) ? Site::$options[$name] : $else;
}

function update_option($name, $value): void
{
    Site::$options[$name] = $value;
}

function delete_option($name): void
{
    unset(Site::$options[$name]);
}

function wc_get_order($id)
{
    return Site::$orders[$id] ?? false;
}

function wc_get_orders(array $query)
{
    Site::$queries[] = $query;
    $found = in_array($query['customer_id'] ?? $query['billing_email'], Site::$buyers, true) ? [1] : [];
    return isset($query['paginate']) ? (object) ['total' => count($found), 'orders' => $found, 'max_num_pages' => 1] : $found;
}

function wc_get_order_statuses(): array
{
    return array_fill_keys(['wc-pending', 'wc-processing', 'wc-on-hold', 'wc-completed', 'wc-cancelled', 'wc-refunded', 'wc-failed', 'wc-checkout-draft'], '');
}

function wc_get_is_paid_statuses(): array
{
    return ['processing', 'completed'];
}

function wc_get_price_decimals(): int
{
    return 2;
}

function wc_get_coupon_id_by_code($code): int
{
    return isset(Site::$coupons[$code]) ? Site::$coupons[$code]->data['id'] : 0;
}

function get_user_by($field, $value)
{
    $email = $field === 'email' ? $value : array_search($value, Site::$accounts, true);
    return isset(Site::$accounts[$email]) ? (object) ['ID' => Site::$accounts[$email], 'user_email' => $email] : false;
}

function wp_get_current_user()
{
    $email = Site::$options['signed_in'] ?? '';
    return (object) ['ID' => Site::$accounts[$email] ?? 0, 'user_email' => $email];
}

function get_term($slug)
{
    return new WP_Term($slug);
}

function wc_format_coupon_code($code)
{
    return strtolower(trim($code));
}

function get_woocommerce_currency(): string
{
    return 'EUR';
}

function wc_get_product_id_by_sku($sku): int
{
    return $sku === 'MUG' ? 11 : 0;
}

function is_email($text)
{
    return filter_var($text, FILTER_VALIDATE_EMAIL);
}

function sanitize_email($text)
{
    return (string) filter_var($text, FILTER_VALIDATE_EMAIL);
}

function wp_json_encode($value)
{
    return json_encode($value);
}

function wp_unslash($value)
{
    return $value;
}

function esc_html($text)
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function __($text)
{
    return $text;
}

function is_admin(): bool
{
    return false;
}

function wc_coupons_enabled(): bool
{
    return true;
}

function wp_doing_cron(): bool
{
    return false;
}

/** WooCommerce's look-up of what an id is of. */
final class OrderTypes
{
    public static function get_order_type(int $id): string
    {
        return isset(Site::$orders[$id]) ? 'shop_order' : '';
    }
}

class_alias(OrderTypes::class, 'Automattic\\WooCommerce\\Utilities\\OrderUtil');

function is_multisite(): bool
{
    return count(Site::$network) > 1;
}

function get_sites(): array
{
    return Site::$network;
}

function get_current_blog_id(): int
{
    return Site::$current;
}

function switch_to_blog(int $site): void
{
    Site::$current = $site;
}

function restore_current_blog(): void
{
    Site::$current = 1;
}

function add_action(): void
{
}

function add_filter(): void
{
}
