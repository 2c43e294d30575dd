//! The shop's addresses, and what happens at each.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use tower_http::services::ServeDir;

use crate::Shop;
use crate::basket::Standing;
use crate::books::Refusal;
use crate::form::Posted;
use crate::money::Cents;
use crate::offer::Verdict;
use crate::order::{self, Buyer, Order};
use crate::pages;
use crate::people;
use crate::touches::Code;
use crate::visitor::{Notice, Visitor};
use crate::{catalog, pages::checkout::Entered};

/// A part of an address; one that is no text is nobody's.
type Name = Result<Path<String>, PathRejection>;

/// The largest body of a form, in bytes.
const LARGEST_FORM: usize = 64 * 1024;

/// All of the shop, its files under `www` included.
pub fn all(shop: Shop, www: &FilePath) -> Router {
    let policy = policy(&shop.edge);
    let files = Router::new()
        .nest_service("/static", ServeDir::new(www.join("static")))
        .nest_service("/gallery", ServeDir::new(www.join("gallery")));
    // What was mailed has a policy of its own: it is styled where it stands, and may do nothing.
    let mailed = Router::new().route("/mail/{id}", get(mailed)).route("/resend/emails", post(take_mail));
    let told = Router::new().route("/parrain/webhooks", post(take_webhook));
    Router::new()
        .route("/", get(home))
        .route("/p/{slug}", get(product))
        .route("/basket", get(basket))
        .route("/basket/add", post(add))
        .route("/basket/set", post(set))
        .route("/basket/code", post(apply_code))
        .route("/basket/code/remove", post(remove_code))
        .route("/basket/order", post(to_checkout))
        .route("/checkout", get(checkout).post(place))
        .route("/thanks/{number}", get(thanks))
        .route("/account", get(account))
        .route("/account/leave", post(leave))
        .route("/account/link", post(mail_link))
        .route("/mail", get(mail))
        .route("/consent", post(consent))
        .route("/admin", get(admin))
        .route("/admin/refund", post(refund))
        .route("/admin/cancel", post(cancel))
        .route("/admin/hurry", post(hurry))
        .route("/admin/webhooks", get(webhooks))
        .route("/admin/codes", get(codes))
        .route("/healthz", get(async || "ok"))
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(axum::middleware::map_response(move |mut response: Response| {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.clone());
            async move { response }
        }))
        .merge(files)
        .merge(mailed)
        .merge(told)
        .layer(axum::middleware::map_response(async |mut response: Response| {
            for (name, value) in SAFE {
                response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            response
        }))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .with_state(shop)
}

const SAFE: [(&str, &str); 3] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-frame-options", "SAMEORIGIN"),
];

/// The shop's content security policy: itself, and the edge for the widget.
fn policy(edge: &str) -> HeaderValue {
    let text = format!(
        "default-src 'none'; script-src 'self' {edge} 'wasm-unsafe-eval'; connect-src {edge}; img-src 'self' data:; \
         style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'self'"))
}

async fn home(State(shop): State<Shop>, mut visitor: Visitor) -> Response {
    let notice = visitor.take_notice();
    let page = pages::home::page(&shop, &visitor, notice.as_ref());
    visitor.page(StatusCode::OK, page)
}

async fn product(State(shop): State<Shop>, slug: Name, mut visitor: Visitor) -> Response {
    let Some(product) = slug.ok().and_then(|Path(slug)| catalog::by_slug(&slug)) else {
        return missing(&shop, visitor);
    };
    let notice = visitor.take_notice();
    let page = pages::product::page(&shop, &visitor, notice.as_ref(), product);
    visitor.page(StatusCode::OK, page)
}

async fn basket(State(shop): State<Shop>, mut visitor: Visitor) -> Response {
    let quote = visitor.quote(&shop, None).await;
    let notice = visitor.take_notice();
    let page = pages::basket::page(&shop, &visitor, notice.as_ref(), &quote);
    visitor.passing_page(StatusCode::OK, page)
}

async fn add(State(shop): State<Shop>, mut posted: Posted) -> Response {
    let product = posted.field("sku").and_then(catalog::by_sku);
    let pieces = posted.field("pieces").and_then(|text| text.parse().ok()).unwrap_or(1);
    let Some(product) = product else { return missing(&shop, posted.visitor) };
    take_code(&mut posted);
    posted.visitor.session.basket.add(product, pieces);
    posted.visitor.session.notice = Some(Notice::Added(product.sku.to_owned()));
    posted.visitor.go("/basket")
}

