<?php

namespace Parrain\PrestaShop;

use Configuration;
use Db;
use Parrain\Shared\SqlStore;

/** What the module leaves in a shop: tables, configuration, cart rules; and takes away again. */
final class Installation
{
    /** The module's tables, without the shop's prefix. */
    public const TABLES = ['parrain_events', 'parrain_cart', 'parrain_order', 'parrain_rule', 'parrain_cache'];

    /** Makes the tables. */
    public static function prepare(): bool
    {
        $prefix = _DB_PREFIX_;
        $statements = [
            SqlStore::schema($prefix . 'parrain_events'),
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_cart (
                id_cart int unsigned NOT NULL,
                touches text NOT NULL,
                code varchar(32) NOT NULL,
                dismissed varchar(32) NOT NULL,
                applied varchar(32) NOT NULL,
                said text NOT NULL,
                PRIMARY KEY (id_cart)
            ) DEFAULT CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_order (
                id_order int unsigned NOT NULL,
                touches text NOT NULL,
                code varchar(32) NOT NULL,
                told varchar(10) NOT NULL,
                PRIMARY KEY (id_order)
            ) DEFAULT CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_rule (
                id_cart_rule int unsigned NOT NULL,
                kind varchar(10) NOT NULL,
                id_shop int unsigned NOT NULL,
                code varchar(64) NOT NULL,
                task varchar(190) NOT NULL,
                id_customer int unsigned NOT NULL,
                terms char(32) NOT NULL,
                PRIMARY KEY (id_cart_rule),
                KEY code (kind, id_shop, code),
                KEY id_customer (id_customer)
            ) DEFAULT CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_cache (
                name varchar(64) NOT NULL,
                value text NOT NULL,
                until bigint NOT NULL,
                PRIMARY KEY (name)
            ) DEFAULT CHARACTER SET utf8mb4",
        ];
        foreach ($statements as $statement) {
            if (!Db::getInstance()->execute($statement)) {
                return false;
            }
        }
        return true;
    }

    /** Takes all away; the table of events stays where its owner wished so. Vouchers stay: they are their customers'. */
    public static function remove(): bool
    {
        foreach (\Shop::getShops(true, null, true) as $shop) {
            $edge = Parts::ofShop((int) $shop)->edge();
            if ($edge !== null) {
                $edge->disconnect();
            }
        }
        $rules = Db::getInstance()->executeS('SELECT id_cart_rule FROM ' . _DB_PREFIX_ . 'parrain_rule WHERE kind = "gift"');
        foreach (is_array($rules) ? $rules : [] as $row) {
            $rule = new \CartRule((int) $row['id_cart_rule']);
            if (\Validate::isLoadedObject($rule)) {
                $rule->delete();
            }
        }
        $keeps = Configuration::get('PARRAIN_KEEP_TABLE') === '"yes"';
        foreach (self::TABLES as $table) {
            if (!$keeps || $table !== 'parrain_events') {
                Db::getInstance()->execute('DROP TABLE IF EXISTS ' . _DB_PREFIX_ . $table);
            }
        }
        foreach (Options::NAMES as $name) {
            Configuration::deleteByName($name);
        }
        return true;
    }
}
