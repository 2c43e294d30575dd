//! Bringing along what a shop had in other software: an export becomes a plan, and the plan is made in steps.

use super::access::Owner;
use super::body;
use super::shops::Shop;
use super::{Answer, App, Env};
use crate::http::{Request, Response, StatusCode};
use crate::problem::Error;
use crate::protocol::calls::{ListVersions, PutShop};
use crate::protocol::imports::{
    About, DropImport, GetImport, ListImports, PlanImport, Planned, StepImport, Wish,
};
use crate::protocol::shop::{Edit, Managed, Referrer, Secrets};
use crate::shop_id::ShopId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parrain_core::event::{Customer, Goods, Kind, Order};
use parrain_core::money::Rate;
use parrain_core::program::Program;
use parrain_core::referrer::Activity;
use parrain_imports::{Entry, Found, Item, OldOrder, Owed, Person, Refused, Settings, link_params, read};
use parrain_wire::imports::{
    Import, ImportColumn, ImportReason as Reason, ImportState, ImportVerdict, ImportWhat as What,
    ImportedColumn, Software,
};
use serde_json::json;

/// The most characters of an order's id in a file that go into its id here.
const MOST_ID: usize = 96;
/// How often a version of the program is tried that somebody else saves meanwhile.
const TRIES: u32 = 4;

impl<E: Env> App<E> {
    /// Reads an export and keeps what it asks for as a plan: nothing is made yet.
    pub(super) async fn plan_import(&self, may: &Owner, request: &Request, id: &ShopId) -> Answer {
        let shop = self.fresh_shop(id).await?;
        let program = &shop.program;
        let software = request.word::<Software>("software")?;
        let offer = offer(request, program)?;
        let (nearest, rates) = (request.flag("nearest")?, request.flag("rates")?);
        let (welcome, takes_links) = (request.flag("welcome")?, request.flag("link_params")?);
        let settings = Settings {
            software,
            zone: program.zone.clone(),
            currency: program.currency,
            now: self.env.now(),
            nearest,
            rates,
        };
        let found = read(request.bytes(), &settings).map_err(|why| Error::invalid("", why.words()))?;
        let column = |(name, read_as): &(String, Option<ImportColumn>)| ImportedColumn {
            name: name.chars().take(100).collect(),
            read_as: read_as.map(Into::into),
        };
        let params = if takes_links { link_params(found.software) } else { &[] };
        let about = About {
            software: found.software,
            offer: offer.clone(),
            nearest,
            rates,
            welcome,
            link_params: params.iter().map(|name| (*name).to_owned()).collect(),
            lines: found.lines,
            columns: found.columns.iter().map(column).collect(),
        };
        let planned = Reader { shop: &shop, offer: &offer, found: &found }.planned();
        let ask = PlanImport { id: URL_SAFE_NO_PAD.encode(self.env.random::<12>()?), about, planned };
        Ok(Response::json(StatusCode::CREATED, &self.ask_as(may, id, ask).await?)?)
    }

