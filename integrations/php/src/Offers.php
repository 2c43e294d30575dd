<?php

namespace Parrain\Shared;

/**
 * What codes give, asked of the edge and kept for minutes, so that a basket is never slower than its shop.
 *
 * A platform asks for a coupon many times in one page, and while an order is placed: then what is known is answered and
 * nobody is asked. Where the edge does not answer, what it last said holds for a day, and it is left alone for a minute.
 */
final class Offers
{
    /** For how many seconds an answer is taken as it is. */
    private const FRESH = 300;

    /** For how many it is better than none. */
    private const STALE = 86400;

    /** For how many nobody is asked after the edge did not answer. */
    private const PAUSE = 60;

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
        $isFresh = $age !== null && $age >= 0 && $age < self::FRESH;
        if (!$isFresh && $mayAsk && $this->asked < self::MOST_ASKED && $this->cache->get($this->name('pause')) === null) {
            $this->asked++;
            try {
                $answer = Terms::worthKeeping($this->edge->offer($code));
                $kept = ['at' => $this->clock->now(), 'answer' => $answer];
                $age = 0;
                $this->cache->set($this->name($code), $kept, empty($answer['code']['valid']) ? self::FRESH : self::STALE);
            } catch (Problem $problem) {
                $this->cache->set($this->name('pause'), ['status' => $problem->status], self::PAUSE);
            }
        }
        if ($age === null || $age > self::STALE) {
            return null;
        }
        $this->known[$code] = $kept;
        return Terms::of($code, (array) $kept['answer']);
    }

    private function name(string $what): string
    {
        return 'parrain_' . substr(hash('sha256', $this->shop . ' ' . $what), 0, 32);
    }
}
