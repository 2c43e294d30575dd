<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

/** Tells of each account that a customer opens, for programs that reward it; of others the edge takes no note. */
final class Signups
{
    public function __construct(private readonly Shops $shops, private readonly Visit $visit)
    {
    }

    /** A customer opened an account. */
    public function opened(int $customer, int $store, int $quote): void
    {
        $parts = $this->shops->ofStore($store);
        if ($parts === null) {
            return;
        }
        $code = $this->visit->wish($quote);
        $parts->queue()->add("signup.created $customer", 'signup.created', [
            'customer' => $customer, 'at' => OrderFacts::instant(time()),
            'codes' => $code === null ? [] : [$code], 'touches' => $this->visit->touches($quote),
        ]);
    }
}
