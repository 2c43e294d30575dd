//! The frame that every page stands in: rail and bars, who is here, what waits, what was just done.

use maud::{DOCTYPE, Markup, html};
use parrain_core::zone::Zone;
pub(crate) use parrain_wire::desk::Role;
use parrain_wire::instant::Instant;

use crate::form::press;
use crate::place::Place;
use crate::said::Said;
use crate::text::{Clock, Language};

/// What every page is told beside what it shows.
#[derive(Clone, Debug)]
pub struct Frame {
    /// In which language.
    pub language: Language,
    /// The shop; nothing on pages that belong to none.
    pub shop: Option<ShopIs>,
    /// Who is signed in.
    pub who: Option<Who>,
    /// The token of the session, which every form carries as `csrf`.
    pub csrf: String,
    /// What was just done, where something was.
    pub said: Option<Said>,
    /// The offsets of the shop's time zone.
    pub zone: Zone,
    /// Its IANA name.
    pub zone_name: String,
    /// The present.
    pub now: Instant,
    /// How many things wait.
    pub waiting: Waits,
    /// Whether the set-up is done, so that it is no longer an entry of its own.
    pub set_up_done: bool,
    /// The base address of this edge, `https://edge.example`, for tags and addresses that are copied.
    pub edge: String,
    /// Where the style sheet is served ([`crate::STYLES`]).
    pub styles: String,
    /// Where the script is served ([`crate::SCRIPT`]).
    pub script: String,
    /// The path and query of the page itself, to come back to after another language was chosen. Nothing where it
    /// answers a POST: then the shop's home.
    pub here: String,
}

/// The shop, as far as every page names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShopIs {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The program's currency.
    pub currency: String,
    /// Where it is.
    pub landing_url: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The helper's name; nothing for who signed in with a token.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether they may see every shop of this edge.
    pub all_shops: bool,
}

/// How many things wait, by entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Orders whose reward waits for a decision.
    pub reviews: i64,
    /// Claims without an answer.
    pub claims: i64,
    /// Referrers who wait to be let in.
    pub joiners: i64,
}

/// An entry of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Home,
    SetUp,
    Program,
    Referrers,
    Orders,
    Pay,
    Report,
    Settings,
    /// None of them.
    None,
}

impl Entry {
    const ALL: [Self; 8] = [
        Self::Home,
        Self::SetUp,
        Self::Program,
        Self::Referrers,
        Self::Orders,
        Self::Pay,
        Self::Report,
        Self::Settings,
    ];

    fn name(self, lang: Language) -> &'static str {
        match self {
            Self::Home => lang.say("Accueil", "Home"),
            Self::SetUp => lang.say("Mise en route", "Set up"),
            Self::Program => lang.say("Programme", "Program"),
            Self::Referrers => lang.say("Parrains", "Referrers"),
            Self::Orders => lang.say("Commandes", "Orders"),
            Self::Pay => lang.say("Paiements", "Payouts"),
            Self::Report => lang.say("Rapports", "Reports"),
            Self::Settings => lang.say("Réglages", "Settings"),
            Self::None => "",
        }
    }

    fn place(self) -> Place {
        match self {
            Self::Home | Self::None => Place::Home,
            Self::SetUp => Place::SetUp,
            Self::Program => Place::Program,
            Self::Referrers => Place::Referrers,
            Self::Orders => Place::Orders,
            Self::Pay => Place::Pay,
            Self::Report => Place::Report,
            Self::Settings => Place::Settings,
        }
    }

    fn waiting(self, waits: Waits) -> i64 {
        match self {
            Self::Referrers => waits.joiners,
            Self::Orders => waits.reviews + waits.claims,
            Self::Home
            | Self::SetUp
            | Self::Program
            | Self::Pay
            | Self::Report
            | Self::Settings
            | Self::None => 0,
        }
    }

    /// The strokes of its picture, in a square of 20.
    fn strokes(self) -> &'static str {
        match self {
            Self::Home => "M3 9.5 10 3.5l7 6M5 8.5V16h3.5v-4h3v4H15V8.5",
            Self::SetUp => "M10 3v3M10 14v3M3 10h3M14 10h3M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
            Self::Program => {
                "M4 8h12v8.5H4zM3 5.5h14V8H3zM10 5.5v11M10 5.5C8 5.5 6.5 4.7 6.5 3.6S9.5 2.600 10 5.5c.5-2.900 3.500-3 3.500-1.900S12 5.500 10 5.500"
            }
            Self::Referrers => {
                "M7.500 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2 16.500c0-3 2.500-4.500 5.500-4.500s5.500 1.500 5.500 4.500M13 3.800a3 3 0 0 1 0 5.400M15 12.400c1.900.6 3 2 3 4.100"
            }
            Self::Orders => "M4.500 6h11l1 10.500h-13zM7.500 8V5.500a2.500 2.500 0 0 1 5 0V8",
            Self::Pay => "M2.500 5h15v10h-15zM2.500 8.500h15M5 12h3",
            Self::Report => "M3 16.500h14M5.500 14V9.500M10 14V4.500M14.500 14V7",
            Self::Settings => "M3 6h6M13 6h4M3 14h3M10 14h7M11 4v4M8 12v4",
            Self::None => "",
        }
    }
}

