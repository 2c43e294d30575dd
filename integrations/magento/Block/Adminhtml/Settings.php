<?php

declare(strict_types=1);

namespace Parrain\Referral\Block\Adminhtml;

use Magento\Backend\Block\Template;
use Magento\Backend\Block\Template\Context;
use Magento\Framework\Phrase;
use Parrain\Referral\Model\Checks;
use Parrain\Referral\Model\History;
use Parrain\Referral\Model\Parts;
use Parrain\Referral\Model\Shops;
use Parrain\Shared\Entry;

/** What the module's page prints, for one scope. */
class Settings extends Template
{
    public function __construct(
        Context $context,
        private readonly Shops $shops,
        private readonly Checks $checks,
        private readonly History $history,
        array $data = []
    ) {
        parent::__construct($context, $data);
    }

    /** The shop that is connected for the chosen scope itself. */
    public function getParts(): ?Parts
    {
        list($scope, $id) = $this->chosen();
        $parts = $this->shops->ofScope($scope, $id);
        return $parts !== null && $parts->connection() !== null ? $parts : null;
    }

    /** The name of the shop whose connection the chosen scope has from a wider one; empty where it has none. */
    public function getInherited(): string
    {
        list($scope, $id) = $this->chosen();
        $store = $scope === 'stores' ? $id
            : (int) ($scope === 'websites' ? $this->_storeManager->getWebsite($id)->getDefaultStore()?->getId() : 0);
        $connection = $scope === 'default' ? null : $this->shops->ofStore($store)?->connection();
        return $connection === null ? '' : ($connection->name !== '' ? $connection->name : $connection->shop);
    }

    /** The address of a form for a deed. */
    public function getDeedUrl(string $deed): string
    {
        return $this->getUrl('parrain/settings/deed', $this->scope() + ['deed' => $deed]);
    }

    /** Where the owner's choices are. */
    public function getChoicesUrl(): string
    {
        return $this->getUrl('adminhtml/system_config/edit', ['section' => 'parrain'] + $this->scope());
    }

    /** What was typed as the edge's address before something went wrong. */
    public function getTypedEdge(): string
    {
        return (string) $this->_backendSession->getData('parrain_typed_edge', true);
    }

    /** @return array<array{0: string, 1: Phrase}> */
    public function getChecks(Parts $parts): array
    {
        return $this->checks->told($parts);
    }

    /** How far the past was told: nothing, or a sentence; and whether it can be started. */
    public function getHistory(Parts $parts): ?Phrase
    {
        $state = $this->history->state($parts);
        if ($state === null) {
            return null;
        }
        return empty($state['done']) ? __('They are being told, in the background.')
            : __('Orders of the last 24 months that were taken up: %1.', (int) $state['told']);
    }

    /** @return array<string, int> */
    public function getCounts(Parts $parts): array
    {
        return $parts->queue()->store()->counts();
    }

    /** @return array<array{id: int, key: string, since: string, state: Phrase, said: string, refused: bool}> */
    public function getEntries(Parts $parts): array
    {
        $store = $parts->queue()->store();
        $entries = array_merge($store->newest([Entry::REFUSED, Entry::WAITING], 50), $store->newest([Entry::SENT], 20));
        return array_map(fn (Entry $entry): array => [
            'id' => $entry->id,
            'key' => $entry->key,
            'since' => $this->moment($entry->createdAt),
            'state' => match ($entry->state) {
                Entry::REFUSED => __('refused'),
                Entry::SENT => __('sent'),
                default => __('waits, next try at %1', $this->moment($entry->nextAt)),
            },
            'said' => $entry->said,
            'refused' => $entry->state === Entry::REFUSED,
        ], $entries);
    }

    private function moment(int $at): string
    {
        return $this->_localeDate->formatDateTime(new \DateTime('@' . $at), \IntlDateFormatter::SHORT, \IntlDateFormatter::SHORT);
    }

    /** @return array{0: string, 1: int} */
    private function chosen(): array
    {
        $scope = $this->scope();
        if (isset($scope['store'])) {
            return ['stores', $scope['store']];
        }
        return isset($scope['website']) ? ['websites', $scope['website']] : ['default', 0];
    }

    /** @return array<string, int> The scope as addresses name it. */
    private function scope(): array
    {
        return array_filter([
            'website' => (int) $this->getRequest()->getParam('website'), 'store' => (int) $this->getRequest()->getParam('store'),
        ]);
    }
}
