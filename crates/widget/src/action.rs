//! What a button of the widget does. In the page a button carries its action as `data-a` and `data-v`, by which shops
//! style it and tests find it.

use parrain_wire::Word;
use parrain_wire::rewards::Status;

use crate::model::Screen;
use crate::node::Element;

/// What can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Copyable {
    /// The code at hand.
    Code,
    /// The referrer's link.
    Link,
    /// The code of a voucher that they earned: this one.
    Voucher(String),
}

impl Copyable {
    /// Its name, and the key of the word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Copyable::Code => "code",
            Copyable::Link => "link",
            Copyable::Voucher(_) => "voucher",
        }
    }
}

/// What a shopper presses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open the panel on a screen.
    Open(Screen),
    /// Close the panel.
    Close,
    /// Fold the card to the launcher.
    NotNow,
    /// Use the gift.
    Apply,
    /// Copy a text.
    Copy(Copyable),
    /// Open the browser's own share sheet with this message.
    Sheet(String),
    /// Copy the link and open Messenger.
    Messenger,
    /// Let the link lead to the page that is open, or to the shop.
    Product,
    /// Show the rewards in this state alone, or all.
    Filter(Option<Status>),
    /// Save the rewards as a spreadsheet.
    Save,
    /// Load further rewards.
    More,
    /// Ask again for what could not be had.
    Retry,
    /// Be who a mailed link is of, in place of who is signed in.
    Enter,
}

impl Action {
    /// Its name, as in `data-a`.
    pub fn name(&self) -> &'static str {
        match self {
            Action::Open(_) => "open",
            Action::Close => "close",
            Action::NotNow => "no",
            Action::Apply => "apply",
            Action::Copy(Copyable::Voucher(_)) => "voucher",
            Action::Copy(Copyable::Code | Copyable::Link) => "copy",
            Action::Sheet(_) => "sheet",
            Action::Messenger => "messenger",
            Action::Product => "product",
            Action::Filter(_) => "filter",
            Action::Save => "save",
            Action::More => "more",
            Action::Retry => "retry",
            Action::Enter => "enter",
        }
    }

    /// What belongs to it, as in `data-v`.
    pub fn value(&self) -> &str {
        match self {
            Action::Open(screen) => screen.name(),
            Action::Copy(Copyable::Voucher(code)) => code,
            Action::Copy(what @ (Copyable::Code | Copyable::Link)) => what.name(),
            Action::Sheet(message) => message,
            Action::Filter(status) => status.map_or("", Status::name),
            Action::Close
            | Action::NotNow
            | Action::Apply
            | Action::Messenger
            | Action::Product
            | Action::Save
            | Action::More
            | Action::Retry
            | Action::Enter => "",
        }
    }

    /// The action of this name; nothing for a name that is none.
    pub fn read(name: &str, value: &str) -> Option<Action> {
        Some(match name {
            "open" => Action::Open(Screen::of(value)),
            "close" => Action::Close,
            "no" => Action::NotNow,
            "apply" => Action::Apply,
            "copy" if value == Copyable::Code.name() => Action::Copy(Copyable::Code),
            "copy" => Action::Copy(Copyable::Link),
            "voucher" => Action::Copy(Copyable::Voucher(value.into())),
            "sheet" => Action::Sheet(value.into()),
            "messenger" => Action::Messenger,
            "product" => Action::Product,
            "filter" => Action::Filter(Status::named(value)),
            "save" => Action::Save,
            "more" => Action::More,
            "retry" => Action::Retry,
            "enter" => Action::Enter,
            _ => return None,
        })
    }
}

impl Element {
    /// With an action: it does this where it is pressed.
    #[inline(never)]
    pub fn does(self, action: &Action) -> Self {
        self.set("type", "button").set("data-a", action.name()).set("data-v", action.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_carries_is_read_back() {
        let actions = [
            Action::Open(Screen::Rewards),
            Action::Close,
            Action::NotNow,
            Action::Apply,
            Action::Copy(Copyable::Code),
            Action::Copy(Copyable::Link),
            Action::Copy(Copyable::Voucher("PARRAIN-K7PM".into())),
            Action::Sheet("A gift".into()),
            Action::Messenger,
            Action::Product,
            Action::Filter(None),
            Action::Filter(Some(Status::Paid)),
            Action::Save,
            Action::More,
            Action::Retry,
            Action::Enter,
        ];
        for action in actions {
            assert_eq!(Action::read(action.name(), action.value()), Some(action));
        }
        assert_eq!(Action::read("constructor", ""), None);
    }
}
