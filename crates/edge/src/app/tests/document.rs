//! Holds the published document's schemas to the types of `crates/wire`, of which they are made:
//! `PARRAIN_REWRITE=1 cargo test -p parrain-edge document` writes them anew. Paths, parameters, security and examples
//! are written by hand in the document itself; so is what a type does not say of a member (`maxLength`, `format`), and
//! the words of a description where somebody wrote better ones.

use crate::app::openapi::DOCUMENT;
use parrain_wire::{
    account, books, connections, contacts, deliveries, desk, details, event, experiments, imports, mail,
    materials, order, page, payouts, problem, program, promotion, referrer, rewards, shops, signals, tasks,
    yearly,
};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// What a document may say of a member beside what its type does.
const KEPT: &[&str] = &[
    "const",
    "description",
    "maxLength",
    "minLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "maxItems",
    "default",
    "example",
    "examples",
    "additionalProperties",
];

#[test]
fn the_document_s_schemas_are_those_of_the_types() {
    let old: Json = serde_json::from_str(DOCUMENT).unwrap();
    let mut new = old.clone();
    let schemas = new.member_mut("components").and_then(|all| all.member_mut("schemas")).unwrap();
    for (name, schema) in generated() {
        match schemas.member_mut(&name) {
            Some(place) => *place = merged(place, &schema),
            None => schemas.put(name, schema),
        }
    }
    if old != new && std::env::var_os("PARRAIN_REWRITE").is_some() {
        let mut text = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
        new.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter)).unwrap();
        text.push(b'\n');
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json"), text).unwrap();
    }
    for (name, schema) in schemas_of(&new) {
        let before = schemas_of(&old).find(|(other, _)| *other == name);
        assert!(
            before.is_some_and(|(_, before)| before == schema),
            "{name} is to be {}",
            serde_json::to_string(schema).unwrap()
        );
    }
}

fn schemas_of(document: &Json) -> impl Iterator<Item = (&String, &Json)> {
    let schemas = document.member("components").and_then(|all| all.member("schemas"));
    schemas.into_iter().flat_map(Json::members).map(|(name, schema)| (name, schema))
}

/// Every body with all that it is made of, by name, as it is written.
fn generated() -> Vec<(String, Json)> {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    let mut all = settings.into_generator();
    macro_rules! bodies {
        ($($Body:ty),+ $(,)?) => { $(all.subschema_for::<$Body>();)+ };
    }
    bodies!(
        shops::Shop,
        shops::ShopList,
        shops::Health,
        signals::SignalReport,
        experiments::NewExperiment,
        experiments::ExperimentPlan,
        experiments::ExperimentList,
        experiments::Conclusion,
        page::PublicProgram,
        page::Touched,
        page::Accepted,
        page::Join,
        page::Card,
        program::Program,
        program::Terms,
        promotion::PromotionList,
        referrer::NewReferrer,
        referrer::ReferrerChange,
        referrer::ReferrerCard,
        referrer::ReferrerList,
        referrer::SignInLink,
        referrer::Claims,
        rewards::RewardStatus,
        order::Order,
        event::Event,
        event::Outcome,
        books::ConversionList,
        books::Review,
        books::Report,
        books::Audit,
        books::Subject,
        payouts::NewPayout,
        payouts::PayoutList,
        payouts::PayoutPlan,
        payouts::SepaPlan,
        payouts::NewAdjustment,
        yearly::PaidInYear,
        payouts::AdjustedList,
        details::PayoutDetails,
        details::ShownDetails,
        details::Resealed,
        materials::Materials,
        materials::AddedPicture,
        materials::NewShareText,
        desk::Overview,
        desk::CustomersReport,
        desk::Versions,
        desk::Statement,
        desk::SetUp,
        desk::SetUpProof,
        desk::Helpers,
        desk::NewHelper,
        desk::HelperLink,
        desk::DeskLink,
        deliveries::JoinedReferrer,
        deliveries::ToldConversion,
        deliveries::MadeClaim,
        deliveries::ToldPayout,
        deliveries::LowBudget,
        deliveries::TestedEndpoint,
        deliveries::NewEndpoint,
        deliveries::EndpointChange,
        deliveries::EndpointWithSecret,
        deliveries::EndpointList,
        deliveries::DeliveryList,
        deliveries::Replay,
        deliveries::Replayed,
        mail::MailSettings,
        mail::NewMailSettings,
        mail::MailPreview,
        mail::MailTest,
        mail::ReminderAsked,
        mail::SignInMail,
        mail::MessageList,
        mail::MailReplay,
        tasks::TaskList,
        tasks::FailedTasks,
        tasks::TaskReport,
        tasks::TaskOutcome,
        connections::ConnectCode,
        connections::Exchange,
        connections::Connected,
        connections::ConnectionList,
        connections::ShopifyCredentials,
        connections::WoocommerceCredentials,
        connections::StripeCredentials,
        connections::Reconcile,
        contacts::ContactKey,
        contacts::ContactDestinations,
        imports::Import,
        imports::ImportList,
        account::OrderList,
        account::OrderAccount,
        account::NewCredit,
        account::Credited,
        account::NewClaim,
        account::ClaimList,
        account::ClaimAnswer,
        problem::Problem,
    );
    definitions(&mut all)
}

fn definitions(generator: &mut SchemaGenerator) -> Vec<(String, Json)> {
    let found = generator.take_definitions(true);
    found.into_iter().map(|(name, schema)| (named(&name).to_owned(), plain(Json::from(schema)))).collect()
}

