//! The consent tools that a shop may have: what they say, and when they change their mind.

use super::js::{call, document, function, get, later, object, on, window};
use super::send;
use crate::json::Json;
use crate::model::Msg;

/// Listens to every tool that is there, also to one that comes a little after us.
pub fn listen() {
    // These two say so in the page when the visitor chooses, whenever they were loaded.
    on(&document(), "visitorConsentCollected", |_| {
        if let Some(yes) = shopify() {
            send(Msg::Consent(yes));
        }
    });
    on(&document(), "wp_listen_for_consent_change", |event| {
        if let Some(choice) = get(&event, "detail").get("marketing").text() {
            send(Msg::Consent(choice == "allow"));
        }
    });
    ask(0);
}

/// Asks the tools that have to be asked; once more after a while for those not there yet.
fn ask(round: u32) {
    if let Some(yes) = shopify() {
        send(Msg::ConsentTool(yes));
    } else if !get(&window(), "Shopify").is_undefined() {
        let api = object(&[("name", "consent-tracking-api".into()), ("version", "0.1".into())]);
        let loaded = function(|_| {
            if let Some(yes) = shopify() {
                send(Msg::ConsentTool(yes));
            }
        });
        let _ = call(&get(&window(), "Shopify"), "loadFeatures", &[js_sys::Array::of1(&api).into(), loaded]);
    }
    if let Some(yes) =
        call(&window(), "wp_has_consent", &["marketing".into()]).ok().and_then(|answer| answer.as_bool())
    {
        send(Msg::ConsentTool(yes));
    }
    if get(&window(), "__tcfapi").is_function() {
        // IAB TCF 2: purpose 1 is "store and/or access information on a device".
        let heard = function(|data| {
            let status = data.word("eventStatus");
            if status == "tcloaded" || status == "useractioncomplete" {
                let purposes = get(&get(&data, "purpose"), "consents");
                send(Msg::Consent(get(&purposes, "1").is_truthy()));
            }
        });
        let _ = call(&window(), "__tcfapi", &["addEventListener".into(), 2.into(), heard]);
    } else if round < 4 {
        later(500 << round, move || ask(round + 1));
    }
}

fn shopify() -> Option<bool> {
    let privacy = get(&get(&window(), "Shopify"), "customerPrivacy");
    call(&privacy, "marketingAllowed", &[]).ok()?.as_bool()
}
