//! What opens by itself covers no consent question: as long as one stands beneath it, it waits out of sight.
//!
//! The loader lifts the corner over whatever is fixed to the window. A question that stands in the page itself, as many do
//! on small screens and at 200 %, is known by what consent tools and shops call it.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element};

/// What consent questions are called. A shop may sell cookies: of those a name must also say what stands there.
const QUESTIONS: &str = "body :is([id*=consent i],[class*=consent i],[id^=tarteaucitron],[id^=didomi],\
    [class*=cookie i]:is([role],[class*=bar i],[class*=banner i],[class*=notice i]),\
    [id*=cookie i]:is([role],[id*=bar i],[id*=banner i],[id*=notice i],[id*=dialog i]))";

/// Hides the panel of a host that opened by itself where it covers a question, and shows it again.
pub fn step(document: &Document, host: &Element, panel: Option<Element>) {
    let covers = panel.is_some_and(|panel| covers_question(document, &panel).unwrap_or(false));
    if host.has_attribute("data-over") != covers {
        let _ = host.toggle_attribute("data-over");
    }
}

fn covers_question(document: &Document, panel: &Element) -> Option<bool> {
    let panel = panel.get_bounding_client_rect();
    let questions = document.query_selector_all(QUESTIONS).ok()?;
    for at in 0..questions.length() {
        let question: Element = questions.get(at)?.unchecked_into();
        let place = question.get_bounding_client_rect();
        let meets = place.left() < panel.right()
            && panel.left() < place.right()
            && place.top() < panel.bottom()
            && panel.top() < place.bottom();
        // What holds the whole page is called so for another reason, and what has nothing to press asks nothing.
        let asks = || {
            let all = document.document_element().map_or(0, |root| root.client_height());
            place.height() < f64::from(all) * 0.9
                && matches!(question.query_selector("button,a,input"), Ok(Some(_)))
        };
        if meets && asks() {
            return Some(true);
        }
    }
    Some(false)
}
