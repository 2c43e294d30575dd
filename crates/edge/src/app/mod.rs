//! Every resource of the wire contract, on plain values: from a request to its answer.

use crate::http::{Body, Method, Request, Response, StatusCode};
use crate::problem::Error;
use crate::route::{Found, Route, Routes};
use serde_json::json;

/// Answers a request; whatever goes wrong is told as a problem document.
pub async fn answer(routes: &Routes, request: &Request) -> Response {
    let mut response = match serve(routes, request).await {
        Ok(response) => response,
        Err(error) => error.response(),
    };
    if request.method == Method::HEAD {
        response.body.clear();
    }
    response
}

async fn serve(routes: &Routes, request: &Request) -> Result<Response, Error> {
    if request.body == Body::TooLarge {
        return Err(Error::TooLarge);
    }
    let Found { route, .. } = routes.find(&request.path)?;
    match route {
        Route::Healthz => Ok(Response::json(StatusCode::OK, &json!({"status": "ok"}))?),
        _ => Err(Error::NotFound("there is nothing at this path")),
    }
}
