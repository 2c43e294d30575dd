<?php

namespace Parrain\PrestaShop;

use Cart;
use Context;
use Db;
use Order;
use Parrain\Shared\Clock;
use Parrain\Shared\Codes;
use Parrain\Shared\Connection;
use Parrain\Shared\Touches;

/**
 * The codes of one shopper, kept with the basket on the server and then with the order.
 *
 * Payments come back without cookies, and PrestaShop drops what stands in an address when it redirects. An address alone is
 * kept only where the shop's consent mode allows it: in the other modes the widget's cookie, or a code that the shopper
 * typed, is what they agreed to.
 */
final class Visit
{
    /** @var ?Connection */
    private $connection;

    /** @var Options */
    private $options;

    public function __construct(?Connection $connection, Options $options)
    {
        $this->connection = $connection;
        $this->options = $options;
    }

    /** Lets PrestaShop's own redirects (to a language, to a friendly address) keep the code that the address carries. */
    public function keepThroughRedirects(): void
    {
        if ($this->connection === null) {
            return;
        }
        $codes = Codes::inAddress(self::address(), $this->connection->linkParams);
        if ($codes === [] || !isset($_SERVER['HTTP_HOST'])) {
            return;
        }
        $param = $this->connection->linkParams[0];
        $host = (string) $_SERVER['HTTP_HOST'];
        header_register_callback(static function () use ($codes, $param, $host): void {
            foreach (headers_list() as $line) {
                if (stripos($line, 'Location:') === 0) {
                    $to = self::withCode(trim(substr($line, 9)), $param, $codes[0], $host);
                    if ($to !== null) {
                        header('Location: ' . $to, true, http_response_code() ?: 302);
                    }
                }
            }
        });
    }

    /** An address of this very shop with the code that it lost, or nothing where it lost none. */
    public static function withCode(string $to, string $param, string $code, string $host): ?string
    {
        $own = parse_url($to, PHP_URL_HOST);
        $port = parse_url($to, PHP_URL_PORT);
        if ($own !== null && strcasecmp($own . ($port ? ':' . $port : ''), $host) !== 0) {
            return null;
        }
        if (Codes::inAddress($to, [$param]) !== []) {
            return null;
        }
        $parts = explode('#', $to, 2);
        $parts[0] .= (strpos($parts[0], '?') === false ? '?' : '&') . rawurlencode($param) . '=' . rawurlencode($code);
        return implode('#', $parts);
    }

    /** Notes what the page's request says of codes with the basket, or with the visit as long as there is none. */
    public function note(): void
    {
        $context = Context::getContext();
        if ($this->connection === null || $context->cookie === null) {
            return;
        }
        $touches = Touches::fromCookie(isset($_COOKIE[Touches::COOKIE]) ? $_COOKIE[Touches::COOKIE] : '');
        if ($this->options->choice('consent') === 'none-needed') {
            $kept = Touches::fromJson(isset($context->cookie->parrain_touches) ? $context->cookie->parrain_touches : null);
            foreach (array_diff(Codes::inAddress(self::address(), $this->connection->linkParams), array_column($kept, 'code')) as $code) {
                $kept[] = Touches::touch($code, 'link', (new Clock($this->options))->now());
                $context->cookie->parrain_touches = json_encode($kept);
            }
            $touches = Touches::merged($kept, $touches);
        }
        $cart = self::cart();
        if ($cart === null || $touches === []) {
            return;
        }
        $row = self::row($cart);
        $all = Touches::merged(Touches::fromJson($row['touches']), $touches);
        if ((string) json_encode($all) !== $row['touches']) {
            self::keep($cart, ['touches' => (string) json_encode($all)]);
        }
    }

    /**
     * The touches of the shopper, the latest last.
     *
     * @return array<array{code: string, source: string, at: string}>
     */
    public function touches(): array
    {
        $cart = self::cart();
        $cookie = Touches::fromCookie(isset($_COOKIE[Touches::COOKIE]) ? $_COOKIE[Touches::COOKIE] : '');
        return $cart === null ? $cookie : Touches::merged(Touches::fromJson(self::row($cart)['touches']), $cookie);
    }

    /** The code whose gift the shopper wishes for: the one that they typed last, else the one that brought them. */
    public function wish(): ?string
    {
        $cart = self::cart();
        if ($cart === null) {
            return null;
        }
        $row = self::row($cart);
        $code = $row['code'];
        if ($code === '') {
            $codes = [];
            foreach (Touches::fromJson($row['touches']) as $touch) {
                $codes[$touch['source']] = $touch['code'];
            }
            $code = isset($codes['promo_code']) ? $codes['promo_code'] : (isset($codes['link']) ? $codes['link'] : '');
        }
        return $code !== '' && $code !== $row['dismissed'] ? $code : null;
    }

