<?php

namespace Opencart\Admin\Controller\Extension\Parrain\Event;

require_once DIR_EXTENSION . 'parrain/system/library/parrain/autoload.php';

use Parrain\OpenCart\Hooks;

/** What OpenCart 4 tells of returns, which are the owner's to change. */
class Parrain extends \Opencart\System\Engine\Controller
{
    public function returnAdded(string &$route, array &$args, mixed &$output): void
    {
        (new Hooks($this->registry))->returnTurned((int) $output);
    }

    public function returnTurned(string &$route, array &$args, mixed &$output): void
    {
        (new Hooks($this->registry))->returnTurned((int) $args[0]);
    }

    public function returnDeleted(string &$route, array &$args): void
    {
        (new Hooks($this->registry))->returnDeleted((int) $args[0]);
    }
}
