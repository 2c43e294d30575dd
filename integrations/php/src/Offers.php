<?php

namespace Parrain\Shared;

/**
 * What codes give, asked of the edge and kept, so that a basket is never slower than its shop.
 *
 * A platform asks for a coupon many times in one page, and while an order is placed: then what is known is answered and
 * nobody is asked. What is some minutes old is answered at once and asked for anew by the scheduler, with no shopper waiting.
 * Where the edge does not answer, what it last said holds for a day, and it is left alone for growing pauses.
 */
final class Offers
{
    /** For how many seconds an answer is taken as it is. */
    private const FRESH = 300;

    /** Up to how many it is the scheduler's to ask anew; a page does where no scheduler did. */
    private const SCHEDULED = 3600;

    /** For how many it is better than none. */
    private const STALE = 86400;

    /** For how many nobody is asked after the edge did not answer once, twice and so on. */
    private const PAUSES = [60, 120, 300, 900];

    /** For how many others still ask while a first one waits for its answer, which mostly is there by then. */
    private const GRACE = 1;

    /** How many codes the scheduler asks for anew in a run. */
    private const MOST_REFRESHED = 20;

    /** How many unknown codes are asked about in a request: a page has one field for them. */
    private const MOST_ASKED = 2;

    /** @var Edge */
    private $edge;

    /** @var Cache */
    private $cache;

    /** @var Clock */
    private $clock;

    /** @var string Which shop's answers these are. */
    private $shop;

    /** @var array<string, array<string, mixed>> */
    private $known = [];

    /** @var int */
    private $asked = 0;

    /** @param string $shop by which answers of one shop and another are kept apart */
    public function __construct(Edge $edge, Cache $cache, Clock $clock, string $shop)
    {
        $this->edge = $edge;
        $this->cache = $cache;
        $this->clock = $clock;
        $this->shop = $shop;
    }

    /**
     * What a code gives, or nothing where that is not known and cannot be asked now.
     *
     * @param bool $mayAsk whether the edge may be asked while the shopper waits
     */
    public function terms(string $code, bool $mayAsk): ?Terms
    {
        $kept = isset($this->known[$code]) ? $this->known[$code] : $this->cache->get($this->name($code));
        $age = is_array($kept) && isset($kept['at'], $kept['answer']) ? $this->clock->now() - (int) $kept['at'] : null;
        $isOld = $age === null || $age < 0 || $age >= self::SCHEDULED;
        if ($isOld && $mayAsk && $this->asked < self::MOST_ASKED && !$this->isPaused()) {
            $this->asked++;
            $answered = $this->ask($code);
            $kept = $answered !== null ? $answered : $kept;
            $age = $answered !== null ? 0 : $age;
        } elseif (!$isOld && $age >= self::FRESH) {
            $this->note($code);
        }
        if ($age === null || $age > self::STALE) {
            return null;
        }
        $this->known[$code] = $kept;
        return Terms::of($code, (array) $kept['answer']);
    }

    /** Asks anew for the codes whose answers were found to be some minutes old; for the scheduler. */
    public function refresh(): void
    {
        $old = $this->cache->get($this->name('old'));
        if ($old === null || $old === [] || $this->isPaused()) {
            return;
        }
        // Whoever finds one old meanwhile notes it again.
        $this->cache->set($this->name('old'), [], self::SCHEDULED);
        foreach (array_slice($old, 0, self::MOST_REFRESHED) as $code) {
            if ($this->ask((string) $code) === null) {
                return;
            }
        }
    }

    /**
     * Asks the edge, and keeps what it says.
     *
     * @return ?array<string, mixed>
     */
    private function ask(string $code): ?array
    {
        $pause = $this->cache->get($this->name('pause'));
        $failed = isset($pause['failed']) ? (int) $pause['failed'] : 0;
        $now = $this->clock->now();
        $until = $now + self::PAUSES[min($failed, count(self::PAUSES) - 1)];
        // Before the question: of a process that ends while it waits nobody else would learn.
        $this->pause($now + ($failed === 0 ? self::GRACE : 0), $until, $failed + 1);
        try {
            $answer = Terms::worthKeeping($this->edge->offer($code));
        } catch (Problem $problem) {
            $this->pause($now, $until, $failed + 1);
            return null;
        }
        $this->pause(0, 0, 0);
        $kept = ['at' => $this->clock->now(), 'answer' => $answer];
        $this->cache->set($this->name($code), $kept, empty($answer['code']['valid']) ? self::FRESH : self::STALE);
        return $kept;
    }

    /** Has the edge left alone from one moment until another, after it failed so many times one after another. */
    private function pause(int $from, int $until, int $failed): void
    {
        $this->cache->set($this->name('pause'), ['from' => $from, 'until' => $until, 'failed' => $failed], self::SCHEDULED);
    }

    /** Whether the edge is left alone at this moment. */
    private function isPaused(): bool
    {
        $pause = $this->cache->get($this->name('pause'));
        $now = $this->clock->now();
        return isset($pause['from'], $pause['until']) && $now >= (int) $pause['from'] && $now < (int) $pause['until'];
    }

    /** Notes that a code is to be asked for anew. */
    private function note(string $code): void
    {
        $old = (array) $this->cache->get($this->name('old'));
        if (!in_array($code, $old, true) && count($old) < self::MOST_REFRESHED) {
            $old[] = $code;
            $this->cache->set($this->name('old'), $old, self::SCHEDULED);
        }
    }

    private function name(string $what): string
    {
        return 'parrain_' . substr(hash('sha256', $this->shop . ' ' . $what), 0, 32);
    }
}
