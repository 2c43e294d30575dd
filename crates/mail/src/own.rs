//! A shop's own wording: what may be filled in, and what must not be left out.

use parrain_wire::mail::MailKind;

use crate::letter::names;

/// The longest subject of a shop's own, in characters.
pub const MOST_SUBJECT: usize = 150;

/// The longest text of a shop's own, in characters.
pub const MOST_BODY: usize = 4_000;

/// What may stand in braces in a kind of mail.
pub const fn fields(kind: MailKind) -> &'static [&'static str] {
    match kind {
        MailKind::Welcome => &["hello", "name", "shop", "code", "link"],
        MailKind::RewardPending
        | MailKind::RewardApproved
        | MailKind::RewardPaid
        | MailKind::RewardTakenBack => &["hello", "name", "shop", "code", "rewards", "link"],
        MailKind::ClaimAnswered => &["hello", "name", "shop", "code", "order", "answer", "link"],
        MailKind::Statement => &["hello", "name", "shop", "code", "month", "statement", "link"],
        MailKind::SignIn => &["hello", "name", "shop", "link"],
        MailKind::Reminder => &["hello", "shop", "code", "rewards", "link"],
        MailKind::ToDo => &["shop", "list", "link"],
        MailKind::Test => &["shop"],
    }
}

/// Names in braces of a text that nothing fills in.
pub fn unknown(kind: MailKind, text: &str) -> Vec<String> {
    names(text).filter(|name| !fields(kind).contains(name)).map(str::to_owned).collect()
}

/// What the text of a kind must fill in, and this one does not.
pub fn missing(kind: MailKind, body: &str) -> Option<&'static str> {
    let needed = match kind {
        // A mail with links that has none helps nobody.
        MailKind::SignIn | MailKind::Reminder => "link",
        MailKind::RewardPending
        | MailKind::RewardApproved
        | MailKind::RewardPaid
        | MailKind::RewardTakenBack => "rewards",
        MailKind::ClaimAnswered => "answer",
        MailKind::Statement => "statement",
        MailKind::ToDo => "list",
        MailKind::Welcome | MailKind::Test => return None,
    };
    names(body).all(|name| name != needed).then_some(needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    #[test]
    fn the_usual_wordings_fill_in_what_they_may_and_must() {
        for tag in Words::tags() {
            let words = Words::of(tag);
            for (name, kind) in MailKind::WORDS {
                let body = words.mail(&format!("{name}_body"));
                assert!(!body.is_empty(), "{tag} {name}");
                assert_eq!(unknown(*kind, body), Vec::<String>::new(), "{tag} {name}");
                assert_eq!(unknown(*kind, words.mail(&format!("{name}_subject"))), Vec::<String>::new());
                assert_eq!(missing(*kind, body), None, "{tag} {name}");
            }
        }
        assert_eq!(unknown(MailKind::Welcome, "{name} {rewards} {x"), ["rewards"]);
        assert_eq!(missing(MailKind::SignIn, "Hello {name}"), Some("link"));
    }
}
