<?php

namespace Opencart\Catalog\Controller\Extension\Parrain\Cron;

require_once DIR_EXTENSION . 'parrain/system/library/parrain/autoload.php';

use Parrain\OpenCart\Schedule;

/** What OpenCart 4's scheduler calls. */
class Parrain extends \Opencart\System\Engine\Controller
{
    public function index(): void
    {
        Schedule::runAll($this->registry);
    }
}
