<?php

namespace Parrain\Shared;

/** The edge did not do what it was asked: it said no, or nothing came back. */
final class Problem extends \RuntimeException
{
    /** @var int The HTTP status; 0 where nothing came back. */
    public $status;

    /** @var ?int In how many seconds to ask again, where it was said. */
    public $retryAfter;

    public function __construct(int $status, string $words, ?int $retryAfter = null)
    {
        parent::__construct($words);
        $this->status = $status;
        $this->retryAfter = $retryAfter;
    }

    /** What an answer that is no success says, in the edge's own words where it gave any. */
    public static function of(Answer $answer): self
    {
        $told = $answer->json();
        $words = [];
        foreach (['title', 'detail'] as $name) {
            if (isset($told[$name]) && is_string($told[$name])) {
                $words[] = $told[$name];
            }
        }
        foreach (isset($told['errors']) && is_array($told['errors']) ? $told['errors'] : [] as $error) {
            if (isset($error['pointer'], $error['detail']) && is_string($error['pointer']) && is_string($error['detail'])) {
                $words[] = $error['pointer'] . ' ' . $error['detail'];
            }
        }
        return new self($answer->status, implode('; ', $words) ?: 'HTTP ' . $answer->status, $answer->retryAfter());
    }

    /** Whether what was sent is at fault, so that the very same would be refused again. */
    public function isOfWhatWasSent(): bool
    {
        return in_array($this->status, [400, 413, 422], true);
    }
}
