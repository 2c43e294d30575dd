<?php

namespace Parrain\OpenCart;

/**
 * Hands what OpenCart tells to the part that it concerns. The controllers of each version say no more than which of these it is.
 *
 * OpenCart tells while somebody looks at a page or pays: nothing that breaks here may break that, and it is written to the
 * shop's own log of errors.
 */
final class Hooks
{
    /** @var object OpenCart's registry. */
    private $registry;

    /** @var bool Whether this request was begun already: 3.0 tells of each part of a page. */
    private static $begun = false;

    /** @var ?string A coupon that is put aside while the basket is counted. */
    private static $aside;

    public function __construct(object $registry)
    {
        $this->registry = $registry;
    }

    /** Before a request of a shopper's is answered: their codes are noted, and the gift comes in once it can. */
    public function begin(): void
    {
        if (self::$begun || !$this->isShopper()) {
            return;
        }
        self::$begun = true;
        $this->safely(static function (Parts $parts): void {
            $parts->visit()->keepThroughRedirects();
            $parts->visit()->note();
            $parts->gift()->look();
        });
    }

    /** What waits to be said to the shopper, at the head of a page. */
    public function header(string &$output): void
    {
        $this->safely(function (Parts $parts) use (&$output): void {
            $alert = self::alert($parts->visit()->said());
            $place = '<div id="alert">';
            $at = $alert === '' ? false : strpos($output, $place);
            $output = $at === false ? $output . $alert : substr_replace($output, $place . $alert, $at, strlen($place));
        });
    }

    /** The widget, and a knock at the scheduler's door where nothing else runs it. */
    public function footer(string &$output): void
    {
        $this->safely(static function (Parts $parts) use (&$output): void {
            $tag = $parts->tag();
            $output = $tag === null ? $output : Tag::within($output, $tag->html());
        });
    }

    /**
     * The page that thanks for an order: the buyer can recommend the shop, unless the button in the corner says so by itself.
     *
     * @param array<string, mixed> $data
     */
    public function success(array &$data): void
    {
        $get = $this->registry->get('request')->get;
        if (!isset($get['route']) || $get['route'] !== 'checkout/success') {
            return;
        }
        $this->safely(static function (Parts $parts) use (&$data): void {
            $parts->visit()->ordered();
            if ($parts->options()->choice('placement') === 'none') {
                self::add($data, '<div class="parrain-thanks"><parrain-offer style="display:block;min-height:8em"></parrain-offer></div>');
            }
        });
    }

    /** What is to be said of the gift, where the checkout shows what the order comes to. */
    public function confirm(string &$output): void
    {
        $this->safely(static function (Parts $parts) use (&$output): void {
            $parts->gift()->look();
            $output = self::alert($parts->visit()->said()) . $output;
        });
    }

    /**
     * The way to the page of referrals, on the account's own.
     *
     * @param array<string, mixed> $data
     */
    public function accountLink(array &$data): void
    {
        $this->safely(function (Parts $parts) use (&$data): void {
            $title = self::escaped($parts->said('Referrals'));
            $words = self::escaped($parts->said('Recommend us, and see your rewards'));
            $address = $this->accountAddress();
            self::add($data, "<h2>$title</h2><ul class=\"list-unstyled\"><li><a id=\"parrain-link\" href=\"$address\">$words</a></li></ul>");
        });
    }

    /** The same in the box of links beside the account's pages. */
    public function accountBox(string &$output): void
    {
        $customer = $this->registry->get('customer');
        $this->safely(function (Parts $parts) use (&$output, $customer): void {
            $end = strrpos($output, '</div>');
            if ($end !== false && $customer->isLogged()) {
                $title = self::escaped($parts->said('Referrals'));
                $link = '<a href="' . $this->accountAddress() . '" class="list-group-item">' . $title . '</a>';
                $output = substr_replace($output, $link, $end, 0);
            }
        });
    }

    /**
     * OpenCart is about to look for a coupon.
     *
     * @param array<int, mixed> $args
     */
    public function couponAsked(array &$args): void
    {
        $this->safely(static function (Parts $parts) use (&$args): void {
            if (isset($args[0]) && is_string($args[0])) {
                $args[0] = $parts->gift()->know($args[0]);
            }
        });
    }

    /**
     * OpenCart has looked for a coupon.
     *
     * @param array<int, mixed> $args
     * @param mixed $output
     */
    public function couponAnswered(array &$args, &$output): void
    {
        $this->safely(static function (Parts $parts) use (&$args, &$output): void {
            if (isset($args[0]) && is_string($args[0])) {
                $output = $parts->gift()->answer($args[0], $output);
            }
        }, false);
    }

    /** OpenCart 3.0 is about to take the coupon off the basket, by its row and without asking: one that does not hold is put aside. */
    public function couponCounted(): void
    {
        $this->safely(static function (Parts $parts): void {
            self::$aside = $parts->gift()->putAside();
        }, false);
    }

    /** It has done so: what was put aside is back. */
    public function couponCountedAfter(): void
    {
        if (self::$aside !== null) {
            $this->registry->get('session')->data['coupon'] = self::$aside;
            self::$aside = null;
        }
    }

