//! A mail as it goes out: subject, plain text, HTML and headers, all of one source.
//!
//! A text is a template: paragraphs apart by empty lines, with names in braces. A paragraph that is nothing but the name of
//! a list or of the link becomes one; everywhere else a name is filled in as text.

use maud::{DOCTYPE, Markup, html};
use parrain_core::zone::Zone;
use parrain_wire::mail::{MailKind, MailText};

use crate::facts::{Facts, Month};
use crate::figures::{day, month, reward, totals};
use crate::own::MOST_SUBJECT;
use crate::words::Words;

/// How many rewards a mail names one by one; the rest is counted.
const MOST_LINES: usize = 20;

/// The longest name by which somebody is greeted.
const MOST_NAME: usize = 30;

/// What a mail is written from.
pub struct Writing<'a> {
    /// What it is.
    pub kind: MailKind,
    /// In which language.
    pub words: &'a Words,
    /// The shop's name.
    pub shop: &'a str,
    /// The shop's clock.
    pub zone: &'a Zone,
    /// To whom.
    pub name: Option<&'a str>,
    /// By which code.
    pub code: &'a str,
    /// Where its links lead: one, but for who has several codes and asks for all of their links, and for a welcome, whose
    /// second one leads to the page with what there is to share.
    pub links: &'a [String],
    /// What it is about; several of one kind go together.
    pub facts: &'a [Facts],
    /// The shop's own wording.
    pub own: Option<&'a MailText>,
    /// Where its reader ends this kind of mail.
    pub stop: Option<&'a str>,
    /// By which link its reader confirms that the address is theirs, where that is asked; whatever the wording is.
    pub confirm: Option<&'a str>,
}

/// A mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// The subject: one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Headers by which mail programs offer to end this kind of mail (RFC 8058).
    pub headers: Vec<(&'static str, String)>,
}

/// A part of a mail.
enum Part {
    Text(String),
    List(Vec<String>),
    Links(Vec<(String, String)>),
}

impl Letter {
    /// Writes it.
    pub fn write(of: &Writing<'_>) -> Self {
        let own = |text: Option<&String>| text.filter(|text| !text.trim().is_empty()).cloned();
        let usual = |part: &str| of.words.mail(&format!("{}_{part}", of.kind.name())).to_owned();
        let subject = own(of.own.and_then(|own| own.subject.as_ref())).unwrap_or_else(|| usual("subject"));
        let body = own(of.own.and_then(|own| own.body.as_ref())).unwrap_or_else(|| usual("body"));
        let subject: String = clean(&of.filled(&subject)).chars().take(MOST_SUBJECT).collect();
        let mut parts: Vec<Part> = paragraphs(&body).filter_map(|paragraph| of.part(&paragraph)).collect();
        if let Some(link) = of.confirm {
            parts.push(Part::Text(of.words.mail("confirm").to_owned()));
            parts.push(Part::Links(vec![(of.words.mail("confirm_link").to_owned(), link.to_owned())]));
        }
        let footer = match of.kind {
            MailKind::ToDo | MailKind::Test => "footer_owner",
            MailKind::Reminder => "footer_asked",
            MailKind::Welcome
            | MailKind::RewardPending
            | MailKind::RewardApproved
            | MailKind::RewardPaid
            | MailKind::RewardTakenBack
            | MailKind::ClaimAnswered
            | MailKind::Statement
            | MailKind::SignIn => "footer",
        };
        let footer = of.filled(of.words.mail(footer));
        Self {
            html: as_html(of, &subject, &parts, &footer).into_string(),
            text: as_text(of, &parts, &footer),
            subject,
            headers: of.stop.map(stop_headers).unwrap_or_default(),
        }
    }
}

