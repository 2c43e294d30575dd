<?php

namespace Parrain\PrestaShop;

use AdminController;
use Context;
use Parrain;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Entry;
use Parrain\Shared\Misread;
use Parrain\Shared\Problem;
use Tools;

/** The module's page, where the owner connects the shop, sees what works, and what waits to be told. */
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
        'The widget leaves your pages, and orders wait until you connect again.',
        'You look at all your shops: what you connect here is for each of them that has no connection of its own.',
    ];

    /** @var Parrain */
    private $module;

    /** @var Parts */
    private $parts;

    public function __construct(Parrain $module, Parts $parts)
    {
        $this->module = $module;
        $this->parts = $parts;
    }

    /** Does what a form asks for, and answers the page. PrestaShop has checked the token of its address by then. */
    public function shown(): string
    {
        $said = '';
        $deed = (string) Tools::getValue('parrain_deed');
        if (in_array($deed, self::DEEDS, true)) {
            try {
                $said = $this->module->displayConfirmation($this->escaped($this->$deed()));
            } catch (Misread $misread) {
                $said = $this->module->displayError($this->escaped($this->why($misread)));
            } catch (Problem $problem) {
                $said = $this->module->displayError($this->escaped($problem->status === 404 ? $this->module->said(
                    'Your Parrain does not know this code: it is wrong, was used already, or is older than 15 minutes. Make a new one.'
                ) : Checks::said($problem)));
            }
            Parts::renew();
            $this->parts = Parts::of(Context::getContext());
        }
        Context::getContext()->smarty->assign('parrain', $this->variables());
        return $said . $this->module->display(_PS_MODULE_DIR_ . 'parrain/parrain.php', 'views/templates/admin/settings.tpl');
    }

    private function connect(): string
    {
        $site = Context::getContext()->shop->getBaseURL(true);
        return $this->connected(Edge::connect($this->parts->http(), $this->typed('edge'), $this->typed('code'), 'prestashop', $site));
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
        Parts::renew();
        $this->parts = Parts::of(Context::getContext());
        $this->parts->settle();
        (new Checks($this->module, $this->parts))->ask();
        return $this->module->said('Connected to “{name}”.', ['{name}' => $connection->name !== '' ? $connection->name : $connection->shop]);
    }

    private function choose(): string
    {
        foreach (Options::CHOICES as $name => $choices) {
            $this->parts->options()->set($name, in_array($this->typed($name), $choices, true) ? $this->typed($name) : $choices[0]);
        }
        $this->parts->options()->set('keep_table', $this->typed('keep_table') === 'yes' ? 'yes' : null);
        return $this->module->said('Saved.');
    }

    private function check(): string
    {
        (new Checks($this->module, $this->parts))->ask();
        return $this->module->said('Looked again.');
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
        return $this->module->said('Events that were sent: {many}.', ['{many}' => $sent]);
    }

    private function tellHistory(): string
    {
        $this->parts->history()->start();
        return $this->module->said('Orders of the last 24 months are being told, in the background.');
    }

    private function disconnect(): string
    {
        $edge = $this->parts->edge();
        $connection = $this->parts->connection();
        // One that was typed by hand is none that the edge knows of, and one of all shops is the others' still.
        $heard = $edge === null || $connection === null || $connection->id === '' || !$this->parts->options()->isOwn('connection')
            || $edge->disconnect();
        $this->parts->options()->set('connection', null);
        $this->parts->options()->set('checks', null);
        $said = $this->module->said('Disconnected. What waited to be told still does.');
        return $heard ? $said : $said . ' ' . $this->module->said(
            'Your Parrain could not be told: end the connection at its desk, under Settings, Modules.'
        );
    }

    /**
     * What the template prints.
     *
     * @return array<string, mixed>
     */
    private function variables(): array
    {
        $connection = $this->parts->connection();
        $options = $this->parts->options();
        $words = [];
        foreach (self::WORDS as $word) {
            $words[$word] = $this->module->said($word);
        }
        $store = $this->parts->queue()->store();
        $counts = $store->counts();
        $history = $this->parts->history()->state();
        return [
            'words' => $words,
            'action' => AdminController::$currentIndex . '&configure=parrain&token=' . Tools::getAdminTokenLite('AdminModules'),
            'all_shops' => \Shop::isFeatureActive() && \Shop::getContext() !== \Shop::CONTEXT_SHOP,
            'typed' => $this->typed('edge'),
            'connected' => $connection === null ? '' : $this->module->said('Connected to “{name}” at {edge}', [
                '{name}' => $connection->name !== '' ? $connection->name : $connection->shop, '{edge}' => $connection->edge,
            ]),
            'desk' => $connection === null ? '' : $connection->edge . '/desk',
            'checks' => (new Checks($this->module, $this->parts))->told(),
            'consent' => $options->choice('consent'),
            'placement' => $options->choice('placement'),
            'keep_table' => $options->get('keep_table') === 'yes',
            'history' => $history === null ? 'none' : (empty($history['done']) ? 'going' : $this->module->said(
                'Orders of the last 24 months that were taken up: {many}.',
                ['{many}' => (int) $history['told']]
            )),
            'counts' => $counts,
            'counted' => $this->module->said('{waiting} wait, {refused} were refused, {sent} were sent.', [
                '{waiting}' => $counts[Entry::WAITING], '{refused}' => $counts[Entry::REFUSED], '{sent}' => $counts[Entry::SENT],
            ]),
            'entries' => array_map([$this, 'entry'], array_merge(
                $store->newest([Entry::REFUSED, Entry::WAITING], 50),
                $store->newest([Entry::SENT], 20)
            )),
        ];
    }

    /** @return array<string, mixed> */
    private function entry(Entry $entry): array
    {
        $states = [
            Entry::WAITING => $this->module->said('waits, next try at {time}', ['{time}' => date('H:i', $entry->nextAt)]),
            Entry::REFUSED => $this->module->said('refused'),
            Entry::SENT => $this->module->said('sent'),
        ];
        return [
            'id' => $entry->id, 'key' => $entry->key, 'since' => date('Y-m-d H:i', $entry->createdAt), 'state' => $states[$entry->state],
            'said' => $entry->said, 'refused' => $entry->state === Entry::REFUSED,
        ];
    }

    private function typed(string $name): string
    {
        $value = Tools::getValue('parrain_' . $name);
        return is_string($value) ? trim($value) : '';
    }

    private function escaped(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
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
        return isset($words[$misread->part]) ? $this->module->said($words[$misread->part]) : $misread->getMessage();
    }
}
