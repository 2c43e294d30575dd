<?php

namespace Opencart\Catalog\Controller\Extension\Parrain\Startup;

require_once DIR_EXTENSION . 'parrain/system/library/parrain/autoload.php';

use Parrain\OpenCart\Hooks;

/** Before OpenCart 4 answers a request. */
class Parrain extends \Opencart\System\Engine\Controller
{
    public function index(): void
    {
        (new Hooks($this->registry))->begin();
    }
}
