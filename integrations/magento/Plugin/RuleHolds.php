<?php

declare(strict_types=1);

namespace Parrain\Referral\Plugin;

use Magento\Quote\Model\Quote\Address;
use Magento\SalesRule\Model\Rule;
use Magento\SalesRule\Model\Utility;
use Parrain\Referral\Model\Gift;
use Parrain\Referral\Model\Safely;

/** Holds the rules that were made here to what Magento's conditions cannot say: whose a coupon is, who is a new customer. */
final class RuleHolds
{
    public function __construct(private readonly Gift $gift, private readonly Safely $safely)
    {
    }

    public function afterCanProcessRule(Utility $subject, bool $holds, Rule $rule, Address $address): bool
    {
        if (!$holds || $this->safely->run(fn (): bool => $this->gift->allows((int) $rule->getId(), $address), true)) {
            return $holds;
        }
        $rule->setIsValidForAddress($address, false);
        return false;
    }
}
