<?php

require_once DIR_SYSTEM . 'library/parrain/autoload.php';

use Parrain\OpenCart\Account;
use Parrain\OpenCart\Hooks;
use Parrain\OpenCart\Parts;

/** The pages of the module in an OpenCart 3.0 shop, and what OpenCart tells, handed on. */
class ControllerExtensionModuleParrain extends Controller
{
    private const ROUTE = 'extension/module/parrain';

    /** The page of referrals in the customer's account. */
    public function account()
    {
        $parts = Parts::of($this->registry);
        if (!$this->customer->isLogged() || $parts->connection() === null) {
            $this->session->data['redirect'] = $this->url->link(self::ROUTE . '/account', '', true);
            $this->response->redirect($this->url->link($parts->connection() === null ? 'common/home' : 'account/login', '', true));
            return;
        }
        $data = (new Account($parts))->variables();
        $this->document->setTitle($data['words']['Referrals']);
        $this->load->language('account/account');
        $data['breadcrumbs'] = [
            ['text' => $this->language->get('text_home'), 'href' => $this->url->link('common/home')],
            ['text' => $this->language->get('text_account'), 'href' => $this->url->link('account/account', '', true)],
            ['text' => $data['words']['Referrals'], 'href' => $this->url->link(self::ROUTE . '/account', '', true)],
        ];
        foreach (['column_left', 'column_right', 'content_top', 'content_bottom', 'footer', 'header'] as $part) {
            $data[$part] = $this->load->controller('common/' . $part);
        }
        $columns = ($data['column_left'] ? 1 : 0) + ($data['column_right'] ? 1 : 0);
        $data['width'] = ['col-sm-12', 'col-sm-9', 'col-sm-6'][$columns];
        $this->response->setOutput($this->load->view('extension/module/parrain_account', $data));
    }

    /** The address that a cron job calls each minute, or a page knocks at. */
    public function run()
    {
        $this->hooks()->run();
        exit;
    }

    public function begin(&$route, &$args)
    {
        $this->hooks()->begin();
    }

    public function header(&$route, &$data, &$output)
    {
        $this->hooks()->header($output);
    }

    public function footer(&$route, &$data, &$output)
    {
        $this->hooks()->footer($output);
    }

    public function success(&$route, &$data)
    {
        $this->hooks()->success($data);
    }

    public function confirm(&$route, &$data, &$output)
    {
        $this->hooks()->confirm($output);
    }

    public function accountLink(&$route, &$data)
    {
        $this->hooks()->accountLink($data);
    }

    public function accountBox(&$route, &$data, &$output)
    {
        $this->hooks()->accountBox($output);
    }

    public function couponAsked(&$route, &$args)
    {
        $this->hooks()->couponAsked($args);
    }

    public function couponAnswered(&$route, &$args, &$output)
    {
        $this->hooks()->couponAnswered($args, $output);
    }

    public function couponCounted(&$route, &$args)
    {
        $this->hooks()->couponCounted();
    }

    public function couponCountedAfter(&$route, &$args, &$output)
    {
        $this->hooks()->couponCountedAfter();
    }

    public function couponTyped(&$route, &$args, &$output)
    {
        $this->hooks()->couponTyped();
    }

    public function orderAdded(&$route, &$args, &$output)
    {
        $this->hooks()->orderWritten((int) $output);
    }

    public function orderEdited(&$route, &$args, &$output)
    {
        $this->hooks()->orderWritten((int) $args[0]);
    }

    public function orderPlacing(&$route, &$args)
    {
        $this->hooks()->orderPlacing($args);
    }

    public function orderTurned(&$route, &$args, &$output)
    {
        $this->hooks()->orderTurned((int) $args[0]);
    }

    public function signedUp(&$route, &$args, &$output)
    {
        $this->hooks()->signedUp((int) $output);
    }

    private function hooks()
    {
        return new Hooks($this->registry);
    }
}
