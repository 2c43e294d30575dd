<?php

namespace Parrain\Shared;

/**
 * The events that a shop has for the edge, sent by the platform's scheduler until the edge has said what became of them.
 *
 * Nothing is lost: what the edge cannot take now is tried again at growing gaps, for as long as it takes, and at once when
 * the edge is back. What it refuses for what it says is kept in sight.
 */
final class Queue
{
    /** The gaps between tries, in seconds; the last one goes on. */
    private const GAPS = [60, 300, 900, 3600, 10800, 21600];

    /** For how long a run has an entry to itself. */
    private const LEASE = 120;

    /** For how long what was sent stays in sight, in seconds. */
    private const KEPT = 7776000;

    /** @var Store */
    private $store;

    /** @var Clock */
    private $clock;

    /** @var EventMaker */
    private $maker;

    public function __construct(Store $store, Clock $clock, EventMaker $maker)
    {
        $this->store = $store;
        $this->clock = $clock;
        $this->maker = $maker;
    }

    /**
     * Adds an event, once: of two with one key the first stands.
     *
     * @param string $key what happened, such as "order.paid 1001"
     * @param array<string, mixed> $subject what it is made of when it is sent
     */
    public function add(string $key, string $type, array $subject): bool
    {
        $key = strlen($key) > 190 ? hash('sha256', $key) : $key;
        return $this->store->add(new Entry($key, $type, $subject, 'msg_' . bin2hex(random_bytes(12)), $this->clock->now()));
    }

    /**
     * Sends what is due, and answers how many were sent.
     *
     * It stops at the first that the edge cannot take now: what is behind it would not fare better.
     *
     * @param int $most so many events at most
     * @param int $seconds for so long at most
     */
    public function run(Edge $edge, int $most, int $seconds): int
    {
        $start = microtime(true);
        $sent = 0;
        $hastened = false;
        while ($sent < $most) {
            // Read anew after each batch, since the one that went through may have made others due.
            $due = $this->store->due($this->clock->now(), min(20, $most - $sent));
            if ($due === []) {
                break;
            }
            $taken = 0;
            foreach ($due as $entry) {
                if (microtime(true) - $start > $seconds) {
                    return $sent;
                }
                if (!$this->store->take($entry, $this->clock->now() + self::LEASE)) {
                    continue;
                }
                $taken++;
                try {
                    $reached = $this->deliver($edge, $entry);
                } catch (Problem $problem) {
                    $this->postpone($entry, $problem);
                    return $sent;
                } catch (\Throwable $broken) {
                    // One that breaks, as an order whose product another module spoilt, does not keep those behind it waiting.
                    $entry->state = Entry::REFUSED;
                    $entry->said = get_class($broken) . ': ' . $broken->getMessage();
                    $this->store->save($entry);
                    continue;
                }
                $sent++;
                if ($reached && !$hastened) {
                    $hastened = true;
                    $this->store->hasten($this->clock->now());
                }
            }
            if ($taken === 0) {
                break;
            }
        }
        $this->store->forgetSent($this->clock->now() - self::KEPT);
        return $sent;
    }

    /**
     * Sees to it that events go to the shop of the edge that they are meant for, and says whether it was another one before.
     *
     * What waited for another shop is its owner's to send or to leave, and what was told there can be told here too.
     *
     * @param Memory $memory which shop it was before, kept as told_to
     */
    public function belongTo(Connection $connection, Memory $memory): bool
    {
        $shop = $connection->edge . ' ' . $connection->shop;
        $before = $memory->get('told_to');
        if ($before === $shop) {
            return false;
        }
        $memory->set('told_to', $shop);
        if ($before === null) {
            return false;
        }
        $this->store->setAside('It waited for ' . $before . '.');
        return true;
    }

    /** Makes a refused event, or all of them for 0, be sent again, made anew of what the shop has by now. */
    public function sendAgain(int $id): void
    {
        $this->store->sendAgain($id, $this->clock->now());
    }

    /** Makes all that waits due now. */
    public function hasten(): void
    {
        $this->store->hasten($this->clock->now());
    }

    /** What is in the queue, for the module's page. */
    public function store(): Store
    {
        return $this->store;
    }

    /**
     * Sends one entry and says whether the edge was reached for it.
     *
     * @throws Problem where it is to be tried again later
     */
    private function deliver(Edge $edge, Entry $entry): bool
    {
        if ($entry->body === '') {
            $data = $this->maker->data($entry->type, $entry->subject);
            if ($data === null) {
                $entry->state = Entry::SENT;
                $entry->said = 'gone';
                $this->store->save($entry);
                return false;
            }
            $entry->body = Edge::written(['type' => $entry->type, 'data' => $this->timely($data)]);
            $this->store->save($entry);
        }
        $entry->attempts++;
        try {
            $answer = $edge->send($entry->delivery, $entry->body);
        } catch (Problem $problem) {
            if (!$problem->isOfWhatWasSent()) {
                throw $problem;
            }
            $entry->state = Entry::REFUSED;
            $entry->said = $problem->getMessage();
            $this->store->save($entry);
            return true;
        }
        $entry->state = Entry::SENT;
        // What was sent holds an address; what it came to is all that the shop's page needs.
        $entry->body = '';
        $entry->said = self::words($answer);
        $this->store->save($entry);
        return true;
    }

    /**
     * With its moment by the edge's time, where the shop's clock is off: a touch has its time of the shopper's browser, and an
     * order that seemed earlier would not be its. No moment is in the future.
     *
     * @param array<string, mixed> $data
     * @return array<string, mixed>
     */
    private function timely(array $data): array
    {
        $at = isset($data['at']) && is_string($data['at']) ? strtotime($data['at']) : false;
        $right = $at === false ? false : min($at + $this->clock->behind(), $this->clock->now());
        if ($right !== $at) {
            $data['at'] = gmdate('Y-m-d\TH:i:s\Z', $right);
        }
        return $data;
    }

    private function postpone(Entry $entry, Problem $problem): void
    {
        $gap = self::GAPS[min($entry->attempts, count(self::GAPS)) - 1];
        $entry->nextAt = $this->clock->now() + max($gap, (int) $problem->retryAfter);
        $entry->said = ($problem->status > 0 ? $problem->status . ' ' : '') . $problem->getMessage();
        $this->store->save($entry);
    }

    /** @param array<string, mixed> $answer */
    private static function words(array $answer): string
    {
        $words = [];
        foreach (['outcome', 'reason', 'why'] as $name) {
            $told = isset($answer[$name]) ? $answer[$name] : null;
            if (is_array($told)) {
                $told = implode(' ', array_filter($told, 'is_string'));
            }
            if (is_string($told) && $told !== '') {
                $words[] = $told;
            }
        }
        return implode(': ', $words);
    }
}
