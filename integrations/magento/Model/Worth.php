<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Parrain\Shared\Decimal;
use Parrain\Shared\Task;
use Parrain\Shared\Terms;

/** What a coupon gives and under which conditions, of a friend's gift or of a reward. */
final class Worth
{
    /** Rewards that are money off a basket. */
    private const MONEY = ['store_credit', 'amount_off', 'gift_card'];

    /**
     * @param string $kind as the contract's section 7 names it
     * @param int $perCoupon how often one coupon may be used in all; 0 for any number
     * @param bool $isForNew whether it is for new customers alone
     * @param ?int $endsAt the last second at which it holds
     */
    private function __construct(
        public readonly string $kind,
        public readonly string $percent,
        public readonly string $amount,
        public readonly string $sku,
        public readonly string $currency,
        public readonly string $minimum,
        public readonly int $perCoupon,
        public readonly bool $isForNew,
        public readonly ?int $endsAt,
        public readonly string $title
    ) {
    }

    /** What the friend gets. */
    public static function ofGift(Terms $terms): self
    {
        return new self(
            $terms->kind,
            $terms->percent,
            $terms->amount,
            $terms->sku,
            $terms->currency,
            $terms->minimum,
            0,
            $terms->newCustomersOnly,
            $terms->endsAt,
            'Your welcome gift'
        );
    }

    /** What a reward is worth. */
    public static function ofReward(Task $task): self
    {
        return self::ofSum(
            $task->rewardKind(),
            $task->rewardText('percent'),
            $task->rewardText('amount'),
            $task->rewardText('sku'),
            $task->currency
        );
    }

    /** What is left of a reward, as money. */
    public static function ofRest(string $amount, string $currency): self
    {
        return self::ofSum('store_credit', '', $amount, '', $currency);
    }

    /**
     * What was kept of a reward.
     *
     * @see self::kept()
     */
    public static function read(string $kept): self
    {
        $told = json_decode($kept, true);
        $text = static fn (string $name): string => is_array($told) && is_string($told[$name] ?? null) ? $told[$name] : '';
        return self::ofSum($text('kind'), $text('percent'), $text('amount'), $text('sku'), $text('currency'));
    }

    /** Whether it takes a fixed sum off. */
    public function isMoney(): bool
    {
        return in_array($this->kind, self::MONEY, true);
    }

    /** Whether it depends on a currency. */
    public function speaksOfMoney(): bool
    {
        return $this->isMoney() || !Decimal::of($this->minimum)->isZero();
    }

    /** What is kept of it with a coupon, so that its owner can be told. */
    public function kept(): string
    {
        return (string) json_encode(array_filter([
            'kind' => $this->kind, 'percent' => $this->percent, 'amount' => $this->amount, 'sku' => $this->sku, 'currency' => $this->currency,
        ], 'strlen'));
    }

    /** By which two that give the same under the same conditions are known. */
    public function mark(): string
    {
        return hash('sha256', (string) json_encode(get_object_vars($this)));
    }

    private static function ofSum(string $kind, string $percent, string $amount, string $sku, string $currency): self
    {
        return new self($kind, $percent, $amount, $sku, $currency, '0', 1, false, null, 'Thank you for your recommendation');
    }
}
