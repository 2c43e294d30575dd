<?php

namespace Parrain\Shared;

/** What an HTTP request was answered. */
final class Answer
{
    /** @var int */
    public $status;

    /** @var array<string, string> By names in lower case. */
    public $headers;

    /** @var string */
    public $body;

    /** @param array<string, string> $headers */
    public function __construct(int $status, array $headers, string $body)
    {
        $this->status = $status;
        $this->headers = array_change_key_case($headers, CASE_LOWER);
        $this->body = $body;
    }

    /**
     * The body's JSON object, empty where it is none.
     *
     * @return array<string, mixed>
     */
    public function json(): array
    {
        $read = json_decode($this->body, true, 32);
        return is_array($read) ? $read : [];
    }

    /** The moment that the other side's clock showed, or nothing where it did not say. */
    public function date(): ?int
    {
        $date = isset($this->headers['date']) ? strtotime($this->headers['date']) : false;
        return $date === false ? null : $date;
    }

    /** In how many seconds to ask again, where the other side said so; an hour at most. */
    public function retryAfter(): ?int
    {
        $after = isset($this->headers['retry-after']) ? $this->headers['retry-after'] : '';
        return preg_match('/^[0-9]{1,6}$/D', $after) ? min(3600, (int) $after) : null;
    }
}
