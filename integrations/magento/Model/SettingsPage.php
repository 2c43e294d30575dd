<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

use Magento\Framework\Exception\LocalizedException;
use Magento\Framework\Phrase;
use Magento\Store\Model\StoreManagerInterface;
use Parrain\Shared\Connection;
use Parrain\Shared\Edge;
use Parrain\Shared\Misread;
use Parrain\Shared\Problem;

/** What the owner does on the module's page, for one scope: all store views, a website, or one store view. */
final class SettingsPage
{
    /** What the page's forms ask for, each a method here. */
    private const DEEDS = ['connect', 'connectByHand', 'check', 'sendAgain', 'sendNow', 'tellHistory', 'disconnect'];

    public function __construct(
        private readonly Shops $shops,
        private readonly Checks $checks,
        private readonly History $history,
        private readonly StoreManagerInterface $stores
    ) {
    }

    /**
     * Does what a form asks for, and says what came of it.
     *
     * @param array<string, string> $typed
     * @throws LocalizedException with what is wrong, for the owner
     */
    public function do(string $deed, string $scope, int $id, array $typed): Phrase
    {
        if (!in_array($deed, self::DEEDS, true)) {
            throw new LocalizedException(__('Nothing was done: the page was not understood.'));
        }
        try {
            return $this->$deed($scope, $id, $typed);
        } catch (Misread $misread) {
            throw new LocalizedException(self::why($misread));
        } catch (Problem $problem) {
            throw new LocalizedException($problem->status === 404
                ? __('Your Parrain does not know this code: it is wrong, was used already, or is older than 15 minutes. Make a new one.')
                : new Phrase('%1', [Checks::said($problem)]));
        }
    }

    private function connect(string $scope, int $id, array $typed): Phrase
    {
        return $this->connected($scope, $id, Edge::connect(
            $this->shops->web(),
            $typed['edge'] ?? '',
            $typed['code'] ?? '',
            'magento',
            $this->site($scope, $id)
        ));
    }

    private function connectByHand(string $scope, int $id, array $typed): Phrase
    {
        return $this->connected($scope, $id, Connection::of($typed['edge'] ?? '', $typed));
    }

    private function connected(string $scope, int $id, Connection $connection): Phrase
    {
        $parts = $this->shops->keep($scope, $id, $connection);
        $parts->options()->set('tasks_said', null);
        $parts->options()->set('clock_behind', null);
        $parts->queue()->hasten();
        $parts->settle();
        $this->checks->ask($parts);
        return __('Connected to “%1”.', $connection->name !== '' ? $connection->name : $connection->shop);
    }

    private function check(string $scope, int $id): Phrase
    {
        $this->checks->ask($this->parts($scope, $id));
        return __('Looked again.');
    }

    private function sendAgain(string $scope, int $id, array $typed): Phrase
    {
        $this->parts($scope, $id)->queue()->sendAgain((int) ($typed['id'] ?? 0));
        return $this->sendNow($scope, $id);
    }

    private function sendNow(string $scope, int $id): Phrase
    {
        $parts = $this->parts($scope, $id);
        $parts->queue()->hasten();
        return __('Events that were sent: %1.', $parts->queue()->run($parts->edge(), 20, 15));
    }

    private function tellHistory(string $scope, int $id): Phrase
    {
        $this->history->start($this->parts($scope, $id));
        return __('Orders of the last 24 months are being told, in the background.');
    }

    private function disconnect(string $scope, int $id): Phrase
    {
        $parts = $this->parts($scope, $id);
        // One that was typed by hand is none that the edge knows of.
        $heard = $parts->connection()->id === '' || $parts->edge()->disconnect();
        $parts->options()->set('checks', null);
        $this->shops->keep($scope, $id, null);
        return $heard ? __('Disconnected. What waited to be told still does.')
            : __('Disconnected. What waited to be told still does. Your Parrain could not be told: end the connection at its desk, under Settings, Modules.');
    }

    /** The shop that is connected for a scope itself. */
    private function parts(string $scope, int $id): Parts
    {
        $parts = $this->shops->ofScope($scope, $id);
        if ($parts === null || $parts->connection() === null) {
            throw new LocalizedException(__('Nothing was done: nothing is connected here.'));
        }
        return $parts;
    }

    /** The address of the shop that a scope is of. */
    private function site(string $scope, int $id): string
    {
        if ($scope === 'stores') {
            return $this->stores->getStore($id)->getBaseUrl();
        }
        $website = $scope === 'websites' ? $this->stores->getWebsite($id) : $this->stores->getWebsite();
        return $website->getDefaultStore()->getBaseUrl();
    }

    /** What is wrong with something that was typed. */
    private static function why(Misread $misread): Phrase
    {
        switch ($misread->part) {
            case 'edge':
                return __('The address of your Parrain must be like https://parrain.example.workers.dev.');
            case 'connect_code':
                return __('A connect code is twelve letters and digits, like XXXX-XXXX-XXXX.');
            case 'shop':
                return __('A shop id is of small letters, digits and hyphens.');
            case 'event_secret':
                return __('An event secret begins with whsec_ and is copied whole.');
            case 'widget_src':
                return __('Your Parrain named an address of the widget that cannot be used.');
            default:
                return new Phrase('%1', [$misread->getMessage()]);
        }
    }
}
