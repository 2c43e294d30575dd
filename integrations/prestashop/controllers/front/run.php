<?php

if (!defined('_PS_VERSION_')) {
    exit;
}

/** The address that a cron job calls each minute, or a page knocks at: it answers nothing, and then does what is due. */
class ParrainRunModuleFrontController extends ModuleFrontController
{
    /** @var bool */
    public $ajax = true;

    public function init(): void
    {
        parent::init();
        ignore_user_abort(true);
        header('Cache-Control: no-store');
        http_response_code(204);
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        } elseif (function_exists('litespeed_finish_request')) {
            litespeed_finish_request();
        }
        foreach (Shop::getShops(true, null, true) as $shop) {
            $schedule = Parrain\PrestaShop\Parts::ofShop((int) $shop)->schedule();
            if ($schedule !== null) {
                $schedule->run();
            }
        }
        exit;
    }
}
