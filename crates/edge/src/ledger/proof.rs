//! Whether a shop's set-up works, by what really happens while somebody tries it: a test referral that is never paid
//! is followed from the page to the refund.

use parrain_core::code::Code;
use parrain_core::event::{Change, Goods, Order, What};
use parrain_core::instant::Instant;
use parrain_core::money::format_amount;
use parrain_core::program::Audience;
use parrain_wire::desk::{Proof, RefusedOrigin, Seen, SetUpProof};
use parrain_wire::event::{Decided, Outcome};

use super::Ledger;
use super::sql::{Sql, SqlError, json_of};
use crate::protocol::calls::{BeginProof, GetProof, Saw};
use crate::protocol::publication::Publication;
use crate::protocol::shop::{Proving, Referrer};
use crate::protocol::{Answers, By, Refusal};

/// For how many hours a test is watched.
const HOURS: i64 = 24;

/// How many origins are told that were refused.
const MOST_ORIGINS: usize = 20;

impl<S: Sql> Answers<BeginProof> for Ledger<S> {
    fn answer(&self, now: Instant, ask: BeginProof) -> Result<SetUpProof, Refusal> {
        let shop = self.shop()?;
        let program = shop.versions.latest();
        let customers = || program.offers.iter().find(|offer| offer.audience == Audience::Customer);
        let offer = program.joinable().or_else(customers).or(program.offers.first());
        let offer = offer.ok_or(Refusal::NotJoinable)?;
        if self.find_referrer(&ask.code)?.is_some() {
            return Err(Refusal::Store("the code of a test is taken".into()));
        }
        let referrer = Referrer { offer: offer.id.clone(), test: true, ..Referrer::default() };
        self.write_referrer(&shop, now, &ask.code, &referrer)?;
        let mut record = shop.record.clone();
        record.proving = Some(Proving { code: ask.code.clone(), until: now.plus_seconds(HOURS * 3600) });
        self.write_record(&record)?;
        let proof = SetUpProof { since: Some(now), code: Some(ask.code), ..SetUpProof::default() };
        self.write_proof(&proof)?;
        Ok(SetUpProof { as_of: now, ..proof })
    }
}

impl<S: Sql> Answers<GetProof> for Ledger<S> {
    fn answer(&self, now: Instant, _: GetProof) -> Result<SetUpProof, Refusal> {
        self.shop()?;
        Ok(SetUpProof { as_of: now, ..self.proof()? })
    }
}

impl<S: Sql> Answers<Saw> for Ledger<S> {
    fn answer(&self, now: Instant, ask: Saw) -> Result<(), Refusal> {
        match ask {
            Saw::Page { page } => self.saw(now, Proof::PageSeen, |seen| seen.page = Some(page)),
            Saw::Foreign { origin } => self.saw_foreign(now, origin),
        }
    }
}

