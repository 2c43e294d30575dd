//! The desk, walked as a browser without script does: pages are loaded by the links of other pages, forms are sent with
//! their own session's token and with something about their fields changed.

use std::fmt;

use html5gum::{Token, Tokenizer};
use parrain_tests::http::{self, Agent, Answer};
use parrain_tests::shop::TestShop;
use rand::RngExt;
use rand::rngs::SmallRng;

use crate::pool::Known;
use crate::values::{at, one_of};
use crate::{judge, spoil};

/// How many addresses are remembered.
const MOST: usize = 400;

/// Forms after which there would be no desk to walk: who signs out, and a shop that is removed.
const LAST: [&str; 2] = ["sign_out", "remove"];

/// Who walks.
#[derive(Default)]
pub struct Walker {
    cookie: String,
    links: Vec<String>,
    forms: Vec<Form>,
}

/// A form of the page that was loaded last.
#[derive(Clone, Default)]
struct Form {
    action: String,
    is_post: bool,
    is_file: bool,
    fields: Vec<Field>,
}

#[derive(Clone, Default)]
struct Field {
    name: String,
    /// What it holds, or may hold.
    values: Vec<String>,
    /// Whether it is sent as it is: the session's token, and what a button says.
    is_fixed: bool,
    /// Whether it may be left out.
    is_ticked: bool,
}

/// A step that was taken.
pub struct Step {
    method: &'static str,
    path: String,
    kind: &'static str,
    body: Vec<u8>,
    changed: String,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body: String = self.body.escape_ascii().to_string().chars().take(3000).collect();
        write!(
            f,
            "{} {}\n  by: the owner at the desk; changed: {}\n  {}\n  {body}",
            self.method, self.path, self.changed, self.kind
        )
    }
}

impl Step {
    /// Which page it was, without what differs from shop to shop and from record to record.
    pub fn place(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let is_word = |part: &&str| part.bytes().all(|b| b.is_ascii_lowercase() || b"-_.".contains(&b));
        let words = path.split('/').skip(1).map(|part| Some(part).filter(is_word).unwrap_or("…"));
        format!("{} /{}", self.method, words.collect::<Vec<_>>().join("/"))
    }
}

impl Walker {
    /// Takes a step; hands back what was wrong with it.
    pub fn step(
        &mut self,
        rng: &mut SmallRng,
        agent: &Agent,
        edge: &str,
        known: &Known,
    ) -> (Step, Result<Answer, String>, Vec<String>) {
        if self.cookie.is_empty() || self.links.is_empty() {
            self.enter(rng, agent, edge, &known.shop);
        }
        let sends = !self.forms.is_empty() && rng.random_ratio(2, 3);
        let step = if sends {
            let form = self.forms[rng.random_range(0..self.forms.len())].clone();
            filled(rng, &form, known)
        } else {
            // Half the time what was found last, so that pages deep in the desk have their turn.
            let newest = if rng.random() { self.links.len().saturating_sub(8) } else { 0 };
            let mut path = self.links[rng.random_range(newest..self.links.len())].clone();
            let changed = if rng.random_ratio(1, 6) {
                path = otherwise(rng, &path);
                "the address"
            } else {
                ""
            };
            Step { method: "GET", path, kind: "", body: Vec::new(), changed: changed.into() }
        };
        let answer = self.send(rng, agent, edge, &step);
        let mut faults = Vec::new();
        match &answer {
            Ok(answer) => {
                faults = judge::always(answer);
                if answer.status == 503 && !step.path.contains("/pay") {
                    faults.push("503 where no store fails and nothing settles".into());
                }
                self.read(rng, edge, &known.shop.id, answer);
            }
            Err(error) => faults.push(format!("no answer: {error}")),
        }
        (step, answer, faults)
    }

    /// Comes in by a link that is good once.
    fn enter(&mut self, rng: &mut SmallRng, agent: &Agent, edge: &str, shop: &TestShop) {
        let made =
            http::send_json("POST", &shop.url("/desk-links"), Some(&shop.shop_token), &serde_json::json!({}));
        let made = made.expect(201);
        let key = made["link"].as_str().and_then(|link| link.split('#').nth(1)).expect("a key").to_owned();
        let step = Step {
            method: "POST",
            path: "/desk/come_in".into(),
            kind: "application/x-www-form-urlencoded",
            body: written(&[("csrf".into(), String::new()), ("key".into(), key)]),
            changed: String::new(),
        };
        let answer = self.send(rng, agent, edge, &step).expect("an answer at the desk's door");
        assert_eq!(answer.status, 303, "{}", answer.text);
        let home = format!("/desk/{}", shop.id);
        self.cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        (self.links, self.forms) = (vec![home], Vec::new());
    }

