<?php

declare(strict_types=1);

namespace Parrain\Referral\Model\Config;

use Magento\Framework\Data\OptionSourceInterface;

/** The choices of when a code may be remembered. */
final class Consent implements OptionSourceInterface
{
    public function toOptionArray(): array
    {
        return [
            ['value' => 'explicit', 'label' => __('Remember a code once the shopper asks for its gift (recommended)')],
            ['value' => 'required', 'label' => __('Only after your consent banner says yes (IAB TCF 2, or Magento’s cookie notice)')],
            ['value' => 'none-needed', 'label' => __('Always')],
        ];
    }
}
