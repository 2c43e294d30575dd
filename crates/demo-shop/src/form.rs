//! A form that one of the shop's pages sent, with the token that shows it.

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::response::Response;
use subtle::ConstantTimeEq;

use crate::Shop;
use crate::pages;
use crate::visitor::Visitor;

/// A form that one of our pages sent.
pub struct Posted {
    /// Who sent it.
    pub visitor: Visitor,
    fields: Vec<(String, String)>,
}

impl Posted {
    /// The first field of that name that is not empty, without the blanks around it.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, value)| value.trim())
            .find(|value| !value.is_empty())
    }
}

impl FromRequest<Shop> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, shop: &Shop) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, shop).await;
        let fields =
            match Form::<Vec<(String, String)>>::from_request(Request::from_parts(parts, body), shop).await {
                Ok(Form(fields)) => fields,
                Err(rejection) => {
                    let page = pages::sorry(shop, &visitor, rejection.status());
                    return Err(visitor.page(rejection.status(), page));
                }
            };
        let posted = Self { visitor, fields };
        let token = posted.field("token").unwrap_or_default();
        if bool::from(token.as_bytes().ct_eq(posted.visitor.session.token.as_bytes())) {
            return Ok(posted);
        }
        let visitor = posted.visitor;
        let page = pages::sorry(shop, &visitor, StatusCode::FORBIDDEN);
        Err(visitor.page(StatusCode::FORBIDDEN, page))
    }
}
