//! Claims: a referrer says "this order was mine", and the shop answers.
//!
//! What a referrer is told says nothing of orders that are not theirs: a claim on an order of somebody else, on one
//! of nobody's and on one that never was are taken alike, and wait for the shop.

use parrain_core::account::Told;
use parrain_core::code::Code;
use parrain_core::event::Order;
use parrain_core::instant::Instant;
use parrain_wire::account::{Claim, ClaimList, ClaimState, Happening, OrderSummary, What};
use parrain_wire::deliveries::{EventType, MadeClaim};

use super::shop::parse_code;
use super::sql::{Row, Sql, SqlError, Value};
use super::{Ledger, number};
use crate::protocol::calls::{AnswerClaim, GetClaim, GiveOrder, ListClaims, MakeClaim, Saved};
use crate::protocol::{Answers, Refusal};

/// How many claims a page shows.
const PAGE: usize = 100;
/// How many claims of one referrer may wait: more are no questions.
const MOST_WAITING: i64 = 20;
/// How many of their claims a referrer is shown, the newest first.
const SHOWN: i64 = 20;

/// The columns of a [`ClaimRecord`].
const COLUMNS: &str = "id, code, order_id, note, at, state, answered, answer, tell";

/// A claim as it stands in the table.
pub struct ClaimRecord {
    pub id: i64,
    pub code: Code,
    pub order_id: String,
    pub note: Option<String>,
    pub at: Instant,
    pub state: ClaimState,
    pub answered: Option<Instant>,
    pub answer: Option<String>,
    pub tell: bool,
}

impl<S: Sql> Answers<MakeClaim> for Ledger<S> {
    fn answer(&self, now: Instant, ask: MakeClaim) -> Result<Saved<Claim>, Refusal> {
        let MakeClaim { code, token_made, order_id, note } = ask;
        self.shop()?;
        let held = self.find_referrer(&code)?.ok_or(Refusal::UnknownCode)?;
        if let Some(made) = token_made {
            self.hold_to_person(&held, made)?;
        }
        let own = [Value::from(code.as_str()), order_id.as_str().into()];
        let counted = self.sql.run(
            "SELECT 1 FROM entry WHERE code = ? AND ext = ? AND kind = 0 AND until IS NULL AND refusal IS NULL",
            &own,
        )?;
        if !counted.is_empty() {
            return Err(Refusal::AlreadyTheirs);
        }
        let known =
            self.claims("WHERE code = ? AND order_id = ? ORDER BY id DESC LIMIT 1", &own)?.into_iter().next();
        if let Some(claim) = known {
            return Ok(Saved { created: false, value: claim.for_referrer() });
        }
        let waiting = self.sql.run(
            "SELECT COUNT(*) FROM claim WHERE code = ? AND state = ?",
            &[code.as_str().into(), state_number(ClaimState::Waiting).into()],
        )?;
        if waiting.first().map_or(Ok(0), |row| row.int(0))? >= MOST_WAITING {
            return Err(Refusal::TooManyClaims);
        }
        let made = self.sql.run(
            &format!(
                "INSERT INTO claim (code, order_id, note, at, state, tell) VALUES (?, ?, ?, ?, ?, 0) RETURNING {COLUMNS}"
            ),
            &[
                code.as_str().into(),
                order_id.into(),
                note.into(),
                now.into(),
                state_number(ClaimState::Waiting).into(),
            ],
        )?;
        let row = made.first().ok_or_else(|| Refusal::Store("nothing was inserted".into()))?;
        let claim = ClaimRecord::read(row)?;
        let told = MadeClaim {
            id: claim.id.to_string(),
            code: claim.code.clone(),
            order_id: claim.order_id.clone(),
        };
        self.tell(EventType::ClaimMade, now, &told)?;
        Ok(Saved { created: true, value: claim.for_referrer() })
    }
}

impl<S: Sql> Answers<ListClaims> for Ledger<S> {
    fn answer(&self, _: Instant, ask: ListClaims) -> Result<ClaimList, Refusal> {
        self.shop()?;
        let passed = number(ask.cursor.as_deref())?;
        let state = ask.state.map(state_number);
        let mut found = self.claims(
            "WHERE (?1 IS NULL OR state = ?1) ORDER BY state, id LIMIT ?2 OFFSET ?3",
            &[state.into(), Value::Int(PAGE as i64 + 1), passed.into()],
        )?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let next_cursor = more.then(|| passed.saturating_add(PAGE as i64).to_string());
        let mut claims = Vec::new();
        for claim in found {
            let order = self.summary_of(&claim.order_id)?;
            claims.push(claim.for_shop(order));
        }
        Ok(ClaimList { claims, next_cursor })
    }
}

impl<S: Sql> Answers<GetClaim> for Ledger<S> {
    fn answer(&self, _: Instant, ask: GetClaim) -> Result<Claim, Refusal> {
        self.shop()?;
        let claim = self.claim(&ask.id)?;
        let order = self.summary_of(&claim.order_id)?;
        Ok(claim.for_shop(order))
    }
}

