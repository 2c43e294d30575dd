//! Banners for a referrer's own pages, drawn from what is public of the offer.

use super::{Answer, App, Env};
use crate::http::{HeaderValue, Request, Response, StatusCode, header};
use crate::problem::Error;
use crate::shop_id::ShopId;
use parrain_desk::Language;
use parrain_desk::banner::{Banner, Size};
use parrain_wire::Code;
use parrain_wire::page::Verdict;

/// For how many seconds a picture may be kept: an offer that changes is soon told.
const KEPT: &str = "public, max-age=3600";

impl<E: Env> App<E> {
    /// A picture of this code's offer, in a size such as `300x250.svg`; its colours by `accent` and `on_accent`, six hex
    /// digits each.
    pub(super) async fn banner(&self, request: &Request, id: &ShopId, code: &str, size: &str) -> Answer {
        const SIZES: Error = Error::NotFound(
            "banners are 300x250.svg, 728x90.svg, 160x600.svg, 970x250.svg and 1080x1080.svg",
        );
        let size = size.strip_suffix(".svg").and_then(Size::named).ok_or(SIZES)?;
        let code: Code = code.parse().map_err(|_| Error::NO_CODE)?;
        let found = self.shop_and_referrer(id, &code).await;
        let (shop, referrer) = self.counted(request, found).await?;
        let referrer = self.counted(request, referrer.ok_or(Error::NO_CODE)).await?;
        let program = &shop.program;
        // As little is promised as on pages: nothing by a code that does not count, or cannot be redeemed yet.
        let reward = match super::page::verdict(program, Some((code.clone(), referrer)), self.env.now()) {
            Verdict::Valid(invitation) => invitation.friend.map(|friend| friend.reward),
            Verdict::Invalid(_) => None,
        };
        let colour = |name: &str| request.param(name).map(|digits| format!("#{digits}")).unwrap_or_default();
        let (accent, on_accent) = (colour("accent"), colour("on_accent"));
        let banner = Banner {
            shop: &program.name,
            code: code.as_str(),
            reward: reward.as_ref(),
            currency: program.currency.code(),
            colours: (&accent, &on_accent),
        };
        let drawn = banner.draw(Language::of(&program.locale), size).into_string();
        let mut answer = Response::empty(StatusCode::OK);
        answer.body = drawn.into_bytes();
        for (name, value) in [
            (header::CONTENT_TYPE, "image/svg+xml; charset=utf-8"),
            (header::CACHE_CONTROL, KEPT),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // It is made for the pages of others.
            (header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        ] {
            answer.headers.insert(name, HeaderValue::from_static(value));
        }
        Ok(answer)
    }
}
