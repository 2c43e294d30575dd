//! Atelier Lumière: a small shop of candles, lamps and mugs, to try Parrain in.
//!
//! Rendered on the server, it works without any script. It knows Parrain as any shop would: by
//! the script tag in its pages, by asking what a code gives, by sending signed events, by mailing
//! referrers the links that it gives, by the webhooks that it is told, and by the tasks that it does
//! as a module of the shop's platform would.

mod basket;
mod books;
mod catalog;
mod coupons;
mod form;
mod lang;
mod mail;
mod module;
mod money;
mod offer;
mod order;
mod outbox;
mod pages;
mod people;
mod receiver;
mod resend;
mod routes;
mod touches;
mod visitor;
mod words;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use axum_extra::extract::cookie::Key;
use clap::Parser;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::books::Books;
use crate::mail::Mail;
use crate::module::Module;
use crate::offer::{Offers, Verdict};
use crate::outbox::Sender;
use crate::people::Customer;
use crate::receiver::Receiver;
use crate::resend::Resend;
use crate::touches::Code;

/// The demo shop of Parrain.
#[derive(Parser)]
#[command(version, about)]
struct Options {
    /// Port to serve on; this machine alone can reach it.
    #[arg(long, default_value_t = 8788)]
    port: u16,
    /// Base URL of the edge.
    #[arg(long, default_value = "http://localhost:8787")]
    edge: String,
    /// The shop's id at the edge.
    #[arg(long, default_value = "demo")]
    shop: String,
    /// Directory of the shop's pictures and style sheet.
    #[arg(long, default_value = "www/demo")]
    www: PathBuf,
    /// Directory to keep orders in; without it they are gone when the shop stops.
    #[arg(long)]
    state: Option<PathBuf>,
    /// What the shop's events are signed with, from the answer to PUT /v1/shops/{shop}.
    #[arg(long, env = "PARRAIN_EVENT_SECRET", hide_env_values = true)]
    event_secret: String,
    /// What the shop asks for its referrers' links with, from the same answer.
    #[arg(long, env = "PARRAIN_SHOP_TOKEN", hide_env_values = true)]
    shop_token: String,
    /// What the shop vouches for its customers with, from the same answer.
    #[arg(long, env = "PARRAIN_IDENTITY_KEY", hide_env_values = true)]
    identity_key: String,
    /// What the shop asks for its tasks with, from the answer to POST /v1/connect-codes/exchange; without it the shop makes
    /// no codes and no vouchers.
    #[arg(long, env = "PARRAIN_MODULE_TOKEN", hide_env_values = true)]
    module_token: Option<String>,
    /// What webhooks to /parrain/webhooks are signed with, from the answer to POST /v1/shops/{shop}/endpoints.
    #[arg(long, env = "PARRAIN_ENDPOINT_SECRET", hide_env_values = true)]
    endpoint_secret: Option<String>,
}

/// The running shop, shared by all requests.
#[derive(Clone)]
pub struct Shop(Arc<Inner>);

/// What the shop has and knows.
pub struct Inner {
    /// Orders and waiting events.
    pub books: Arc<Books>,
    /// Base URL of the edge, without a slash at its end.
    pub edge: String,
    /// The shop's id at the edge.
    pub id: String,
    /// What customers are vouched for with.
    pub identity_key: String,
    /// Letters to referrers.
    pub mail: Arc<Mail>,
    /// What the edge would have mailed.
    pub resend: Arc<Resend>,
    /// What the edge told.
    pub receiver: Arc<Receiver>,
    /// Whether the shop does the tasks of a module.
    pub is_module: bool,
    /// Wakes who does tasks.
    pub told: Arc<Notify>,
    /// Wakes the outbox.
    pub news: Arc<Notify>,
    offers: Arc<Offers>,
    key: Key,
}

impl std::ops::Deref for Shop {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    /// How often somebody has ordered here, known by the customer they are signed in as, by the
    /// address they typed, or both.
    pub fn earlier_orders(&self, customer: Option<&Customer>, email: Option<&str>) -> u32 {
        let signed_in = customer.map_or(0, |c| {
            let here = self.books.orders_of(c.id, c.email).len();
            c.earlier_orders.saturating_add(u32::try_from(here).unwrap_or(u32::MAX))
        });
        let typed = email.map_or(0, |email| {
            people::earlier_orders(email).saturating_add(self.books.count_by_email(email))
        });
        signed_in.max(typed)
    }

