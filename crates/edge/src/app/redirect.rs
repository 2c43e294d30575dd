//! Share links: `/r/{shop}/{code}` leads to the shop and counts a click, unless a machine follows it.

use super::{App, Env};
use crate::http::{Method, Request, Response, header};
use crate::landing;
use crate::problem::Error;
use crate::protocol::Call;
use crate::protocol::calls::CountClick;
use crate::shop_id::ShopId;
use crate::stores::{LedgerError, Ledgers};
use parrain_core::code::Code;
use std::rc::Rc;

impl<E: Env> App<E> {
    pub(super) async fn follow_link(
        &self,
        request: &Request,
        id: &ShopId,
        text: &str,
    ) -> Result<Response, Error> {
        let known = match parrain_wire::address::code(text) {
            Some(code) => {
                self.shop_and_referrer(id, &code).await.map(|(shop, referrer)| (shop, referrer.map(|_| code)))
            }
            None => self.shop(id).await.map(|shop| (shop, None)),
        };
        let (shop, code) = self.counted(request, known).await?;
        let program = &shop.program;
        let param = program.link_params.first().map_or("ref", String::as_str);
        let code_text = code.as_ref().map(Code::as_str);
        let target = landing::target(program.landing_url.as_str(), &request.query, param, code_text)
            .ok_or_else(|| Error::Internal("a stored program's landing_url is no web address".into()))?;
        if let Some(code) = code.filter(|_| self.is_a_visit(request)) {
            self.count_click(id.clone(), code);
        }
        Ok(Response::found(&target))
    }

    /// The visitor does not wait for the counting.
    fn count_click(&self, id: ShopId, code: Code) {
        let env = Rc::clone(&self.env);
        let now = env.now();
        self.env.later(Box::pin(async move {
            match env.ledgers().call(&id, Call::new(now, CountClick { code })).await {
                Ok(()) | Err(LedgerError::Refused(_)) => {}
                Err(error) => env.log(&format!("a click was not counted: {error}")),
            }
        }));
    }

    /// Whether a person's browser follows the link to show it now. What says nothing of itself is a machine.
    fn is_a_visit(&self, request: &Request) -> bool {
        let ahead = ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
            request.header(*name).is_some_and(|value| value.contains("prefetch") || value.contains("preview"))
        });
        let agent = request.header(header::USER_AGENT).unwrap_or_default();
        let machine = agent.trim().is_empty() || self.env.is_bot(agent);
        request.method == Method::GET && !ahead && !machine
    }
}
