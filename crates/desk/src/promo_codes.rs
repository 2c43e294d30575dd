//! Promo codes of the shop's own: what each gives, when, and what it brought.

use maud::{Markup, html};
use parrain_wire::connections::CodeState;
use parrain_wire::desk::Role;
use parrain_wire::instant::Instant;
use parrain_wire::program::{FriendSide, Reward, RewardKind};
use parrain_wire::promotion::{Promotion, PromotionList, PromotionTrouble, PromotionUse};
use parrain_wire::word::Known;

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame};
use crate::parts::{button, crumb, empty, pill, platform_name, reward};
use crate::place::Place;
use crate::text::{Language, count, kind_name, money, say};

/// The page of all of them.
#[derive(Clone, Debug, Default)]
pub struct PromoCodes {
    /// Them, with what came of each.
    pub list: PromotionList,
}

/// The page of one, or of a new one.
#[derive(Clone, Debug, Default)]
pub struct PromoCodePage {
    /// It, with what came of it; nothing for a new one.
    pub known: Option<PromotionUse>,
    /// With what a new one begins.
    pub begin: Option<Beginning>,
    /// The program's version.
    pub version: i64,
    /// What was typed.
    pub entered: Entered,
}

/// For what a code is made: what its form begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// A season, a holiday.
    Season,
    /// Some goods.
    Category,
    /// New customers.
    FirstOrder,
    /// Free shipping.
    Shipping,
    /// A day or two.
    Flash,
}

impl Beginning {
    /// All of them, each by its name in an address.
    pub const ALL: [(&'static str, Self); 5] = [
        ("season", Self::Season),
        ("category", Self::Category),
        ("first_order", Self::FirstOrder),
        ("shipping", Self::Shipping),
        ("flash", Self::Flash),
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(each, _)| *each == name).map(|(_, beginning)| *beginning)
    }

    fn words(self, lang: Language) -> (&'static str, &'static str) {
        match self {
            Self::Season => lang.say(
                ("Une saison, une fête", "Noël, soldes\u{a0}: une remise entre deux dates."),
                ("A season, a holiday", "Christmas, sales: a discount between two dates."),
            ),
            Self::Category => lang.say(
                ("Une catégorie d’articles", "Une remise sur une partie du catalogue."),
                ("Some of the goods", "A discount on a part of the catalogue."),
            ),
            Self::FirstOrder => lang.say(
                ("Une première commande", "Un mot de bienvenue, pour les nouveaux clients seulement."),
                ("A first order", "A welcome, for new customers alone."),
            ),
            Self::Shipping => lang.say(
                ("La livraison offerte", "À partir d’un montant, si vous en dites un."),
                ("Free shipping", "From an amount on, where you name one."),
            ),
            Self::Flash => lang.say(
                ("Une vente flash", "Deux jours, à la minute près."),
                ("A flash sale", "Two days, to the minute."),
            ),
        }
    }

    /// What the form begins with.
    fn draft(self, now: Instant) -> Promotion {
        let off = |percent: &str| FriendSide {
            reward: Reward {
                kind: RewardKind::PercentOff.into(),
                percent: Some(percent.to_owned().into()),
                ..Reward::default()
            },
            min_subtotal: None,
        };
        let base = Promotion { starts_at: Some(now), ..Promotion::default() };
        match self {
            Self::Season => Promotion { friend: off("10"), ends_at: Some(now.plus_days(30)), ..base },
            Self::Category => Promotion { friend: off("15"), ..base },
            Self::FirstOrder => Promotion { friend: off("10"), new_customers_only: true, ..base },
            Self::Shipping => Promotion {
                friend: FriendSide {
                    reward: Reward { kind: RewardKind::FreeShipping.into(), ..Reward::default() },
                    min_subtotal: None,
                },
                ..base
            },
            Self::Flash => Promotion { friend: off("20"), ends_at: Some(now.plus_days(2)), ..base },
        }
    }
}