    fn send(&self, rng: &mut SmallRng, agent: &Agent, edge: &str, step: &Step) -> Result<Answer, String> {
        // Attempts to come in are counted by address.
        let address = format!("10.9.{}.{}", rng.random_range(0..250), rng.random_range(1..250));
        let mut headers = vec![("cookie", self.cookie.as_str()), ("cf-connecting-ip", address.as_str())];
        if step.method == "POST" {
            headers.extend([("content-type", step.kind), ("origin", edge)]);
        }
        http::try_send_by(agent, step.method, &format!("{edge}{}", step.path), &headers, &step.body)
            .map_err(|error| error.to_string())
    }

    /// Remembers where a page leads, and its forms.
    fn read(&mut self, rng: &mut SmallRng, edge: &str, shop: &str, answer: &Answer) {
        let home = format!("/desk/{shop}");
        let to = answer.header("location").trim_start_matches(edge).to_owned();
        if to.starts_with(&home) {
            self.links.push(to);
            return;
        }
        if !answer.header("content-type").starts_with("text/html") {
            return;
        }
        // The session is over, as after a change of the shop's key.
        if answer.status == 401 || answer.text.contains("action=\"/desk/sign_in\"") {
            self.cookie.clear();
            return;
        }
        let (links, forms) = read(&answer.text);
        for link in links.into_iter().filter(|link| link.starts_with(&home)) {
            if !self.links.contains(&link) {
                self.links.push(link);
            }
        }
        if self.links.len() > MOST {
            self.links.drain(1..MOST / 2);
        }
        let keeps = |form: &Form| {
            form.action.starts_with("/desk") && !LAST.iter().any(|last| form.action.contains(last))
        };
        self.forms = forms.into_iter().filter(keeps).collect();
        // These two are on every page, and would be sent most.
        let is_rare = |form: &Form| form.action.ends_with("/my_language") || form.action.ends_with("/find");
        if !rng.random_ratio(1, 10) {
            self.forms.retain(|form| !is_rare(form));
        }
    }
}

/// A form as it is sent.
fn filled(rng: &mut SmallRng, form: &Form, known: &Known) -> Step {
    let mut changed = Vec::new();
    let mut pairs: Vec<(String, String)> = Vec::new();
    let spoilt = rng.random_ratio(1, 2);
    // A button is one of several that the form has.
    for field in &form.fields {
        let of = &field.values;
        let kept = if of.is_empty() { String::new() } else { of[rng.random_range(0..of.len())].clone() };
        if field.is_fixed {
            pairs.push((field.name.clone(), kept));
            continue;
        }
        if field.is_ticked && rng.random() {
            continue;
        }
        let value = match rng.random_range(0..10) {
            0 if spoilt => {
                let text = spoil::hostile(rng);
                changed.push(format!("{} is hostile", field.name));
                text
            }
            1 if spoilt => {
                changed.push(format!("{} is left out", field.name));
                continue;
            }
            2 if spoilt => {
                changed.push(format!("{} twice", field.name));
                pairs.push((field.name.clone(), kept.clone()));
                "x".into()
            }
            _ if kept.is_empty() || rng.random_ratio(1, 8) => meant(rng, &field.name, known).unwrap_or(kept),
            _ => kept,
        };
        pairs.push((field.name.clone(), value));
    }
    if spoilt && rng.random_ratio(1, 12) {
        pairs.retain(|(name, _)| name != "csrf");
        changed.push("no token".into());
    }
    if !form.is_post {
        let query = String::from_utf8(written(&pairs)).expect("an address is ASCII");
        let path = format!("{}?{query}", form.action);
        return Step { method: "GET", path, kind: "", body: Vec::new(), changed: changed.join(", ") };
    }
    let (kind, mut body) = if form.is_file {
        ("multipart/form-data; boundary=edge-of-a-part", parts(rng, &pairs))
    } else {
        ("application/x-www-form-urlencoded", written(&pairs))
    };
    if spoilt && rng.random_ratio(1, 10) {
        changed.push(spoil::write_otherwise(rng, &mut body).into());
    }
    Step { method: "POST", path: form.action.clone(), kind, body, changed: changed.join(", ") }
}

