//! What the shop's owner gives those who promote it: pictures and texts.

use maud::{Markup, html};
use parrain_wire::desk::Role;
use parrain_wire::materials::{Materials, Picture, ShareText};

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame};
use crate::parts::{crumb, empty};
use crate::place::Place;
use crate::promote::own_path;
use crate::text::count;

/// The page of all of them.
#[derive(Clone, Debug, Default)]
pub struct MaterialsPage {
    /// Them.
    pub materials: Materials,
    /// What was typed for another.
    pub entered: Entered,
}

/// The page of one text.
#[derive(Clone, Debug, Default)]
pub struct TextPage {
    /// It.
    pub text: ShareText,
    /// What was typed.
    pub entered: Entered,
}

/// Draws all.
pub fn page(frame: &Frame, page: &MaterialsPage) -> Markup {
    let lang = frame.language;
    let title = lang.say("Images et textes à partager", "Pictures and texts to share");
    let form = Form::new(frame, &page.entered);
    frame.page(
        Entry::Referrers,
        title,
        html! {
            (crumb(frame, &Place::Referrers, lang.say("Parrains", "Referrers")))
            h1 { (title) }
            p.lead { (lang.say("Vos parrains les trouvent sur leur page, avec leur lien déjà dedans. L’adresse de cette page est sur la fiche de chaque parrain.", "Your referrers find them on their page, with their link in them already. The address of that page stands with each referrer.")) }
            (form.summary())
            (pictures(frame, page))
            (texts(frame, page))
        },
    )
}

/// Draws one text.
pub fn text(frame: &Frame, page: &TextPage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let title = lang.say("Un texte à partager", "A text to share");
    frame.page(
        Entry::Referrers,
        title,
        html! {
            (crumb(frame, &Place::Materials, lang.say("Images et textes à partager", "Pictures and texts to share")))
            h1 { (title) }
            (form.summary())
            @if frame.may(Role::All) {
                (form.post(&Place::ShareText(page.text.id.clone()), html! {
                    (text_fields(frame, &form, &page.text))
                    div.acts { button.main { (lang.say("Enregistrer", "Save")) } }
                }))
                (press(frame, &Place::RemoveShareText(page.text.id.clone()), &[], lang.say("Retirer ce texte", "Remove this text"), "bad"))
            } @else { p { (page.text.text) } }
        },
    )
}

fn pictures(frame: &Frame, page: &MaterialsPage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, page.entered.of_form("picture_title")).named("picture");
    html! { section aria-labelledby="pictures" {
        h2 #pictures { (lang.say("Images", "Pictures")) }
        p.small { (lang.say("Les bannières aux couleurs de votre boutique se font toutes seules\u{a0}; ajoutez ici vos photos et vos visuels.", "Banners in your shop’s colours are made by themselves; add your photographs and artwork here.")) }
        @if page.materials.pictures.is_empty() {
            (empty(lang.say("Pas encore d’image", "No pictures yet"), lang.say("Une belle photo de vos produits aide plus qu’un long texte.", "A fine photograph of your goods helps more than a long text."), html! {}))
        } @else { div.stack { @for each in &page.materials.pictures { (picture(frame, each)) } } }
        @if frame.may(Role::All) {
            (form.post_file(&Place::Materials, html! {
                div.fields {
                    (form.file("picture", lang.say("Image", "Picture"), "image/png,image/jpeg,image/webp,image/svg+xml", lang.say("PNG, JPEG, WebP ou SVG, 1\u{a0}Mo et 4\u{202f}096 pixels de côté au plus. Les informations cachées (lieu, appareil) sont supprimées.", "PNG, JPEG, WebP or SVG, at most 1 MB and 4,096 pixels a side. Hidden information (the place, the device) is removed.")))
                    (form.needed("picture_title", lang.say("Ce qu’on y voit", "What it shows"), "", "text", lang.say("Lu aux personnes qui ne voient pas l’image.", "Read to people who cannot see the picture.")))
                }
                div.acts { button.main { (lang.say("Ajouter cette image", "Add this picture")) } }
            }))
        }
    } }
}

fn picture(frame: &Frame, picture: &Picture) -> Markup {
    let lang = frame.language;
    let (src, kilobytes) = (own_path(frame, &picture.url), picture.bytes / 1024 + 1);
    html! { figure {
        img.banner src=(src) width=(picture.width) height=(picture.height) alt=(picture.title) loading="lazy";
        figcaption { (picture.title) ", " (picture.width) " × " (picture.height) ", " (count(lang, kilobytes)) (lang.say("\u{a0}ko", " kB")) }
        @if frame.may(Role::All) { (press(frame, &Place::RemovePicture(picture.id.clone()), &[], lang.say("Retirer de la page de vos parrains", "Take off your referrers’ page"), "bad"))
            p.small { (lang.say("Là où un parrain l’a mise, elle peut encore paraître jusqu’à un an chez qui l’a déjà vue.", "Where a referrer has put it, it may show for up to a year to those who have seen it before.")) } }
    } }
}

fn texts(frame: &Frame, page: &MaterialsPage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, page.entered.of_form("text")).named("text");
    html! { section aria-labelledby="texts" {
        h2 #texts { (lang.say("Textes", "Texts")) }
        @if page.materials.texts.is_empty() {
            (empty(lang.say("Pas encore de texte", "No texts yet"), lang.say("En attendant, vos parrains trouvent une ligne toute faite.", "Until then your referrers find a line ready made."), html! {}))
        } @else { ul.card.rows { @for text in &page.materials.texts { li { a href=(frame.href(&Place::ShareText(text.id.clone()))) {
            span.what { (text.title) small { (text.text) } }
        } } } } }
        @if frame.may(Role::All) {
            (form.post(&Place::NewShareText, html! {
                (text_fields(frame, &form, &ShareText::default()))
                div.acts { button { (lang.say("Ajouter ce texte", "Add this text")) } }
            }))
        }
    } }
}

fn text_fields(frame: &Frame, form: &Form<'_>, text: &ShareText) -> Markup {
    let lang = frame.language;
    html! { div.fields {
        (form.needed("title", lang.say("Pour quoi", "What for"), &text.title, "text", lang.say("Par exemple «\u{a0}Pour Instagram\u{a0}».", "For instance “For Instagram”.")))
        (form.lines("text", lang.say("Texte", "Text"), &text.text, 5, lang.say("{link} devient le lien du parrain, {code} son code, {offer} ce que reçoit le filleul, {shop} le nom de la boutique.", "{link} becomes the referrer’s link, {code} their code, {offer} what the friend gets, {shop} the shop’s name.")))
    } }
}