impl Writing<'_> {
    fn part(&self, paragraph: &str) -> Option<Part> {
        let alone = paragraph.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        if let Some(name) = alone {
            if name == "link" {
                let label = |(index, link): (usize, &String)| match self.kind {
                    // Behind the link to be shared, the page with what else there is to share.
                    MailKind::Welcome if index > 0 => self.words.mail("promote").to_owned(),
                    MailKind::Welcome | MailKind::Reminder => link.clone(),
                    MailKind::ToDo => self.words.mail("desk").to_owned(),
                    _ => self.words.mail("see").to_owned(),
                };
                return (!self.links.is_empty()).then(|| {
                    Part::Links(
                        self.links
                            .iter()
                            .enumerate()
                            .map(|(index, link)| (label((index, link)), link.clone()))
                            .collect(),
                    )
                });
            }
            if let Some(lines) = self.lines(name) {
                return (!lines.is_empty()).then_some(Part::List(lines));
            }
        }
        let text = self.filled(paragraph);
        (!text.trim().is_empty()).then_some(Part::Text(text))
    }

    /// A text with its names filled in, each once: what is filled in is not read again.
    fn filled(&self, text: &str) -> String {
        fill(text, |name| match name {
            "hello" => Some(self.hello()),
            "name" => Some(self.greeted().unwrap_or_default()),
            "shop" => Some(clean(self.shop)),
            "code" => Some(clean(self.code)),
            "link" => self.links.first().cloned(),
            "order" => Some(clean(
                self.facts.first().and_then(|facts| facts.order_id.as_deref()).unwrap_or_default(),
            )),
            "month" => Some(self.month().map(|of| month(self.words, &of.name)).unwrap_or_default()),
            other => self.lines(other).map(|lines| lines.join("; ")),
        })
    }

    fn hello(&self) -> String {
        match self.greeted() {
            Some(name) => fill(self.words.mail("hello"), |field| (field == "name").then(|| name.clone())),
            None => self.words.mail("hello_anon").to_owned(),
        }
    }

    /// The first word of the name. Anybody can join under anybody's address: what looks like an address of the web is not
    /// carried there.
    fn greeted(&self) -> Option<String> {
        let first = clean(self.name?).split_whitespace().next()?.to_owned();
        let plain =
            first.chars().count() <= MOST_NAME && !first.contains(['/', ':', '@', '.', '<', '>', '#', '%']);
        plain.then_some(first)
    }

    fn month(&self) -> Option<&Month> {
        self.facts.first()?.month.as_ref()
    }

    /// The lines of a list, by its name; `None` where no list is called so.
    fn lines(&self, name: &str) -> Option<Vec<String>> {
        let lines: Vec<String> = match name {
            "rewards" => self.rewards(),
            "answer" => self.facts.iter().flat_map(|facts| self.answer(facts)).collect(),
            "statement" => self.month().map(|month| self.statement(month)).unwrap_or_default(),
            "list" => self.facts.iter().flat_map(|facts| self.to_do(facts)).collect(),
            _ => return None,
        };
        Some(lines.iter().map(|line| clean(line)).collect())
    }

    fn rewards(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.facts.iter().take(MOST_LINES).map(|facts| self.reward_line(facts)).collect();
        let more = self.facts.len().saturating_sub(MOST_LINES);
        if more > 0 {
            lines.push(self.words.mail("more").replace("{n}", &more.to_string()));
        }
        lines
    }

    fn reward_line(&self, facts: &Facts) -> String {
        let mut said = Vec::new();
        if let Some(id) = &facts.order_id {
            said.push(fill(self.words.widget("k_sale"), |_| Some(id.clone())));
        }
        if let Some(earned) = &facts.reward {
            said.push(reward(self.words, earned));
            if let Some(voucher) = &earned.voucher {
                said.push(fill(self.words.mail("code_of"), |_| Some(voucher.clone())));
            }
        }
        let pending = self.kind == MailKind::RewardPending;
        // What waits for more than the end of its hold is nobody's on a day that can be told.
        if let (true, Some(reason)) = (pending || self.kind == MailKind::RewardTakenBack, &facts.reason) {
            said.push(self.words.widget(&format!("why_{}", reason.name())).to_owned());
        } else if let (true, Some(at)) = (pending, facts.approves_at) {
            said.push(fill(self.words.widget("yours_on"), |_| Some(day(self.words, self.zone, at))));
        }
        if let Some(least) = &facts.min_subtotal {
            said.push(fill(self.words.widget("c_min"), |_| Some(reward(self.words, least))));
        }
        if facts.new_customers_only {
            said.push(self.words.widget("c_new").to_owned());
        }
        said.extend(facts.note.clone());
        said.retain(|part| !part.is_empty());
        said.join(" · ")
    }

    fn answer(&self, facts: &Facts) -> Vec<String> {
        let order = facts.order_id.as_deref().unwrap_or_default();
        let said = self.words.mail(if facts.accepted == Some(true) { "accepted" } else { "refused" });
        std::iter::once(fill(said, |_| Some(order.to_owned()))).chain(facts.note.clone()).collect()
    }

    fn statement(&self, month: &Month) -> Vec<String> {
        [
            ("opening", &month.opening),
            ("earned", &month.earned),
            ("paid", &month.paid),
            ("closing", &month.closing),
        ]
        .map(|(name, sums)| self.words.mail(name).replace("{m}", &totals(self.words, sums)))
        .into()
    }

    fn to_do(&self, facts: &Facts) -> Vec<String> {
        let Some(waiting) = &facts.waiting else { return Vec::new() };
        let counted = [
            ("todo_reviews", waiting.reviews.count),
            ("todo_claims", waiting.claims),
            ("todo_joiners", waiting.joiners),
            ("todo_unpaid", waiting.unpaid_payouts),
            ("todo_failed", waiting.failed_deliveries.saturating_add(waiting.failed_contacts)),
        ];
        let mut lines: Vec<String> = counted
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| self.words.mail(name).replace("{n}", &count.to_string()))
            .collect();
        if waiting.payouts.count > 0 {
            let due = totals(self.words, &waiting.payouts.totals);
            lines.push(self.words.mail("todo_due").replace("{m}", &due));
        }
        lines
    }
}