    /// The imports that are kept.
    pub(super) async fn list_imports(&self, may: &Owner, id: &ShopId) -> Answer {
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ListImports).await?)?)
    }

    /// One of them with its lines.
    pub(super) async fn get_import(
        &self,
        may: &Owner,
        request: &Request,
        id: &ShopId,
        import: String,
    ) -> Answer {
        let verdict = request.word::<ImportVerdict>("verdict")?;
        let ask = GetImport { id: import, verdict, cursor: request.param("cursor") };
        Ok(Response::json(StatusCode::OK, &self.ask_as(may, id, ask).await?)?)
    }

    /// Makes the next of what a plan says; before the first, the program takes the old links' parameters.
    pub(super) async fn step_import(&self, may: &Owner, id: &ShopId, import: String) -> Answer {
        let ask = GetImport { id: import.clone(), verdict: None, cursor: None };
        let plan: Import = self.ask_as(may, id, ask).await?;
        if plan.state == ImportState::Planned {
            self.take_link_params(may, id, &plan.link_params).await?;
        }
        let step = self.ask_as(may, id, StepImport { id: import }).await?;
        Ok(Response::json(StatusCode::OK, &step)?)
    }

    /// Drops a plan.
    pub(super) async fn drop_import(&self, may: &Owner, id: &ShopId, import: String) -> Answer {
        self.ask_as(may, id, DropImport { id: import }).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT))
    }

    /// A new version of the program that takes these parameters of links too, where it does not yet.
    ///
    /// # Errors
    /// [`Error::Changed`] where the program is saved by others as often as this tries.
    async fn take_link_params(&self, may: &Owner, id: &ShopId, names: &[String]) -> Result<(), Error> {
        for _ in 1..TRIES {
            match self.try_link_params(may, id, names).await {
                Err(Error::Changed) => {}
                done => return done,
            }
        }
        self.try_link_params(may, id, names).await
    }

    async fn try_link_params(&self, may: &Owner, id: &ShopId, names: &[String]) -> Result<(), Error> {
        // The number first: what is saved between the two is in the program that is read, and refused.
        let versions = self.ask_as(may, id, ListVersions { cursor: None }).await?;
        let version = versions.versions.first().map(|newest| newest.number);
        let shop = self.fresh_shop(id).await?;
        let mut all = shop.program.link_params.clone();
        for name in names {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        if all == shop.program.link_params {
            return Ok(());
        }
        let mut program = shop.record.program.clone();
        if let Some(members) = program.as_object_mut() {
            members.insert("link_params".into(), all.into());
        }
        self.forget(id);
        let ask = PutShop {
            shop: id.clone(),
            program,
            webhook_secrets: Default::default(),
            platform_keys: Default::default(),
            // Of a shop that is there: it keeps its own.
            fresh: Secrets { before: Vec::new(), ..shop.record.secrets.clone() },
            version,
        };
        let saved = self.ask_as(may, id, ask).await?;
        self.know(id, saved.value).map(drop)
    }
}

/// Makes wishes of what a file says.
struct Reader<'a> {
    shop: &'a Shop,
    offer: &'a str,
    found: &'a Found,
}

