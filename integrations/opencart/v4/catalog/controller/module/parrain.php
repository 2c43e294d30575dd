<?php

namespace Opencart\Catalog\Controller\Extension\Parrain\Module;

require_once DIR_EXTENSION . 'parrain/system/library/parrain/autoload.php';

use Parrain\OpenCart\Account;
use Parrain\OpenCart\Hooks;
use Parrain\OpenCart\Parts;

/** The pages of the module in an OpenCart 4 shop. */
class Parrain extends \Opencart\System\Engine\Controller
{
    private const ROUTE = 'extension/parrain/module/parrain';

    /** The page of referrals in the customer's account. */
    public function account(): void
    {
        $language = 'language=' . $this->config->get('config_language');
        $parts = Parts::of($this->registry);
        if (!$this->customer->isLogged() || $parts->connection() === null) {
            $this->session->data['redirect'] = $this->url->link(self::ROUTE . '.account', $language, true);
            $this->response->redirect($this->url->link($parts->connection() === null ? 'common/home' : 'account/login', $language, true));
            return;
        }
        $token = isset($this->session->data['customer_token']) ? '&customer_token=' . $this->session->data['customer_token'] : '';
        $data = (new Account($parts))->variables() + ['width' => 'col'];
        $this->document->setTitle($data['words']['Referrals']);
        $this->load->language('account/account');
        $data['breadcrumbs'] = [
            ['text' => $this->language->get('text_home'), 'href' => $this->url->link('common/home', $language)],
            ['text' => $this->language->get('text_account'), 'href' => $this->url->link('account/account', $language . $token)],
            ['text' => $data['words']['Referrals'], 'href' => $this->url->link(self::ROUTE . '.account', $language . $token)],
        ];
        foreach (['column_left', 'column_right', 'content_top', 'content_bottom', 'footer', 'header'] as $part) {
            $data[$part] = $this->load->controller('common/' . $part);
        }
        $this->response->setOutput($this->load->view('extension/parrain/module/account', $data));
    }

    /** The address that a cron job calls each minute, or a page knocks at. */
    public function run(): void
    {
        (new Hooks($this->registry))->run();
        exit;
    }
}