async fn set(State(shop): State<Shop>, mut posted: Posted) -> Response {
    let product = posted.field("sku").and_then(catalog::by_sku);
    let Some(product) = product else { return missing(&shop, posted.visitor) };
    if let Some(pieces) = posted.field("pieces").and_then(|text| text.parse().ok()) {
        posted.visitor.session.basket.set(product, pieces);
    }
    posted.visitor.go("/basket")
}

async fn apply_code(State(shop): State<Shop>, mut posted: Posted) -> Response {
    let typed = posted.field("code").or(posted.field("parrain_code")).map(str::parse::<Code>);
    let notice = match typed {
        Some(Ok(code)) => match shop.ask(code.clone()).await {
            Verdict::Unknown => Notice::CodeUnknown(code),
            Verdict::Expired => Notice::CodeExpired(code),
            Verdict::Inactive => Notice::CodeInactive(code),
            Verdict::Spent => Notice::VoucherSpent(code),
            Verdict::Good(_) | Verdict::Voucher(_) | Verdict::Unchecked => {
                posted.visitor.session.code = Some(code.clone());
                posted.visitor.session.declined = None;
                Notice::CodeTaken(code)
            }
        },
        _ => Notice::NotACode,
    };
    // The basket itself says what a good code does; "noted" above that it does nothing would be two answers.
    let quote = posted.visitor.quote(&shop, None).await;
    let useless = quote.code.is_some_and(|applied| applied.standing == Standing::NotFirst);
    posted.visitor.session.notice =
        Some(notice).filter(|notice| !(useless && matches!(notice, Notice::CodeTaken(_))));
    posted.visitor.go("/basket")
}

async fn remove_code(mut posted: Posted) -> Response {
    let code = posted.field("code").and_then(|text| text.parse().ok());
    posted.visitor.session.code = None;
    posted.visitor.session.carried = None;
    posted.visitor.session.declined = code;
    posted.visitor.go("/basket")
}

/// From the basket to the checkout. By POST, so that a code that the widget holds in memory
/// alone comes along.
async fn to_checkout(mut posted: Posted) -> Response {
    take_code(&mut posted);
    posted.visitor.go("/checkout")
}

/// Takes over the code that the widget put into a form: the one that the shopper typed or applied
/// there. What they took off the basket stays off.
fn take_code(posted: &mut Posted) {
    let carried: Option<Code> = posted.field("parrain_code").and_then(|text| text.parse().ok());
    let session = &mut posted.visitor.session;
    session.carried =
        carried.filter(|code| session.declined.as_ref() != Some(code)).or(session.carried.take());
}

async fn checkout(State(shop): State<Shop>, mut visitor: Visitor) -> Response {
    if visitor.session.basket.is_empty() {
        return visitor.go("/basket");
    }
    let quote = visitor.quote(&shop, None).await;
    let notice = visitor.take_notice();
    let entered = visitor
        .customer()
        .map_or_else(Entered::default, |customer| Entered::of(customer.name, customer.email));
    let page = pages::checkout::page(&shop, &visitor, notice.as_ref(), &quote, &entered);
    visitor.passing_page(StatusCode::OK, page)
}

async fn place(State(shop): State<Shop>, mut posted: Posted) -> Response {
    if posted.visitor.session.basket.is_empty() {
        // Sent twice: the first one has placed the order.
        let place = posted
            .visitor
            .session
            .orders
            .last()
            .map_or("/basket".into(), |number| format!("/thanks/{number}"));
        return posted.visitor.go(&place);
    }
    let now = Timestamp::now();
    take_code(&mut posted);
    let entered =
        Entered::of(posted.field("name").unwrap_or_default(), posted.field("email").unwrap_or_default());
    let quote = posted.visitor.quote(&shop, Some(&entered.email)).await;
    let seen = posted.field("total").and_then(Cents::parse);
    let risen = seen.is_none_or(|seen| quote.total > seen);
    if entered.faults() || risen {
        let notice = risen.then_some(Notice::PriceChanged);
        let page = pages::checkout::page(&shop, &posted.visitor, notice.as_ref(), &quote, &entered.checked());
        return posted.visitor.page(StatusCode::UNPROCESSABLE_ENTITY, page);
    }

    let customer = posted.visitor.customer();
    let buyer = Buyer {
        orders_count: shop.earlier_orders(customer, Some(&entered.email)).saturating_add(1),
        name: entered.name,
        email: entered.email,
        id: customer.map(|c| c.id.to_owned()),
    };
    let checkout = posted.visitor.session.checkout.clone();
    let voucher = quote.code.as_ref().filter(|applied| matches!(applied.verdict, Verdict::Voucher(_)));
    let voucher = voucher.map(|applied| applied.code.clone());
    let placed = shop.books.place(&checkout, |number| Order {
        number,
        checkout: checkout.clone(),
        at: now,
        buyer,
        lines: order::lines(&quote),
        subtotal: quote.subtotal,
        discount: quote.discount,
        shipping: quote.shipping,
        total: quote.total,
        voucher: voucher.clone(),
        codes: posted.visitor.session.code().into_iter().collect(),
        touches: posted.visitor.touches(posted.field("parrain_touches"), now),
        refunds: Vec::new(),
        cancelled: None,
    });
    match placed {
        Ok(order) => {
            shop.news.notify_one();
            posted.visitor.session.settle(&order.number);
            posted.visitor.go(&format!("/thanks/{}", order.number))
        }
        // Two orders with one voucher at once: the slower one is shown what it would cost without.
        Err(Refusal::VoucherSpent) => {
            posted.visitor.session.notice = voucher.map(Notice::VoucherSpent);
            posted.visitor.go("/checkout")
        }
        Err(refusal) => failed(&shop, posted.visitor, &refusal),
    }
}