/// What a type is called where nothing around it says of what it is.
fn named(name: &str) -> &str {
    match name {
        "Method" => "PayoutMethod",
        "Details" => "PayoutDetailsRule",
        other => other,
    }
}

/// A schema in the document's own manner: sizes of integers and links between Rust's items say nothing there.
fn plain(json: Json) -> Json {
    match json {
        Json::Object(members) => {
            let integer = |value: &Json| matches!(value, Json::Text(format) if format.contains("int"));
            // A reader's default is no part of what is written.
            let kept = members
                .into_iter()
                .filter(|(name, value)| !(name == "format" && integer(value)) && name != "default");
            Json::Object(kept.map(|(name, value)| (name, plain(value))).collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(plain).collect()),
        Json::Text(text) => match text.strip_prefix("#/components/schemas/") {
            Some(name) => Json::Text(format!("#/components/schemas/{}", named(name))),
            None => Json::Text(text.replace("[`", "`").replace("`]", "`")),
        },
        other => other,
    }
}

/// What a type says, with what the document says beside it.
fn merged(old: &Json, new: &Json) -> Json {
    let (Json::Object(said), Json::Object(_)) = (old, new) else { return new.clone() };
    let refers = |json: &Json| json.member("$ref").is_some() || json.member("anyOf").is_some();
    if old.member("$ref").is_some() && !refers(new) {
        // Written by hand, for a text or a map that has no type of its own.
        return old.clone();
    }
    let mut whole = new.clone();
    for (name, value) in said {
        let mine = new.member(name);
        match (name.as_str(), mine) {
            ("properties", Some(properties)) => {
                let mut each = properties.clone();
                for (property, before) in value.members() {
                    if let Some(place) = each.member_mut(property) {
                        *place = merged(before, &place.clone());
                    }
                }
                whole.put(name.clone(), each);
            }
            // What a sender may leave out stays so.
            ("required", Some(Json::Array(required))) => {
                let (before, had) = (value.clone(), old.member("properties"));
                let stays = |name: &Json| {
                    let Json::Text(text) = name else { return true };
                    had.is_none_or(|had| had.member(text).is_none())
                        || matches!(&before, Json::Array(names) if names.contains(name))
                };
                let required = required.iter().filter(|name| stays(name)).cloned().collect();
                whole.put(name.clone(), Json::Array(required));
            }
            ("items", Some(items)) => whole.put(name.clone(), merged(value, items)),
            ("description", _) => whole.put(name.clone(), value.clone()),
            (_, None) if KEPT.contains(&name.as_str()) => whole.put(name.clone(), value.clone()),
            _ => {}
        }
    }
    whole.in_the_order_of(old)
}

/// JSON whose members keep their order, so that writing a document anew moves nothing.
#[derive(Clone, Debug)]
enum Json {
    Scalar(Value),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn members(&self) -> &[(String, Json)] {
        match self {
            Self::Object(members) => members,
            Self::Scalar(_) | Self::Text(_) | Self::Array(_) => &[],
        }
    }

    fn member(&self, name: &str) -> Option<&Json> {
        self.members().iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    fn member_mut(&mut self, name: &str) -> Option<&mut Json> {
        match self {
            Self::Object(members) => {
                members.iter_mut().find(|(other, _)| other == name).map(|(_, value)| value)
            }
            Self::Scalar(_) | Self::Text(_) | Self::Array(_) => None,
        }
    }

    fn put(&mut self, name: String, value: Json) {
        if let Self::Object(members) = self {
            match members.iter_mut().find(|(other, _)| *other == name) {
                Some((_, place)) => *place = value,
                None => members.push((name, value)),
            }
        }
    }

    fn in_the_order_of(self, other: &Json) -> Json {
        let place =
            |name: &str| other.members().iter().position(|(one, _)| one == name).unwrap_or(usize::MAX);
        match self {
            Self::Object(mut members) => {
                members.sort_by_key(|(name, _)| place(name));
                let nested = members.into_iter().map(|(name, value)| {
                    let ordered = match (name.as_str(), other.member(&name)) {
                        ("properties", Some(before)) => value.in_the_order_of(before),
                        _ => value,
                    };
                    (name, ordered)
                });
                Self::Object(nested.collect())
            }
            same => same,
        }
    }
}

/// Members in another order say the same; so do required names.
impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(one), Self::Scalar(two)) => one == two,
            (Self::Text(one), Self::Text(two)) => one == two,
            (Self::Array(one), Self::Array(two)) => {
                one.len() == two.len() && one.iter().all(|item| two.contains(item))
            }
            (Self::Object(one), Self::Object(two)) => {
                one.len() == two.len()
                    && one.iter().all(|(name, value)| other.member(name) == Some(value))
                    && two.len() == one.len()
            }
            _ => false,
        }
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.into_iter().map(|(name, value)| (name, value.into())).collect())
            }
            Value::String(text) => Self::Text(text),
            scalar => Self::Scalar(scalar),
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Scalar(value) => value.serialize(to),
            Self::Text(text) => to.serialize_str(text),
            Self::Array(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Self::Object(members) => {
                let mut map = to.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Scalar(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Scalar(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Scalar(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Json::Scalar(value.into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Json, E> {
                Ok(Json::Text(value.to_owned()))
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Scalar(Value::Null))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Json::Array(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
                let mut list = Vec::new();
                while let Some(member) = members.next_entry()? {
                    list.push(member);
                }
                Ok(Json::Object(list))
            }
        }

        from.deserialize_any(Any)
    }
}
