<?php

namespace Parrain\OpenCart;

use Parrain\Shared\SqlStore;

/** What the module leaves in a shop: tables, indexes, events, a place in the scheduler, coupons; and takes away again. */
final class Installation
{
    /** The module's tables, without the shop's prefix. */
    public const TABLES = [
        'parrain_events', 'parrain_option', 'parrain_cart', 'parrain_order', 'parrain_return', 'parrain_rule', 'parrain_cache',
    ];

    /** By which columns orders are looked for on a shopper's pages, each with the index that it gets where the shop has none. */
    private const INDEXES = ['customer_id' => 'parrain_customer', 'email' => 'parrain_email'];

    /**
     * Makes the tables, and has OpenCart tell the module what happens.
     *
     * @throws \RuntimeException where this OpenCart is none that the module knows
     */
    public static function prepare(object $registry): void
    {
        if (!Version::isServed(VERSION)) {
            throw new \RuntimeException('Parrain needs OpenCart 3.0, or 4.0.2 or newer; this is ' . VERSION . '.');
        }
        $database = new OcDatabase($registry->get('db'));
        foreach (self::schema(DB_PREFIX) as $statement) {
            $database->run($statement, []);
        }
        try {
            self::index($database);
        } catch (\RuntimeException $broken) {
            // Without them pages are slower where there are many orders, and nothing else.
            Faults::write($registry, $broken);
        }
        self::leave($registry);
        $registry->get('load')->model('setting/event');
        $events = $registry->get('model_setting_event');
        foreach (Version::events() as $trigger => $action) {
            if (Version::is4()) {
                $events->addEvent([
                    'code' => Version::CODE, 'description' => 'Parrain', 'trigger' => $trigger, 'action' => $action,
                    'status' => true, 'sort_order' => 1,
                ]);
            } else {
                $events->addEvent(Version::CODE, $trigger, $action, 1, 1);
            }
        }
        if (Version::is4()) {
            $registry->get('load')->model('setting/startup');
            $registry->get('model_setting_startup')->addStartup([
                'code' => Version::CODE, 'description' => 'Parrain', 'action' => 'catalog/extension/parrain/startup/parrain',
                'status' => true, 'sort_order' => 1,
            ]);
            $registry->get('load')->model('setting/cron');
            $registry->get('model_setting_cron')->addCron(Version::CODE, 'Parrain', 'hour', 'extension/parrain/cron/parrain', true);
        }
        Parts::ofStore($registry, 0)->options()->set('prepared', self::mark());
    }

    /** Prepares the shop again where it was prepared by another version: in 3.0 a newer zip is uploaded over the old one. */
    public static function keepUp(object $registry): void
    {
        if (Parts::ofStore($registry, 0)->options()->get('prepared') !== self::mark()) {
            self::prepare($registry);
        }
    }

    /**
     * Takes all away. What customers were given stays: it is theirs. Where the owner wished so, what the module knows stays too,
     * but for its connections: OpenCart 4 takes a newer zip only after an uninstallation, and events that wait are made of it.
     */
    public static function remove(object $registry): void
    {
        $database = new OcDatabase($registry->get('db'));
        foreach (array_keys(Parts::stores($registry)) as $store) {
            $edge = Parts::ofStore($registry, $store)->edge();
            if ($edge !== null) {
                $edge->disconnect();
            }
        }
        if (Parts::ofStore($registry, 0)->options()->get('keep_table') === 'yes') {
            $database->run('DELETE FROM ' . DB_PREFIX . 'parrain_option WHERE name = ?', ['connection']);
        } else {
            self::forget($database);
        }
        self::leave($registry);
        // OpenCart gives these with an installation and keeps them.
        $registry->get('load')->model('user/user_group');
        $groups = $registry->get('model_user_user_group');
        foreach ($groups->getUserGroups() as $group) {
            foreach (['access', 'modify'] as $type) {
                $groups->removePermission((int) $group['user_group_id'], $type, Version::route());
            }
        }
        Parts::renew();
    }

