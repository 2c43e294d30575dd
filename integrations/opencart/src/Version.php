<?php

namespace Parrain\OpenCart;

/** What OpenCart's versions call differently: 3.0, and from 4.0.2 on. */
final class Version
{
    /** The code by which OpenCart knows what is the module's. */
    public const CODE = 'parrain';

    /** The routes that take a coupon as it is typed: of 4.1, 4.0 and 3.0. */
    private const COUPON_FORMS = [
        'extension/opencart/checkout/coupon.save', 'extension/opencart/total/coupon.save', 'extension/total/coupon/coupon',
    ];

    /**
     * What the module listens to in 4, each with the method of the event's controller that is told. Where 4.1 writes a dot
     * before a method, 4.0 writes a slash: to OpenCart a question mark is either.
     */
    private const EVENTS = [
        'catalog/view/common/header/after' => 'header',
        'catalog/view/common/footer/after' => 'footer',
        'catalog/view/common/success/before' => 'success',
        'catalog/view/checkout/confirm/after' => 'confirm',
        'catalog/view/account/account/before' => 'accountLink',
        'catalog/view/extension/opencart/module/account/after' => 'accountBox',
        'catalog/model/marketing/coupon?getCoupon/before' => 'couponAsked',
        'catalog/model/marketing/coupon?getCoupon/after' => 'couponAnswered',
        'catalog/controller/extension/opencart/checkout/coupon?save/after' => 'couponTyped',
        'catalog/controller/extension/opencart/checkout/coupon?remove/before' => 'couponRemoved',
        'catalog/controller/extension/opencart/total/coupon?save/after' => 'couponTyped',
        'catalog/model/checkout/order?addOrder/after' => 'orderAdded',
        'catalog/model/checkout/order?editOrder/after' => 'orderEdited',
        'catalog/model/checkout/order?addHistory/before' => 'orderPlacing',
        'catalog/model/checkout/order?addHistory/after' => 'orderTurned',
        'catalog/model/account/customer?addCustomer/after' => 'signedUp',
        'admin/model/sale/returns?addReturn/after' => 'returnAdded',
        'admin/model/sale/returns?editReturn/after' => 'returnTurned',
        'admin/model/sale/returns?addHistory/after' => 'returnTurned',
        'admin/model/sale/returns?deleteReturn/before' => 'returnDeleted',
    ];

    /** The same of 3.0. */
    private const EVENTS_3 = [
        'catalog/controller/*/before' => 'begin',
        'catalog/view/common/header/after' => 'header',
        'catalog/view/common/footer/after' => 'footer',
        'catalog/view/common/success/before' => 'success',
        'catalog/view/checkout/confirm/after' => 'confirm',
        'catalog/view/account/account/before' => 'accountLink',
        'catalog/view/extension/module/account/after' => 'accountBox',
        'catalog/model/extension/total/coupon/getCoupon/before' => 'couponAsked',
        'catalog/model/extension/total/coupon/getCoupon/after' => 'couponAnswered',
        'catalog/model/extension/total/coupon/getTotal/before' => 'couponCounted',
        'catalog/model/extension/total/coupon/getTotal/after' => 'couponCountedAfter',
        'catalog/controller/extension/total/coupon/coupon/after' => 'couponTyped',
        'catalog/model/checkout/order/addOrder/after' => 'orderAdded',
        'catalog/model/checkout/order/editOrder/after' => 'orderEdited',
        'catalog/model/checkout/order/addOrderHistory/before' => 'orderPlacing',
        'catalog/model/checkout/order/addOrderHistory/after' => 'orderTurned',
        'catalog/model/account/customer/addCustomer/after' => 'signedUp',
        'admin/model/sale/return/addReturn/after' => 'returnAdded',
        'admin/model/sale/return/editReturn/after' => 'returnTurned',
        'admin/model/sale/return/addReturnHistory/after' => 'returnTurned',
        'admin/model/sale/return/deleteReturn/before' => 'returnDeleted',
    ];

    /** Whether this is 4. */
    public static function is4(): bool
    {
        return version_compare(VERSION, '4.0.0.0', '>=');
    }

    /** Whether the module knows a version: 4.0.0 and 4.0.1 write the routes of methods in a way of their own. */
    public static function isServed(string $version): bool
    {
        return version_compare($version, '3.0.0.0', '>=')
            && (version_compare($version, '4.0.0.0', '<') || version_compare($version, '4.0.2.0', '>='));
    }

    /** The route of the module's own page, or of a method of it. */
    public static function route(string $method = ''): string
    {
        if (self::is4()) {
            return 'extension/parrain/module/parrain' . ($method === '' ? '' : '.' . $method);
        }
        return 'extension/module/parrain' . ($method === '' ? '' : '/' . $method);
    }

    /**
     * What the module listens to: triggers, each with the action that is told.
     *
     * @return array<string, string>
     */
    public static function events(): array
    {
        $is4 = self::is4();
        return array_map(static function (string $method) use ($is4): string {
            return $is4 ? 'extension/parrain/event/parrain.' . $method : self::route($method);
        }, $is4 ? self::EVENTS : self::EVENTS_3);
    }

    /** Whether a route takes a coupon as it is typed. */
    public static function isCouponForm(string $route): bool
    {
        return in_array(str_replace('|', '.', $route), self::COUPON_FORMS, true);
    }

    /** Whether a route is a payment extension's. */
    public static function isPayment(string $route): bool
    {
        return (bool) preg_match('~^extension/([^/]+/)?payment/~', $route);
    }
}
