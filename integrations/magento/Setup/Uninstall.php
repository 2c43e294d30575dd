<?php

declare(strict_types=1);

namespace Parrain\Referral\Setup;

use Magento\Framework\Setup\ModuleContextInterface;
use Magento\Framework\Setup\SchemaSetupInterface;
use Magento\Framework\Setup\UninstallInterface;
use Parrain\Referral\Model\Installation;
use Psr\Log\LoggerInterface;

/** What `bin/magento module:uninstall` does for a module that came by Composer. */
class Uninstall implements UninstallInterface
{
    /** Our tables, those that lean on others first. */
    private const TABLES = [
        'parrain_coupon', 'parrain_rule', 'parrain_order', 'parrain_quote', 'parrain_memory', 'parrain_events', 'parrain_shop',
    ];

    /** The columns of sales_order that have an index of ours. */
    private const INDEXED = ['customer_email', 'coupon_code'];

    public function __construct(private readonly Installation $installation, private readonly LoggerInterface $logger)
    {
    }

    public function uninstall(SchemaSetupInterface $setup, ModuleContextInterface $context): void
    {
        foreach ($this->installation->remove() as $shop) {
            $this->logger->warning("Parrain: $shop could not be told that the module goes: end the connection at its desk.");
        }
        foreach (self::TABLES as $table) {
            $setup->getConnection()->dropTable($setup->getTable($table));
        }
        foreach (self::INDEXED as $column) {
            $setup->getConnection()->dropIndex($setup->getTable('sales_order'), $setup->getIdxName('sales_order', [$column]));
        }
    }
}
