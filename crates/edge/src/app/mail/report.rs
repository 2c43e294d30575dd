//! What providers report of mail that they took: bounces, complaints, and who ended it there.

use parrain_wire::event::{Decided, Outcome};
use parrain_wire::mail::MailProvider;
use parrain_wire::rewards::Reason;
use serde_json::Value;

use crate::app::shops::Shop;
use crate::app::{Answer, App, Env, body};
use crate::deliveries::mail::place;
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{GetMail, ReportMail};
use crate::protocol::mail::Reported;
use crate::shop_id::ShopId;
use crate::signature::{self, Signed};
use crate::token;

impl<E: Env> App<E> {
    /// What a provider reports of mail that it took: bounces, complaints, who ended it there.
    pub(in crate::app) async fn mail_report(
        &self,
        request: &Request,
        id: &ShopId,
        provider: MailProvider,
    ) -> Answer {
        let shop = self.counted(request, self.shop(id).await).await?;
        let right = match provider {
            MailProvider::Brevo => {
                let right = token::mail_webhook_token(shop.token_key(), id).unwrap_or_default();
                request.bearer().is_some_and(|given| token::same_secret(given, &right))
            }
            MailProvider::Resend | MailProvider::Cloudflare => {
                self.is_signed_by_resend(request, id, &shop).await?
            }
        };
        if !right {
            const WRONG: Error =
                Error::Unauthorized("this is not signed by the secret that the shop has given");
            return Err(self.failed(request, WRONG).await);
        }
        let json = body::json(request)?;
        let outcome = |outcome: Decided| Outcome { outcome: outcome.into(), ..Outcome::default() };
        let outcome = match report(provider, &json) {
            Some(Report { provider_id, address, what, words }) => {
                let email_hash = address.and_then(|address| shop.email_hash(&address));
                self.ask_very(id, &shop, ReportMail { provider_id, email_hash, what, words }).await?;
                outcome(Decided::Recorded)
            }
            None => Outcome {
                reason: Some(Reason::UnknownType.into()),
                why: Some("This tells of no address that refuses mail or wants none.".to_owned()),
                ..outcome(Decided::Ignored)
            },
        };
        Ok(Response::json(StatusCode::OK, &outcome)?)
    }

    /// Whether a request is signed as Svix signs: that is the Standard Webhooks specification by other names.
    async fn is_signed_by_resend(&self, request: &Request, id: &ShopId, shop: &Shop) -> Result<bool, Error> {
        let header = |name: &'static str| request.header(name).filter(|value| !value.is_empty());
        let (Some(sent), Some(timestamp), Some(signatures)) =
            (header("svix-id"), header("svix-timestamp"), header("svix-signature"))
        else {
            return Ok(false);
        };
        let held = self.ask_very(id, shop, GetMail).await?;
        let Some(sealed) = held.and_then(|held| held.record.webhook_secret) else { return Ok(false) };
        let secret = self.mail_keys()?.open(&place(id, &shop.record.secrets.incarnation), &sealed)?;
        let secret = String::from_utf8(secret).unwrap_or_default();
        let signed = Signed { id: sent, timestamp, signatures };
        Ok(signature::verify(&secret, &signed, request.bytes(), self.env.now()).is_ok())
    }
}

/// Whose reports come in at `…/webhooks/{name}`, beside those of shops' platforms.
pub fn reporting(name: &str) -> Option<MailProvider> {
    MailProvider::WORDS.iter().map(|(_, provider)| *provider).find(|one| reporting_name(*one) == Some(name))
}

/// By which name reports of a provider come in; nothing for one that reports nothing.
pub const fn reporting_name(provider: MailProvider) -> Option<&'static str> {
    match provider {
        MailProvider::Resend => Some("mail-resend"),
        MailProvider::Brevo => Some("mail-brevo"),
        MailProvider::Cloudflare => None,
    }
}

/// What a provider reports.
struct Report {
    provider_id: String,
    address: Option<String>,
    what: Reported,
    words: String,
}

/// Reads a report; `None` for one that says nothing of an address. Resend: <https://resend.com/docs/dashboard/webhooks/event-types>;
/// Brevo: <https://developers.brevo.com/docs/transactional-webhooks>.
fn report(provider: MailProvider, json: &Value) -> Option<Report> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match provider {
        MailProvider::Resend => {
            let data = &json["data"];
            let bounce = &data["bounce"];
            let what = match json["type"].as_str()? {
                // A mailbox that is full today is none that refuses for good.
                "email.bounced" if matches!(bounce["type"].as_str(), Some("Transient" | "Undetermined")) => {
                    return None;
                }
                "email.bounced" | "email.suppressed" => Reported::Bounced,
                "email.complained" => Reported::Complained,
                _ => return None,
            };
            let address = data["to"].as_array().and_then(|all| all.first()).unwrap_or(&data["to"]);
            let words = text(&bounce["message"]).or_else(|| text(&json["type"])).unwrap_or_default();
            Some(Report { provider_id: text(&data["email_id"])?, address: text(address), what, words })
        }
        MailProvider::Brevo => {
            let what = match json["event"].as_str()? {
                "hard_bounce" | "invalid_email" | "blocked" => Reported::Bounced,
                "spam" => Reported::Complained,
                "unsubscribed" => Reported::Unsubscribed,
                _ => return None,
            };
            let words = text(&json["reason"]).or_else(|| text(&json["event"])).unwrap_or_default();
            Some(Report {
                provider_id: text(&json["message-id"])?,
                address: text(&json["email"]),
                what,
                words,
            })
        }
        MailProvider::Cloudflare => None,
    }
}
