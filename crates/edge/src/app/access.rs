//! Who may ask what: the admin everything, a shop's own server what is the shop's.

use super::{App, Env, Limit};
use crate::http::Request;
use crate::problem::Error;
use crate::shop_id::ShopId;
use crate::token::same_secret;

/// How many seconds to wait after too many requests: the length of the limits' period.
pub const RETRY_AFTER: u32 = 10;

const NO_TOKEN: Error = Error::Unauthorized("this needs a token, sent as Authorization: Bearer");
const WRONG_TOKEN: Error = Error::Unauthorized("this token does not hold here");

impl<E: Env> App<E> {
    /// Lets the deployment's admin through.
    ///
    /// # Errors
    /// 401, 429 after too many of those, or 503 where the deployment has no admin token.
    pub(super) async fn admin_only(&self, request: &Request) -> Result<(), Error> {
        if self.is_admin(request)? {
            return Ok(());
        }
        Err(self.failed(request, refusal(request)).await)
    }

    /// Lets the admin and the shop's own server through. A shop that is not there answers to the admin only
    /// (404, from its ledger); anybody else's token is simply wrong there.
    ///
    /// # Errors
    /// As [`App::admin_only`].
    pub(super) async fn owner(&self, request: &Request, shop: &ShopId) -> Result<(), Error> {
        if self.is_shop(request, shop).await? || self.is_admin(request)? {
            return Ok(());
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
        let right = self.env.admin_token();
        if right.is_empty() {
            return Err(Error::NoAdminToken);
        }
        Ok(request.bearer().is_some_and(|given| same_secret(given, right)))
    }

    async fn is_shop(&self, request: &Request, shop: &ShopId) -> Result<bool, Error> {
        let Some(given) = request.bearer().filter(|token| token.starts_with("pst_")) else {
            return Ok(false);
        };
        // The ledger is asked, not a copy, which may be of an earlier shop of this id.
        match self.fresh_shop(shop).await {
            Ok(found) => Ok(same_secret(given, &found.record.secrets.shop_token)),
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
        assert_eq!(limits.len(), 3);
        for limit in limits {
            assert!(limit.ends_with(&format!("period = {RETRY_AFTER} }}")), "{limit}");
        }
    }
}
