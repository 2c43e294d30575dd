<?php

namespace Parrain\OpenCart;

use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Entry;
use Parrain\Shared\Misread;
use Parrain\Shared\Problem;

/** The module's page, where the owner connects a store, sees what works, and what waits to be told. */
final class SettingsPage
{
    /** What the page's forms ask for, each a method here. */
    private const DEEDS = ['connect', 'connectByHand', 'choose', 'check', 'sendAgain', 'sendNow', 'tellHistory', 'disconnect'];

    /** What the page says, by which the template is filled. */
    private const WORDS = [
        'Connect your shop', 'Address of your Parrain', 'Connect code', 'Connect', 'Without a connect code', 'Shop id', 'Event secret',
        'Open your Parrain’s desk, then Settings, Modules, and press “Make a code”. Type the code here with your Parrain’s address: it is good for 15 minutes.',
        'Identity key, to sign customers in (without one, they sign in themselves)', 'Module token, to hand out rewards (without one, none are)',
        'Works:', 'Does not work:', 'To know:', 'Open the desk', 'Look again', 'Choices', 'Consent', 'Where the widget shows',
        'Remember a code once the shopper asks for its gift (recommended)', 'Only after your consent banner says yes (IAB TCF 2)', 'Always',
        'A button in the corner of each page', 'Only in the customer’s account and after an order', 'Keep the table of events when this module is uninstalled',
        'Save', 'Orders from before', 'Tell of past orders', 'They are being told, in the background.',
        'Tell your Parrain once of the orders of the last 24 months, so that it knows who is no new customer.', 'Events', 'Send now',
        'Send all refused ones again', 'Event', 'Since', 'State', 'What your Parrain said', 'Send again', 'Disconnect',
        'The widget leaves your pages, and orders wait until you connect again.', 'Store',
        'An order is paid in these statuses', 'A paid order no longer counts in these', 'A return gave money back by these actions', 'And in these statuses',
        'What cash on delivery, bank transfer and cheque make of a new order never counts as paid.',
        'This store is connected as the default store is; what you connect here is for it alone.',
    ];

    /** The owner's lists of ids: the table of each with its column, and what counts where nothing was chosen. */
    private const LISTS = [
        'paid_statuses' => ['order_status', 'paid'],
        'cancelled_statuses' => ['order_status', 'cancelled'],
        'refund_actions' => ['return_action', 'refunded'],
        'return_statuses' => ['return_status', 'returned'],
    ];

    /** @var object The registry of the admin pages. */
    private $registry;

    /** @var int */
    private $store;

    /** @var Parts */
    private $parts;

    public function __construct(object $registry)
    {
        $this->registry = $registry;
        $get = $registry->get('request')->get;
        $store = isset($get['store_id']) && is_string($get['store_id']) ? (int) $get['store_id'] : 0;
        $this->store = isset(Parts::stores($registry)[$store]) ? $store : 0;
        $this->parts = Parts::ofStore($registry, $this->store);
    }

    /**
     * Does what a form asks for, and answers what the template prints. OpenCart has checked the token of its address by then.
     *
     * @param bool $mayChange whether who asks may change anything
     * @return array<string, mixed>
     */
    public function variables(bool $mayChange): array
    {
        $good = '';
        $bad = '';
        $deed = $this->typed('deed');
        if (in_array($deed, self::DEEDS, true)) {
            try {
                if ($mayChange) {
                    $good = (string) $this->$deed();
                } else {
                    $bad = $this->parts->said('You may not change this.');
                }
            } catch (Misread $misread) {
                $bad = $this->why($misread);
            } catch (Problem $problem) {
                $bad = $problem->status === 404 ? $this->parts->said(
                    'Your Parrain does not know this code: it is wrong, was used already, or is older than 15 minutes. Make a new one.'
                ) : Checks::said($problem);
            }
            $this->renew();
        }
        return ['good' => $good, 'bad' => $bad] + $this->shown();
    }

    private function connect(): string
    {
        return $this->connected(Edge::connect($this->parts->http(), $this->typed('edge'), $this->typed('code'), 'opencart', $this->home()));
    }

    private function connectByHand(): string
    {
        $told = [];
        foreach (['shop', 'event_secret', 'identity_key', 'module_token'] as $name) {
            $told[$name] = $this->typed($name);
        }
        return $this->connected(Connection::of($this->typed('edge'), $told));
    }

