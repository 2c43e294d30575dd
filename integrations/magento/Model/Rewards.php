<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Customer\Api\CustomerRepositoryInterface;
use Magento\Customer\Api\Data\CustomerInterface;
use Magento\Framework\Exception\NoSuchEntityException;
use Parrain\Shared\CannotDo;
use Parrain\Shared\Task;
use Parrain\Shared\TaskDoer;

/**
 * Makes a coupon of the customer's own of each reward that the edge asks for, once: its code comes with the task, so that a
 * task that comes again finds it.
 */
final class Rewards implements TaskDoer
{
    public function __construct(
        private readonly Shops $shops,
        private readonly Coupons $coupons,
        private readonly Customers $buyers,
        private readonly CustomerRepositoryInterface $customers,
        private readonly Parts $parts
    ) {
    }

    public function perform(Task $task): string
    {
        if ($task->kind === 'end_code') {
            return $this->end($task);
        }
        if ($task->kind !== 'reward') {
            throw new CannotDo('this module does not know the task "' . $task->kind . '"');
        }
        $found = $this->coupons->find($task->code);
        if ($found !== null) {
            if ($found['task'] !== $task->id) {
                throw new CannotDo('the shop has another coupon of the code ' . $task->code);
            }
            return $task->code;
        }
        if ($this->buyers->isSpent($task->code)) {
            // It was spent so long ago that its coupon went.
            return $task->code;
        }
        $worth = Worth::ofReward($task);
        if ($worth->kind === 'free_product' && !$this->coupons->hasProduct($worth->sku)) {
            throw new CannotDo('the shop has no product "' . $worth->sku . '"');
        }
        if (!$worth->isMoney() && !in_array($worth->kind, ['percent_off', 'free_shipping', 'free_product'], true)) {
            throw new CannotDo('a coupon cannot give "' . $worth->kind . '"');
        }
        $customer = $this->customer($task);
        if (!$this->coupons->put($this->parts, Coupons::REWARD, $worth, $task->code, $task->id, (int) $customer->getId())) {
            throw new CannotDo('the reward is in ' . $task->currency . ', which no website of the shop counts in');
        }
        return $task->code;
    }

    /** Ends the coupon of a reward that was taken back, and what was made of its rest. */
    private function end(Task $task): string
    {
        $found = $this->coupons->find($task->code);
        if ($found !== null && $found['kind'] !== Coupons::REWARD) {
            throw new CannotDo('the shop has another coupon of the code ' . $task->code);
        }
        $codes = $found === null ? [$task->code] : $this->coupons->codesOf((string) $found['task']);
        foreach ($codes as $one) {
            if ($this->buyers->isSpent($one)) {
                // The edge then sets off the whole reward, so that what is left of the coupon is its owner's.
                throw new CannotDo('the coupon ' . $task->code . ' was spent already');
            }
        }
        foreach ($codes as $one) {
            $this->coupons->end($one);
        }
        return $task->code;
    }

    private function customer(Task $task): CustomerInterface
    {
        $found = ctype_digit($task->customerId)
            ? self::found(fn (): CustomerInterface => $this->customers->getById((int) $task->customerId)) : null;
        // Accounts may be of one website alone.
        foreach ($task->email === '' ? [] : $this->shops->websitesOf($this->parts, null) as $website) {
            $found ??= self::found(fn (): CustomerInterface => $this->customers->get($task->email, $website));
        }
        return $found ?? throw new CannotDo('the shop has no account of this customer');
    }

    /** An account, or nothing where Magento has none. */
    private static function found(callable $look): ?CustomerInterface
    {
        try {
            return $look();
        } catch (NoSuchEntityException $none) {
            return null;
        }
    }
}
