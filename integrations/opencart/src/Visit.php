<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Clock;
use Parrain\Shared\Codes;
use Parrain\Shared\Connection;
use Parrain\Shared\Touches;

/**
 * The codes of one shopper, kept with the basket on the server and then with the order.
 *
 * A basket is a session's until its shopper signs in, and their account's from then on, as OpenCart has it. Payments come back
 * without cookies: what they find is the order. An address alone is kept only where the shop's consent mode allows it: in
 * the other modes the widget's cookie, or a code that the shopper typed, is what they agreed to.
 *
 * What is kept has a table of its own, since of two requests at once OpenCart keeps the session of the one that ends last.
 */
final class Visit
{
    private const NOTHING = ['touches' => '', 'code' => '', 'dismissed' => '', 'applied' => '', 'said' => ''];

    /** @var Parts */
    private $parts;

    /** @var ?Connection */
    private $connection;

    /** @var array<string, array<string, string>> What was read, by basket. */
    private $read = [];

    public function __construct(Parts $parts)
    {
        $this->parts = $parts;
        $this->connection = $parts->connection();
    }

    /** Lets the shop's own redirects (to sign in, to a friendly address) keep the code that the address carries. */
    public function keepThroughRedirects(): void
    {
        $server = $this->parts->registry()->get('request')->server;
        if ($this->connection === null || !isset($server['HTTP_HOST'])) {
            return;
        }
        $codes = Codes::inAddress($this->address(), $this->connection->linkParams);
        if ($codes === []) {
            return;
        }
        $param = $this->connection->linkParams[0];
        $host = (string) $server['HTTP_HOST'];
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

    /** Notes what the request says of codes with the basket. */
    public function note(): void
    {
        if ($this->connection === null) {
            return;
        }
        $kept = Touches::fromJson($this->row()['touches']);
        $touches = $this->cookie();
        if ($this->parts->options()->choice('consent') === 'none-needed') {
            $known = array_column($kept, 'code');
            foreach (array_diff(Codes::inAddress($this->address(), $this->connection->linkParams), $known) as $code) {
                $touches[] = Touches::touch($code, 'link', (new Clock($this->parts->options()))->now());
            }
        }
        if ($this->customer() > 0) {
            $touches = Touches::merged($touches, $this->broughtAlong());
        }
        $all = Touches::merged($kept, $touches);
        if ($all !== $kept) {
            $this->keep(['touches' => (string) json_encode($all)]);
        }
    }

    /**
     * The touches of the shopper, the latest last.
     *
     * @return array<array{code: string, source: string, at: string}>
     */
    public function touches(): array
    {
        return Touches::merged(Touches::fromJson($this->row()['touches']), $this->cookie());
    }

    /** The code whose gift the shopper wishes for: the one that they typed last, else the one that brought them. */
    public function wish(): ?string
    {
        $row = $this->row();
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
        return $this->row()['code'] !== '';
    }

    /** The shopper typed a code. */
    public function wished(string $code): void
    {
        $this->keep(['code' => $code, 'dismissed' => '']);
    }

    /** The shopper took a gift out of the basket, or may not have it: it does not come again by itself. */
    public function dismissed(string $code): void
    {
        $this->keep(['code' => '', 'dismissed' => $code, 'applied' => '']);
    }

    /** The code whose gift was in the basket when it was looked at last; empty for none. */
    public function applied(): string
    {
        return $this->row()['applied'];
    }

    /** Notes which gift is in the basket. */
    public function setApplied(string $code): void
    {
        $this->keep(['applied' => $code]);
    }

    /** The basket was ordered: the next one has the codes that the shopper came by, and no gift by itself. */
    public function ordered(): void
    {
        $this->keep(['code' => '', 'dismissed' => '', 'applied' => '']);
    }

    /** Keeps what is to be said on the next page that the shopper sees. */
    public function say(string $words): void
    {
        $this->keep(['said' => $words]);
    }

    /** What was kept to be said, once. */
    public function said(): string
    {
        $words = $this->row()['said'];
        $this->keep(['said' => '']);
        return $words;
    }

    /** Gives an order the codes of the shopper's basket. An order that is changed before it is placed has those of then. */
    public function give(int $order): void
    {
        $touches = $this->touches();
        $code = $this->row()['code'];
        if ($touches !== [] || $code !== '') {
            $this->parts->database()->run(
                'INSERT INTO ' . DB_PREFIX . 'parrain_order (order_id, basket, touches, code, told) VALUES (?, ?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE basket = VALUES(basket), touches = VALUES(touches), code = VALUES(code)',
                [$order, $this->basket(), (string) json_encode($touches), $code, '']
            );
        }
    }

    /** Whether the shopper has an order with a coupon already. */
    public function hasUsed(int $coupon): bool
    {
        $prefix = DB_PREFIX;
        return $this->parts->database()->rows(
            "SELECT 1 FROM {$prefix}coupon_history h LEFT JOIN {$prefix}parrain_order p ON p.order_id = h.order_id
            WHERE h.coupon_id = ? AND ((h.customer_id = ? AND h.customer_id > 0) OR p.basket = ?) LIMIT 1",
            [$coupon, $this->customer(), $this->basket()]
        ) !== [];
    }

    /** Removes what was kept with baskets that nobody has changed since a moment. */
    public static function forget(OcDatabase $database, int $since): void
    {
        $database->run('DELETE FROM ' . DB_PREFIX . 'parrain_cart WHERE changed_at < ?', [$since]);
    }

    /**
     * What the shopper gathered in this session before they signed in.
     *
     * @return array<array{code: string, source: string, at: string}>
     */
    private function broughtAlong(): array
    {
        $before = $this->sessionsBasket();
        $row = $this->rowOf($before);
        if ($row === self::NOTHING) {
            return [];
        }
        $this->parts->database()->run('DELETE FROM ' . DB_PREFIX . 'parrain_cart WHERE basket = ?', [$before]);
        $this->read[$before] = self::NOTHING;
        $this->keep(array_filter(array_diff_key($row, ['touches' => true]), 'strlen'));
        return Touches::fromJson($row['touches']);
    }

    /** @return array<string, string> */
    private function row(): array
    {
        return $this->rowOf($this->basket());
    }

    /**
     * What was kept with a basket.
     *
     * @return array<string, string> touches, code, dismissed, applied, said
     */
    private function rowOf(string $basket): array
    {
        if (!isset($this->read[$basket])) {
            $rows = $this->parts->database()->rows(
                'SELECT touches, code, dismissed, applied, said FROM ' . DB_PREFIX . 'parrain_cart WHERE basket = ?',
                [$basket]
            );
            $this->read[$basket] = $rows === [] ? self::NOTHING : array_map('strval', $rows[0]);
        }
        return $this->read[$basket];
    }

    /** @param array<string, string> $changed */
    private function keep(array $changed): void
    {
        $row = $this->row();
        $now = array_replace($row, $changed);
        if ($now === $row) {
            return;
        }
        $basket = $this->basket();
        $this->read[$basket] = $now;
        $this->parts->database()->run(
            'REPLACE INTO ' . DB_PREFIX . 'parrain_cart (basket, touches, code, dismissed, applied, said, changed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)',
            [$basket, $now['touches'], $now['code'], $now['dismissed'], $now['applied'], $now['said'], time()]
        );
    }

    /** By which the basket is known: its account, else its session, of which no more than a hash is kept. */
    private function basket(): string
    {
        $customer = $this->customer();
        return $customer > 0 ? $this->parts->store() . ' customer ' . $customer : $this->sessionsBasket();
    }

    private function sessionsBasket(): string
    {
        $session = (string) $this->parts->registry()->get('session')->getId();
        return $this->parts->store() . ' ' . substr(hash('sha256', $session), 0, 40);
    }

    private function customer(): int
    {
        $customer = $this->parts->registry()->get('customer');
        return $customer !== null && $customer->isLogged() ? (int) $customer->getId() : 0;
    }

    /** @return array<array{code: string, source: string, at: string}> */
    private function cookie(): array
    {
        $cookies = $this->parts->registry()->get('request')->cookie;
        return Touches::fromCookie(isset($cookies[Touches::COOKIE]) ? $cookies[Touches::COOKIE] : '');
    }

    /** The address of the request. */
    private function address(): string
    {
        // OpenCart's own copy of it is written as HTML.
        return isset($_SERVER['REQUEST_URI']) ? (string) $_SERVER['REQUEST_URI'] : '';
    }
}
