//! What who promotes a shop opens: their link, a link to any page of the shop, pictures and texts to take. It is public
//! as their code is, and shows nothing of what they earn.

use maud::{Markup, html};
use parrain_wire::desk::Look;
use parrain_wire::instant::Instant;
use parrain_wire::materials::{Picture, ShareText, filled};
use parrain_wire::program::FriendSide;

use crate::banner::{Banner, Size};
use crate::frame::Frame;
use crate::parts::{copy, pill, reward};
use crate::text::{Language, money, say};

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Promote {
    /// The shop's id.
    pub shop: String,
    /// Its name.
    pub name: String,
    /// The program's currency.
    pub currency: String,
    /// The shop's language, which banners speak.
    pub spoken: Language,
    /// How its widget looks, and so its banners.
    pub look: Look,
    /// The shop's page with the terms of referring.
    pub terms_url: Option<String>,
    /// The code.
    pub code: String,
    /// Its link.
    pub link: String,
    /// Whether the code counts now.
    pub counts: bool,
    /// What a friend gets; nothing in a one-sided offer.
    pub friend: Option<FriendSide>,
    /// Whether that is for new customers alone.
    pub new_customers_only: bool,
    /// From when on.
    pub starts_at: Option<Instant>,
    /// Until when.
    pub ends_at: Option<Instant>,
    /// The shop's pictures.
    pub pictures: Vec<Picture>,
    /// The shop's texts.
    pub texts: Vec<ShareText>,
    /// The page of the shop to which a link was asked for.
    pub asked: Option<Asked>,
}

/// A page of the shop to which a link is to lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What was typed.
    pub to: String,
    /// The link; nothing where it is no page of the shop's.
    pub link: Option<String>,
}

/// The address of somebody's page.
pub fn path(shop: &str, code: &str) -> String {
    format!("/promote/{shop}/{code}")
}

/// Draws it.
pub fn page(frame: &Frame, page: &Promote) -> Markup {
    let lang = frame.language;
    let name = page.name.as_str();
    let title = say!(lang, "Recommander {name}", "Recommend {name}");
    frame.open(
        &title,
        html! {
            div.head { h1 { (title) } span.code { (page.code) } (languages(lang, page)) }
            p.lead { (promise(frame, page)) }
            @if page.counts {
                (own_link(frame, page))
                (builder(frame, page))
                (texts(frame, page))
                (pictures(frame, page))
                (banners(frame, page))
            } @else {
                p.note { (lang.say("Ce code ne compte pas en ce moment\u{a0}: il n’y a rien à partager. Demandez à la boutique.", "This code does not count at the moment: there is nothing to share. Ask the shop.")) }
            }
            @if let Some(terms) = &page.terms_url { p.small { a href=(terms) rel="noreferrer" { (lang.say("Les conditions de la boutique", "The shop’s terms")) } } }
        },
    )
}

fn languages(lang: Language, page: &Promote) -> Markup {
    let (to, name) = match lang {
        Language::Fr => ("en", "English"),
        Language::En => ("fr", "Français"),
    };
    html! { a href=(format!("{}?lang={to}", path(&page.shop, &page.code))) lang=(to) hreflang=(to) { (name) } }
}

/// What friends get by the code, in a sentence.
fn promise(frame: &Frame, page: &Promote) -> Markup {
    let lang = frame.language;
    let clock = frame.clock();
    html! {
        @match &page.friend {
            Some(friend) => {
                (lang.say("Qui vient par vous reçoit ", "Who comes by you gets ")) strong { (reward(lang, &friend.reward, &page.currency)) }
                @if let Some(least) = &friend.min_subtotal { (lang.say(" à partir de ", " from ")) (money(lang, least.as_str(), &page.currency)) }
                @if page.new_customers_only { (lang.say(", pour une première commande", ", on a first order")) }
                "."
            },
            None => (lang.say("Chaque commande par votre lien ou avec votre code compte pour vous.", "Every order by your link or with your code counts for you.")),
        }
        @if let Some(from) = page.starts_at.filter(|from| *from > frame.now) { " " (pill("amber", &say!(lang, "à partir du {}", "from {}", clock.day(from)))) }
        @if let Some(until) = page.ends_at { " " (pill("amber", &say!(lang, "jusqu’au {}", "until {}", clock.day(until)))) }
    }
}

