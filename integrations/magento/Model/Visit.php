<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Framework\Stdlib\CookieManagerInterface;
use Parrain\Shared\Touches;

/**
 * The codes of one shopper, kept with the basket on the server and then with the order: payments come back without cookies.
 *
 * An address is never kept here. Magento's pages come from its cache, of which no PHP hears; what counts is the widget's
 * cookie, which is there as consent allows, or a code that the shopper typed.
 */
final class Visit
{
    /** What is kept with a basket. */
    private const NOTHING = ['touches' => '', 'code' => '', 'dismissed' => '', 'applied' => '', 'said' => ''];

    /** @var array<int, array<string, string>> By basket, read once. */
    private array $rows = [];

    public function __construct(private readonly MagentoDatabase $database, private readonly CookieManagerInterface $cookies)
    {
    }

    /** Notes what the request's cookie says of codes with a basket. */
    public function note(int $quote): void
    {
        $cookie = $this->cookie();
        if ($quote === 0 || $cookie === []) {
            return;
        }
        $row = $this->row($quote);
        $all = (string) json_encode(Touches::merged(Touches::fromJson($row['touches']), $cookie));
        if ($all !== $row['touches']) {
            $this->keep($quote, ['touches' => $all]);
        }
    }

    /**
     * The touches of the shopper, the latest last.
     *
     * @return array<array{code: string, source: string, at: string}>
     */
    public function touches(int $quote): array
    {
        return Touches::merged(Touches::fromJson($this->row($quote)['touches']), $this->cookie());
    }

    /** The code whose gift the shopper wishes for: the one that they typed last, else the one that brought them. */
    public function wish(int $quote): ?string
    {
        $row = $this->row($quote);
        $code = $row['code'];
        if ($code === '') {
            $codes = [];
            foreach ($this->touches($quote) as $touch) {
                $codes[$touch['source']] = $touch['code'];
            }
            $code = $codes['promo_code'] ?? $codes['link'] ?? '';
        }
        return $code !== '' && $code !== $row['dismissed'] ? $code : null;
    }

    /** Whether the shopper typed the code for this very basket. */
    public function isTyped(int $quote): bool
    {
        return $this->row($quote)['code'] !== '';
    }

    /** The shopper typed a code. */
    public function wished(int $quote, string $code): void
    {
        $this->keep($quote, ['code' => $code, 'dismissed' => '']);
    }

    /** The shopper took a gift out of the basket: it does not come again by itself. */
    public function dismissed(int $quote, string $code): void
    {
        $this->keep($quote, ['code' => '', 'dismissed' => $code, 'applied' => '']);
    }

    /** The code whose gift was in the basket when it was looked at last; empty for none. */
    public function applied(int $quote): string
    {
        return $this->row($quote)['applied'];
    }

    /** Notes which gift is in the basket. */
    public function setApplied(int $quote, string $code): void
    {
        if ($this->row($quote)['applied'] !== $code) {
            $this->keep($quote, ['applied' => $code]);
        }
    }

    /** Keeps what is to be said on the cart page. */
    public function say(int $quote, string $words): void
    {
        if ($this->row($quote)['said'] !== $words) {
            $this->keep($quote, ['said' => $words]);
        }
    }

    /** What was kept to be said, once. */
    public function said(int $quote): string
    {
        $words = $this->row($quote)['said'];
        $this->say($quote, '');
        return $words;
    }

    /** Gives an order the codes of its basket. */
    public function give(int $quote, int $order): void
    {
        $row = $this->row($quote);
        $touches = $this->touches($quote);
        if ($touches !== [] || $row['code'] !== '') {
            $this->database->run(
                'INSERT INTO ' . $this->database->table('parrain_order') . ' (order_id, touches, code, told) VALUES (?, ?, ?, ?)
                ON DUPLICATE KEY UPDATE touches = VALUES(touches), code = VALUES(code)',
                [$order, (string) json_encode($touches), $row['code'], '']
            );
        }
    }

    /**
     * What the widget's cookie says.
     *
     * @return array<array{code: string, source: string, at: string}>
     */
    private function cookie(): array
    {
        return Touches::fromCookie($this->cookies->getCookie(Touches::COOKIE, ''));
    }

    /** @return array<string, string> */
    private function row(int $quote): array
    {
        if ($quote === 0) {
            return self::NOTHING;
        }
        if (!isset($this->rows[$quote])) {
            $this->rows[$quote] = array_map('strval', $this->database->rows(
                'SELECT touches, code, dismissed, applied, said FROM ' . $this->database->table('parrain_quote') . ' WHERE quote_id = ?',
                [$quote]
            )[0] ?? self::NOTHING);
        }
        return $this->rows[$quote];
    }

    /** @param array<string, string> $changed */
    private function keep(int $quote, array $changed): void
    {
        if ($quote === 0) {
            return;
        }
        $row = $changed + $this->row($quote);
        $changes = implode(', ', array_map(static fn (string $name): string => "$name = VALUES($name)", array_keys($changed)));
        $this->database->run(
            'INSERT INTO ' . $this->database->table('parrain_quote') . " (quote_id, touches, code, dismissed, applied, said)
            VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE $changes",
            [$quote, $row['touches'], $row['code'], $row['dismissed'], $row['applied'], $row['said']]
        );
        $this->rows[$quote] = $row;
    }
}
