//! Who may ask what: the admin everything, a shop's own server and its desk what is the shop's.
//!
//! That somebody may do something is a value that only the checks here make. What does it takes that value as an
//! argument, so that a forgotten check does not compile.

use super::{Answer, App, Env, Limit};
use crate::http::Request;
use crate::problem::Error;
use crate::protocol::{Asker, By};
use crate::shop_id::ShopId;
use crate::token::{SHOP_PREFIX, is_one_of, module_hash};
use parrain_wire::desk::Role;

/// How many seconds to wait after too many requests: the length of the limits' period.
pub const RETRY_AFTER: u32 = 10;

const NO_TOKEN: Error = Error::Unauthorized("this needs a token, sent as Authorization: Bearer");
const WRONG_TOKEN: Error = Error::Unauthorized("this token does not hold here");

/// May look at all that is the shop's.
pub(super) struct Reads(Asker);

/// May also decide: reviews, credits, claims.
pub(super) struct Reviews(Asker);

/// May do all that is the shop's.
pub(super) struct Owner(Asker);

/// May do what a shop's module does, for itself alone.
pub(super) struct Module(Asker);

/// May do everything in this deployment.
pub(super) struct Admin(Asker);

/// Somebody who was let in, for something or other.
pub(super) trait May {
    /// Who, as the shop's ledger is told.
    fn asker(&self) -> &Asker;
}

impl May for Reads {
    fn asker(&self) -> &Asker {
        &self.0
    }
}

impl May for Reviews {
    fn asker(&self) -> &Asker {
        &self.0
    }
}

impl May for Owner {
    fn asker(&self) -> &Asker {
        &self.0
    }
}

impl May for Module {
    fn asker(&self) -> &Asker {
        &self.0
    }
}

impl May for Admin {
    fn asker(&self) -> &Asker {
        &self.0
    }
}

impl<E: Env> App<E> {
    /// Lets the deployment's admin through.
    ///
    /// # Errors
    /// 401, 429 after too many of those, or 503 where the deployment has no admin token.
    pub(super) async fn admin(&self, request: &Request) -> Result<Admin, Error> {
        if self.is_admin(request)? {
            return Ok(Admin(By::Admin.into()));
        }
        Err(self.failed(request, refusal(request)).await)
    }

    /// Lets through who may look at what is the shop's.
    ///
    /// # Errors
    /// As [`App::owner`].
    pub(super) async fn reads(&self, request: &Request, shop: &ShopId) -> Result<Reads, Error> {
        self.asker(request, shop, Role::Reads).await.map(Reads)
    }

    /// Lets through who may decide what waits for the shop.
    ///
    /// # Errors
    /// As [`App::owner`].
    pub(super) async fn reviews(&self, request: &Request, shop: &ShopId) -> Result<Reviews, Error> {
        self.asker(request, shop, Role::Reviews).await.map(Reviews)
    }

    /// Lets the admin, the shop's own server and its owner at the desk through. A shop that is not there answers
    /// to the admin only (404, from its ledger); anybody else's token is simply wrong there.
    ///
    /// # Errors
    /// As [`App::admin`], and 403 for a helper who may do less.
    pub(super) async fn owner(&self, request: &Request, shop: &ShopId) -> Result<Owner, Error> {
        self.asker(request, shop, Role::All).await.map(Owner)
    }

    /// Lets a connected module through, and whom [`App::owner`] does. Whether the connection stands is checked by the
    /// ledger, in the transaction that answers.
    ///
    /// # Errors
    /// As [`App::owner`].
    pub(super) async fn module(&self, request: &Request, shop: &ShopId) -> Result<Module, Error> {
        match request.bearer().and_then(module_hash).filter(|(of, _)| of == shop) {
            Some((_, hash)) => Ok(Module(By::Module(hash).into())),
            None => self.asker(request, shop, Role::All).await.map(Module),
        }
    }

    /// What a module is answered; that its token holds no longer counts against it, as any wrong token does.
    pub(super) async fn of_module(&self, request: &Request, answer: Answer) -> Answer {
        match answer {
            Err(error @ Error::Unauthorized(_)) => Err(self.failed(request, error).await),
            answer => answer,
        }
    }

    async fn asker(&self, request: &Request, shop: &ShopId, needed: Role) -> Result<Asker, Error> {
        if let Some(session) = &self.session {
            return session.asker(shop, needed);
        }
        if self.is_shop(request, shop).await? {
            return Ok(By::Shop.into());
        }
        if self.is_admin(request)? {
            return Ok(By::Admin.into());
        }
        Err(self.failed(request, refusal(request)).await)
    }

    /// An error that counts against its sender: a 429 once there were too many.
    pub(super) async fn failed(&self, request: &Request, error: Error) -> Error {
        if self.env.allow(Limit::Failure, &request.client()).await {
            error
        } else {
            Error::TooMany(RETRY_AFTER)
        }
    }

    /// What was looked for; that it is not there counts against who asked, since ids can be guessed.
    pub(super) async fn counted<T>(&self, request: &Request, found: Result<T, Error>) -> Result<T, Error> {
        match found {
            Err(error @ Error::NotFound(_)) => Err(self.failed(request, error).await),
            found => found,
        }
    }

    fn is_admin(&self, request: &Request) -> Result<bool, Error> {
        if self.newest_admin_token().is_empty() {
            return Err(Error::NoAdminToken);
        }
        Ok(request.bearer().is_some_and(|given| is_one_of(given, self.env.admin_token())))
    }

    /// The admin token, and of two the one that stays.
    pub(super) fn newest_admin_token(&self) -> &str {
        self.env.admin_token().split(',').map(str::trim).find(|token| !token.is_empty()).unwrap_or_default()
    }

    async fn is_shop(&self, request: &Request, shop: &ShopId) -> Result<bool, Error> {
        let Some(given) = request.bearer().filter(|token| token.starts_with(SHOP_PREFIX)) else {
            return Ok(false);
        };
        // The ledger is asked, not a copy, which may be of an earlier shop of this id.
        match self.fresh_shop(shop).await {
            Ok(found) => Ok(found.is_token(given, self.env.now())),
            Err(Error::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn refusal(request: &Request) -> Error {
    if request.bearer().is_none() { NO_TOKEN } else { WRONG_TOKEN }
}

#[cfg(test)]
mod tests {
    use super::RETRY_AFTER;

    #[test]
    fn who_asked_too_often_waits_for_the_limits_period() {
        let set_up = include_str!("../../../../wrangler.toml");
        let limits: Vec<&str> = set_up.lines().filter(|line| line.starts_with("simple = ")).collect();
        assert_eq!(limits.len(), 4);
        for limit in limits {
            assert!(limit.ends_with(&format!("period = {RETRY_AFTER} }}")), "{limit}");
        }
    }
}