/// What an owner might type into a field of this name.
fn meant(rng: &mut SmallRng, name: &str, known: &Known) -> Option<String> {
    let has = |part: &str| name.contains(part);
    let text = if has("code") {
        return known.one(rng, "code");
    } else if has("order") {
        return known.one(rng, "order_id");
    } else if has("email") || name == "to" {
        "anna@example.com"
    } else if has("url") || has("site") {
        "https://shop.example/"
    } else if has("date") || has("from") || has("until") || has("_at") {
        return Some(at(rng.random_range(-60..60) * 86_400)[..10].to_owned());
    } else if has("iban") {
        "FR1420041010050500013M02606"
    } else if has("amount") || has("percent") || has("days") || has("least") || has("most") || has("count") {
        one_of(rng, &["10", "10,00", "1 000.50", "0", "-1", "8.5"])
    } else {
        one_of(rng, &["Anna", "a few words", "gifts", "x-1", "10"])
    };
    Some(text.to_owned())
}

/// An address with one thing changed.
fn otherwise(rng: &mut SmallRng, path: &str) -> String {
    let hostile: String = spoil::hostile(rng).chars().take(200).collect();
    let encoded: String = hostile.bytes().map(|byte| format!("%{byte:02X}")).collect();
    match (path.rsplit_once('='), path.rsplit_once('/')) {
        (Some((before, _)), _) => format!("{before}={encoded}"),
        (None, Some((before, _))) if rng.random() => format!("{before}/{encoded}"),
        _ => {
            let name = one_of(
                rng,
                &["cursor", "search", "status", "from", "to", "month", "page", "kind", "lang", "year"],
            );
            format!("{path}?{name}={encoded}")
        }
    }
}

fn written(pairs: &[(String, String)]) -> Vec<u8> {
    let encoded = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&").into_bytes()
}

fn parts(rng: &mut SmallRng, pairs: &[(String, String)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in pairs {
        let is_file = name.contains("file") || name.contains("picture");
        let file = if is_file { "; filename=\"a\"" } else { "" };
        body.extend(
            format!("--edge-of-a-part\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n")
                .bytes(),
        );
        let kind = one_of(rng, &["text/csv", "application/octet-stream"]);
        body.extend(if is_file { crate::asking::file(rng, kind) } else { value.clone().into_bytes() });
        body.extend(b"\r\n");
    }
    body.extend(b"--edge-of-a-part--\r\n");
    body
}

/// The links of a page, and its forms.
fn read(page: &str) -> (Vec<String>, Vec<Form>) {
    let (mut links, mut forms) = (Vec::new(), Vec::<Form>::new());
    let (mut open, mut select, mut area) = (false, false, false);
    for token in Tokenizer::new(page) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let get = |name: &str| {
                    let found = tag.attributes.get(name.as_bytes());
                    found.map(|value| String::from_utf8_lossy(&value.0).into_owned())
                };
                let field = |values: Vec<String>| {
                    Some(Field {
                        name: get("name").filter(|name| !name.is_empty())?,
                        values,
                        ..Field::default()
                    })
                };
                let form = forms.last_mut().filter(|_| open);
                match (tag.name.as_slice(), form) {
                    (b"a", _) => links.extend(get("href")),
                    (b"form", _) => {
                        open = true;
                        forms.push(Form {
                            action: get("action").unwrap_or_default(),
                            is_post: get("method").is_some_and(|method| method == "post"),
                            is_file: get("enctype").is_some(),
                            fields: Vec::new(),
                        });
                    }
                    (b"input", Some(form)) => {
                        let kind = get("type").unwrap_or_default();
                        let Some(mut field) = field(get("value").into_iter().collect()) else { continue };
                        field.is_fixed = field.name == "csrf";
                        field.is_ticked = kind == "checkbox";
                        let same =
                            form.fields.iter_mut().find(|one| one.name == field.name && kind == "radio");
                        match same {
                            Some(known) => known.values.extend(field.values),
                            None => form.fields.push(field),
                        }
                    }
                    (b"button", Some(form)) => {
                        let Some(mut field) = field(get("value").into_iter().collect()) else { continue };
                        field.is_fixed = true;
                        match form.fields.iter_mut().find(|one| one.name == field.name) {
                            Some(known) => known.values.extend(field.values),
                            None => form.fields.push(field),
                        }
                    }
                    (b"select" | b"textarea", Some(form)) => {
                        (select, area) = (*tag.name == *b"select", *tag.name == *b"textarea");
                        form.fields.extend(field(Vec::new()));
                    }
                    (b"option", Some(form)) if select => {
                        if let Some(field) = form.fields.last_mut() {
                            field.values.extend(get("value"));
                        }
                    }
                    _ => {}
                }
            }
            Token::EndTag(tag) => match tag.name.as_slice() {
                b"form" => open = false,
                b"select" => select = false,
                b"textarea" => area = false,
                _ => {}
            },
            Token::String(text) if area => {
                if let Some(field) = forms.last_mut().and_then(|form| form.fields.last_mut()) {
                    field.values = vec![String::from_utf8_lossy(&text.0).into_owned()];
                }
            }
            Token::String(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    (links, forms)
}
