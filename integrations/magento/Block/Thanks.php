<?php

declare(strict_types=1);

namespace Parrain\Referral\Block;

use Magento\Framework\View\Element\Template;
use Magento\Framework\View\Element\Template\Context;
use Parrain\Referral\Model\Choices;
use Parrain\Referral\Model\Shops;

/** After an order, where the buyer can recommend the shop; the button in the corner does so by itself. */
class Thanks extends Template
{
    public function __construct(
        Context $context,
        private readonly Shops $shops,
        private readonly Choices $choices,
        array $data = []
    ) {
        parent::__construct($context, $data);
    }

    protected function _toHtml()
    {
        $store = (int) $this->_storeManager->getStore()->getId();
        $isShown = $this->shops->ofStore($store) !== null && $this->choices->placement($store) === 'none';
        return $isShown ? parent::_toHtml() : '';
    }
}
