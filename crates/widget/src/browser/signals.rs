//! The consent tools that a shop may have: what they say, and when they change their mind.

use wasm_bindgen::JsValue;

use super::js::{
    Heard, at, call, call_text, call3, document, get, get_text, hear, later, on, parse, text_of, window,
};
use super::{Event, send};

/// Listens to every tool that is there, also to one that comes a little after us.
pub fn listen() {
    // These two say so in the page when the visitor chooses, whenever they were loaded.
    on(&document(), "visitorConsentCollected", Heard::ShopifyChoice);
    on(&document(), "wp_listen_for_consent_change", Heard::WordPress);
    ask(0);
}

/// Passes on a choice that was just made, or what a tool said when it was first read.
pub fn tell(said: Option<bool>, now: bool) {
    if let Some(yes) = said {
        send(Event::Consent(yes, now));
    }
}

/// Asks the tools that have to be asked; again after a while for those not there yet.
pub fn ask(round: u32) {
    let shop = at("Shopify");
    if shop.is_object() && shopify().is_none() {
        let api = parse("[{\"name\":\"consent-tracking-api\",\"version\":\"0.1\"}]");
        call(&shop, "loadFeatures", &api, &hear(Heard::ShopifyReady));
    }
    tell(shopify(), false);
    tell(call_text(&window(), "wp_has_consent", "marketing").as_bool(), false);
    if at("__tcfapi").is_function() {
        call3(&window(), "__tcfapi", &"addEventListener".into(), &2.into(), &hear(Heard::Tcf));
    } else if round < 4 {
        later(500 << round, Heard::Ask(round + 1));
    }
}

/// What Shopify's tool says, if it is there.
pub fn shopify() -> Option<bool> {
    call_text(&at("Shopify.customerPrivacy"), "marketingAllowed", "").as_bool()
}

/// The WP Consent API tells of a change.
pub fn wordpress(event: &JsValue) {
    let choice = get_text(&get(event, "detail"), "marketing");
    tell((!choice.is_empty()).then_some(choice == "allow"), true);
}

/// IAB TCF 2 speaks: purpose 1 is "store and/or access information on a device".
pub fn tcf(data: &JsValue) {
    let status = text_of(&get(data, "eventStatus"));
    if status == "tcloaded" || status == "useractioncomplete" {
        let first = get(&get(&get(data, "purpose"), "consents"), "1");
        tell(Some(first.is_truthy()), true);
    }
}