impl Frame {
    /// The address of a place.
    pub fn href(&self, place: &Place) -> String {
        place.href(self.shop_id())
    }

    /// The address of a place with a query.
    pub fn asking(&self, place: &Place, query: &[(&str, &str)]) -> String {
        place.asking(self.shop_id(), query)
    }

    /// The shop's id; nothing on pages that belong to none.
    pub(crate) fn shop_id(&self) -> &str {
        self.shop.as_ref().map_or("", |shop| &shop.id)
    }

    /// The program's currency.
    pub(crate) fn currency(&self) -> &str {
        self.shop.as_ref().map_or("EUR", |shop| &shop.currency)
    }

    pub(crate) fn clock(&self) -> Clock<'_> {
        Clock { lang: self.language, zone: &self.zone, now: self.now }
    }

    /// Whether who is here may do what this role may.
    pub(crate) fn may(&self, role: Role) -> bool {
        self.who.as_ref().is_some_and(|who| who.role >= role)
    }

    /// A page of a shop.
    pub(crate) fn page(&self, entry: Entry, title: &str, body: Markup) -> Markup {
        let lang = self.language;
        let name = self.shop.as_ref().map_or("", |shop| shop.name.as_str());
        let entries = || {
            Entry::ALL
                .into_iter()
                .filter(|each| *each != Entry::SetUp || entry == Entry::SetUp || !self.set_up_done)
        };
        self.document(
            &format!("{title} · {name}"),
            html! {
                a.skip href="#content" { (lang.say("Aller au contenu", "Skip to content")) }
                header.top {
                    a.brand href=(self.href(&Place::Home)) { span.dot aria-hidden="true" {} span { (name) } }
                    form.find role="search" aria-label=(lang.say("Partout", "Everywhere")) method="post" action=(self.href(&Place::Find)) {
                        input type="hidden" name="csrf" value=(self.csrf);
                        input #find name="q" type="search" maxlength="320" autocomplete="off"
                            aria-label=(lang.say("Chercher une commande, une adresse ou un code", "Find an order, an address or a code"))
                            placeholder=(lang.say("N° de commande, e-mail ou code", "Order no., e-mail or code"));
                        kbd aria-hidden="true" { "/" }
                    }
                }
                nav.rail aria-label=(lang.say("Rubriques", "Sections")) {
                    ul { @for each in entries() { li { (self.entry_link(each, entry, "go")) } } }
                    (self.person())
                }
                nav.bar aria-label=(lang.say("Rubriques principales", "Main sections")) {
                    ul {
                        @for each in [Entry::Home, Entry::Orders, Entry::Referrers, Entry::Pay] {
                            li { (self.entry_link(each, entry, "tab")) }
                        }
                        li.more { details {
                            summary.tab { (picture("M4 10h.01M10 10h.01M16 10h.01")) span { (lang.say("Plus", "More")) } }
                            div.sheet {
                                ul { @for each in entries().filter(|each| !matches!(each, Entry::Home | Entry::Orders | Entry::Referrers | Entry::Pay)) {
                                    li { (self.entry_link(each, entry, "go")) }
                                } }
                                (self.person())
                            }
                        } }
                    }
                }
                main #content tabindex="-1" {
                    (self.said_shown())
                    (body)
                    footer.foot { p { (lang.say("Heures de ", "Times in ")) (self.zone_name) } }
                }
            },
        )
    }

    /// A page that belongs to no shop.
    pub(crate) fn alone(&self, title: &str, body: Markup) -> Markup {
        let lang = self.language;
        self.document(
            title,
            html! {
                a.skip href="#content" { (lang.say("Aller au contenu", "Skip to content")) }
                main.alone #content tabindex="-1" {
                    (self.said_shown())
                    (body)
                    footer.foot { (self.language_form()) @if self.who.is_some() { (self.sign_out()) } }
                }
            },
        )
    }

    /// A page for anybody, of a shop's but not of its desk.
    pub(crate) fn open(&self, title: &str, body: Markup) -> Markup {
        self.document(
            title,
            html! {
                a.skip href="#content" { (self.language.say("Aller au contenu", "Skip to content")) }
                main.alone #content tabindex="-1" { (body) }
            },
        )
    }

    fn document(&self, title: &str, body: Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    meta name="referrer" content="same-origin";
                    title { (title) }
                    // Browsers ask for one by themselves, and there is none.
                    link rel="icon" href="data:,";
                    link rel="stylesheet" href=(self.styles);
                    script src=(self.script) defer {}
                }
                body { (body) }
            }
        }
    }

    fn entry_link(&self, entry: Entry, active: Entry, class: &str) -> Markup {
        let waiting = entry.waiting(self.waiting);
        html! {
            a class=(class) href=(self.href(&entry.place())) aria-current=[(entry == active).then_some("page")] {
                (picture(entry.strokes())) span { (entry.name(self.language)) }
                @if waiting > 0 { b.badge { (waiting) span.aside { (self.language.say(" en attente", " waiting")) } } }
            }
        }
    }

    fn person(&self) -> Markup {
        let lang = self.language;
        html! { div.person {
            @if let Some(who) = &self.who {
                p { (who.name.as_deref().unwrap_or(lang.say("Propriétaire", "Owner")))
                    small { (role_name(lang, who.role)) } }
                @if who.all_shops { a href=(self.href(&Place::Shops)) { (lang.say("Toutes les boutiques", "All shops")) } }
            }
            (self.language_form())
            (self.sign_out())
        } }
    }

    fn language_form(&self) -> Markup {
        let (to, name) = match self.language {
            Language::Fr => ("en", "English"),
            Language::En => ("fr", "Français"),
        };
        html! { form method="post" action=(Place::Language.href("")) {
            input type="hidden" name="csrf" value=(self.csrf);
            input type="hidden" name="back" value=(self.here);
            button.plain name="language" value=(to) lang=(to) { (name) }
        } }
    }

    fn sign_out(&self) -> Markup {
        press(self, &Place::SignOut, &[], self.language.say("Se déconnecter", "Sign out"), "plain")
    }

    fn said_shown(&self) -> Markup {
        html! { @if let Some(said) = self.said { p.said role="status" { (said.words(self.language)) } } }
    }
}

/// What a role may do, for owners.
pub(crate) fn role_name(lang: Language, role: Role) -> &'static str {
    match role {
        Role::Reads => lang.say("lecture seule", "read only"),
        Role::Reviews => lang.say("décide des commandes", "decides on orders"),
        Role::All => lang.say("tous les droits", "all rights"),
    }
}

fn picture(strokes: &str) -> Markup {
    html! { svg.icon viewBox="0 0 20 20" aria-hidden="true" { path d=(strokes) {} } }
}
