/**
 * Tells the widget who is signed in and what the shop's own cookie notice was answered, since pages are kept in Magento's cache
 * for everybody; and has the gift come into the basket once its code is captured or used.
 */
define(['jquery', 'Magento_Customer/js/customer-data', 'mage/cookies'], function ($, customerData) {
    'use strict';

    /** The widget's own way in, which waits until it has loaded. */
    function parrain() {
        if (typeof window.parrain !== 'function') {
            window.parrain = function () {
                (window.parrain.q = window.parrain.q || []).push(arguments);
            };
        }
        window.parrain.apply(null, arguments);
    }

    /** Who is signed in, as the shop's server vouches for them; what is too old is asked for again, once. */
    function identify(data, isAnew) {
        if (!data || !data.customer) {
            return;
        }
        if (data.until * 1000 > Date.now()) {
            parrain('identify', data.customer);
        } else if (!isAnew) {
            customerData.reload(['parrain'], false).done(function (sections) {
                identify(sections.parrain, true);
            });
        }
    }

    /** What Magento's cookie notice was answered, where there is one. */
    function consent(config) {
        var answer;

        try {
            answer = JSON.parse($.mage.cookies.get(config.allowed) || '{}');
        } catch (e) {
            answer = {};
        }
        if (answer && answer[config.website]) {
            parrain('consent', true);
        }
    }

    return function (config) {
        var section = customerData.get('parrain'),
            refresh = function () {
                // The basket comes behind what changes it.
                customerData.reload(['parrain'], false).done(function () {
                    customerData.reload(['cart'], true);
                });
            };

        identify(section());
        section.subscribe(function (data) {
            identify(data);
        });
        if (config.allowed) {
            consent(config);
            $(document).on('user:allowed:save:cookie', consent.bind(null, config));
        }
        document.addEventListener('parrain:captured', refresh);
        document.addEventListener('parrain:redeemed', refresh);
    };
});