    /** A code was typed, and OpenCart has said in its answer whether it holds: where it does not, the answer says why. */
    public function couponTyped(): void
    {
        $this->safely(function (Parts $parts): void {
            $post = $this->registry->get('request')->post;
            $typed = isset($post['coupon']) && is_string($post['coupon']) ? $post['coupon'] : '';
            $response = $this->registry->get('response');
            $said = json_decode((string) $response->getOutput(), true);
            if (!is_array($said)) {
                return;
            }
            $why = $parts->gift()->typed($typed, !isset($said['error']));
            if ($why !== null) {
                $response->setOutput((string) json_encode(['error' => self::escaped($why)] + $said));
            }
        });
    }

    /** The shopper takes the coupon out of the basket. */
    public function couponRemoved(): void
    {
        $this->safely(static function (Parts $parts): void {
            $parts->gift()->removed();
        });
    }

    /** An order was written, or written anew, before it is paid: it has the codes of its basket. */
    public function orderWritten(int $order): void
    {
        if ($order > 0 && $this->isShopper()) {
            $this->safely(static function (Parts $parts) use ($order): void {
                $parts->visit()->give($order);
            });
        }
    }

    /**
     * An order is about to come to a status: one that has a gift which its customer had already comes to that for fraud, as
     * OpenCart has it with an account that uses a coupon too often.
     *
     * @param array<int, mixed> $args the order and the status, and what else is said of it
     */
    public function orderPlacing(array &$args): void
    {
        if (!$this->isShopper()) {
            return;
        }
        $this->safely(static function (Parts $parts) use (&$args): void {
            $order = OrderEvents::order($parts->database(), (int) $args[0]);
            $fraud = (int) $parts->settings()->text('config_fraud_status_id');
            if ($order !== null && (int) $order['order_status_id'] === 0 && $fraud > 0 && $parts->gift()->isHadTwice($order)) {
                $args[1] = $fraud;
            }
        });
    }

    /** An order came to another status, by whomever. */
    public function orderTurned(int $order): void
    {
        $this->safely(function (Parts $parts) use ($order): void {
            $row = OrderEvents::order($parts->database(), $order);
            if ($row !== null) {
                Parts::ofStore($this->registry, (int) $row['store_id'])->events()->look($row);
            }
        }, false);
    }

    /** A customer opened an account. */
    public function signedUp(int $customer): void
    {
        $this->safely(static function (Parts $parts) use ($customer): void {
            if ($customer > 0) {
                $parts->events()->signedUp($customer, $parts->visit());
            }
        });
    }

    /** A return was made or changed. */
    public function returnTurned(int $return): void
    {
        $this->ofReturn($return, static function (Returns $returns) use ($return): void {
            $returns->look($return);
        });
    }

    /** A return is about to be deleted. */
    public function returnDeleted(int $return): void
    {
        $this->ofReturn($return, static function (Returns $returns) use ($return): void {
            $returns->deleted($return, $returns->order($return));
        });
    }

    /** What the address answers that a cron job calls, or a page knocks at: nothing, and then what is due is done. */
    public function run(): void
    {
        ignore_user_abort(true);
        header('Cache-Control: no-store');
        http_response_code(204);
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        } elseif (function_exists('litespeed_finish_request')) {
            litespeed_finish_request();
        }
        Schedule::runAll($this->registry);
    }

    private function ofReturn(int $return, callable $do): void
    {
        $this->safely(function (Parts $parts) use ($return, $do): void {
            $store = Returns::store($parts->database(), $return);
            if ($store !== null) {
                $do(Parts::ofStore($this->registry, $store)->returns());
            }
        }, false);
    }

    /** Whether a shopper asks, and not the shop's owner by its admin page, a program by its API, or the scheduler. */
    private function isShopper(): bool
    {
        $get = $this->registry->get('request')->get;
        $route = isset($get['route']) && is_string($get['route']) ? $get['route'] : '';
        return !defined('DIR_CATALOG') && isset($_SERVER['REQUEST_URI']) && strpos($route, 'api/') !== 0 && strpos($route, 'cron/') !== 0
            && $route !== Version::route('run');
    }

    private function accountAddress(): string
    {
        $session = $this->registry->get('session')->data;
        $query = 'language=' . $this->registry->get('config')->get('config_language');
        if (Version::is4() && isset($session['customer_token'])) {
            $query .= '&customer_token=' . $session['customer_token'];
        }
        return self::escaped((string) $this->registry->get('url')->link(Version::route('account'), Version::is4() ? $query : '', true));
    }

    /**
     * Adds something to the end of a page's content.
     *
     * @param array<string, mixed> $data
     */
    private static function add(array &$data, string $html): void
    {
        $data['content_bottom'] = $html . (isset($data['content_bottom']) ? (string) $data['content_bottom'] : '');
    }

    private static function alert(string $words): string
    {
        return $words === '' ? '' : '<div class="alert alert-warning" role="alert">' . self::escaped($words) . '</div>';
    }

    private static function escaped(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }

    /** @param bool $connected whether it is for stores alone that are connected */
    private function safely(callable $do, bool $connected = true): void
    {
        try {
            $parts = Parts::of($this->registry);
            if (!$connected || $parts->connection() !== null) {
                $do($parts);
            }
        } catch (\Throwable $broken) {
            $this->registry->get('log')->write(
                'Parrain: ' . get_class($broken) . ': ' . $broken->getMessage()
                . ' in ' . $broken->getFile() . ' on line ' . $broken->getLine()
            );
        }
    }
}
