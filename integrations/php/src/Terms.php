<?php

namespace Parrain\Shared;

/** What a code gives the friend who uses it, and under which conditions, as the edge's public offer tells it. */
final class Terms
{
    /** Rewards that a basket can be given at once as money off. */
    private const MONEY_OFF = ['amount_off', 'gift_card', 'store_credit'];

    /** @var string */
    public $code;

    /** @var string "valid", or why not: "unknown", "expired", "inactive". */
    public $state;

    /** @var string From whom the code is; empty where that is not told. */
    public $from = '';

    /** @var string The reward's kind; empty where the friend gets nothing. */
    public $kind = '';

    /** @var string Percent, for percent_off. */
    public $percent = '0';

    /** @var string Money in the program's currency. */
    public $amount = '0';

    /** @var string The product, for free_product. */
    public $sku = '';

    /** @var string The smallest basket, in the program's currency; "0" where there is none. */
    public $minimum = '0';

    /** @var bool Whether it is for new customers alone, so that nobody has it twice. */
    public $newCustomersOnly = false;

    /** @var ?int The first second at which it holds. */
    public $startsAt;

    /** @var ?int The last one. */
    public $endsAt;

    /** @var string The program's currency. */
    public $currency = '';

    private function __construct(string $code, string $state)
    {
        $this->code = $code;
        $this->state = $state;
    }

    /**
     * The terms that the edge's answer holds.
     *
     * @param array<string, mixed> $answer of GET …/offer?code=
     */
    public static function of(string $code, array $answer): self
    {
        $told = isset($answer['code']) && is_array($answer['code']) ? $answer['code'] : [];
        if (empty($told['valid'])) {
            $reason = isset($told['reason']) && is_string($told['reason']) ? $told['reason'] : 'unknown';
            return new self($code, $reason === 'expired' || $reason === 'inactive' ? $reason : 'unknown');
        }
        $terms = new self($code, 'valid');
        $terms->from = isset($told['from']) && is_string($told['from']) ? $told['from'] : '';
        $terms->currency = isset($answer['currency']) && is_string($answer['currency']) ? $answer['currency'] : '';
        $terms->newCustomersOnly = !empty($told['new_customers_only']);
        $terms->startsAt = self::instant($told, 'starts_at');
        $terms->endsAt = self::instant($told, 'ends_at');
        $friend = isset($told['friend']) && is_array($told['friend']) ? $told['friend'] : [];
        $reward = isset($friend['reward']) && is_array($friend['reward']) ? $friend['reward'] : [];
        $terms->kind = isset($reward['kind']) && is_string($reward['kind']) ? $reward['kind'] : '';
        $terms->percent = self::number($reward, 'percent');
        $terms->amount = self::number($reward, 'amount');
        $terms->minimum = self::number($friend, 'min_subtotal');
        $terms->sku = isset($reward['sku']) && is_string($reward['sku']) ? $reward['sku'] : '';
        return $terms;
    }

    /**
     * What is kept of the edge's answer, from which the same terms are read again.
     *
     * @param array<string, mixed> $answer
     * @return array<string, mixed>
     */
    public static function worthKeeping(array $answer): array
    {
        return array_intersect_key($answer, ['code' => true, 'currency' => true]);
    }

    /** "valid", or why it is not at this moment. */
    public function stateAt(int $now): string
    {
        if ($this->state === 'valid' && $this->startsAt !== null && $now < $this->startsAt) {
            return 'inactive';
        }
        return $this->state === 'valid' && $this->endsAt !== null && $now > $this->endsAt ? 'expired' : $this->state;
    }

    /**
     * Whether a basket can be given what the friend gets.
     *
     * @param bool $hasProduct whether the shop has the product of these terms
     */
    public function gives(bool $hasProduct): bool
    {
        switch ($this->kind) {
            case 'percent_off':
                return !Decimal::of($this->percent)->isZero();
            case 'free_shipping':
                return true;
            case 'free_product':
                return $hasProduct;
            default:
                return $this->isMoneyOff() && !Decimal::of($this->amount)->isZero();
        }
    }

    /** Whether it takes a fixed sum off. */
    public function isMoneyOff(): bool
    {
        return in_array($this->kind, self::MONEY_OFF, true);
    }

    /** Whether amounts of these terms mean something in a currency. */
    public function speaksOf(string $currency): bool
    {
        $amounts = $this->isMoneyOff() || !Decimal::of($this->minimum)->isZero();
        return !$amounts || $this->currency === $currency;
    }

    /** @param array<string, mixed> $of */
    private static function number(array $of, string $name): string
    {
        $text = isset($of[$name]) && is_string($of[$name]) ? $of[$name] : '';
        return preg_match('/^[0-9]{1,15}(\.[0-9]{1,4})?$/D', $text) ? $text : '0';
    }

    /** @param array<string, mixed> $of */
    private static function instant(array $of, string $name): ?int
    {
        $at = isset($of[$name]) && is_string($of[$name]) ? strtotime($of[$name]) : false;
        return $at === false ? null : $at;
    }
}