    /**
     * The statements that make the module's tables.
     *
     * @return string[]
     */
    public static function schema(string $prefix): array
    {
        return [
            SqlStore::schema($prefix . 'parrain_events'),
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_option (
                store_id int NOT NULL,
                name varchar(64) NOT NULL,
                value mediumtext NOT NULL,
                PRIMARY KEY (store_id, name)
            ) DEFAULT CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_cart (
                basket varchar(64) NOT NULL,
                touches text NOT NULL,
                code varchar(32) NOT NULL,
                dismissed varchar(32) NOT NULL,
                applied varchar(32) NOT NULL,
                said text NOT NULL,
                changed_at bigint NOT NULL,
                PRIMARY KEY (basket)
            ) DEFAULT CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_order (
                order_id int NOT NULL,
                basket varchar(64) NOT NULL,
                touches text NOT NULL,
                code varchar(32) NOT NULL,
                told varchar(10) NOT NULL,
                PRIMARY KEY (order_id)
            ) DEFAULT CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_return (
                return_id int NOT NULL,
                told varchar(10) NOT NULL,
                PRIMARY KEY (return_id)
            ) DEFAULT CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_rule (
                coupon varchar(32) NOT NULL,
                coupon_id int NOT NULL,
                kind varchar(10) NOT NULL,
                store_id int NOT NULL,
                code varchar(32) NOT NULL,
                task varchar(190) NOT NULL,
                customer_id int NOT NULL,
                terms varchar(32) NOT NULL,
                made_at bigint NOT NULL,
                PRIMARY KEY (coupon),
                KEY code (kind, code),
                KEY coupon_id (coupon_id),
                KEY customer_id (customer_id)
            ) DEFAULT CHARACTER SET utf8mb4",
            "CREATE TABLE IF NOT EXISTS {$prefix}parrain_cache (
                name varchar(64) NOT NULL,
                value text NOT NULL,
                until bigint NOT NULL,
                PRIMARY KEY (name)
            ) DEFAULT CHARACTER SET utf8mb4",
        ];
    }

    /** What this version leaves in a shop, in short. */
    private static function mark(): string
    {
        return md5((string) json_encode([VERSION, Version::events(), self::schema(''), self::INDEXES]));
    }

    /** Has orders found by their customer without reading all of them: 3.0 and 4.0 have no index of either column, 4.1 of one. */
    private static function index(OcDatabase $database): void
    {
        $first = [];
        foreach ($database->rows('SHOW INDEX FROM `' . DB_PREFIX . 'order`', []) as $part) {
            if ((int) $part['Seq_in_index'] === 1) {
                $first[] = (string) $part['Column_name'];
            }
        }
        foreach (array_diff_key(self::INDEXES, array_flip($first)) as $column => $name) {
            $database->run('CREATE INDEX ' . $name . ' ON `' . DB_PREFIX . "order` ($column)", []);
        }
    }

    /** Removes the module's indexes, the gifts' coupons and the module's tables. */
    private static function forget(OcDatabase $database): void
    {
        $indexes = array_column($database->rows('SHOW INDEX FROM `' . DB_PREFIX . 'order`', []), 'Key_name');
        foreach (array_intersect(self::INDEXES, $indexes) as $name) {
            $database->run('DROP INDEX ' . $name . ' ON `' . DB_PREFIX . 'order`', []);
        }
        foreach (['coupon_product', 'coupon_history', 'coupon'] as $table) {
            $database->run(
                'DELETE FROM ' . DB_PREFIX . $table . ' WHERE coupon_id > 0
                AND coupon_id IN (SELECT coupon_id FROM ' . DB_PREFIX . 'parrain_rule WHERE kind = ?)',
                ['gift']
            );
        }
        foreach (self::TABLES as $table) {
            $database->run('DROP TABLE IF EXISTS ' . DB_PREFIX . $table, []);
        }
    }

    /** Has OpenCart tell the module nothing any more. */
    private static function leave(object $registry): void
    {
        $registry->get('load')->model('setting/event');
        $registry->get('model_setting_event')->deleteEventByCode(Version::CODE);
        if (Version::is4()) {
            $registry->get('load')->model('setting/startup');
            $registry->get('model_setting_startup')->deleteStartupByCode(Version::CODE);
            $registry->get('load')->model('setting/cron');
            $registry->get('model_setting_cron')->deleteCronByCode(Version::CODE);
        }
    }
}