/// Draws all.
pub fn page(frame: &Frame, page: &PromoCodes) -> Markup {
    let lang = frame.language;
    let title = lang.say("Codes promo", "Promo codes");
    frame.page(
        Entry::Program,
        title,
        html! {
            (crumb(frame, &Place::Program, lang.say("Programme", "Program")))
            h1 { (title) }
            p.lead { (lang.say("Les codes de votre boutique, qui ne rapportent rien à personne. Qui vient par un parrain et saisit un de ces codes reste compté pour ce parrain.", "Your shop’s own codes, which earn nobody anything. Who comes by a referrer and types one of them still counts for that referrer.")) }
            @if page.list.promotions.is_empty() {
                (empty(lang.say("Aucun code promo", "No promo codes"), lang.say("Choisissez ci-dessous à quoi servira le premier.", "Choose below what the first one is for."), html! {}))
            } @else { ul.card.rows { @for each in &page.list.promotions { (row(frame, each)) } } }
            @if frame.may(Role::All) { section aria-labelledby="new" {
                h2 #new { (lang.say("Créer un code", "Make a code")) }
                ul.picks { @for (name, beginning) in Beginning::ALL { @let (what, why) = beginning.words(lang); li {
                    a href=(frame.asking(&Place::NewPromoCode, &[("begin", name)])) { strong { (what) } small { (why) } }
                } } }
            } }
        },
    )
}

fn row(frame: &Frame, each: &PromotionUse) -> Markup {
    let lang = frame.language;
    let brought = html! { small { (brought(lang, each)) } };
    html! { li { @match &each.promotion {
        Some(promotion) => a href=(frame.href(&Place::PromoCode(each.code.clone()))) {
            span.what {
                span.code { (each.code) } " " @if let Some(name) = &promotion.name { (name) " " } (standing(frame, promotion))
                small { (gives(frame, promotion)) }
                (brought)
            }
        },
        None => a href=(frame.asking(&Place::Orders, &[("code", &each.code)])) {
            span.what { span.code { (each.code) } " " (pill("", lang.say("retiré", "removed"))) (brought) }
        },
    } } }
}

/// How many orders, and what was taken off of them.
fn brought(lang: Language, each: &PromotionUse) -> String {
    let orders = format!(
        "{} {}",
        count(lang, each.orders),
        lang.many(each.orders, lang.say("commande", "order"), lang.say("commandes", "orders"))
    );
    let off: Vec<String> =
        each.discounts.iter().map(|one| money(lang, one.amount.as_str(), one.currency.as_str())).collect();
    match off.as_slice() {
        [] => orders,
        off => {
            let off = off.join(" + ");
            say!(lang, "{orders}, {off} de remises", "{orders}, {off} of discounts")
        }
    }
}

fn standing(frame: &Frame, promotion: &Promotion) -> Markup {
    let lang = frame.language;
    if has_ended(frame, promotion) {
        pill("", lang.say("terminé", "ended"))
    } else if promotion.starts_at.is_some_and(|from| from > frame.now) {
        pill("amber", lang.say("à venir", "to come"))
    } else {
        pill("green", lang.say("en cours", "running"))
    }
}

fn has_ended(frame: &Frame, promotion: &Promotion) -> bool {
    promotion.ends_at.is_some_and(|end| end < frame.now)
}

/// What it gives, to whom and when.
fn gives(frame: &Frame, promotion: &Promotion) -> String {
    let lang = frame.language;
    let mut said = vec![reward(lang, &promotion.friend.reward, frame.currency())];
    if let Some(least) = &promotion.friend.min_subtotal {
        let least = money(lang, least.as_str(), frame.currency());
        said.push(say!(lang, "dès {least}", "from {least}"));
    }
    if !promotion.categories.is_empty() {
        said.push(promotion.categories.join(", "));
    }
    if promotion.new_customers_only {
        said.push(lang.say("première commande", "first order").to_owned());
    }
    if let Some(end) = promotion.ends_at {
        let end = frame.clock().exact_minute(end);
        said.push(say!(lang, "jusqu’au {end}", "until {end}"));
    }
    said.join(" · ")
}

