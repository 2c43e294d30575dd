//! One shop's ledger as a Durable Object.

/// The header by which an object says how many writes to KV it noted down to do by itself.
pub const NOTED: &str = "x-parrain-noted";

/// The Durable Object class; one object per shop, named by the shop's id.
#[worker::durable_object(alarm)]
pub struct ShopLedger {
    _state: worker::State,
}

impl worker::DurableObject for ShopLedger {
    fn new(state: worker::State, _env: worker::Env) -> Self {
        Self { _state: state }
    }

    async fn fetch(&self, _request: worker::Request) -> worker::Result<worker::Response> {
        worker::Response::error("not yet", 503)
    }

    async fn alarm(&self) -> worker::Result<worker::Response> {
        worker::Response::empty()
    }
}
