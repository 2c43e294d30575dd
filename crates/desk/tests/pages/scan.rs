//! Reading what maud writes: tags with their attributes, and the words between them.

/// A tag as it stands: `form`, or `/form` where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(each, _)| each == name).map(|(_, value)| value.clone())
    }
}

fn plain(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Every tag of a page. Attributes are quoted and their quotes escaped: maud writes them so.
pub fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let mut quoted = false;
        let end = after
            .char_indices()
            .find(|(_, c)| {
                quoted ^= *c == '"';
                *c == '>' && !quoted
            })
            .map_or(after.len(), |(at, _)| at);
        let (tag, next) = after.split_at(end);
        rest = next;
        let (name, mut attributes_text) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while !attributes_text.trim().is_empty() {
            let text = attributes_text.trim_start();
            let end = text.find([' ', '=']).unwrap_or(text.len());
            let (name, after) = text.split_at(end);
            match after.strip_prefix("=\"").and_then(|after| after.split_once('"')) {
                Some((value, after)) => {
                    attributes.push((name.to_owned(), plain(value)));
                    attributes_text = after;
                }
                None => {
                    attributes.push((name.to_owned(), String::new()));
                    attributes_text = after;
                }
            }
        }
        tags.push(Tag { name: name.to_owned(), attributes });
    }
    tags
}

/// What a reader reads: the text between tags, without that of `code` and `pre`, which is for machines.
pub fn words(page: &str) -> String {
    let body = page.split_once("<body>").map_or(page, |(_, body)| body);
    let mut out = String::new();
    let mut machine = 0_i32;
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.split(' ').next().unwrap_or_default();
        match name {
            "code" | "pre" | "textarea" => machine += 1,
            "/code" | "/pre" | "/textarea" => machine -= 1,
            _ => {}
        }
        if machine == 0 {
            out.push_str(&plain(text));
            out.push(' ');
        }
    }
    out
}

/// The content of a page, a line a tag, so that what differs can be read.
pub fn lines(page: &str) -> String {
    let main = page.find("<main").map_or(page, |at| &page[at..]);
    let main = main.split("</main>").next().unwrap_or(main);
    let mut out = main.replace("><", ">\n<");
    out.push('\n');
    out
}
