<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Framework\Phrase;
use Magento\Store\Model\StoreManagerInterface;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Entry;
use Parrain\Shared\Problem;

/** Finds out what works, for the owner's eyes: what the edge says is asked when they wish it, the rest each time. */
final class Checks
{
    /** It works. */
    public const GOOD = 'good';
    /** It does not. */
    public const BAD = 'bad';
    /** It works, and the owner should know something about it. */
    public const NOTE = 'note';

    /** A code that is nobody's, by which the landing page is tried. */
    private const TRIAL = 'PARRAIN-TRIAL';

    public function __construct(private readonly Shops $shops, private readonly StoreManagerInterface $stores)
    {
    }

    /** Asks the edge and the shop's own front page, and remembers what they say. */
    public function ask(Parts $parts): void
    {
        $connection = $parts->connection();
        $parts->options()->set('checks', $connection === null ? null : [
            $this->offer($parts), $this->events($parts->edge()), $this->landing($parts, $connection),
        ]);
    }

    /**
     * What works, as states and sentences.
     *
     * @return array<array{0: string, 1: Phrase}>
     */
    public function told(Parts $parts): array
    {
        $connection = $parts->connection();
        if ($connection === null) {
            return [];
        }
        $asked = (array) $parts->options()->get('checks');
        $failing = $parts->queue()->store()->failing();
        if ($failing !== null) {
            // What waits knows better than what was asked for some days ago.
            $asked[1] = [self::BAD, 'Orders cannot be told: %1', [$failing->said]];
        }
        $said = [];
        foreach ($asked as $kept) {
            if (is_array($kept) && isset($kept[2]) && is_array($kept[2])) {
                // In the language of whoever reads it now.
                $said[] = [(string) $kept[0], new Phrase((string) $kept[1], $kept[2])];
            }
        }
        return array_merge($said, array_values(array_filter([
            self::customers($connection), self::tasks($parts), self::cron($parts), self::refused($parts), self::clock($parts),
        ])));
    }

    /** What the edge said, or that it said nothing. */
    public static function said(Problem $problem): string
    {
        return ($problem->status > 0 ? $problem->status . ' ' : '') . $problem->getMessage();
    }

    /** Whether the program can be read, and is of the currency that the shop counts in. */
    private function offer(Parts $parts): array
    {
        try {
            $told = $parts->edge()->offer();
        } catch (Problem $problem) {
            return [self::BAD, 'Your program cannot be read: %1', [self::said($problem)]];
        }
        $currency = isset($told['currency']) && is_string($told['currency']) ? $told['currency'] : '';
        if ($this->shops->websitesOf($parts, $currency) === []) {
            return [
                self::NOTE,
                'Your program counts in %1, which is the base currency of none of these websites: gifts of an amount or with a minimum cannot be given in the basket.',
                [$currency],
            ];
        }
        return [self::GOOD, 'Your program can be read: codes work in the coupon field, and the widget stands on every page.', []];
    }

    /** Whether a signed event is accepted: one of a type that nobody knows, which the edge answers and forgets. */
    private function events(Edge $edge): array
    {
        try {
            $edge->send('msg_' . bin2hex(random_bytes(12)), '{"type":"module.tried","data":{}}');
        } catch (Problem $problem) {
            return [self::BAD, 'Orders cannot be told: %1', [self::said($problem)]];
        }
        return [self::GOOD, 'Orders can be told: your shop’s signature is accepted.', []];
    }

    /** Whether a referral link's code survives the way to the shop's front page. */
    private function landing(Parts $parts, Connection $connection): array
    {
        $param = $connection->linkParams[0];
        $home = $this->stores->getStore($this->shops->storesOf($parts)[0] ?? null)->getBaseUrl();
        $url = $home . '?' . rawurlencode($param) . '=' . self::TRIAL;
        for ($hop = 0; $hop < 5; $hop++) {
            try {
                $answer = $parts->http()->send('GET', $url, [], '', 5);
            } catch (Problem $problem) {
                return [self::NOTE, 'Your shop cannot open its own front page, so it is not known whether links arrive: %1', [$problem->getMessage()]];
            }
            $to = $answer->headers['location'] ?? '';
            if ($answer->status < 300 || $answer->status > 399 || $to === '') {
                break;
            }
            $url = strpos($to, '/') === 0 ? preg_replace('~^(https?://[^/]+).*$~', '$1', $url) . $to : $to;
        }
        return strpos($url, self::TRIAL) === false
            ? [self::BAD, 'Your front page drops “%1” when it redirects to %2. Give your program a landing page that does not redirect.', [$param, $url]]
            : [self::GOOD, 'Referral links arrive: %1 keeps their code.', [$home]];
    }

    /** Whether signed-in customers can be vouched for. */
    private static function customers(Connection $connection): array
    {
        return $connection->identityKey === ''
            ? [self::NOTE, __('Customers have to sign in to the widget by themselves: your Parrain gave no key to vouch for them.')]
            : [self::GOOD, __('Customers who are signed in to your shop are signed in to the widget.')];
    }

    /** Whether rewards can be fetched. */
    private static function tasks(Parts $parts): array
    {
        $said = $parts->options()->get('tasks_said');
        if ($parts->connection()->moduleToken === '') {
            return [self::NOTE, __('Rewards are not handed out here: your Parrain gave no token for that.')];
        }
        if ($said === null) {
            return [self::NOTE, __('Rewards have not been asked for yet.')];
        }
        return $said === 'ok'
            ? [self::GOOD, __('Rewards are handed out as coupons in your customers’ accounts.')]
            : [self::BAD, __('Rewards could not be asked for: %1', (string) $said)];
    }

    /** Whether Magento's cron runs. */
    private static function cron(Parts $parts): array
    {
        if (!Schedule::isLate($parts->options())) {
            return [self::GOOD, __('Events are sent and rewards fetched each minute, by Magento’s cron.')];
        }
        return (int) $parts->options()->get('last_run') === 0
            ? [self::NOTE, __('Magento’s cron has not run yet for Parrain. If this stays so for some minutes, have your host set it up: bin/magento cron:install.')]
            : [self::BAD, __('Magento’s cron has not run in the last quarter of an hour, and nothing is sent without it. Have your host set it up: bin/magento cron:install. Nothing is lost meanwhile.')];
    }

    /** What was refused. */
    private static function refused(Parts $parts): ?array
    {
        $many = $parts->queue()->store()->counts()[Entry::REFUSED];
        return $many === 0 ? null : [self::BAD, __('Events that were refused: %1; see below why.', $many)];
    }

    /** Whether the server's clock is off. */
    private static function clock(Parts $parts): ?array
    {
        $behind = $parts->clock()->behind();
        if ($behind === 0) {
            return null;
        }
        return [self::NOTE, $behind > 0
            ? __('Your server’s clock is %1 seconds behind. That is taken into account; have it set right.', $behind)
            : __('Your server’s clock is %1 seconds ahead. That is taken into account; have it set right.', -$behind)];
    }
}
