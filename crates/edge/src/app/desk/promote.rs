//! The page that who promotes a shop opens. It asks for no session: a code is public, and nothing else of its owner is
//! shown. What it says of the offer is what a page of the shop's is answered.

use parrain_desk::promote::{self, Asked, Promote};
use parrain_desk::{Frame, Language};
use parrain_wire::page::Verdict;

use super::super::page::verdict;
use super::super::{App, Env, Limit, access};
use super::{dressed, html};
use crate::http::{Request, Response};
use crate::landing;
use crate::problem::Error;
use crate::protocol::calls::{GetMaterials, GetSetUp};
use crate::shop_id::ShopId;

impl<E: Env> App<E> {
    /// The page, or as a page why there is none.
    pub(in crate::app) async fn promote(&self, request: &Request, id: &ShopId, code: &str) -> Response {
        let answer = self.promote_page(request, id, code).await;
        dressed(answer.unwrap_or_else(|error| self.problem(request, None, error)))
    }

    async fn promote_page(&self, request: &Request, id: &ShopId, code: &str) -> Result<Response, Error> {
        if !self.env.allow(Limit::Page, &request.client()).await {
            return Err(Error::TooMany(access::RETRY_AFTER));
        }
        let code = parrain_wire::address::code(code).ok_or(Error::NO_CODE);
        let code = self.counted(request, code).await?;
        let found = self.shop_and_referrer(id, &code).await;
        let (shop, referrer) = self.counted(request, found).await?;
        let referrer = self.counted(request, referrer.ok_or(Error::NO_CODE)).await?;
        let (materials, set_up) = self.ask_very(id, &shop, (GetMaterials, GetSetUp)).await?;
        let materials = self.addressed(request, id, materials);
        let program = &shop.program;
        let asked = request.param("to").map(|to| {
            let link = landing::built(program, &to, code.as_str());
            Asked { to, link }
        });
        let spoken = Language::of(&program.locale);
        let language = request.param("lang").map_or(spoken, |tag| Language::of(&tag));
        let page = Promote {
            shop: id.to_string(),
            name: program.name.clone(),
            currency: program.currency.code().to_owned(),
            spoken,
            look: set_up.look,
            terms_url: program.terms_url.as_ref().map(|url| url.as_str().to_owned()),
            code: code.to_string(),
            link: self.link(request, id, &code),
            pictures: materials.pictures,
            texts: materials.texts,
            asked,
            ..Promote::default()
        };
        let page = match verdict(program, Some((code, referrer)), self.env.now()) {
            Verdict::Valid(invitation) => Promote {
                counts: true,
                friend: invitation.friend,
                new_customers_only: invitation.new_customers_only,
                starts_at: invitation.starts_at,
                ends_at: invitation.ends_at,
                ..page
            },
            Verdict::Invalid(_) => page,
        };
        let frame = Frame {
            language,
            zone: program.zone.clone(),
            zone_name: program.time_zone.clone(),
            ..self.frame_of_none(request, None)
        };
        Ok(html(promote::page(&frame, &page)))
    }
}
