//! Consent tools: what they say, and when they change their mind.

use wasm_bindgen::prelude::*;

use super::guard::{function, listen};
use super::{Event, page, tell};

/// Hears them all. These two say so in the page when the visitor chooses, whenever they were loaded.
pub fn watch() {
    let Some(document) = page::document() else { return };
    listen(&document, "visitorConsentCollected", |_| said(shopify(), true));
    listen(&document, "wp_listen_for_consent_change", |event| {
        if let Some(choice) = page::at(&event, "detail.marketing").as_string() {
            tell(Event::Consent { yes: choice == "allow", now: true });
        }
    });
    ask(0);
}

/// Asks those that are there, and again after a while for those that are not there yet.
fn ask(round: u32) {
    if shopify().is_none() {
        let feature = page::object(&[("name", "consent-tracking-api"), ("version", "0.1")]);
        let loaded = function(|_: JsValue| said(shopify(), false));
        page::call("Shopify.loadFeatures", &[js_sys::Array::of1(&feature).into(), loaded.into()]);
    }
    said(shopify(), false);
    said(page::call("wp_has_consent", &["marketing".into()]).as_bool(), false);
    if page::is_some(&page::global("__tcfapi")) {
        let heard = function(|data: JsValue| {
            let status = page::at(&data, "eventStatus").as_string().unwrap_or_default();
            if matches!(status.as_str(), "tcloaded" | "useractioncomplete") {
                // IAB TCF 2, purpose 1: "store and/or access information on a device".
                said(Some(page::at(&data, "purpose.consents.1").is_truthy()), true);
            }
        });
        page::call("__tcfapi", &["addEventListener".into(), 2.into(), heard.into()]);
    } else if round < 4 {
        page::after(500 << round, move || ask(round + 1));
    }
}

fn said(yes: Option<bool>, now: bool) {
    if let Some(yes) = yes {
        tell(Event::Consent { yes, now });
    }
}

fn shopify() -> Option<bool> {
    page::call("Shopify.customerPrivacy.marketingAllowed", &[]).as_bool()
}
