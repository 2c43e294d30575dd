<?php

namespace Parrain\OpenCart;

/** What the page of referrals in the customer's account shows beside the widget: what was handed out to them. */
final class Account
{
    /** @var Parts */
    private $parts;

    public function __construct(Parts $parts)
    {
        $this->parts = $parts;
    }

    /**
     * What the template prints.
     *
     * @return array<string, mixed>
     */
    public function variables(): array
    {
        $words = [];
        foreach (['Referrals', 'What you were given', 'Code', 'Worth', 'State'] as $word) {
            $words[$word] = $this->parts->said($word);
        }
        $customer = (int) $this->parts->registry()->get('customer')->getId();
        return ['words' => $words, 'given' => array_map([$this, 'entry'], $this->parts->rewards()->ofCustomer($customer))];
    }

    /**
     * @param array<string, mixed> $given
     * @return array<string, string>
     */
    private function entry(array $given): array
    {
        if ($given['kind'] === 'credit') {
            $state = $this->parts->said('credit in your account');
        } elseif ((int) $given['used'] > 0) {
            $state = $this->parts->said('used');
        } else {
            $state = $this->parts->said('to be used');
        }
        return ['code' => (string) $given['code'], 'worth' => $this->worth($given), 'state' => $state];
    }

    /** @param array<string, mixed> $given */
    private function worth(array $given): string
    {
        if ($given['kind'] === 'credit') {
            $registry = $this->parts->registry();
            return (string) $registry->get('currency')->format((float) $given['amount'], $registry->get('session')->data['currency']);
        }
        if ((int) $given['shipping'] === 1) {
            return $this->parts->said('Free shipping');
        }
        return (string) $given['type'] === 'P'
            ? rtrim(rtrim((string) $given['discount'], '0'), '.') . ' %'
            : html_entity_decode((string) $given['product'], ENT_QUOTES, 'UTF-8');
    }
}
