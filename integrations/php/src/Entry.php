<?php

namespace Parrain\Shared;

/** An event in the queue: what it is about, how often it was tried, and what became of it. */
final class Entry
{
    /** It is to be sent. */
    public const WAITING = 'waiting';
    /** The edge refused what it says; it is kept to be looked at, and can be sent again. */
    public const REFUSED = 'refused';
    /** The edge answered what became of it. */
    public const SENT = 'sent';

    /** @var int */
    public $id = 0;

    /** @var string What it is, once: "order.paid 1001". */
    public $key;

    /** @var string The event's type. */
    public $type;

    /** @var array<string, mixed> What it is made of, or its data where that is all it needs. */
    public $subject;

    /** @var string The event as JSON, once it was made; empty before, and after it was sent. */
    public $body = '';

    /** @var string By which the edge knows each try of it. */
    public $delivery;

    /** @var string One of the states above. */
    public $state = self::WAITING;

    /** @var int */
    public $attempts = 0;

    /** @var int When it came in, in seconds of Unix time. */
    public $createdAt;

    /** @var int When it is tried next. */
    public $nextAt;

    /** @var string What the edge said last, in words. */
    public $said = '';

    /** @param array<string, mixed> $subject */
    public function __construct(string $key, string $type, array $subject, string $delivery, int $at)
    {
        $this->key = $key;
        $this->type = $type;
        $this->subject = $subject;
        $this->delivery = $delivery;
        $this->createdAt = $at;
        $this->nextAt = $at;
    }
}
