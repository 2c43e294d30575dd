//! Experiments between offers: how long one takes, beginning it, what it says, and keeping one of the offers.

use super::access::{Owner, Reads};
use super::{Answer, App, Env, body};
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{
    BeginExperiment, ConcludeExperiment, GetExperiment, ListExperiments, PlanExperiment,
};
use crate::shop_id::ShopId;
use parrain_core::check::{Faults, Node};
use parrain_core::experiment::MOST_WEEKS;

/// How many decimals a difference may have.
const DECIMALS: u8 = 3;

/// The largest difference, in thousandths of a conversion out of 100 visits: all of them.
const MOST_DIFFERENCE: u32 = 100_000;

impl<E: Env> App<E> {
    /// Begins an experiment, or says how long it would take.
    pub(super) async fn begin_experiment(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["id", "offers", "difference", "weeks", "dry_run"]);
        let dry_run = root.field("dry_run").optional_bool(&mut faults).unwrap_or_default();
        let offers = offers(&root.field("offers"), &mut faults);
        let difference = difference(&root.field("difference"), &mut faults);
        if dry_run {
            let ask = body::checked(faults, PlanExperiment { offers, difference })?;
            return Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ask).await?)?);
        }
        let name = name(&root.field("id"), &mut faults);
        let weeks = root.field("weeks").optional_whole(&mut faults, 1, MOST_WEEKS);
        let ask = body::checked(faults, BeginExperiment { id: name, offers, difference, weeks })?;
        Ok(Response::json(StatusCode::CREATED, &self.ask_as(may, id, ask).await?)?)
    }

    /// All of them.
    pub(super) async fn list_experiments(&self, may: &Reads, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListExperiments).await?)?)
    }

    /// One of them.
    pub(super) async fn get_experiment(&self, may: &Reads, id: &ShopId, experiment: String) -> Answer {
        let experiment = self.ask_as(may, id, GetExperiment { id: experiment }).await?;
        Ok(Response::json(StatusCode::OK, &experiment)?)
    }

    /// Keeps one of its offers.
    pub(super) async fn conclude_experiment(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        experiment: String,
    ) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["offer"]);
        let offer = root.field("offer").text(&mut faults, 64).map(str::to_owned);
        let offer = body::checked(faults, offer)?
            .ok_or_else(|| Error::Internal("an experiment concluded without an offer".into()))?;
        let experiment = self.ask_as(may, id, ConcludeExperiment { id: experiment, offer }).await?;
        Ok(Response::json(StatusCode::OK, &experiment)?)
    }
}

/// An experiment's name.
fn name(node: &Node<'_>, faults: &mut Faults) -> String {
    let name = node.text(faults, 64).unwrap_or_default();
    let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if !name.chars().all(plain) {
        faults.add(node, "must be letters, digits, hyphens and underscores");
    }
    name.to_owned()
}

/// Two or three offers' ids.
fn offers(node: &Node<'_>, faults: &mut Faults) -> Vec<String> {
    let items = node.items(faults, 3);
    if node.is_present() && items.len() < 2 {
        faults.add(node, "must be two or three offers");
    }
    items.iter().filter_map(|item| item.text(faults, 64).map(str::to_owned)).collect()
}

/// A difference in thousandths.
fn difference(node: &Node<'_>, faults: &mut Faults) -> u32 {
    let Some(decimal) = node.decimal(faults) else { return 0 };
    let difference = u32::try_from(decimal.to_minor(DECIMALS)).unwrap_or(u32::MAX);
    if decimal.scale > DECIMALS || !(1..=MOST_DIFFERENCE).contains(&difference) {
        faults.add(node, "must be above 0 and at most 100, with three decimals at most");
    }
    difference
}
