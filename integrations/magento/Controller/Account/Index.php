<?php

declare(strict_types=1);

namespace Parrain\Referral\Controller\Account;

use Magento\Customer\Controller\AccountInterface;
use Magento\Framework\App\Action\HttpGetActionInterface;
use Magento\Framework\Controller\ResultInterface;
use Magento\Framework\View\Result\PageFactory;

/** The page of referrals in the customer's account; Magento asks who is not signed in to sign in. */
class Index implements AccountInterface, HttpGetActionInterface
{
    public function __construct(private readonly PageFactory $pages)
    {
    }

    public function execute(): ResultInterface
    {
        $page = $this->pages->create();
        $page->getConfig()->getTitle()->set(__('Referrals'));
        return $page;
    }
}
