<?php

if (!defined('_PS_VERSION_')) {
    exit;
}

use Parrain\PrestaShop\Rewards;

/** The page in the customer's account: sharing, rewards, and the vouchers that were handed out. */
class ParrainAccountModuleFrontController extends ModuleFrontController
{
    /** @var bool */
    public $auth = true;

    /** @var string */
    public $authRedirection = 'my-account';

    public function initContent(): void
    {
        parent::initContent();
        $vouchers = [];
        foreach (Rewards::ofCustomer((int) $this->context->customer->id) as $rule) {
            $vouchers[] = [
                'code' => (string) $rule['code'],
                'worth' => $this->worth($rule),
                'until' => Tools::displayDate((string) $rule['date_to']),
                'state' => $this->state($rule),
            ];
        }
        $words = [];
        foreach (['Referrals', 'Your vouchers', 'Code', 'Worth', 'Until', 'State'] as $word) {
            $words[$word] = $this->module->said($word);
        }
        $this->context->smarty->assign(['parrain_vouchers' => $vouchers, 'parrain_words' => $words]);
        $this->setTemplate('module:parrain/views/templates/front/account.tpl');
    }

    public function getBreadcrumbLinks(): array
    {
        $breadcrumb = parent::getBreadcrumbLinks();
        $breadcrumb['links'][] = $this->addMyAccountToBreadcrumb();
        $breadcrumb['links'][] = ['title' => $this->module->said('Referrals'), 'url' => ''];
        return $breadcrumb;
    }

    private function state(array $rule): string
    {
        if ((int) $rule['quantity'] < 1) {
            return $this->module->said('used');
        }
        return $this->module->said(strtotime((string) $rule['date_to']) < time() ? 'over' : 'to be used');
    }

    private function worth(array $rule): string
    {
        if ((int) $rule['free_shipping'] === 1) {
            return $this->module->said('Free shipping');
        }
        if ((int) $rule['gift_product'] > 0) {
            return (string) $rule['product'];
        }
        if ((float) $rule['reduction_percent'] > 0) {
            return rtrim(rtrim((string) $rule['reduction_percent'], '0'), '.') . ' %';
        }
        return Tools::getContextLocale($this->context)->formatPrice($rule['reduction_amount'], (string) $rule['iso_code']);
    }
}
