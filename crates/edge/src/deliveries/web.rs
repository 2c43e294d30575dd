//! Requests that the ledger's alarm makes of others, as plain values, so that all of it runs without a Workers runtime.

use http::Method;
use parrain_core::instant::Instant;
use parrain_mail::Letter;

/// A request of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// Where it goes.
    pub url: String,
    /// Its headers, names in lower case; who sends it adds our `user-agent`.
    pub headers: Vec<(&'static str, String)>,
    /// Its body; `None` for a method that has none.
    pub body: Option<String>,
    /// How many bytes of the answer are read at most; what follows is let go.
    pub most: usize,
}

/// What was answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// `Retry-After`, where it is a number of seconds.
    pub retry_after: Option<i64>,
    /// The body, as far as it was read.
    pub body: String,
}

/// A mail for the binding by which Cloudflare sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundMail {
    /// Address and name of whose mail it is.
    pub from: (String, String),
    /// To whom it goes.
    pub to: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// What it says, and its headers.
    pub letter: Letter,
}

/// Whose interface stands at one address for all shops, or one that a shop's name is put into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// Shopify's Admin GraphQL.
    Shopify,
    /// Stripe.
    Stripe,
    /// Resend, which sends mail.
    Resend,
    /// Brevo, which sends mail and keeps contacts.
    Brevo,
    /// Klaviyo, which keeps contacts.
    Klaviyo,
}

impl Api {
    /// The setting of the deployment that names a stand-in for it, such as a test's.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Shopify => "PARRAIN_SHOPIFY_API",
            Self::Stripe => "PARRAIN_STRIPE_API",
            Self::Resend => "PARRAIN_RESEND_API",
            Self::Brevo => "PARRAIN_BREVO_API",
            Self::Klaviyo => "PARRAIN_KLAVIYO_API",
        }
    }
}

/// Who makes requests.
pub trait Web {
    /// Makes one. Waits for ten seconds and follows no redirect.
    ///
    /// # Errors
    /// Where no answer came; why, in words. It may have been done all the same.
    async fn ask(&self, request: &Outgoing) -> Result<Reply, String>;

    /// Sends a mail by the deployment's own binding; answers the id under which it was taken.
    ///
    /// # Errors
    /// Where it was not taken, or there is no such binding; why, in words.
    async fn send_mail(&self, mail: &BoundMail) -> Result<String, String>;

    /// What time it is now.
    fn now(&self) -> Instant;

    /// The keys by which credentials are sealed, as [`crate::details::seal::Keyring::parse`] reads them.
    fn seal_keys(&self) -> String;

    /// Where a stand-in for an interface is, without a trailing slash; `None` where the real one is asked.
    fn stand_in(&self, api: Api) -> Option<String>;
}

impl<W: Web> Web for &W {
    async fn ask(&self, request: &Outgoing) -> Result<Reply, String> {
        (**self).ask(request).await
    }

    async fn send_mail(&self, mail: &BoundMail) -> Result<String, String> {
        (**self).send_mail(mail).await
    }

    fn now(&self) -> Instant {
        (**self).now()
    }

    fn seal_keys(&self) -> String {
        (**self).seal_keys()
    }

    fn stand_in(&self, api: Api) -> Option<String> {
        (**self).stand_in(api)
    }
}