async fn thanks(State(shop): State<Shop>, number: Name, mut visitor: Visitor) -> Response {
    // An order is shown to the session that placed it, and to nobody who merely knows a number.
    let own = number.ok().map(|Path(number)| number).filter(|n| visitor.session.orders.contains(n));
    let Some(order) = own.and_then(|number| shop.books.order(&number)) else {
        return missing(&shop, visitor);
    };
    let notice = visitor.take_notice();
    let page = pages::thanks::page(&shop, &visitor, notice.as_ref(), &order);
    visitor.page(StatusCode::OK, page)
}

async fn account(
    State(shop): State<Shop>,
    Query(asked): Query<Vec<(String, String)>>,
    mut visitor: Visitor,
) -> Response {
    if let Some((_, id)) = asked.iter().find(|(name, _)| name == "customer") {
        let Some(customer) = people::by_id(id) else { return missing(&shop, visitor) };
        visitor.session.customer = Some(customer.id.to_owned());
        return visitor.go("/account");
    }
    let notice = visitor.take_notice();
    let page = pages::account::page(&shop, &visitor, notice.as_ref());
    visitor.page(StatusCode::OK, page)
}

async fn leave(mut posted: Posted) -> Response {
    posted.visitor.session.customer = None;
    posted.visitor.go("/account")
}

/// Says the same whoever's address it is, and before anything is looked up.
async fn mail_link(State(shop): State<Shop>, mut posted: Posted) -> Response {
    let address = posted.field("email").filter(|address| people::is_address(address)).map(str::to_owned);
    posted.visitor.session.notice = Some(match address {
        Some(address) => {
            let (mail, lang) = (Arc::clone(&shop.mail), posted.visitor.lang);
            tokio::task::spawn_blocking(move || mail.send_link(&address, lang));
            Notice::LinkAsked
        }
        None => Notice::NotAnAddress,
    });
    posted.visitor.go("/account")
}

async fn mail(State(shop): State<Shop>, mut visitor: Visitor) -> Response {
    let notice = visitor.take_notice();
    let page = pages::mail::page(&shop, &visitor, notice.as_ref());
    visitor.page(StatusCode::OK, page)
}

/// A mail as the edge sent it, for a frame.
async fn mailed(State(shop): State<Shop>, id: Name) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";
    let found = id.ok().and_then(|Path(id)| shop.resend.html(&id));
    let (status, html) = found.map_or((StatusCode::NOT_FOUND, String::new()), |html| (StatusCode::OK, html));
    let headers =
        [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, headers, html).into_response()
}

