<?php

declare(strict_types=1);

namespace Parrain\Referral\Controller\Adminhtml\Settings;

use Magento\Backend\App\Action;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\App\Cache\Type\Block as BlockCache;
use Magento\Framework\App\Cache\TypeListInterface;
use Magento\Framework\Controller\ResultInterface;
use Magento\Framework\Exception\LocalizedException;
use Magento\PageCache\Model\Cache\Type as PageCache;
use Parrain\Referral\Model\SettingsPage;

/** Does what a form of the module's page asks for. Magento has checked its key by then. */
class Deed extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Parrain_Referral::settings';

    public function __construct(
        Action\Context $context,
        private readonly SettingsPage $page,
        private readonly TypeListInterface $caches
    ) {
        parent::__construct($context);
    }

    public function execute(): ResultInterface
    {
        $website = (int) $this->getRequest()->getParam('website');
        $store = (int) $this->getRequest()->getParam('store');
        list($scope, $id) = $store > 0 ? ['stores', $store] : ($website > 0 ? ['websites', $website] : ['default', 0]);
        $typed = array_map('trim', array_filter((array) $this->getRequest()->getParam('parrain', []), 'is_string'));
        $deed = (string) $this->getRequest()->getParam('deed');
        try {
            $this->messageManager->addSuccessMessage((string) $this->page->do($deed, $scope, $id, $typed));
            if (in_array($deed, ['connect', 'connectByHand', 'disconnect'], true)) {
                // Pages that are kept have the tag of before.
                $this->caches->cleanType(PageCache::TYPE_IDENTIFIER);
                $this->caches->cleanType(BlockCache::TYPE_IDENTIFIER);
            }
        } catch (LocalizedException $wrong) {
            $this->messageManager->addErrorMessage($wrong->getMessage());
            $this->_session->setData('parrain_typed_edge', $typed['edge'] ?? '');
        }
        return $this->resultRedirectFactory->create()->setPath('*/*/', array_filter(['website' => $website, 'store' => $store]));
    }
}
