//! The shops' ledgers behind their Durable Object stubs: JSON over a stub's fetch.

use super::counts::{Counts, Done};
use super::object::{DONE, NOTED};
use crate::protocol::{Ask, Call, Refusal};
use crate::shop_id::ShopId;
use crate::stores::{LedgerError, Ledgers};
use serde::de::DeserializeOwned;
use std::rc::Rc;
use worker::wasm_bindgen::JsValue;
use worker::{Method, ObjectNamespace, Request, RequestInit};

/// The namespace bound as `SHOP_LEDGER`; an object's name is its shop's id.
pub struct ObjectLedgers {
    objects: ObjectNamespace,
    counts: Rc<Counts>,
    counting: bool,
}

impl ObjectLedgers {
    /// The bound namespace.
    pub fn new(env: &worker::Env, counts: Rc<Counts>, counting: bool) -> worker::Result<Self> {
        Ok(Self { objects: env.durable_object("SHOP_LEDGER")?, counts, counting })
    }

    async fn send(&self, shop: &ShopId, call: String) -> worker::Result<(u16, String)> {
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(JsValue::from_str(&call)));
        // The host is never looked up: a stub's address only has to be one.
        let mut request = Request::new_with_init("https://ledger/", &init)?;
        if self.counting {
            request.headers_mut()?.set(NOTED, "1")?;
        }
        let mut response = self.objects.get_by_name(shop.as_str())?.fetch_with_request(request).await?;
        let noted = response.headers().get(NOTED)?.and_then(|text| text.parse().ok());
        self.counts.noted(noted.unwrap_or(0));
        if let Some(done) = response.headers().get(DONE)?.as_deref().and_then(Done::read) {
            self.counts.done(done);
        }
        Ok((response.status_code(), response.text().await?))
    }
}

impl Ledgers for ObjectLedgers {
    async fn call<A>(&self, shop: &ShopId, call: Call<A>) -> Result<A::Answer, LedgerError>
    where
        A: Ask<Answer: DeserializeOwned>,
    {
        self.counts.ledger();
        let silent = |cause: String| LedgerError::Silent(cause);
        let call =
            serde_json::to_string(&call.into_transport()).map_err(|fault| silent(fault.to_string()))?;
        let (status, text) = self.send(shop, call).await.map_err(|fault| silent(fault.to_string()))?;
        if status != 200 {
            return Err(silent(format!("status {status}")));
        }
        let answer: Result<A::Answer, Refusal> =
            serde_json::from_str(&text).map_err(|fault| silent(fault.to_string()))?;
        Ok(answer?)
    }
}
