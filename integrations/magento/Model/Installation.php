<?php

declare(strict_types=1);

namespace Parrain\Referral\Model;

/**
 * Takes away what Magento does not take away by itself when a module is removed: the connection at the edge, the gifts' rules, the
 * owner's choices, the cron's log. The tables go by `setup:upgrade`; coupons of rewards stay, since they are their customers'.
 */
final class Installation
{
    /** The name by which Magento knows the module. */
    public const MODULE = 'Parrain_Referral';

    public function __construct(
        private readonly MagentoDatabase $database,
        private readonly Shops $shops,
        private readonly Coupons $coupons
    ) {
    }

    /** Takes it away, and says which connections the edge could not be told of. */
    public function remove(): array
    {
        $unheard = [];
        foreach ($this->shops->all() as $parts) {
            $edge = $parts->edge();
            if ($edge !== null && $parts->connection()->id !== '' && !$edge->disconnect()) {
                $unheard[] = $parts->connection()->edge . ' ' . $parts->connection()->shop;
            }
            $this->shops->keep($parts->scope, $parts->scopeId, null);
        }
        $this->coupons->removeGifts();
        $this->database->run('DELETE FROM ' . $this->database->table('core_config_data') . ' WHERE path LIKE ?', ['parrain/%']);
        $this->database->run('DELETE FROM ' . $this->database->table('core_config_data') . ' WHERE path LIKE ?', ['system/cron/parrain/%']);
        $this->database->run('DELETE FROM ' . $this->database->table('cron_schedule') . ' WHERE job_code = ?', ['parrain_referral']);
        $this->database->run('DELETE FROM ' . $this->database->table('authorization_rule') . ' WHERE resource_id LIKE ?', ['Parrain_Referral::%']);
        return $unheard;
    }

    /** Forgets that the module was installed; the last thing that is done. */
    public function forget(): void
    {
        $this->database->run('DELETE FROM ' . $this->database->table('setup_module') . ' WHERE module = ?', [self::MODULE]);
    }
}