impl<S: Sql> Answers<AnswerClaim> for Ledger<S> {
    fn answer(&self, now: Instant, ask: AnswerClaim) -> Result<Claim, Refusal> {
        let AnswerClaim { id, accept, note, tell, despite, unreported } = ask;
        self.shop()?;
        let claim = self.claim(&id)?;
        if claim.state != ClaimState::Waiting {
            return Err(Refusal::ClaimAnswered);
        }
        if accept {
            let order_id = claim.order_id.clone();
            let unreported = unreported.map(|order| Box::new(Order { id: order_id.clone(), ..*order }));
            let code = claim.code.clone();
            let give = GiveOrder { order_id, code, note: note.clone(), despite, unreported, dry_run: false };
            let given = self.answer(now, give)?;
            // What is theirs already by now is what they asked for.
            if !given.given && !given.refusals.is_empty() {
                return Err(Refusal::NotGiven(given.why));
            }
        }
        let state = if accept { ClaimState::Accepted } else { ClaimState::Refused };
        let answer = Some(note).filter(|note| !note.is_empty());
        let claim = ClaimRecord { state, answered: Some(now), answer, tell, ..claim };
        self.answer_claim(&claim)?;
        self.mail_claim(&claim)?;
        let order = self.summary_of(&claim.order_id)?;
        Ok(claim.for_shop(order))
    }
}

impl<S: Sql> Ledger<S> {
    /// The claims on an order, in order of time.
    pub(super) fn claims_on(&self, order_id: &str) -> Result<Vec<ClaimRecord>, SqlError> {
        self.claims("WHERE order_id = ? ORDER BY id", &[order_id.into()])
    }

    /// What a referrer sees of their claims, the newest first.
    pub(super) fn claims_of(&self, code: &Code) -> Result<Vec<Claim>, SqlError> {
        let found =
            self.claims("WHERE code = ? ORDER BY id DESC LIMIT ?", &[code.as_str().into(), SHOWN.into()])?;
        Ok(found.into_iter().map(ClaimRecord::for_referrer).collect())
    }

    /// All that a referrer ever claimed, as the shop sees it.
    pub(super) fn every_claim_of(&self, code: &Code) -> Result<Vec<Claim>, SqlError> {
        let found = self.claims("WHERE code = ? ORDER BY id", &[code.as_str().into()])?;
        Ok(found.into_iter().map(|claim| claim.for_shop(None)).collect())
    }

    /// A claim by its id, which callers give as text.
    pub(super) fn claim(&self, id: &str) -> Result<ClaimRecord, Refusal> {
        let id = number(Some(id)).map_err(|_| Refusal::UnknownClaim)?;
        self.claims("WHERE id = ?", &[id.into()])?.into_iter().next().ok_or(Refusal::UnknownClaim)
    }

    /// Writes what the shop answered.
    pub(super) fn answer_claim(&self, claim: &ClaimRecord) -> Result<(), SqlError> {
        self.sql.run(
            "UPDATE claim SET state = ?, answered = ?, answer = ?, tell = ? WHERE id = ?",
            &[
                state_number(claim.state).into(),
                claim.answered.map(Instant::micros).into(),
                claim.answer.clone().into(),
                claim.tell.into(),
                claim.id.into(),
            ],
        )?;
        Ok(())
    }

    /// Forgets a referrer's claims, with what they wrote.
    pub(super) fn drop_claims(&self, code: &Code) -> Result<(), SqlError> {
        self.sql.run("DELETE FROM claim WHERE code = ?", &[code.as_str().into()])?;
        Ok(())
    }

    pub(super) fn claims(&self, rest: &str, values: &[Value]) -> Result<Vec<ClaimRecord>, SqlError> {
        let rows = self.sql.run(&format!("SELECT {COLUMNS} FROM claim {rest}"), values)?;
        rows.iter().map(ClaimRecord::read).collect()
    }
}

impl ClaimRecord {
    fn read(row: &Row) -> Result<Self, SqlError> {
        Ok(Self {
            id: row.int(0)?,
            code: parse_code(row.text(1)?)?,
            order_id: row.text(2)?.to_owned(),
            note: row.maybe_text(3).map(str::to_owned),
            at: Instant::from_micros(row.int(4)?),
            state: state_of(row.int(5)?),
            answered: row.maybe_int(6).map(Instant::from_micros),
            answer: row.maybe_text(7).map(str::to_owned),
            tell: row.int(8)? != 0,
        })
    }

    /// As its referrer sees it.
    pub fn for_referrer(self) -> Claim {
        let tell = self.tell;
        let claim = self.for_shop(None);
        Claim { answer: claim.answer.filter(|_| tell), ..claim }
    }

    /// As the shop sees it, with the order that it speaks of.
    pub fn for_shop(self, order: Option<OrderSummary>) -> Claim {
        Claim {
            id: self.id.to_string(),
            code: self.code,
            order_id: self.order_id,
            note: self.note,
            claimed_at: self.at,
            state: self.state.into(),
            answered_at: self.answered,
            answer: self.answer,
            order,
        }
    }

    /// What it adds to the order's history.
    pub fn happenings(&self, locale: &str) -> Vec<Happening> {
        let happening = |what: What, at, told: Told| Happening {
            what: what.into(),
            at,
            received_at: Some(at),
            why: told.words(locale),
        };
        let claimed = Told::Claimed { code: self.code.clone(), note: self.note.clone() };
        let mut told = vec![happening(What::Claimed, self.at, claimed)];
        let accepted = match self.state {
            ClaimState::Waiting => return told,
            ClaimState::Accepted => true,
            ClaimState::Refused => false,
        };
        if let Some(at) = self.answered {
            let answered =
                Told::ClaimAnswered { code: self.code.clone(), accepted, note: self.answer.clone() };
            told.push(happening(What::ClaimAnswered, at, answered));
        }
        told
    }
}

/// The number by which a state stands in the table: those that wait come first.
pub(super) fn state_number(state: ClaimState) -> i64 {
    match state {
        ClaimState::Waiting => 0,
        ClaimState::Accepted => 1,
        ClaimState::Refused => 2,
    }
}

fn state_of(number: i64) -> ClaimState {
    match number {
        0 => ClaimState::Waiting,
        1 => ClaimState::Accepted,
        _ => ClaimState::Refused,
    }
}