    /** Whether the shopper typed the code for this very basket. */
    public function isTyped(): bool
    {
        $cart = self::cart();
        return $cart !== null && self::row($cart)['code'] !== '';
    }

    /** The shopper typed a code. */
    public function wished(string $code): void
    {
        $cart = self::cart();
        if ($cart !== null) {
            self::keep($cart, ['code' => $code, 'dismissed' => '']);
        }
    }

    /** The shopper took a gift out of the basket, or may not have it: it does not come again by itself. */
    public function dismissed(string $code): void
    {
        $cart = self::cart();
        if ($cart !== null) {
            self::keep($cart, ['code' => '', 'dismissed' => $code, 'applied' => '']);
        }
    }

    /** The code whose gift was in the basket when it was looked at last; empty for none. */
    public function applied(): string
    {
        $cart = self::cart();
        return $cart === null ? '' : self::row($cart)['applied'];
    }

    /** Notes which gift is in the basket. */
    public function setApplied(string $code): void
    {
        $cart = self::cart();
        if ($cart !== null && self::row($cart)['applied'] !== $code) {
            self::keep($cart, ['applied' => $code]);
        }
    }

    /** Keeps what is to be said on the next page that the shopper sees. */
    public function say(string $words): void
    {
        $cart = self::cart();
        if ($cart !== null) {
            self::keep($cart, ['said' => $words]);
        }
    }

    /** What was kept to be said, once. */
    public function said(): string
    {
        $cart = self::cart();
        $words = $cart === null ? '' : self::row($cart)['said'];
        if ($words !== '') {
            self::keep($cart, ['said' => '']);
        }
        return $words;
    }

    /** Gives an order the codes of its basket. */
    public function give(Cart $cart, Order $order): void
    {
        $row = self::row($cart);
        $cookie = Touches::fromCookie(isset($_COOKIE[Touches::COOKIE]) ? $_COOKIE[Touches::COOKIE] : '');
        $touches = Touches::merged(Touches::fromJson($row['touches']), $cookie);
        if ($touches !== [] || $row['code'] !== '') {
            (new PsDatabase())->run(
                'INSERT INTO ' . _DB_PREFIX_ . 'parrain_order (id_order, touches, code, told) VALUES (?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE touches = VALUES(touches), code = VALUES(code)',
                [(int) $order->id, (string) json_encode($touches), $row['code'], '']
            );
        }
    }

    /** Removes what was kept with baskets that are gone, or that nobody has changed since a moment. */
    public static function forget(int $since): void
    {
        $prefix = _DB_PREFIX_;
        (new PsDatabase())->run(
            "DELETE FROM {$prefix}parrain_cart WHERE id_cart NOT IN (SELECT id_cart FROM {$prefix}cart WHERE date_upd >= ?)",
            [date('Y-m-d H:i:s', $since)]
        );
    }

    /**
     * What was kept with a basket.
     *
     * @return array{touches: string, code: string, dismissed: string, applied: string, said: string}
     */
    private static function row(Cart $cart): array
    {
        $row = Db::getInstance()->getRow(
            'SELECT touches, code, dismissed, applied, said FROM ' . _DB_PREFIX_ . 'parrain_cart WHERE id_cart = ' . (int) $cart->id,
            false
        );
        return is_array($row) ? $row : ['touches' => '', 'code' => '', 'dismissed' => '', 'applied' => '', 'said' => ''];
    }

    /** @param array<string, string> $changed */
    private static function keep(Cart $cart, array $changed): void
    {
        $row = $changed + self::row($cart);
        (new PsDatabase())->run(
            'REPLACE INTO ' . _DB_PREFIX_ . 'parrain_cart (id_cart, touches, code, dismissed, applied, said)
            VALUES (?, ?, ?, ?, ?, ?)',
            [(int) $cart->id, $row['touches'], $row['code'], $row['dismissed'], $row['applied'], $row['said']]
        );
    }

    /** The shopper's basket, once there is one. */
    private static function cart(): ?Cart
    {
        $cart = Context::getContext()->cart;
        return $cart instanceof Cart && (int) $cart->id > 0 ? $cart : null;
    }

    /** The address of the request. */
    private static function address(): string
    {
        return isset($_SERVER['REQUEST_URI']) ? (string) $_SERVER['REQUEST_URI'] : '';
    }
}
