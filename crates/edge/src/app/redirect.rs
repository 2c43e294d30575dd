//! Share links: `/r/{shop}/{code}` leads to the shop and counts a click, unless a machine follows it.

use super::clicks::Next;
use super::{App, Env};
use crate::http::{Method, Request, Response, header};
use crate::landing;
use crate::problem::Error;
use crate::protocol::Call;
use crate::shop_id::ShopId;
use crate::stores::{LedgerError, Ledgers};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parrain_core::code::Code;
use std::rc::Rc;
use std::time::Duration;

/// As finely as the clock goes: what is shorter would be no pause by it.
const TICK: Duration = Duration::from_millis(1);

impl<E: Env> App<E> {
    pub(super) async fn follow_link(
        &self,
        request: &Request,
        id: &ShopId,
        text: &str,
    ) -> Result<Response, Error> {
        let known = match parrain_wire::address::code(text) {
            Some(code) => self.shop_and_link(id, code).await,
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
        let began = self.env.now();
        if !self.isolate.clicks.add(&id, code, began) {
            return;
        }
        let (env, isolate) = (Rc::clone(&self.env), Rc::clone(&self.isolate));
        self.env.later(Box::pin(async move {
            loop {
                // Calls take their time too, and the platform counts it.
                let now = env.clock();
                let name = env.random::<9>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
                let Ok(name) = name else { return env.log("clicks were not counted: no random bytes") };
                match isolate.clicks.next(&id, began, now, name) {
                    Next::Done => return,
                    Next::Pause(pause) => env.pause(pause.max(TICK)).await,
                    Next::Send(call) => {
                        let name = call.name.clone();
                        let answer = env.ledgers().call(&id, Call::new(now, call)).await;
                        if let Err(LedgerError::Silent(cause)) = &answer {
                            env.log(&format!("clicks wait, since the ledger did not answer: {cause}"));
                        }
                        let answered = !matches!(answer, Err(LedgerError::Silent(_)));
                        isolate.clicks.sent(&id, began, &name, answered);
                        if !answered {
                            return;
                        }
                    }
                }
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