fn own_link(frame: &Frame, page: &Promote) -> Markup {
    let lang = frame.language;
    html! { section aria-labelledby="link" {
        h2 #link { (lang.say("Votre lien", "Your link")) }
        (copy(frame, "", &page.link))
        (copy(frame, lang.say("Votre code, à dire ou à écrire", "Your code, to say or to write"), &page.code))
        (qr(lang, &page.link))
    } }
}

/// A link as a picture that phones read; nothing where it is too long for one.
fn qr(lang: Language, link: &str) -> Markup {
    let picture = parrain_qr::picture(link);
    html! { @if let Some((around, path)) = picture.as_deref().and_then(|picture| picture.split_once(' ')) {
        details { summary { (lang.say("Code QR, à imprimer", "QR code, to print")) }
            svg.qr viewBox=(around) role="img" aria-label=(lang.say("Code QR de ce lien", "QR code of this link")) { path d=(path) {} }
        }
    } }
}

fn builder(frame: &Frame, page: &Promote) -> Markup {
    build(frame, &path(&page.shop, &page.code), page.asked.as_ref(), &[("lang", frame.language.tag())])
}

/// A form that makes a link to any page of the shop, and what came of it; `kept` goes along.
pub(crate) fn build(frame: &Frame, action: &str, asked: Option<&Asked>, kept: &[(&str, &str)]) -> Markup {
    let lang = frame.language;
    let wrong = asked.is_some_and(|asked| asked.link.is_none());
    html! { section aria-labelledby="build" {
        h2 #build { (lang.say("Un lien vers une page précise", "A link to one page")) }
        form method="get" action=(format!("{action}#build")) {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            div.field {
                label for="to" { (lang.say("Adresse de la page, copiée dans la boutique", "Address of the page, copied from the shop")) }
                input #to name="to" type="text" inputmode="url" required maxlength="2000" autocomplete="off" value=(asked.map_or("", |asked| asked.to.as_str()))
                    aria-describedby=[wrong.then_some("to-fault")] aria-invalid=[wrong.then_some("true")];
                @if wrong { p.fault #to-fault role="alert" { (lang.say("Ce n’est pas une page de cette boutique. Ouvrez la page dans la boutique et copiez son adresse entière.", "This is no page of this shop. Open the page in the shop and copy its whole address.")) } }
            }
            div.acts { button { (lang.say("Faire le lien", "Make the link")) } }
        }
        @if let Some(link) = asked.and_then(|asked| asked.link.as_deref()) {
            (copy(frame, lang.say("Votre lien vers cette page", "Your link to that page"), link))
            (qr(lang, link))
        }
    } }
}

fn texts(frame: &Frame, page: &Promote) -> Markup {
    let lang = frame.language;
    let offer = |lang| match &page.friend {
        Some(friend) => reward(lang, &friend.reward, &page.currency),
        None => lang.say("à découvrir", "have a look").to_owned(),
    };
    let own = |text: &str, lang| {
        filled(text, |name| match name {
            "link" => page.link.clone(),
            "code" => page.code.clone(),
            "shop" => page.name.clone(),
            _ => offer(lang),
        })
    };
    let usual = lang.say(
        "{shop}\u{a0}: {offer} avec mon code {code}. {link}",
        "{shop}: {offer} with my code {code}. {link}",
    );
    html! { section aria-labelledby="texts" {
        h2 #texts { (lang.say("Textes à copier", "Texts to copy")) }
        @if page.texts.is_empty() { (copy(frame, lang.say("En une ligne", "In a line"), &own(usual, lang))) }
        @for text in &page.texts { (copy(frame, &text.title, &own(&text.text, page.spoken))) }
    } }
}

fn pictures(frame: &Frame, page: &Promote) -> Markup {
    let lang = frame.language;
    html! { @if !page.pictures.is_empty() { section aria-labelledby="pictures" {
        h2 #pictures { (lang.say("Images de la boutique", "The shop’s pictures")) }
        p.small { (lang.say("Téléchargez une image, ou copiez la ligne dessous dans votre page\u{a0}: elle mène à la boutique par votre lien.", "Download a picture, or copy the line below it into your page: it leads to the shop by your link.")) }
        div.stack { @for picture in &page.pictures { figure {
            img.banner src=(own_path(frame, &picture.url)) width=(picture.width) height=(picture.height) alt=(picture.title) loading="lazy";
            figcaption { (picture.title) ", " (picture.width) " × " (picture.height) ". "
                a href=(own_path(frame, &picture.url)) download { (lang.say("Télécharger", "Download")) } }
            (copy(frame, "", &embedded(&page.link, &picture.url, (picture.width, picture.height), &picture.title)))
        } } }
    } } }
}

fn banners(frame: &Frame, page: &Promote) -> Markup {
    let lang = frame.language;
    let banner = Banner {
        shop: &page.name,
        code: &page.code,
        reward: page.friend.as_ref().map(|friend| &friend.reward),
        currency: &page.currency,
        colours: ("", ""),
    };
    html! { section aria-labelledby="banners" {
        h2 #banners { (lang.say("Bannières avec votre code", "Banners with your code")) }
        p.small { (lang.say("Elles suivent l’offre d’elles-mêmes.", "They follow the offer by themselves.")) }
        div.stack { @for size in Size::ALL {
            @let path = banner_path(&page.shop, &page.code, size, &page.look);
            @let download = html! { ". " a href=(path) download=(format!("{}.svg", size.name())) { (lang.say("Télécharger", "Download")) } };
            (figure(frame, size, &path, &page.link, &banner.words(page.spoken), &download))
        } }
    } }
}

/// A banner with its size and what is to be pasted for it; `more` stands behind the size.
pub(crate) fn figure(
    frame: &Frame,
    size: Size,
    path: &str,
    link: &str,
    words: &str,
    more: &Markup,
) -> Markup {
    let (width, height) = size.pixels();
    html! { figure {
        img.banner src=(path) width=(width) height=(height) alt=(words) loading="lazy";
        figcaption { (width) " × " (height) (more) }
        (copy(frame, "", &embedded(link, &format!("{}{path}", frame.edge), (width, height), words)))
    } }
}

/// The address of a banner, in the colours of the shop.
pub(crate) fn banner_path(shop: &str, code: &str, size: Size, look: &Look) -> String {
    let colour =
        |colour: &Option<String>| colour.as_deref().unwrap_or_default().trim_start_matches('#').to_owned();
    let chosen = [("accent", colour(&look.accent)), ("on_accent", colour(&look.on_accent))];
    let query: Vec<String> = chosen
        .iter()
        .filter(|(_, colour)| !colour.is_empty())
        .map(|(name, colour)| format!("{name}={colour}"))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/v1/shops/{shop}/referrers/{code}/banners/{}.svg{mark}{}", size.name(), query.join("&"))
}

/// What is pasted into a page for a picture that leads by a link.
fn embedded(link: &str, src: &str, (width, height): (u32, u32), words: &str) -> String {
    html! { a href=(link) { img src=(src) width=(width) height=(height) alt=(words) style="max-width:100%;height:auto"; } }
        .into_string()
}

/// The address of a picture within this very edge: what a page of it may load and let be downloaded.
pub(crate) fn own_path<'a>(frame: &Frame, url: &'a str) -> &'a str {
    url.strip_prefix(frame.edge.as_str()).unwrap_or(url)
}
