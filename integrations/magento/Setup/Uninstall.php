<?php

declare(strict_types=1);

namespace Parrain\Referral\Setup;

use Magento\Framework\Setup\ModuleContextInterface;
use Magento\Framework\Setup\SchemaSetupInterface;
use Magento\Framework\Setup\UninstallInterface;
use Parrain\Referral\Model\Installation;

/** What `bin/magento module:uninstall` does for a module that came by Composer. */
class Uninstall implements UninstallInterface
{
    /** Our tables, those that lean on others first. */
    private const TABLES = [
        'parrain_coupon', 'parrain_rule', 'parrain_order', 'parrain_quote', 'parrain_memory', 'parrain_events', 'parrain_shop',
    ];

    public function __construct(private readonly Installation $installation)
    {
    }

    public function uninstall(SchemaSetupInterface $setup, ModuleContextInterface $context): void
    {
        $this->installation->remove();
        foreach (self::TABLES as $table) {
            $setup->getConnection()->dropTable($setup->getTable($table));
        }
    }
}
