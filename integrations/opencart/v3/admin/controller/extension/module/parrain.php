<?php

require_once DIR_SYSTEM . 'library/parrain/autoload.php';

use Parrain\OpenCart\Hooks;
use Parrain\OpenCart\Installation;
use Parrain\OpenCart\SettingsPage;

/** The module's page in the admin pages of OpenCart 3.0, its installation and uninstallation, and what is told of returns. */
class ControllerExtensionModuleParrain extends Controller
{
    private const ROUTE = 'extension/module/parrain';

    public function index()
    {
        $this->load->language(self::ROUTE);
        $this->document->setTitle($this->language->get('heading_title'));
        $token = 'user_token=' . $this->session->data['user_token'];
        $data = (new SettingsPage($this->registry))->variables($this->user->hasPermission('modify', self::ROUTE));
        $data['heading_title'] = $this->language->get('heading_title');
        $data['action'] = str_replace('&amp;', '&', $this->url->link(self::ROUTE, $token, true));
        $data['breadcrumbs'] = [
            ['text' => $this->language->get('text_home'), 'href' => $this->url->link('common/dashboard', $token, true)],
            ['text' => $this->language->get('text_extension'), 'href' => $this->url->link('marketplace/extension', $token . '&type=module', true)],
            ['text' => $this->language->get('heading_title'), 'href' => $this->url->link(self::ROUTE, $token, true)],
        ];
        foreach (['header', 'column_left', 'footer'] as $part) {
            $data[$part] = $this->load->controller('common/' . $part);
        }
        $this->response->setOutput($this->load->view(self::ROUTE, $data));
    }

    public function install()
    {
        if ($this->user->hasPermission('modify', 'extension/extension/module')) {
            Installation::prepare($this->registry);
        }
    }

    public function uninstall()
    {
        if ($this->user->hasPermission('modify', 'extension/extension/module')) {
            Installation::remove($this->registry);
        }
    }

    public function returnAdded(&$route, &$args, &$output)
    {
        (new Hooks($this->registry))->returnTurned((int) $output);
    }

    public function returnTurned(&$route, &$args, &$output)
    {
        (new Hooks($this->registry))->returnTurned((int) $args[0]);
    }

    public function returnDeleted(&$route, &$args)
    {
        (new Hooks($this->registry))->returnDeleted((int) $args[0]);
    }
}
