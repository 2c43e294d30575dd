<?php

declare(strict_types=1);

namespace Parrain\Referral\Block;

use Magento\Cookie\Helper\Cookie;
use Magento\Framework\View\Element\Template;
use Magento\Framework\View\Element\Template\Context;
use Parrain\Referral\Model\Choices;
use Parrain\Referral\Model\Tag as TagModel;

/** Prints the widget's tag, and starts the script that tells it who is signed in. */
class Tag extends Template
{
    public function __construct(
        Context $context,
        private readonly TagModel $tag,
        private readonly Choices $choices,
        array $data = []
    ) {
        parent::__construct($context, $data);
    }

    /** @return ?array<string, string> Nothing where the store view is not connected. */
    public function getAttributes(): ?array
    {
        $thanks = $this->getData('is_thanks') ? (string) parse_url($this->_request->getRequestUri(), PHP_URL_PATH) : '';
        return $this->tag->attributes((int) $this->_storeManager->getStore()->getId(), $thanks);
    }

    /** What the script is told: the cookie by which Magento's own notice says yes, where there is one. */
    public function getScriptConfig(): string
    {
        $store = $this->_storeManager->getStore();
        return (string) json_encode(['*' => ['Parrain_Referral/js/visitor' => [
            'allowed' => $this->choices->asksAboutCookies((int) $store->getId()) ? Cookie::IS_USER_ALLOWED_SAVE_COOKIE : '',
            'website' => (int) $store->getWebsiteId(),
        ]]], JSON_HEX_TAG | JSON_UNESCAPED_SLASHES);
    }
}
