<?php

namespace Opencart\Admin\Controller\Extension\Parrain\Module;

require_once DIR_EXTENSION . 'parrain/system/library/parrain/autoload.php';

use Parrain\OpenCart\Installation;
use Parrain\OpenCart\SettingsPage;

/** The module's page in the admin pages of OpenCart 4, its installation and its uninstallation. */
class Parrain extends \Opencart\System\Engine\Controller
{
    private const ROUTE = 'extension/parrain/module/parrain';

    public function index(): void
    {
        $this->load->language(self::ROUTE);
        $this->document->setTitle($this->language->get('heading_title'));
        $token = 'user_token=' . $this->session->data['user_token'];
        $data = (new SettingsPage($this->registry))->variables($this->user->hasPermission('modify', self::ROUTE));
        $data['heading_title'] = $this->language->get('heading_title');
        $data['action'] = $this->url->link(self::ROUTE, $token, true);
        $data['breadcrumbs'] = [
            ['text' => $this->language->get('text_home'), 'href' => $this->url->link('common/dashboard', $token)],
            ['text' => $this->language->get('text_extension'), 'href' => $this->url->link('marketplace/extension', $token . '&type=module')],
            ['text' => $this->language->get('heading_title'), 'href' => $this->url->link(self::ROUTE, $token)],
        ];
        foreach (['header', 'column_left', 'footer'] as $part) {
            $data[$part] = $this->load->controller('common/' . $part);
        }
        $this->response->setOutput($this->load->view(self::ROUTE, $data));
    }

    public function install(): void
    {
        if ($this->user->hasPermission('modify', 'extension/module')) {
            Installation::prepare($this->registry);
        }
    }

    public function uninstall(): void
    {
        if ($this->user->hasPermission('modify', 'extension/module')) {
            Installation::remove($this->registry);
        }
    }
}
