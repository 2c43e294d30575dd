<?php

namespace Opencart\Catalog\Controller\Extension\Parrain\Event;

require_once DIR_EXTENSION . 'parrain/system/library/parrain/autoload.php';

use Parrain\OpenCart\Hooks;

/** What OpenCart 4 tells, handed on. */
class Parrain extends \Opencart\System\Engine\Controller
{
    public function header(string &$route, array &$data, string &$output): void
    {
        $this->hooks()->header($output);
    }

    public function footer(string &$route, array &$data, string &$output): void
    {
        $this->hooks()->footer($output);
    }

    public function success(string &$route, array &$data): void
    {
        $this->hooks()->success($data);
    }

    public function confirm(string &$route, array &$data, string &$output): void
    {
        $this->hooks()->confirm($output);
    }

    public function accountLink(string &$route, array &$data): void
    {
        $this->hooks()->accountLink($data);
    }

    public function accountBox(string &$route, array &$data, string &$output): void
    {
        $this->hooks()->accountBox($output);
    }

    public function couponAsked(string &$route, array &$args): void
    {
        $this->hooks()->couponAsked($args);
    }

    public function couponAnswered(string &$route, array &$args, mixed &$output): void
    {
        $this->hooks()->couponAnswered($args, $output);
    }

    public function couponTyped(string &$route, array &$args, mixed &$output): void
    {
        $this->hooks()->couponTyped();
    }

    public function couponRemoved(string &$route, array &$args): void
    {
        $this->hooks()->couponRemoved();
    }

    public function orderAdded(string &$route, array &$args, mixed &$output): void
    {
        $this->hooks()->orderWritten((int) $output);
    }

    public function orderEdited(string &$route, array &$args, mixed &$output): void
    {
        $this->hooks()->orderWritten((int) $args[0]);
    }

    public function orderPlacing(string &$route, array &$args): void
    {
        $this->hooks()->orderPlacing($args);
    }

    public function orderTurned(string &$route, array &$args, mixed &$output): void
    {
        $this->hooks()->orderTurned((int) $args[0]);
    }

    public function signedUp(string &$route, array &$args, mixed &$output): void
    {
        $this->hooks()->signedUp((int) $output);
    }

    private function hooks(): Hooks
    {
        return new Hooks($this->registry);
    }
}
