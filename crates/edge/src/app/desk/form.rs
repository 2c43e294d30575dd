//! What a form of the desk says, and the API's body that it stands for: a field is named as a member of the body, with
//! a dot for each level.

use std::collections::BTreeMap;
use std::convert::Infallible;

use parrain_desk::Entered;
use serde_json::{Map, Value, json};

use crate::http::{Request, header};
use crate::problem::Error;

/// What was posted: each field with its values, in the order in which they came, and the bytes of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posted {
    fields: BTreeMap<String, Vec<String>>,
    file: Vec<u8>,
    /// How many decimals the currency of its amounts has, where that is known: amounts with fewer are filled up.
    decimals: Option<u8>,
}

impl Posted {
    /// Reads a form's body.
    pub fn of(request: &Request) -> Self {
        Self::read(request.bytes())
    }

    /// Reads the body of a form that may have a file in it. What is no such body has nothing in it, the session's token
    /// neither.
    pub async fn with_file(request: &Request) -> Self {
        let kind = request.header(header::CONTENT_TYPE).unwrap_or_default();
        let Ok(boundary) = multer::parse_boundary(kind) else { return Self::of(request) };
        let whole = request.bytes().to_vec();
        let stream = futures_util::stream::iter([Ok::<_, Infallible>(whole)]);
        let mut parts = multer::Multipart::new(stream, boundary);
        let (mut fields, mut file) = (BTreeMap::<String, Vec<String>>::new(), Vec::new());
        while let Ok(Some(part)) = parts.next_field().await {
            let (name, is_file) = (part.name().unwrap_or_default().to_owned(), part.file_name().is_some());
            let Ok(bytes) = part.bytes().await else { break };
            if is_file {
                file = bytes.to_vec();
            } else {
                let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
                fields.entry(name).or_default().push(text);
            }
        }
        Self { fields, file, decimals: None }
    }

    /// The fields of a form that was sent in the query: one that only looks.
    pub fn asked(request: &Request) -> Self {
        Self::read(request.query.as_bytes())
    }

    /// The same, whose amounts are of a currency with so many decimals.
    pub fn counting_in(self, decimals: u8) -> Self {
        Self { decimals: Some(decimals), ..self }
    }

    /// An amount of money as the API has it: with as many decimals as its currency has, where fewer were typed.
    pub fn money(&self, text: &str) -> String {
        let plain = plain_amount(text);
        self.decimals.map_or(plain.clone(), |decimals| filled_up(plain, decimals))
    }

    /// The file that was chosen; where a field of this name has text, that.
    pub fn file(&self, name: &str) -> Vec<u8> {
        match self.fields.get(name).and_then(|values| values.first()) {
            Some(text) if self.file.is_empty() => text.clone().into_bytes(),
            Some(_) | None => self.file.clone(),
        }
    }

    /// Reads what a form wrote, such as one that was kept while its sender signed in.
    pub fn read(bytes: &[u8]) -> Self {
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(bytes) {
            // Browsers send the ends of lines as two characters.
            fields.entry(name.into_owned()).or_default().push(value.replace("\r\n", "\n"));
        }
        Self { fields, file: Vec::new(), decimals: None }
    }

    /// A field's first value, trimmed; nothing where it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let value = self.fields.get(name)?.first()?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// Whether the form has this field, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// All values of a field: a box that is not ticked sends none.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.fields.get(name).into_iter().flatten().filter(|value| !value.is_empty()).cloned().collect()
    }

    /// The lines of a field that are not empty.
    pub fn lines(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// The number of the program's version that the form was drawn from.
    pub fn version(&self) -> Option<i64> {
        self.text("version")?.parse().ok()
    }

    /// The same without what belongs to the form and not to what it says.
    pub fn entered(&self, faults: Vec<(String, String)>) -> Entered {
        let own = self.fields.iter().filter(|(name, _)| {
            !matches!(name.as_str(), "csrf" | "kept" | "token" | "key" | "webhook_secret")
        });
        Entered { values: own.map(|(name, values)| (name.clone(), values.join("\n"))).collect(), faults }
    }

    /// Fields that begin so, without that beginning.
    pub fn under(&self, prefix: &str) -> BTreeMap<String, String> {
        let own = self.fields.iter().filter_map(|(name, values)| {
            let value = values.first().map(|value| value.trim()).filter(|value| !value.is_empty())?;
            Some((name.strip_prefix(prefix)?.to_owned(), value.to_owned()))
        });
        own.collect()
    }

    /// Sets members of an API's body by the fields of these names: what is empty is removed.
    pub fn set(&self, body: &mut Value, fields: &[(&str, Form)]) -> Result<(), Error> {
        for (name, form) in fields {
            let value = match form {
                Form::Text => self.text(name).map(Value::from),
                Form::Amount => self.text(name).map(|text| self.money(text).into()),
                Form::Address => self.text(name).map(|text| whole_address(text).into()),
                // A word where a number belongs goes on as it is: the API says what is wrong with it.
                Form::Number => {
                    self.text(name).map(|text| text.parse::<i64>().map_or(text.into(), Value::from))
                }
                Form::Yes => Some((self.text(name).is_some()).into()),
                Form::Lines => Some(self.lines(name).into()),
            };
            put(body, name, value)?;
        }
        Ok(())
    }
}

