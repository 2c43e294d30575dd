//! Between the Workers runtime and the app's plain values. Nothing is decided here.

mod counts;
mod env;
mod kv;
mod ledgers;
mod object;
mod sql;
mod web;

use crate::app::{App, Isolate};
use crate::http::{
    Body, HeaderMap, HeaderValue, MAX_WEBHOOK, Method, Request, Response, StatusCode, max_body,
};
use crate::problem::Error;
use crate::route::Routes;
use ::http::HeaderName;
use env::WorkersEnv;
use futures_util::StreamExt;
use parrain_core::instant::Instant;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    /// What an isolate keeps from request to request.
    static ISOLATE: RefCell<Option<(Rc<Routes>, Rc<Isolate>)>> = const { RefCell::new(None) };
}

/// What happens once in each isolate: a panic is told to the log with its place. What it says is not, since a
/// personal datum may stand in it.
#[worker::event(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        worker::console_error!("a panic at {place}");
    }));
}

/// A `fetch` event of the Worker.
#[worker::event(fetch)]
async fn fetch(
    mut request: worker::Request,
    bindings: worker::Env,
    context: worker::Context,
) -> worker::Result<worker::Response> {
    let answer = match read(&mut request).await {
        Ok(request) => answer(&request, bindings, context).await,
        Err(error) => Err(error),
    };
    write(answer.unwrap_or_else(|error| {
        if let Some(line) = error.log_line() {
            worker::console_error!("{line}");
        }
        error.response()
    }))
}

async fn answer(
    request: &Request,
    bindings: worker::Env,
    context: worker::Context,
) -> Result<Response, Error> {
    let env = WorkersEnv::new(bindings, context)
        .map_err(|fault| Error::Internal(format!("a binding of wrangler.toml is missing: {fault}")))?;
    let env = Rc::new(env);
    let (routes, isolate) = isolate()?;
    let mut response = App::new(routes, isolate, Rc::clone(&env)).answer(request).await;
    if let Some(counts) = env.counted().await {
        response = response.with(HeaderName::from_static("x-parrain-kv"), &counts);
    }
    Ok(response)
}

fn isolate() -> Result<(Rc<Routes>, Rc<Isolate>), Error> {
    ISOLATE.with_borrow_mut(|isolate| {
        if let Some(known) = isolate {
            return Ok(known.clone());
        }
        let made = (Rc::new(Routes::new()?), Rc::new(Isolate::default()));
        *isolate = Some(made.clone());
        Ok(made)
    })
}

/// The runtime's clock, which stands still between two awaits.
fn now() -> Instant {
    Instant::from_millis(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
}

/// The request as plain values, its body kept up to the cap.
async fn read(request: &mut worker::Request) -> Result<Request, Error> {
    let url =
        request.url().map_err(|_| Error::Malformed("the address of the request is not a URL".into()))?;
    let method = Method::from_bytes(request.inner().method().as_bytes())
        .map_err(|_| Error::Malformed("the method is not a word".into()))?;
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers().entries() {
        let name = HeaderName::from_bytes(name.as_bytes());
        // The runtime gives header bytes as text; what cannot be a header here is left out.
        let value = HeaderValue::from_str(&value);
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    let most = max_body(url.path());
    let body =
        if request.inner().body().is_none() { Body::Whole(Vec::new()) } else { body(request, most).await? };
    Ok(Request {
        method,
        origin: url.origin().ascii_serialization(),
        path: url.path().to_owned(),
        query: url.query().unwrap_or_default().to_owned(),
        headers,
        body,
    })
}

/// How much of a body that is too large is still read, to be thrown away.
const MOST_READ: usize = 8 * MAX_WEBHOOK;

/// Bytes are counted as they come, since the declared length may lie or be missing. What is beyond the cap is
/// thrown away unread rather than left on the line: a client that is still sending would not hear the answer,
/// and a proxy would hand the rest to the next request.
async fn body(request: &mut worker::Request, most: usize) -> Result<Body, Error> {
    let broken = |_| Error::Malformed("the body ended before it was whole".into());
    let declared = request.headers().get("content-length").ok().flatten();
    let declared: usize = declared.and_then(|length| length.parse().ok()).unwrap_or(0);
    // One allocation for a body that says its length, none for one that says that it is too long.
    let (mut bytes, mut read) = (Vec::with_capacity(if declared > most { 0 } else { declared }), 0_usize);
    let mut stream = request.stream().map_err(broken)?;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(broken)?;
        read = read.saturating_add(chunk.len());
        if read <= most && declared <= most {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
            if read > MOST_READ {
                break;
            }
        }
    }
    Ok(if read > most || declared > most { Body::TooLarge } else { Body::Whole(bytes) })
}

fn write(response: Response) -> worker::Result<worker::Response> {
    let headers = worker::Headers::new();
    for (name, value) in &response.headers {
        if let Ok(value) = value.to_str() {
            headers.append(name.as_str(), value)?;
        }
    }
    // A 204 or 304 may not have even an empty body.
    let bodiless = matches!(response.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let answer =
        if bodiless { worker::Response::empty()? } else { worker::Response::from_bytes(response.body)? };
    Ok(answer.with_status(response.status.as_u16()).with_headers(headers))
}