/// Draws one.
pub fn one(frame: &Frame, page: &PromoCodePage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let kept = page.known.as_ref().and_then(|known| known.promotion.clone());
    let to = match &page.known {
        Some(known) => Place::PromoCode(known.code.clone()),
        None => Place::NewPromoCode,
    };
    let draft = kept.clone().unwrap_or_else(|| {
        let draft = page.begin.map(|begin| begin.draft(frame.now)).unwrap_or_default();
        Promotion { code: String::new(), ..draft }
    });
    let title = lang.say("Un code promo", "A promo code");
    frame.page(
        Entry::Program,
        title,
        html! {
            (crumb(frame, &Place::PromoCodes, lang.say("Codes promo", "Promo codes")))
            div.head {
                h1 { @match &page.known { Some(known) => span.code { (known.code) }, None => (lang.say("Nouveau code promo", "New promo code")) } }
                @if let Some(promotion) = &kept { (standing(frame, promotion)) }
            }
            @if let Some(known) = &page.known {
                div.figures { a href=(frame.asking(&Place::Orders, &[("code", &known.code)])) {
                    span.name { (lang.say("Commandes avec ce code", "Orders with this code")) } span.value { (count(lang, known.orders)) }
                } }
                @if !known.discounts.is_empty() { p { (brought(lang, known)) ". " (lang.say("Les remises sont celles des commandes entières.", "The discounts are those of whole orders.")) } }
            }
            @if let Some(promotion) = &kept {
                p.lead { (gives(frame, promotion)) "." }
                (made(frame, page, promotion))
            }
            (form.summary())
            @if frame.may(Role::All) {
                (form.post(&to, fields(frame, &form, page, &draft)))
                @if let (Some(known), Some(promotion)) = (&page.known, &kept) { (end(frame, known, promotion, page.version)) }
            }
        },
    )
}

/// Where the code is made, and what keeps it from being made.
fn made(frame: &Frame, page: &PromoCodePage, promotion: &Promotion) -> Markup {
    let lang = frame.language;
    let ready = page.known.as_ref().and_then(|known| known.ready);
    let troubles = page.known.as_ref().map_or(&[][..], |known| &known.troubles);
    let is_tried = troubles.is_empty() || troubles.iter().any(|one| one.state == CodeState::Waiting);
    html! {
        @for one in troubles { (trouble(frame, one)) }
        @if ready != Some(false) || is_tried { (made_where(lang, ready, promotion)) }
    }
}

/// Why a code is not made where it should be, and where that is mended.
fn trouble(frame: &Frame, one: &PromotionTrouble) -> Markup {
    let lang = frame.language;
    let what = match one.state.word() {
        Some(CodeState::Foreign) => lang.say("Votre boutique a déjà une autre remise avec ce code, qui est laissée telle quelle\u{a0}: renommez-la ou choisissez un autre code.", "Your shop already has another discount by this code, which is left as it is: rename that one or choose another code."),
        Some(CodeState::Failed) => lang.say("Ce code n’a pas pu être créé, et n’est plus essayé.", "This code could not be made, and is tried no more."),
        Some(CodeState::Waiting | CodeState::Made) | None => lang.say("Ce code n’a pas encore pu être créé\u{a0}; un nouvel essai suit.", "This code could not be made yet; it is tried again."),
    };
    let (to, name) = match one.maker.as_str() {
        "module" => (Place::Connections, "Modules"),
        platform => (Place::Platform(platform.to_owned()), platform_name(platform)),
    };
    html! { p.note role="status" {
        (what) @if !one.words.is_empty() { " " (one.words) } " "
        a href=(frame.href(&to)) { (name) }
    } }
}

fn made_where(lang: Language, ready: Option<bool>, promotion: &Promotion) -> Markup {
    html! { p.note role="status" { @match ready {
        Some(true) => (lang.say("Ce code est créé dans votre boutique\u{a0}: il peut être saisi.", "This code is made in your shop: it can be typed.")),
        Some(false) => (lang.say("Ce code est en cours de création dans votre boutique\u{a0}; le widget ne le promet pas avant.", "This code is being made in your shop; the widget does not promise it before.")),
        None if !promotion.categories.is_empty() => (lang.say("Créez ce code vous-même dans votre boutique, avec la même remise et les mêmes dates\u{a0}: les noms de ses catégories ne sont pas connus ici.", "Make this code in your shop yourself, with the same discount and dates: the names of its categories are not known here.")),
        None => (lang.say("Créez ce code aussi dans votre boutique, avec la même remise et les mêmes dates\u{a0}: aucune boutique reliée ne le crée à votre place.", "Make this code in your shop too, with the same discount and dates: no connected shop makes it for you.")),
    } } }
}

