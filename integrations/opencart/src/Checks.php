<?php

namespace Parrain\OpenCart;

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

    /** After how many seconds without a run the scheduler is said not to run. */
    private const LATE = 900;

    /** @var Parts */
    private $parts;

    /** @var string The address of the store, with a slash at its end. */
    private $home;

    public function __construct(Parts $parts, string $home)
    {
        $this->parts = $parts;
        $this->home = $home;
    }

    /** Asks the edge and the shop's own front page, and remembers what they say. */
    public function ask(): void
    {
        $connection = $this->parts->connection();
        $edge = $this->parts->edge();
        $this->parts->options()->set('checks', $connection === null || $edge === null ? null : [
            $this->offer($edge), $this->events($edge), $this->landing($connection),
        ]);
    }

    /**
     * What works, as states and sentences.
     *
     * @return array<array{0: string, 1: string}>
     */
    public function told(): array
    {
        $connection = $this->parts->connection();
        if ($connection === null) {
            return [];
        }
        $asked = (array) $this->parts->options()->get('checks');
        $failing = $this->parts->queue()->store()->failing();
        if ($failing !== null) {
            // What waits knows better than what was asked for some days ago.
            $asked[1] = [self::BAD, 'Orders cannot be told: {why}', ['{why}' => $failing->said]];
        }
        $said = [];
        foreach ($asked as $kept) {
            if (is_array($kept) && isset($kept[2]) && is_array($kept[2])) {
                // In the language of whoever reads it now.
                $said[] = [$kept[0], $this->parts->said($kept[1], $kept[2])];
            }
        }
        return array_merge($said, array_values(array_filter([
            $this->coupons(), $this->paid(), $this->customers($connection), $this->tasks($connection), $this->credit(), $this->schedule(), $this->refused(),
            $this->clock(), $this->maintenance(),
        ])));
    }

    /** What the edge said, or that it said nothing. */
    public static function said(Problem $problem): string
    {
        return ($problem->status > 0 ? $problem->status . ' ' : '') . $problem->getMessage();
    }

    /** Whether the program can be read, and is of a currency in which the shop sells. */
    private function offer(Edge $edge): array
    {
        try {
            $told = $edge->offer();
        } catch (Problem $problem) {
            return [self::BAD, 'Your program cannot be read: {why}', ['{why}' => self::said($problem)]];
        }
        $currency = isset($told['currency']) && is_string($told['currency']) ? $told['currency'] : '';
        if (!$this->parts->money()->sellsIn($currency)) {
            return [
                self::NOTE,
                'Your program counts in {currency}, in which your shop does not sell: gifts of an amount or with a minimum cannot be given in the basket.',
                ['{currency}' => $currency],
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
            return [self::BAD, 'Orders cannot be told: {why}', ['{why}' => self::said($problem)]];
        }
        return [self::GOOD, 'Orders can be told: your shop’s signature is accepted.', []];
    }

    /** Whether a referral link's code survives the way to the shop's front page. */
    private function landing(Connection $connection): array
    {
        $param = $connection->linkParams[0];
        $url = $this->home . '?' . rawurlencode($param) . '=' . self::TRIAL;
        for ($hop = 0; $hop < 5; $hop++) {
            try {
                $answer = $this->parts->http()->send('GET', $url, [], '', 5);
            } catch (Problem $problem) {
                return [
                    self::NOTE,
                    'Your shop cannot open its own front page, so it is not known whether links arrive: {why}',
                    ['{why}' => $problem->getMessage()],
                ];
            }
            $to = isset($answer->headers['location']) ? $answer->headers['location'] : '';
            if ($answer->status < 300 || $answer->status > 399 || $to === '') {
                break;
            }
            $url = strpos($to, '/') === 0 ? rtrim(preg_replace('~^(https?://[^/]+).*$~', '$1', $url), '/') . $to : $to;
        }
        return strpos($url, self::TRIAL) === false
            ? [
                self::BAD,
                'Your front page drops “{name}” when it redirects to {url}. Give your program a landing page that does not redirect.',
                ['{name}' => $param, '{url}' => $url],
            ]
            : [self::GOOD, 'Referral links arrive: {url} keeps their code.', ['{url}' => $this->home]];
    }

    /** Whether the shop has a coupon field at all. */
    private function coupons(): ?array
    {
        return $this->parts->settings()->text('total_coupon_status') === '1' ? null : [self::BAD, $this->parts->said(
            'Gifts cannot be given: coupons are switched off. Enable “Coupon” under Extensions, Order Totals.'
        )];
    }

    /** Whether an order can be paid at all. */
    private function paid(): ?array
    {
        return $this->parts->statuses()->paid() !== [] ? null : [self::BAD, $this->parts->said(
            'No order is told: none of the statuses means that an order is paid. Tick some under Choices.'
        )];
    }

    /** Whether credit can be spent. */
    private function credit(): ?array
    {
        return $this->parts->settings()->text('total_credit_status') === '1' ? null : [self::NOTE, $this->parts->said(
            'Customers cannot spend credit: enable “Store Credit” under Extensions, Order Totals.'
        )];
    }

    /** Whether signed-in customers can be vouched for. */
    private function customers(Connection $connection): array
    {
        return $connection->identityKey === ''
            ? [self::NOTE, $this->parts->said('Customers have to sign in to the widget by themselves: your Parrain gave no key to vouch for them.')]
            : [self::GOOD, $this->parts->said('Customers who are signed in to your shop are signed in to the widget.')];
    }

    /** Whether rewards can be fetched. */
    private function tasks(Connection $connection): array
    {
        $said = $this->parts->options()->get('tasks_said');
        if ($connection->moduleToken === '') {
            return [self::NOTE, $this->parts->said('Rewards are not handed out here: your Parrain gave no token for that.')];
        }
        if ($said === null) {
            return [self::NOTE, $this->parts->said('Rewards have not been asked for yet.')];
        }
        return $said === 'ok'
            ? [self::GOOD, $this->parts->said('Rewards are handed out in your customers’ accounts: money as credit, all else as coupons.')]
            : [self::BAD, $this->parts->said('Rewards could not be asked for: {why}', ['{why}' => (string) $said])];
    }

    /** Whether something calls the scheduler. */
    private function schedule(): array
    {
        $address = $this->home . 'index.php?route=' . Version::route('run');
        if (!Schedule::isLate($this->parts->options(), self::LATE)) {
            return [self::GOOD, $this->parts->said('Events are sent and rewards fetched: the last time was a few minutes ago at most.')];
        }
        return [self::NOTE, $this->parts->said(
            'Nothing was sent in the last quarter of an hour. Visits to your shop see to it; on a quiet shop have this address called each minute: {url}',
            ['{url}' => $address]
        )];
    }

    /** What was refused. */
    private function refused(): ?array
    {
        $many = $this->parts->queue()->store()->counts()[Entry::REFUSED];
        return $many === 0 ? null : [self::BAD, $this->parts->said('Events that were refused: {many}; see below why.', ['{many}' => $many])];
    }

    /** Whether the server's clock is off. */
    private function clock(): ?array
    {
        $behind = $this->parts->clock()->behind();
        return $behind === 0 ? null : [self::NOTE, $this->parts->said(
            $behind > 0 ? 'Your server’s clock is {many} seconds behind. That is taken into account; have it set right.'
                : 'Your server’s clock is {many} seconds ahead. That is taken into account; have it set right.',
            ['{many}' => abs($behind)]
        )];
    }

    /** Whether the shop is closed, to its scheduler too. */
    private function maintenance(): ?array
    {
        return $this->parts->settings()->text('config_maintenance') !== '1' ? null : [self::NOTE, $this->parts->said(
            'Your shop is in maintenance mode: what is to be sent waits until that is over, or until you press “Send now”.'
        )];
    }
}
