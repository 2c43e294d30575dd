<?php

declare(strict_types=1);

namespace Parrain\Referral\Block;

use Magento\Customer\Block\Account\SortLink;
use Magento\Framework\App\DefaultPathInterface;
use Magento\Framework\View\Element\Template\Context;
use Parrain\Referral\Model\Shops;

/** The way to the page of referrals, among the account's others. */
class AccountLink extends SortLink
{
    public function __construct(
        Context $context,
        DefaultPathInterface $defaultPath,
        private readonly Shops $shops,
        array $data = []
    ) {
        parent::__construct($context, $defaultPath, $data);
    }

    protected function _toHtml()
    {
        return $this->shops->ofStore((int) $this->_storeManager->getStore()->getId()) === null ? '' : parent::_toHtml();
    }
}