    /// What a code gives: by the shop's own books, and else as the edge says, asked off the threads that serve pages.
    pub async fn ask(&self, code: Code) -> Verdict {
        if let Some(voucher) = self.books.voucher(&code) {
            let good = voucher.ended.is_none() && self.books.spent_by(&code).is_none();
            return voucher.worth().filter(|_| good).map_or(Verdict::Spent, Verdict::Voucher);
        }
        let (offers, asked) = (Arc::clone(&self.offers), code.clone());
        let said =
            tokio::task::spawn_blocking(move || offers.ask(&asked)).await.unwrap_or(Verdict::Unchecked);
        match self.books.coupon(&code) {
            Some(coupon) => said.with(&coupon, Timestamp::now()),
            None => said,
        }
    }
}

impl FromRef<Shop> for Key {
    fn from_ref(shop: &Shop) -> Self {
        shop.key.clone()
    }
}

/// What asks the edge, and waits for it so long at most: any status is an answer, no redirect is followed.
fn agent(patience: Duration) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(patience))
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .new_agent()
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("demo-shop: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until Ctrl-C. The error is a sentence for who started the shop.
async fn run(options: Options) -> Result<(), String> {
    let edge = options.edge.trim_end_matches('/').to_owned();
    if edge.starts_with("https://") && !cfg!(feature = "https") {
        return Err(format!("{edge} needs TLS: build the shop with `--features https`"));
    }
    if !edge.starts_with("http://") && !edge.starts_with("https://") {
        return Err(format!("--edge must begin with http:// or https://, not {edge:?}"));
    }
    if !options.www.join("static").is_dir() {
        return Err(format!(
            "{} has no folder `static`: start the shop from the repository, or say --www",
            options.www.display()
        ));
    }
    let sender = Sender::new(&edge, &options.shop, &options.event_secret)
        .map_err(|_| "PARRAIN_EVENT_SECRET is not whsec_ and base64: take event_secret from the answer to PUT /v1/shops/{shop}".to_owned())?;
    let at = |what: &str, error: &std::io::Error| match &options.state {
        Some(dir) => format!("{what} in {} cannot be used: {error}", dir.display()),
        None => format!("{what} cannot be used: {error}"),
    };
    let books = Arc::new(Books::open(options.state.as_deref()).map_err(|e| at("the orders", &e))?);
    let key = session_key(options.state.as_deref()).map_err(|e| at("the session key", &e))?;
    let news = Arc::new(Notify::new());
    let told = Arc::new(Notify::new());
    let receiver = Receiver::new(options.endpoint_secret.as_deref())
        .map_err(|_| "PARRAIN_ENDPOINT_SECRET is not whsec_ and base64".to_owned())?;

    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
        format!("port {} cannot be used ({error}): stop what uses it, or say --port", options.port)
    })?;

    let outbox = tokio::spawn(outbox::run(Arc::clone(&books), Arc::new(sender), Arc::clone(&news)));
    let worker = options.module_token.as_deref().map(|token| {
        let module = Arc::new(Module::new(&edge, &options.shop, token));
        tokio::spawn(module::run(Arc::clone(&books), module, Arc::clone(&told)))
    });
    let offers = Arc::new(Offers::new(&edge, &options.shop));
    let mail = Arc::new(Mail::new(&edge, &options.shop, &options.shop_token));
    let shop = Shop(Arc::new(Inner {
        books,
        edge,
        id: options.shop,
        identity_key: options.identity_key,
        mail,
        resend: Arc::default(),
        receiver: Arc::new(receiver),
        is_module: worker.is_some(),
        told,
        news,
        offers,
        key,
    }));
    println!("Atelier Lumière: http://localhost:{}/", options.port);
    let served =
        axum::serve(listener, routes::all(shop, &options.www)).with_graceful_shutdown(stopped()).await;
    outbox.abort();
    if let Some(worker) = worker {
        worker.abort();
    }
    served.map_err(|error| format!("serving failed: {error}"))
}

/// Waits for Ctrl-C, or for SIGTERM where there is one.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// The key of the session cookies: kept beside the orders, so that baskets outlive a restart.
fn session_key(state: Option<&std::path::Path>) -> std::io::Result<Key> {
    let Some(path) = state.map(|dir| dir.join("session.key")) else { return Ok(Key::generate()) };
    match std::fs::read(&path) {
        Ok(bytes) => Key::try_from(bytes.as_slice()).map_err(std::io::Error::other),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = Key::generate();
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            std::io::Write::write_all(&mut options.open(&path)?, key.master())?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}