impl Reader<'_> {
    fn planned(&self) -> Vec<Planned> {
        let wish = |entry: &Entry| match &entry.item {
            Ok(Item::Referrer(person)) => self.referrer(person),
            Ok(Item::Owed(owed)) => self.owed(owed),
            Ok(Item::Order(order)) => self.order(order),
            Err(refused) => Wish::Nothing(refused.clone()),
        };
        let planned = |entry: &Entry| {
            let wish = wish(entry);
            let whose = &entry.whose;
            let own = match &wish {
                Wish::Order { .. } | Wish::Nothing(Refused { what: What::Order, .. }) => {
                    &whose.customer_email
                }
                Wish::Referrer { .. } | Wish::Owed { .. } | Wish::Nothing(_) => &whose.email,
            };
            Planned {
                line: entry.line,
                email_hash: own.as_deref().and_then(|email| self.shop.email_hash(email)),
                customer_id: whose.customer_id.clone(),
                wish,
            }
        };
        self.found.entries.iter().map(planned).collect()
    }

    fn referrer(&self, person: &Person) -> Wish {
        // What is no address or no name may be one all the same, which nobody would find again by whose it is.
        let refuse = |reason, column| {
            let columns = self.found.columns.iter();
            let name =
                columns.filter(|(_, read_as)| *read_as == Some(column)).map(|(name, _)| name.clone()).next();
            Wish::Nothing(Refused { column: name, ..Refused::plain(What::Referrer, reason) })
        };
        if person.email.as_deref().is_some_and(|email| !body::is_email(email)) {
            return refuse(Reason::Email, ImportColumn::Email);
        }
        let name = person.name.as_deref().and_then(body::clean_name);
        if name.as_ref().is_some_and(|name| name.chars().count() > body::MOST_NAME) {
            return refuse(Reason::Name, ImportColumn::Name);
        }
        let email_hash = person.email.as_deref().and_then(|email| self.shop.email_hash(email));
        let referrer = Referrer {
            offer: self.offer.to_owned(),
            name,
            email: person.email.clone(),
            email_hash,
            customer_id: person.customer_id.clone(),
            ..Referrer::default()
        };
        let percent = person.percent.clone().filter(|percent| !self.is_offered(percent));
        let terms = |percent: &String| json!({"reward": {"kind": "commission", "percent": percent}});
        let terms = match (&person.percent, &percent) {
            (None, _) => Edit::Keep,
            // The offer's own rate is none of theirs.
            (Some(_), None) => Edit::Clear,
            (Some(_), Some(percent)) => Edit::Set(terms(percent)),
        };
        let managed =
            Managed { activity: person.paused.then_some(Activity::Paused), terms, ..Managed::default() };
        let (code, instead_of) = (person.code.clone(), person.instead_of.clone());
        Wish::Referrer { code, instead_of, referrer, managed, percent }
    }

    /// Whether the offer gives this very rate to everybody.
    fn is_offered(&self, percent: &str) -> bool {
        let program = &self.shop.program;
        let offer = program.offer(self.offer).map(|offer| offer.advocate.reward.to_wire(program.currency));
        let offered = offer.filter(|reward| reward.tiers.is_empty()).and_then(|reward| reward.percent);
        offered
            .and_then(|offered| Rate::parse(offered.as_str()))
            .is_some_and(|offered| Rate::parse(percent) == Some(offered))
    }

    fn owed(&self, owed: &Owed) -> Wish {
        let title = self.found.software.title();
        let french = self.shop.program.locale.starts_with("fr");
        let note = match (&owed.sale, french, title) {
            (None, true, "") => "Solde repris".to_owned(),
            (None, false, "") => "Balance brought along".to_owned(),
            (None, true, title) => format!("Solde repris de {title}"),
            (None, false, title) => format!("Balance brought along from {title}"),
            (Some(sale), true, "") => format!("Commission de la vente {sale}, reprise"),
            (Some(sale), false, "") => format!("Commission of the sale {sale}, brought along"),
            (Some(sale), true, title) => format!("Commission de la vente {sale}, reprise de {title}"),
            (Some(sale), false, title) => {
                format!("Commission of the sale {sale}, brought along from {title}")
            }
        };
        Wish::Owed {
            code: owed.to.code.clone(),
            email_hash: owed.to.email.as_deref().and_then(|email| self.shop.email_hash(email)),
            name: owed.to.name.as_deref().and_then(body::clean_name),
            customer_id: owed.to.customer_id.clone(),
            amount: owed.amount,
            sale: owed.sale.clone(),
            commission: owed.commission.clone(),
            note,
        }
    }

    fn order(&self, old: &OldOrder) -> Wish {
        let short: String = old.id.chars().take(MOST_ID).collect();
        let mut order = Order {
            kind: Kind::Sale,
            // Not the shop's own id, which a later order may have: that one would be taken for this.
            id: format!("import-{}-{short}", self.found.software.name()),
            at: old.at,
            customer: Customer { id: old.customer_id.clone(), email: old.email.clone(), orders_count: None },
            goods: Some(Goods {
                currency: self.shop.program.currency,
                subtotal: old.amount,
                discount: 0,
                total: Some(old.amount).filter(|total| *total > 0),
                lines: Vec::new(),
            }),
            codes: Vec::new(),
            unknown_codes: Vec::new(),
            touches: Vec::new(),
            unknown_touches: Vec::new(),
            adjustment: None,
            traces: Default::default(),
            credit: None,
        };
        self.shop.anonymise(&mut order);
        Wish::Order { order: Box::new(order), sale: old.id.clone() }
    }
}

/// Under which offer referrers come: the one that is named, else the only one.
fn offer(request: &Request, program: &Program) -> Result<String, Error> {
    let ids: Vec<&str> = program.offers.iter().map(|offer| offer.id.as_str()).collect();
    let named = request.param("offer");
    match (named, ids.as_slice()) {
        (Some(named), ids) if ids.contains(&named.as_str()) => Ok(named),
        (None, [only]) => Ok((*only).to_owned()),
        (Some(_) | None, ids) => Err(Error::invalid(
            "offer",
            format!("is not an offer of the program; its offers are {}", ids.join(", ")),
        )),
    }
}