/// The stand-in's own address.
async fn take_mail(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> Response {
    let (status, answer) = shop.resend.take(&headers, &body);
    (status, [(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
}

/// Where the edge tells what happens; what may be to be done then is asked for.
async fn take_webhook(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let status = shop.receiver.take(&headers, &body, Timestamp::now());
    if status.is_success() {
        shop.told.notify_one();
    }
    status
}

async fn webhooks(State(shop): State<Shop>, mut visitor: Visitor) -> Response {
    let notice = visitor.take_notice();
    let page = pages::webhooks::page(&shop, &visitor, notice.as_ref());
    visitor.passing_page(StatusCode::OK, page)
}

async fn codes(State(shop): State<Shop>, mut visitor: Visitor) -> Response {
    let notice = visitor.take_notice();
    let page = pages::codes::page(&shop, &visitor, notice.as_ref());
    visitor.passing_page(StatusCode::OK, page)
}

async fn consent(mut posted: Posted) -> Response {
    let choice = posted.field("choice").unwrap_or_default().to_owned();
    posted.visitor.choose(&choice);
    // Back to the page that asked; `//host` would be another site's.
    let back = posted
        .field("back")
        .filter(|b| b.starts_with('/') && !b.starts_with("//") && !b.contains(['\\', '\r', '\n']));
    let back = back.unwrap_or("/").to_owned();
    posted.visitor.go(&back)
}

async fn admin(State(shop): State<Shop>, mut visitor: Visitor) -> Response {
    let notice = visitor.take_notice();
    let page = pages::admin::page(&shop, &visitor, notice.as_ref());
    visitor.passing_page(StatusCode::OK, page)
}

async fn refund(State(shop): State<Shop>, mut posted: Posted) -> Response {
    let number = posted.field("order").unwrap_or_default().to_owned();
    let id = posted.field("refund").unwrap_or_default().to_owned();
    let whole = posted.field("whole").is_some();
    let amount = posted.field("amount").and_then(Cents::parse);
    if id.len() > 64 || id.is_empty() || (!whole && amount.is_none()) {
        posted.visitor.session.notice = Some(Notice::NotThatMuch(shown(&number)));
        return posted.visitor.go("/admin");
    }
    let done = shop.books.refund(&number, &id, if whole { None } else { amount }, Timestamp::now());
    match done {
        Ok(amount) => {
            tell(&shop, &number).await;
            posted.visitor.session.notice = Some(Notice::Refunded(number, amount));
            posted.visitor.go("/admin")
        }
        Err(refusal) => taken_back_not(&shop, posted.visitor, number, &refusal),
    }
}

async fn cancel(State(shop): State<Shop>, mut posted: Posted) -> Response {
    let number = posted.field("order").unwrap_or_default().to_owned();
    match shop.books.cancel(&number, Timestamp::now()) {
        Ok(()) => {
            tell(&shop, &number).await;
            posted.visitor.session.notice = Some(Notice::Cancelled(number));
            posted.visitor.go("/admin")
        }
        Err(refusal) => taken_back_not(&shop, posted.visitor, number, &refusal),
    }
}

async fn hurry(State(shop): State<Shop>, mut posted: Posted) -> Response {
    shop.books.hurry();
    shop.news.notify_one();
    posted.visitor.session.notice = Some(Notice::Hurried);
    posted.visitor.go("/admin")
}

/// Sends what an order's events have to tell, and waits a moment for the answer, so that the page that comes
/// next can show it.
async fn tell(shop: &Shop, number: &str) {
    shop.news.notify_one();
    for _ in 0..40 {
        if shop.books.all_tried(number) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn taken_back_not(shop: &Shop, mut visitor: Visitor, number: String, refusal: &Refusal) -> Response {
    match refusal {
        Refusal::NoSuchOrder => missing(shop, visitor),
        Refusal::NotThatMuch => {
            visitor.session.notice = Some(Notice::NotThatMuch(number));
            visitor.go("/admin")
        }
        Refusal::Journal(_) | Refusal::VoucherSpent => failed(shop, visitor, refusal),
    }
}

/// A number that somebody sent, cut to what a number can be.
fn shown(number: &str) -> String {
    number.chars().take(16).collect()
}

fn failed(shop: &Shop, visitor: Visitor, refusal: &Refusal) -> Response {
    eprintln!("demo-shop: {refusal}");
    let page = pages::sorry(shop, &visitor, StatusCode::INTERNAL_SERVER_ERROR);
    visitor.page(StatusCode::INTERNAL_SERVER_ERROR, page)
}

fn missing(shop: &Shop, visitor: Visitor) -> Response {
    let page = pages::sorry(shop, &visitor, StatusCode::NOT_FOUND);
    visitor.page(StatusCode::NOT_FOUND, page)
}

async fn nowhere(State(shop): State<Shop>, visitor: Visitor) -> Response {
    missing(&shop, visitor)
}

async fn wrong_method(State(shop): State<Shop>, visitor: Visitor) -> Response {
    let page = pages::sorry(&shop, &visitor, StatusCode::METHOD_NOT_ALLOWED);
    visitor.page(StatusCode::METHOD_NOT_ALLOWED, page)
}
