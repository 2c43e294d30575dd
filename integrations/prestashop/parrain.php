<?php

/**
 * Parrain for PrestaShop: gifts for friends in the basket, orders told to the shop's Parrain, rewards in its customers'
 * accounts.
 *
 * @author Parrain
 * @license MIT OR Apache-2.0
 */

if (!defined('_PS_VERSION_')) {
    exit;
}

require_once __DIR__ . '/autoload.php';

use Parrain\PrestaShop\Installation;
use Parrain\PrestaShop\Parts;
use Parrain\PrestaShop\SettingsPage;

/** The module as PrestaShop knows it: each hook is handed to the part that it concerns. */
class Parrain extends Module
{
    /** What the module listens to. */
    public const HOOKS = [
        'actionCartSave', 'actionCustomerAccountAdd', 'actionDispatcherBefore', 'actionFrontControllerInitAfter', 'actionObjectOrderSlipAddAfter',
        'actionObjectOrderSlipDeleteAfter', 'actionOrderStatusPostUpdate', 'actionValidateOrder',
        'displayBeforeBodyClosingTag', 'displayCustomerAccount', 'displayOrderConfirmation',
    ];

    public function __construct()
    {
        $this->name = 'parrain';
        $this->tab = 'advertising_marketing';
        $this->version = '1.0.0';
        $this->author = 'Parrain';
        $this->need_instance = 0;
        $this->bootstrap = true;
        $this->ps_versions_compliancy = ['min' => '1.7.8.0', 'max' => '9.99.99'];
        parent::__construct();
        $this->displayName = 'Parrain';
        $this->description = $this->said('Referrals: gifts for friends, rewards for those who recommend you.');
        $this->confirmUninstall = $this->said('The widget leaves your pages, and what waits to be told is lost. Go on?');
    }

    public function install(): bool
    {
        return parent::install() && Installation::prepare() && $this->registerHook(self::HOOKS);
    }

    public function uninstall(): bool
    {
        return Installation::remove() && parent::uninstall();
    }

    /** The owner's page. */
    public function getContent(): string
    {
        return (new SettingsPage($this, Parts::of($this->context)))->shown();
    }

    /** A text in the language of whoever reads it. */
    public function said(string $text, array $values = []): string
    {
        $language = isset($this->context->language->iso_code) ? (string) $this->context->language->iso_code : 'en';
        return Parrain\PrestaShop\Words::said($language, $text, $values);
    }

    /** Before anything is looked at: addresses that PrestaShop redirects keep their code, and a code that was typed is known. */
    public function hookActionDispatcherBefore(array $params): void
    {
        if ((int) $params['controller_type'] === Dispatcher::FC_FRONT) {
            Parts::of($this->context)->visit()->keepThroughRedirects();
            $typed = Tools::getValue('discount_name');
            Parts::of($this->context)->gift()->know(is_string($typed) ? $typed : '');
        }
    }

    /** On each page, and each request of a page's own: the visit is noted with the basket, and the gift comes in once it can. */
    public function hookActionFrontControllerInitAfter(): void
    {
        $parts = Parts::of($this->context);
        $parts->visit()->note();
        $parts->gift()->look($this);
    }

    /** When goods came into a basket. */
    public function hookActionCartSave(): void
    {
        if ($this->context->controller instanceof FrontController) {
            Parts::of($this->context)->gift()->bring();
        }
    }

    /** When a customer opened an account. */
    public function hookActionCustomerAccountAdd(array $params): void
    {
        $parts = Parts::of($this->context);
        if ($parts->connection() !== null && !$params['newCustomer']->isGuest()) {
            $parts->events()->signedUp((int) $params['newCustomer']->id, $parts->visit());
        }
    }

    /** When an order is placed. */
    public function hookActionValidateOrder(array $params): void
    {
        Parts::of($this->context)->visit()->give($params['cart'], $params['order']);
    }

    /** When an order came to another state. */
    public function hookActionOrderStatusPostUpdate(array $params): void
    {
        $order = new Order((int) $params['id_order']);
        Parts::ofShop((int) $order->id_shop)->events()->look($order, $params['newOrderStatus']);
    }

    /** When a credit slip was made. */
    public function hookActionObjectOrderSlipAddAfter(array $params): void
    {
        $order = new Order((int) $params['object']->id_order);
        Parts::ofShop((int) $order->id_shop)->events()->refunded($order, (int) $params['object']->id);
    }

    /** When one was deleted. */
    public function hookActionObjectOrderSlipDeleteAfter(array $params): void
    {
        $order = new Order((int) $params['object']->id_order);
        Parts::ofShop((int) $order->id_shop)->events()->refundDeleted($order, (int) $params['object']->id);
    }

    /** The widget, and a knock at the scheduler's door where nothing else does it. */
    public function hookDisplayBeforeBodyClosingTag(): string
    {
        $tag = Parts::of($this->context)->tag();
        if ($tag === null) {
            return '';
        }
        $this->context->smarty->assign($tag->variables());
        return $this->display(__FILE__, 'views/templates/hook/tag.tpl');
    }

    /** The way to the page in the customer's account. */
    public function hookDisplayCustomerAccount(): string
    {
        if (Parts::of($this->context)->connection() === null) {
            return '';
        }
        $this->context->smarty->assign([
            'parrain_url' => $this->context->link->getModuleLink($this->name, 'account', [], true),
            'parrain_title' => $this->said('Referrals'),
        ]);
        return $this->display(__FILE__, 'views/templates/hook/account.tpl');
    }

    /** Where the buyer can recommend the shop, unless the button in the corner does so by itself. */
    public function hookDisplayOrderConfirmation(): string
    {
        $parts = Parts::of($this->context);
        return $parts->connection() !== null && $parts->options()->choice('placement') === 'none'
            ? $this->display(__FILE__, 'views/templates/hook/thanks.tpl') : '';
    }
}
