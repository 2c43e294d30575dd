<?php

declare(strict_types=1);

namespace Parrain\Referral\Model\Config;

use Magento\Framework\Data\OptionSourceInterface;

/** The choices of where the widget shows. */
final class Placement implements OptionSourceInterface
{
    public function toOptionArray(): array
    {
        return [
            ['value' => 'launcher', 'label' => __('A button in the corner of each page')],
            ['value' => 'none', 'label' => __('Only in the customer’s account and after an order')],
        ];
    }
}