    private function connected(Connection $connection): string
    {
        $this->parts->options()->set('connection', $connection->kept());
        $this->parts->options()->set('tasks_said', null);
        $this->parts->options()->set('clock_behind', null);
        $this->parts->queue()->hasten();
        $this->renew();
        $this->parts->settle();
        $this->checks()->ask();
        $this->enable(true);
        return $this->parts->said('Connected to “{name}”.', ['{name}' => $connection->name !== '' ? $connection->name : $connection->shop]);
    }

    private function choose(): string
    {
        $options = $this->parts->options();
        foreach (Options::CHOICES as $name => $choices) {
            $options->set($name, in_array($this->typed($name), $choices, true) ? $this->typed($name) : $choices[0]);
        }
        $post = $this->registry->get('request')->post;
        foreach (array_keys(self::LISTS) as $name) {
            $ids = isset($post['parrain_' . $name]) && is_array($post['parrain_' . $name]) ? $post['parrain_' . $name] : [];
            $options->set($name, array_values(array_map('intval', $ids)));
        }
        Parts::ofStore($this->registry, 0)->options()->set('keep_table', $this->typed('keep_table') === 'yes' ? 'yes' : null);
        return $this->parts->said('Saved.');
    }

    private function check(): string
    {
        $this->checks()->ask();
        return $this->parts->said('Looked again.');
    }

    private function sendAgain(): string
    {
        $this->parts->queue()->sendAgain((int) $this->typed('id'));
        return $this->sendNow();
    }

    private function sendNow(): string
    {
        $edge = $this->parts->edge();
        $this->parts->queue()->hasten();
        $sent = $edge === null ? 0 : $this->parts->queue()->run($edge, 20, 15);
        return $this->parts->said('Events that were sent: {many}.', ['{many}' => $sent]);
    }

    private function tellHistory(): string
    {
        $this->parts->history()->start();
        return $this->parts->said('Orders of the last 24 months are being told, in the background.');
    }

    private function disconnect(): string
    {
        $edge = $this->parts->edge();
        $connection = $this->parts->connection();
        // One that was typed by hand is none that the edge knows of.
        $heard = $edge === null || $connection === null || $connection->id === '' || $edge->disconnect();
        $this->parts->options()->set('connection', null);
        $this->parts->options()->set('checks', null);
        $this->enable(Parts::ofStore($this->registry, 0)->options()->connection() !== null);
        $said = $this->parts->said('Disconnected. What waited to be told still does.');
        return $heard ? $said : $said . ' ' . $this->parts->said(
            'Your Parrain could not be told: end the connection at its desk, under Settings, Modules.'
        );
    }

    /**
     * What the page shows.
     *
     * @return array<string, mixed>
     */
    private function shown(): array
    {
        $connection = $this->parts->connection();
        $options = $this->parts->options();
        $words = [];
        foreach (self::WORDS as $word) {
            $words[$word] = $this->parts->said($word);
        }
        $queue = $this->parts->queue()->store();
        $counts = $queue->counts();
        $history = $this->parts->history()->state();
        $stores = Parts::stores($this->registry);
        return [
            'words' => $words,
            'stores' => count($stores) > 1 ? $stores : [],
            'store_id' => $this->store,
            'inherits' => $this->store > 0 && $connection !== null && $this->isInherited(),
            'typed' => $this->typed('edge'),
            'connected' => $connection === null ? '' : $this->parts->said('Connected to “{name}” at {edge}', [
                '{name}' => $connection->name !== '' ? $connection->name : $connection->shop, '{edge}' => $connection->edge,
            ]),
            'desk' => $connection === null ? '' : $connection->edge . '/desk',
            'checks' => $this->checks()->told(),
            'consent' => $options->choice('consent'),
            'placement' => $options->choice('placement'),
            'keep_table' => Parts::ofStore($this->registry, 0)->options()->get('keep_table') === 'yes',
            'lists' => array_map([$this, 'choices'], array_keys(self::LISTS), self::LISTS),
            'history' => $history === null ? 'none' : (empty($history['done']) ? 'going' : $this->parts->said(
                'Orders of the last 24 months that were taken up: {many}.',
                ['{many}' => (int) $history['told']]
            )),
            'counts' => $counts,
            'counted' => $this->parts->said('{waiting} wait, {refused} were refused, {sent} were sent.', [
                '{waiting}' => $counts[Entry::WAITING], '{refused}' => $counts[Entry::REFUSED], '{sent}' => $counts[Entry::SENT],
            ]),
            'entries' => array_map([$this, 'entry'], array_merge(
                $queue->newest([Entry::REFUSED, Entry::WAITING], 50),
                $queue->newest([Entry::SENT], 20)
            )),
        ];
    }