/// One line without what a mail program, a terminal or a page would act on: line breaks, other control characters, and
/// those that turn the direction of what follows.
pub fn clean(text: &str) -> String {
    let shown =
        text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c });
    let shown: String = shown
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .collect();
    shown.trim().to_owned()
}

/// A text with its names in braces replaced, in one pass. A name that nobody knows stays as it stands.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.split_once('}').filter(|(name, _)| is_name(name));
        match named.and_then(|(name, behind)| Some((value(name)?, behind))) {
            Some((value, behind)) => {
                filled.push_str(&value);
                rest = behind;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The names in braces of a text.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| is_name(name))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The paragraphs of a template: apart by empty lines, each without line breaks that were not written into it.
fn paragraphs(body: &str) -> impl Iterator<Item = String> {
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    let mut all = vec![String::new()];
    for line in body.lines().map(str::trim_end) {
        match all.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push('\n');
                }
                last.push_str(line);
            }
            _ => all.push(String::new()),
        }
    }
    all.into_iter().filter(|paragraph| !paragraph.is_empty())
}

fn stop_headers(stop: &str) -> Vec<(&'static str, String)> {
    vec![
        ("List-Unsubscribe", format!("<{}>", clean(stop))),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
    ]
}

fn as_text(of: &Writing<'_>, parts: &[Part], footer: &str) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(paragraph) => text.push_str(paragraph),
            Part::List(lines) => {
                let lines: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
                text.push_str(&lines.join("\n"));
            }
            Part::Links(links) => {
                let links: Vec<String> = links
                    .iter()
                    .map(
                        |(label, link)| if label == link { link.clone() } else { format!("{label}\n{link}") },
                    )
                    .collect();
                text.push_str(&links.join("\n"));
            }
        }
        text.push_str("\n\n");
    }
    text.push_str("-- \n");
    text.push_str(footer);
    if let Some(stop) = of.stop {
        text.push_str(&format!("\n{}\n{stop}", of.words.mail("stop")));
    }
    text.push('\n');
    text
}

fn as_html(of: &Writing<'_>, subject: &str, parts: &[Part], footer: &str) -> Markup {
    const LINK: &str = "color:#14532d";
    html! {
        (DOCTYPE)
        html lang=(of.words.tag()) dir=[of.words.is_right_to_left().then_some("rtl")] {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; title { (subject) } }
            body style="margin:0;padding:24px 16px;background:#f6f5f2;color:#1c1b19;font:16px/1.5 Georgia,serif" {
                div style="max-width:520px;margin:0 auto;padding:24px;background:#fff;border-radius:8px" {
                    @for part in parts {
                        @match part {
                            Part::Text(paragraph) => { p { @for (number, line) in paragraph.lines().enumerate() { @if number > 0 { br; } (line) } } }
                            Part::List(lines) => { ul { @for line in lines { li { (line) } } } }
                            Part::Links(links) => { @for (label, link) in links { p { a href=(link) style=(LINK) { (label) } } } }
                        }
                    }
                }
                p style="max-width:520px;margin:16px auto;font-size:13px;color:#57534e" {
                    (footer)
                    @if let Some(stop) = of.stop { br; a href=(stop) style=(LINK) { (of.words.mail("stop")) } }
                }
            }
        }
    }
}
