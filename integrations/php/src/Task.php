<?php

namespace Parrain\Shared;

/** Something that the edge asks a shop to do: hand out a reward, make a referrer's code, or end one. */
final class Task
{
    /** @var string */
    public $id;

    /** @var string reward, code or end_code */
    public $kind;

    /** @var string The code that it is about, or empty. */
    public $code;

    /** @var string The shop's id of the customer, or empty. */
    public $customerId;

    /** @var string Their address, or empty. */
    public $email;

    /** @var array<string, mixed> The reward, as the contract's section 7 writes it. */
    public $reward;

    /** @var string */
    public $currency;

    /** @var ?int Until when what is handed out holds. */
    public $expiresAt;

    /** @param array<string, mixed> $told */
    private function __construct(array $told)
    {
        $text = static function (string $name) use ($told): string {
            return isset($told[$name]) && (is_string($told[$name]) || is_int($told[$name])) ? (string) $told[$name] : '';
        };
        $this->id = $text('id');
        $this->kind = $text('kind');
        $this->code = $text('code');
        $this->customerId = $text('customer_id');
        $this->email = $text('email');
        $this->reward = isset($told['reward']) && is_array($told['reward']) ? $told['reward'] : [];
        $this->currency = $text('currency');
        $expires = strtotime($text('expires_at'));
        $this->expiresAt = $expires === false ? null : $expires;
    }

    /**
     * A task as the edge writes it, or nothing where it is none.
     *
     * @param mixed $told
     */
    public static function read($told): ?self
    {
        $task = is_array($told) ? new self($told) : null;
        return $task !== null && $task->id !== '' && $task->kind !== '' ? $task : null;
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

    /**
     * The code of the voucher that this task makes, the same for each try, so that none is made twice. It cannot be
     * guessed: it is signed by what the shop alone has.
     */
    public function voucherCode(string $secret): string
    {
        $letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
        $code = '';
        foreach (array_slice(array_values(unpack('C*', hash_hmac('sha256', $this->id, $secret, true)) ?: []), 0, 10) as $byte) {
            $code .= $letters[$byte % strlen($letters)];
        }
        return 'MERCI-' . substr($code, 0, 5) . '-' . substr($code, 5);
    }
}