    /**
     * One of the owner's lists, each of its entries with whether it is chosen.
     *
     * @param array{0: string, 1: string} $list
     * @return array<string, mixed>
     */
    private function choices(string $name, array $list): array
    {
        list($table, $chosen) = $list;
        $rows = $this->parts->database()->rows(
            'SELECT ' . $table . '_id AS id, name FROM ' . DB_PREFIX . $table . ' WHERE language_id = ? ORDER BY name',
            [(int) $this->registry->get('config')->get('config_language_id')]
        );
        $ids = $this->parts->statuses()->$chosen();
        $entries = [];
        foreach ($rows as $row) {
            $entries[] = [
                'id' => (int) $row['id'],
                'name' => html_entity_decode((string) $row['name'], ENT_QUOTES, 'UTF-8'),
                'chosen' => in_array((int) $row['id'], $ids, true),
            ];
        }
        $labels = [
            'paid_statuses' => 'An order is paid in these statuses', 'cancelled_statuses' => 'A paid order no longer counts in these',
            'refund_actions' => 'A return gave money back by these actions', 'return_statuses' => 'And in these statuses',
        ];
        return ['name' => $name, 'label' => $labels[$name], 'entries' => $entries];
    }

    /** @return array<string, mixed> */
    private function entry(Entry $entry): array
    {
        $states = [
            Entry::WAITING => $this->parts->said('waits, next try at {time}', ['{time}' => date('H:i', $entry->nextAt)]),
            Entry::REFUSED => $this->parts->said('refused'),
            Entry::SENT => $this->parts->said('sent'),
        ];
        return [
            'id' => $entry->id, 'key' => $entry->key, 'since' => date('Y-m-d H:i', $entry->createdAt), 'state' => $states[$entry->state],
            'said' => $entry->said, 'refused' => $entry->state === Entry::REFUSED,
        ];
    }

    private function checks(): Checks
    {
        return new Checks($this->parts, $this->home());
    }

    private function renew(): void
    {
        Parts::renew();
        $this->parts = Parts::ofStore($this->registry, $this->store);
    }

    /** The store's address, with a slash at its end. */
    private function home(): string
    {
        if ($this->store > 0) {
            // 3.0 keeps one for https beside the other.
            return $this->parts->settings()->text('config_ssl') ?: $this->parts->settings()->text('config_url');
        }
        return defined('HTTPS_CATALOG') ? HTTPS_CATALOG : HTTP_CATALOG;
    }

    private function isInherited(): bool
    {
        $rows = $this->parts->database()->rows(
            'SELECT 1 FROM ' . DB_PREFIX . 'parrain_option WHERE store_id = ? AND name = ?',
            [$this->store, 'connection']
        );
        return $rows === [];
    }

    /** Has OpenCart's list of extensions say whether the module does anything. */
    private function enable(bool $isConnected): void
    {
        $database = $this->parts->database();
        $database->run('DELETE FROM ' . DB_PREFIX . 'setting WHERE store_id = 0 AND code = ?', ['module_parrain']);
        $database->run(
            'INSERT INTO ' . DB_PREFIX . 'setting (store_id, code, `key`, value, serialized) VALUES (0, ?, ?, ?, 0)',
            ['module_parrain', 'module_parrain_status', $isConnected ? '1' : '0']
        );
    }

    private function typed(string $name): string
    {
        $post = $this->registry->get('request')->post;
        $value = isset($post['parrain_' . $name]) ? $post['parrain_' . $name] : '';
        // OpenCart hands out what was typed as HTML.
        return is_string($value) ? trim(html_entity_decode($value, ENT_QUOTES, 'UTF-8')) : '';
    }

    /** What is wrong with something that was typed. */
    private function why(Misread $misread): string
    {
        $words = [
            'edge' => 'The address of your Parrain must be like https://parrain.example.workers.dev.',
            'connect_code' => 'A connect code is twelve letters and digits, like XXXX-XXXX-XXXX.',
            'shop' => 'A shop id is of small letters, digits and hyphens.',
            'event_secret' => 'An event secret begins with whsec_ and is copied whole.',
            'widget_src' => 'Your Parrain named an address of the widget that cannot be used.',
        ];
        return isset($words[$misread->part]) ? $this->parts->said($words[$misread->part]) : $misread->getMessage();
    }
}
