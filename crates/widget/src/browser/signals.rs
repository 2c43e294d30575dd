//! The consent tools that a shop may have: what they say, and when they change their mind.

use wasm_bindgen::JsValue;

use super::js::{
    call, call_text, call1, call3, document, function, get, get_text, later, on, parse, read, window,
};
use super::send;

/// Listens to every tool that is there, also to one that comes a little after us.
pub fn listen() {
    // These two say so in the page when the visitor chooses, whenever they were loaded.
    on(&document(), "visitorConsentCollected", |_| tell(shopify(), true));
    on(&document(), "wp_listen_for_consent_change", |event| {
        let choice = get_text(&get(&event, "detail"), "marketing");
        tell((!choice.is_empty()).then_some(choice == "allow"), true);
    });
    ask(0);
}

/// A choice that was just made, or what a tool said when it was first read.
fn tell(said: Option<bool>, now: bool) {
    let Some(yes) = said else { return };
    send(move |app| {
        if now {
            app.model.consented(yes, &mut app.page);
        } else {
            app.model.consent_read(yes, &mut app.page);
        }
    });
}

/// Asks the tools that have to be asked; again after a while for those not there yet.
fn ask(round: u32) {
    let shop = get(&window(), "Shopify");
    if shop.is_object() && shopify().is_none() {
        let api = parse("[{\"name\":\"consent-tracking-api\",\"version\":\"0.1\"}]");
        call(&shop, "loadFeatures", &api, &function(Box::new(|_| tell(shopify(), false))));
    }
    tell(shopify(), false);
    tell(call_text(&window(), "wp_has_consent", "marketing").as_bool(), false);
    if get(&window(), "__tcfapi").is_function() {
        // IAB TCF 2: purpose 1 is "store and/or access information on a device".
        let heard = function(Box::new(|data| {
            let status = get_text(&data, "eventStatus");
            if status == "tcloaded" || status == "useractioncomplete" {
                let purposes = read(&get(&get(&data, "purpose"), "consents"), 1);
                tell(Some(purposes.is("1")), true);
            }
        }));
        call3(&window(), "__tcfapi", &"addEventListener".into(), &2.into(), &heard);
    } else if round < 4 {
        later(500 << round, move || ask(round + 1));
    }
}

fn shopify() -> Option<bool> {
    let privacy = get(&get(&window(), "Shopify"), "customerPrivacy");
    call1(&privacy, "marketingAllowed", &JsValue::UNDEFINED).as_bool()
}
