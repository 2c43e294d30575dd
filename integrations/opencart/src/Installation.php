<?php

namespace Parrain\OpenCart;

use Parrain\Shared\SqlStore;

/** What the module leaves in a shop: tables, events, a place in the scheduler, coupons; and takes away again. */
final class Installation
{
    /** The module's tables, without the shop's prefix. */
    public const TABLES = [
        'parrain_events', 'parrain_option', 'parrain_cart', 'parrain_order', 'parrain_return', 'parrain_rule', 'parrain_cache',
    ];

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
    }

    /** Takes all away; the table of events stays where its owner wished so. What customers were given stays: it is theirs. */
    public static function remove(object $registry): void
    {
        $database = new OcDatabase($registry->get('db'));
        foreach (array_keys(Parts::stores($registry)) as $store) {
            $edge = Parts::ofStore($registry, $store)->edge();
            if ($edge !== null) {
                $edge->disconnect();
            }
        }
        foreach (['coupon_product', 'coupon_history', 'coupon'] as $table) {
            $database->run(
                'DELETE FROM ' . DB_PREFIX . $table . ' WHERE coupon_id > 0
                AND coupon_id IN (SELECT coupon_id FROM ' . DB_PREFIX . 'parrain_rule WHERE kind = ?)',
                ['gift']
            );
        }
        $keeps = Parts::ofStore($registry, 0)->options()->get('keep_table') === 'yes';
        foreach (self::TABLES as $table) {
            if (!$keeps || $table !== 'parrain_events') {
                $database->run('DROP TABLE IF EXISTS ' . DB_PREFIX . $table, []);
            }
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
