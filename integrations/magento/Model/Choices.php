<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Store\Model\ScopeInterface;

/** The owner's choices for a store view, as Stores, Configuration has them. */
final class Choices
{
    /** When a code may be remembered, the first being what is taken where nothing was chosen. */
    public const CONSENT = ['explicit', 'required', 'none-needed'];

    /** Where the widget shows. */
    public const PLACEMENT = ['launcher', 'none'];

    /** Magento's Cookie Restriction Mode. */
    private const RESTRICTED = 'web/cookie/cookie_restriction';

    public function __construct(private readonly ScopeConfigInterface $config)
    {
    }

    /** When a code may be remembered. Where Magento asks its visitors about cookies, nothing is kept before they say yes. */
    public function consent(int $store): string
    {
        $chosen = $this->chosen('parrain/widget/consent', self::CONSENT, $store);
        return $chosen === 'none-needed' && $this->asksAboutCookies($store) ? 'required' : $chosen;
    }

    /** Where the widget shows. */
    public function placement(int $store): string
    {
        return $this->chosen('parrain/widget/placement', self::PLACEMENT, $store);
    }

    /** Whether Magento's own notice asks visitors about cookies. */
    public function asksAboutCookies(int $store): bool
    {
        return $this->config->isSetFlag(self::RESTRICTED, ScopeInterface::SCOPE_STORE, $store);
    }

    /** @param string[] $choices */
    private function chosen(string $path, array $choices, int $store): string
    {
        $chosen = $this->config->getValue($path, ScopeInterface::SCOPE_STORE, $store);
        return in_array($chosen, $choices, true) ? $chosen : $choices[0];
    }
}