impl<S: Sql> Ledger<S> {
    /// Notes that a link was opened or a code came to stand on a page, where it is the test's.
    pub(super) fn saw_code(&self, now: Instant, code: &Code, step: Proof) -> Result<(), Refusal> {
        match self.proving(now)? {
            Some(proving) if proving.code == *code => {
                self.saw(now, step, |seen| seen.code = Some(code.to_string()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Notes that an order arrived, and whether it is the test's.
    pub(super) fn saw_order(&self, now: Instant, order: &Order, outcome: &Outcome) -> Result<(), Refusal> {
        let Some(proving) = self.proving(now)? else { return Ok(()) };
        let tell = |seen: &mut Seen| {
            seen.order_id = Some(order.id.clone());
            seen.platform = self.platform();
            let carried = order.codes.iter().chain(order.touches.iter().map(|touch| &touch.code));
            seen.code = carried.map(ToString::to_string).next();
            seen.reason = outcome.reason.clone();
            let goods = order.goods.as_ref();
            seen.amount =
                goods.map(|goods| format_amount(Goods::base(goods), goods.currency.decimals()).into());
            seen.currency = goods.map(|goods| goods.currency.code().into());
        };
        self.saw(now, Proof::OrderArrived, tell)?;
        if outcome.referrer.as_ref() == Some(&proving.code) && outcome.outcome == Decided::Recorded {
            self.saw(now, Proof::Credited, tell)?;
        }
        Ok(())
    }

    /// Notes that money went back or an order was cancelled.
    pub(super) fn saw_change(&self, now: Instant, change: &Change, outcome: &Outcome) -> Result<(), Refusal> {
        let Some(proving) = self.proving(now)? else { return Ok(()) };
        let goes_back = match change.what {
            What::Refunded { .. } | What::Cancelled => true,
            What::Voided { .. } | What::Reinstated { .. } => false,
        };
        if goes_back && outcome.referrer.as_ref() == Some(&proving.code) {
            self.saw(now, Proof::RefundArrived, |seen| {
                seen.order_id = Some(change.order_id.clone());
                seen.platform = self.platform();
            })?;
        }
        Ok(())
    }

    fn proving(&self, now: Instant) -> Result<Option<Proving>, Refusal> {
        Ok(self.shop()?.record.proving.clone().filter(|proving| now < proving.until))
    }

    fn platform(&self) -> Option<String> {
        match self.asker.borrow().as_ref().map(|asker| &asker.by) {
            Some(By::Platform(name)) => Some(name.clone()),
            Some(By::Admin | By::Shop | By::Helper(_) | By::Module(_)) | None => None,
        }
    }

    fn saw(&self, now: Instant, step: Proof, tell: impl FnOnce(&mut Seen)) -> Result<(), Refusal> {
        if self.proving(now)?.is_none() {
            return Ok(());
        }
        let mut proof = self.proof()?;
        let mut seen = Seen { step: step.into(), at: now, ..Seen::default() };
        tell(&mut seen);
        let code = proof.code.as_ref().map(ToString::to_string);
        match proof.seen.iter_mut().find(|seen| seen.step == step) {
            // The first of a step is kept, but where a later one has the test's code and it has not.
            Some(kept) if kept.code != code && seen.code == code => *kept = seen,
            Some(_) => return Ok(()),
            None => proof.seen.push(seen),
        }
        Ok(self.write_proof(&proof)?)
    }

    fn saw_foreign(&self, now: Instant, origin: String) -> Result<(), Refusal> {
        if self.proving(now)?.is_none() {
            return Ok(());
        }
        let mut proof = self.proof()?;
        let refused = &mut proof.refused_origins;
        let room = refused.len() < MOST_ORIGINS;
        match refused.iter_mut().find(|one| one.origin == origin) {
            Some(one) => (one.at, one.count) = (now, one.count.saturating_add(1)),
            None if room => refused.push(RefusedOrigin { origin, at: now, count: 1 }),
            None => return Ok(()),
        }
        Ok(self.write_proof(&proof)?)
    }

    fn proof(&self) -> Result<SetUpProof, SqlError> {
        let rows = self.sql.run("SELECT value FROM meta WHERE name = 'proof'", &[])?;
        Ok(rows.first().map(|row| row.json(0)).transpose()?.unwrap_or_default())
    }

    fn write_proof(&self, proof: &SetUpProof) -> Result<(), SqlError> {
        let text = json_of(proof)?;
        self.sql.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('proof', ?)", &[text.into()])?;
        Ok(())
    }

    /// Writes the shop's record, here and for KV.
    pub(super) fn write_record(&self, record: &crate::protocol::shop::ShopRecord) -> Result<(), Refusal> {
        let json = json_of(record)?;
        self.sql.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('shop', ?)", &[json.into()])?;
        self.post(record, &Publication::Shop(Box::new(record.clone())))?;
        self.shop.replace(None);
        Ok(())
    }
}
