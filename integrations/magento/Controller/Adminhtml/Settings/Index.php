<?php

declare(strict_types=1);

namespace Parrain\Referral\Controller\Adminhtml\Settings;

use Magento\Backend\App\Action;
use Magento\Framework\App\Action\HttpGetActionInterface;
use Magento\Framework\Controller\ResultInterface;
use Magento\Framework\View\Result\PageFactory;

/** The module's page, where the owner connects the shop, sees what works, and what waits to be told. */
class Index extends Action implements HttpGetActionInterface
{
    public const ADMIN_RESOURCE = 'Parrain_Referral::settings';

    public function __construct(Action\Context $context, private readonly PageFactory $pages)
    {
        parent::__construct($context);
    }

    public function execute(): ResultInterface
    {
        $page = $this->pages->create();
        $page->setActiveMenu('Parrain_Referral::settings');
        $page->getConfig()->getTitle()->prepend('Parrain');
        return $page;
    }
}
