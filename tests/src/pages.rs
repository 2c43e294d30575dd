//! Pages of shops that are not ours: served from this machine, with a server that answers what a
//! shop's platform would, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::shop::{TestShop, demo_program};
use crate::{bodies, env};

/// What a page answers: status, headers, body.
pub type Reply = (u16, Vec<(&'static str, String)>, String);

/// A shop's site, and its program on the edge with Anna as referrer.
pub struct Pages {
    /// Where a browser finds it, without a slash at its end.
    pub url: String,
    /// The shop on the edge.
    pub shop: TestShop,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Pages {
    /// Opens a site that answers by `reply`, which is given method, path with query, and body; where it
    /// gives nothing, the answer is 404.
    ///
    /// # Panics
    /// Where this machine has no free port.
    pub fn open(
        reply: impl Fn(&TestShop, &str, &str, &str) -> Option<Reply> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://localhost:{}", listener.local_addr().expect("it is bound").port());
        let shop = TestShop::new(demo_program(&url));
        shop.referrer("ANNA10", &bodies::anna());
        shop.referrer("BOB22", &bodies::referrer("friends", "Bob"));
        let pages = Arc::new(Self { url, shop, asked: Arc::default() });
        let served = Arc::downgrade(&pages);
        let reply = Arc::new(reply);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(pages) = served.upgrade() else { return };
                let reply = Arc::clone(&reply);
                thread::spawn(move || answer(stream, &pages, &*reply));
            }
        });
        pages
    }

    /// A site of one kind of page: the tag with these attributes, `head` before it, `body` around it.
    pub fn plain(attributes: &'static str, head: &'static str, body: &'static str) -> Arc<Self> {
        Self::open(move |shop, _, _, _| Some((200, Vec::new(), page(shop, attributes, head, body))))
    }

    /// A URL of the site.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// What the site was asked so far: method, path and body.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no thread panics with it").clone()
    }
}

/// A page with the shop's tag.
pub fn page(shop: &TestShop, attributes: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>A shop</title><link rel=icon href='data:,'>\
         <meta name=viewport content='width=device-width,initial-scale=1'>{WATCH}{head}\
         <script async src='{}/widget.js' data-shop='{}' {attributes}></script></head>\
         <body><main><h1>A shop</h1><p>Goods.</p>{body}</main></body></html>",
        env::base(),
        shop.id
    )
}

/// Notes whatever a page's console would show of scripts, and layout shifts.
const WATCH: &str = "<script nonce=watch>
    window.wrong = []; window.shifts = [];
    addEventListener('error', (e) => wrong.push(String(e.message)));
    addEventListener('unhandledrejection', (e) => wrong.push(String(e.reason)));
    console.error = (...all) => wrong.push(all.join(' '));
    const name = ({node, previousRect: a, currentRect: b}) =>
        `${node?.nodeName}.${node?.className} ${a.x},${a.y} ${a.width}x${a.height} to ${b.x},${b.y} ${b.width}x${b.height}`;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(entry.value, ...entry.sources.map(name));
    }).observe({type: 'layout-shift', buffered: true});
</script>";

fn answer(
    mut stream: TcpStream,
    pages: &Pages,
    reply: &dyn Fn(&TestShop, &str, &str, &str) -> Option<Reply>,
) {
    let mut reader = BufReader::new(match stream.try_clone() {
        Ok(stream) => stream,
        Err(_) => return,
    });
    let mut first = String::new();
    if reader.read_line(&mut first).is_err() || first.is_empty() {
        return;
    }
    let (mut length, mut nonce) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "nonce" => nonce = format!(" nonce={}", value.trim()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut words = first.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if let Ok(mut asked) = pages.asked.lock() {
        asked.push(format!("{method} {path}{nonce} {body}").trim().to_owned());
    }
    let (status, headers, text) =
        reply(&pages.shop, method, path, &body).unwrap_or_else(|| (404, Vec::new(), String::new()));
    let kind = if text.starts_with(['{', '[', 't']) { "application/json" } else { "text/html" };
    let mut head = format!(
        "HTTP/1.1 {status} OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n",
        text.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let _ = stream.write_all(format!("{head}\r\n{text}").as_bytes());
}