fn end(frame: &Frame, known: &PromotionUse, promotion: &Promotion, version: i64) -> Markup {
    let lang = frame.language;
    let words = if has_ended(frame, promotion) {
        lang.say("Retirer de la liste", "Take off the list")
    } else if promotion.starts_at.is_some_and(|from| from > frame.now) {
        lang.say("Y renoncer\u{a0}: ce code ne commencera pas", "Give it up: this code will not begin")
    } else {
        lang.say(
            "Terminer maintenant\u{a0}: ce code ne donne plus rien",
            "End it now: this code gives nothing any more",
        )
    };
    press(frame, &Place::EndPromoCode(known.code.clone()), &[("version", &version.to_string())], words, "bad")
}

fn fields(frame: &Frame, form: &Form<'_>, page: &PromoCodePage, of: &Promotion) -> Markup {
    let lang = frame.language;
    let (currency, clock) = (frame.currency(), frame.clock());
    let minute = |at: Option<Instant>| at.map(|at| clock.minute(at)).unwrap_or_default();
    let given = &of.friend.reward;
    let kind = if given.kind == Known::default() { RewardKind::PercentOff.name() } else { given.kind.name() };
    let kinds =
        [RewardKind::PercentOff, RewardKind::AmountOff, RewardKind::FreeShipping, RewardKind::FreeProduct];
    let kinds: Vec<(&str, &str)> =
        kinds.into_iter().map(|kind| (kind.name(), kind_name(lang, kind))).collect();
    html! {
        (form.hidden("version", &page.version.to_string()))
        div.fields.two {
            @if page.known.is_none() { (form.needed("code", lang.say("Le code à saisir", "The code to type"), "", "text", lang.say("3 à 32 lettres, chiffres et tirets, sans accents\u{a0}: NOEL10.", "3 to 32 letters, digits and hyphens: XMAS10."))) }
            (form.text("name", lang.say("Pour vous\u{a0}: son nom", "For you: its name"), of.name.as_deref().unwrap_or_default(), "text", ""))
            (form.select("friend.reward.kind", lang.say("Ce qu’il donne", "What it gives"), kind, &kinds, ""))
            (form.amount("friend.reward.percent", lang.say("Si pourcentage", "If percentage"), given.percent.as_ref().map_or("", |rate| rate.as_str()), "%", ""))
            (form.amount("friend.reward.amount", lang.say("Si c’est un montant", "If it is an amount"), given.amount.as_ref().map_or("", |amount| amount.as_str()), currency, ""))
            (form.text("friend.reward.sku", lang.say("Si c’est un produit\u{a0}: sa référence", "If it is a product: its SKU"), given.sku.as_deref().unwrap_or_default(), "text", ""))
            (form.amount("friend.min_subtotal", lang.say("Dès un achat de", "From an order of"), of.friend.min_subtotal.as_ref().map_or("", |amount| amount.as_str()), currency, lang.say("Vide\u{a0}: sans minimum.", "Empty: no minimum.")))
            (form.text("starts_at", lang.say("À partir de", "From"), &minute(of.starts_at), "datetime-local", lang.say("Vide\u{a0}: dès maintenant.", "Empty: at once.")))
            (form.text("ends_at", lang.say("Jusqu’à", "Until"), &minute(of.ends_at), "datetime-local", lang.say("Vide\u{a0}: sans fin.", "Empty: no end.")))
            (form.lines("categories", lang.say("Pour ces catégories seulement", "For these categories alone"), &of.categories.join("\n"), 3, lang.say("Une par ligne\u{a0}; vide\u{a0}: tous les articles. Un tel code se crée à la main dans votre boutique.", "One a line; empty: all goods. Such a code is made by hand in your shop.")))
        }
        (form.tick("new_customers_only", "true", lang.say("Pour une première commande seulement", "For a first order alone"), of.new_customers_only))
        div.acts { button.main { (lang.say("Enregistrer le code", "Save the code")) } a.button href=(frame.href(&Place::PromoCodes)) { (lang.say("Annuler", "Cancel")) } }
    }
}

/// What leads here from the program.
pub(crate) fn door(frame: &Frame) -> Markup {
    button(&frame.href(&Place::PromoCodes), frame.language.say("Codes promo", "Promo codes"), "")
}
