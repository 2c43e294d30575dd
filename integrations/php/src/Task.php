<?php

namespace Parrain\Shared;

/** Something that the edge asks a shop to do: to hand out a reward by a voucher, or to end one that was taken back. */
final class Task
{
    /** @var string */
    public $id;

    /** @var string reward or end_code */
    public $kind;

    /** @var string The code that is proposed for the voucher, the same for each try; of end_code the one to end. */
    public $code;

    /** @var string The shop's id of the customer, or empty. */
    public $customerId;

    /** @var string Their address, or empty. */
    public $email;

    /** @var array<string, mixed> The reward, as the contract's section 7 writes it. */
    public $reward;

    /** @var string */
    public $currency;

    /** @param array<string, mixed> $told */
    private function __construct(array $told)
    {
        $text = static function (string $name) use ($told): string {
            return isset($told[$name]) && (is_string($told[$name]) || is_int($told[$name])) ? (string) $told[$name] : '';
        };
        $this->id = $text('id');
        $this->kind = $text('kind');
        $this->code = (string) Codes::typed($text('code'));
        $this->customerId = $text('customer_id');
        $this->email = $text('email');
        $this->reward = isset($told['reward']) && is_array($told['reward']) ? $told['reward'] : [];
        $this->currency = $text('currency');
    }

    /**
     * A task as the edge writes it, or nothing where it is none: one without a code could be done twice.
     *
     * @param mixed $told
     */
    public static function read($told): ?self
    {
        $task = is_array($told) ? new self($told) : null;
        return $task !== null && $task->id !== '' && $task->kind !== '' && $task->code !== '' ? $task : null;
    }

    /** The reward's kind, or empty. */
    public function rewardKind(): string
    {
        return isset($this->reward['kind']) && is_string($this->reward['kind']) ? $this->reward['kind'] : '';
    }

    /** A member of the reward as text, such as its amount; empty where there is none. */
    public function rewardText(string $name): string
    {
        return isset($this->reward[$name]) && is_string($this->reward[$name]) ? $this->reward[$name] : '';
    }
}