/// How a field's text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text, or nothing.
    Text,
    /// An amount of money, as people of either language write it.
    Amount,
    /// The address of a page, with or without its `https://`.
    Address,
    /// A whole number.
    Number,
    /// A box that is ticked or not.
    Yes,
    /// One entry a line.
    Lines,
}

/// An amount as the API has it: with a point, without blanks and signs of currency that people write.
pub fn plain_amount(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '€' | '$' | '£' | '%'))
        .collect();
    let (comma, point) = (kept.rfind(','), kept.rfind('.'));
    match (comma, point) {
        // The last of both is the decimal one.
        (Some(comma), Some(point)) if comma > point => kept.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => kept.replace(',', ""),
        (Some(_), None) => kept.replace(',', "."),
        (None, _) => kept,
    }
}

/// An amount with noughts behind it, as many as its currency has decimals. One that has more, and what is no amount, stays:
/// the API says what is wrong with it.
fn filled_up(plain: String, decimals: u8) -> String {
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_amount = !whole.is_empty() && digits(whole.trim_start_matches('-')) && digits(fraction);
    let wanted = usize::from(decimals);
    if !is_amount || fraction.len() >= wanted {
        return plain;
    }
    format!("{whole}.{fraction:0<wanted$}")
}

/// An address as the API has it: what begins with a host's name, as people write it, is meant with `https://`.
pub fn whole_address(text: &str) -> String {
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = host.contains('.') && !host.contains(|c: char| c.is_whitespace() || c == '@');
    if is_host && !text.contains("://") { format!("https://{text}") } else { text.to_owned() }
}

/// Puts a value at a dotted name, making what it stands in; `None` removes what stands there.
///
/// # Errors
/// Never in practice: whatever it stands in is an object then.
pub fn put(body: &mut Value, name: &str, value: Option<Value>) -> Result<(), Error> {
    let mut here = body;
    let mut parts = name.split('.').peekable();
    while let Some(part) = parts.next() {
        if !here.is_object() {
            if value.is_none() {
                return Ok(());
            }
            *here = json!({});
        }
        if value.is_none() && here.get(part).is_none() {
            return Ok(());
        }
        let members: &mut Map<String, Value> =
            here.as_object_mut().ok_or_else(|| Error::Internal("a body of a form is no object".into()))?;
        if parts.peek().is_none() {
            match value {
                Some(value) => drop(members.insert(part.to_owned(), value)),
                None => drop(members.remove(part)),
            }
            return Ok(());
        }
        here = members.entry(part).or_insert(Value::Null);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_members() {
        let posted = Posted::read(
            b"csrf=x&name=+Ma+boutique+&a.b.percent=12%2C5&a.b.gone=&list=one%0D%0A%0D%0Atwo&days=14&days2=soon&on=yes",
        );
        let mut body = json!({"a": {"b": {"gone": 1, "kept": 2}}, "off": true});
        posted
            .set(
                &mut body,
                &[
                    ("name", Form::Text),
                    ("a.b.percent", Form::Amount),
                    ("a.b.gone", Form::Text),
                    ("list", Form::Lines),
                    ("days", Form::Number),
                    ("days2", Form::Number),
                    ("on", Form::Yes),
                    ("off", Form::Yes),
                    ("never.was", Form::Text),
                ],
            )
            .unwrap();
        assert_eq!(
            body,
            json!({"name": "Ma boutique", "a": {"b": {"percent": "12.5", "kept": 2}}, "list": ["one", "two"],
                "days": 14, "days2": "soon", "on": true, "off": false})
        );
        assert!(!posted.entered(Vec::new()).values.contains_key("csrf"));
    }

    #[test]
    fn whole_amounts_are_filled_up_and_addresses_made_whole() {
        let (euro, yen) = (Posted::default().counting_in(2), Posted::default().counting_in(0));
        for (text, in_euro, in_yen) in [
            ("5", "5.00", "5"),
            ("10 €", "10.00", "10"),
            ("8,5", "8.50", "8.5"),
            ("8,50", "8.50", "8.50"),
            ("-3", "-3.00", "-3"),
            ("8,555", "8.555", "8.555"),
            ("5.", "5.00", "5."),
            ("dix", "dix", "dix"),
            ("", "", ""),
            (".5", ".5", ".5"),
        ] {
            assert_eq!((euro.money(text), yen.money(text)), (in_euro.into(), in_yen.into()), "{text}");
        }
        assert_eq!(Posted::default().money("5"), "5");
        for (text, whole) in [
            ("thes-sylvie.example", "https://thes-sylvie.example"),
            ("www.thes.example/fr/?a=b", "https://www.thes.example/fr/?a=b"),
            ("http://thes.example", "http://thes.example"),
            ("boutique", "boutique"),
            ("mes thés.fr", "mes thés.fr"),
            ("javascript:alert(1.5)", "https://javascript:alert(1.5)"),
            ("sylvie@thes.example", "sylvie@thes.example"),
        ] {
            assert_eq!(whole_address(text), whole, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, plain) in [
            ("12,50", "12.50"),
            ("1 234,50 €", "1234.50"),
            ("1.234,50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("10 %", "10"),
            ("10", "10"),
            ("abc", "abc"),
        ] {
            assert_eq!(plain_amount(text), plain, "{text}");
        }
    }
}
