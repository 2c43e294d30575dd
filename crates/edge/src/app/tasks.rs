//! What a connected module, or another server of the shop's, is to do in the shop's platform.

use super::access::{Module, Reads};
use super::{Answer, App, Env, body};
use crate::http::{Method, Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{Came, FinishTask, ListFailedTasks, TakeTasks};
use crate::shop_id::ShopId;
use parrain_core::check::{Faults, Node};
use parrain_wire::tasks::TaskKind;
use parrain_wire::word::Word;

/// The longest code of a voucher, in characters.
const MOST_CODE: usize = 64;

impl<E: Env> App<E> {
    /// Gives out what is to be done, to one worker alone for some minutes. A `HEAD` would take it from others and tell
    /// nobody what it is.
    pub(super) async fn take_tasks(&self, may: &Module, request: &Request, id: &ShopId) -> Answer {
        if request.method == Method::HEAD {
            return Err(Error::Method("GET".into()));
        }
        let kinds = kinds(request)?;
        let list = self.ask_as(may, id, TakeTasks { kinds, cursor: request.param("cursor") }).await?;
        Ok(Response::json(StatusCode::OK, &list)?)
    }

    /// What failed and is not done.
    pub(super) async fn list_failed_tasks(&self, may: &Reads, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListFailedTasks).await?)?)
    }

    /// Takes down what came of a task.
    pub(super) async fn finish_task(
        &self,
        may: &Module,
        request: &Request,
        id: &ShopId,
        task: String,
    ) -> Answer {
        let json = body::json(request)?;
        let (root, mut faults) = (Node::root(&json), Faults::default());
        root.object(&mut faults);
        root.only(&mut faults, &["done", "failed"]);
        let (done, failed) = (root.field("done"), root.field("failed"));
        let came = match (done.is_present(), failed.is_present()) {
            (true, false) => {
                done.object(&mut faults);
                done.only(&mut faults, &["code"]);
                let code = done.field("code").optional_text(&mut faults, MOST_CODE);
                Some(Came::Done(code.map(|code| code.trim().to_owned())))
            }
            (false, true) => body_words(&failed, &mut faults).map(Came::Failed),
            (true, true) | (false, false) => {
                faults.add(&root, "must say either \"done\" or \"failed\"");
                None
            }
        };
        let came = body::checked(faults, came)?
            .ok_or_else(|| Error::Internal("a task of which nothing came".into()))?;
        let outcome = self.ask_as(may, id, FinishTask { id: task, came }).await?;
        Ok(Response::json(StatusCode::OK, &outcome)?)
    }
}

/// Which kinds of tasks somebody does. Who says nothing makes vouchers alone: a code that a module does not know of would
/// wait for ever.
fn kinds(request: &Request) -> Result<Vec<TaskKind>, Error> {
    let Some(text) = request.param("kinds") else {
        return Ok(vec![TaskKind::Reward, TaskKind::EndCode]);
    };
    let known = |name: &str| {
        TaskKind::named(name.trim()).ok_or_else(|| {
            let names: Vec<&str> = TaskKind::WORDS.iter().map(|(name, _)| *name).collect();
            Error::invalid(
                "kinds",
                format!("must be one or more of {}, separated by commas", names.join(", ")),
            )
        })
    };
    text.split(',').map(known).collect()
}

fn body_words(node: &Node<'_>, faults: &mut Faults) -> Option<String> {
    let text = node.value().and_then(|value| value.as_str()).filter(|text| !text.trim().is_empty());
    match text {
        Some(text) => Some(text.to_owned()),
        None => {
            faults.add(node, "must say why, in words");
            None
        }
    }
}
