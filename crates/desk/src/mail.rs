//! The shop's e-mails: who carries them, which are sent and when, what each says, and what was sent.

use maud::{Markup, html};
use parrain_wire::desk::Role;
use parrain_wire::mail::{
    MailKind, MailPreview, MailProvider, MailSettings, MailState, MailText, Message, MessageList, QuietHours,
};
use parrain_wire::word::Known;

use crate::form::{Entered, Form, press};
use crate::frame::{Entry, Frame};
use crate::parts::{copy, crumb, empty, pill};
use crate::place::Place;
use crate::text::{Language, count, say};

/// The page of all of it.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// How it is set up; nothing where the shop sends none.
    pub settings: Option<MailSettings>,
    /// What was sent last.
    pub messages: MessageList,
    /// What was typed.
    pub entered: Entered,
}

/// The page of one kind of mail in one language.
#[derive(Clone, Debug, Default)]
pub struct MailTextPage {
    /// Its kind.
    pub kind: Known<MailKind>,
    /// The language.
    pub locale: String,
    /// All languages.
    pub locales: Vec<String>,
    /// The shop's own wording.
    pub own: MailText,
    /// How it looks.
    pub preview: MailPreview,
    /// Whether mail is set up: a wording is kept with it.
    pub is_set_up: bool,
    /// What was typed.
    pub entered: Entered,
}

/// Draws all.
pub fn page(frame: &Frame, page: &Mail) -> Markup {
    let lang = frame.language;
    let title = lang.say("E-mails", "E-mails");
    let may = frame.may(Role::All);
    frame.page(
        Entry::Settings,
        title,
        html! {
            (crumb(frame, &Place::Settings, lang.say("Réglages", "Settings")))
            div.head { h1 { (title) } @match &page.settings { Some(settings) => (health(lang, settings)), None => (pill("", lang.say("rien n’est envoyé", "nothing is sent"))) } }
            p.lead { (lang.say("Vos parrains reçoivent leur lien, et apprennent ce que deviennent leurs récompenses, de votre adresse. Vous gardez le choix de chaque type d’e-mail.", "Your referrers have their link, and hear what becomes of their rewards, from your address. You choose each kind of e-mail.")) }
            @if let Some(settings) = &page.settings {
                @if let (Some(since), words) = (settings.failing_since, &settings.failing_words) {
                    p.note role="status" { (lang.say("Rien ne part ", "Nothing has been sent ")) (frame.clock().since(since)) "." @if let Some(words) = words { " " (lang.say("Réponse reçue\u{a0}: ", "What was answered: ")) q { (words) } } }
                }
                @if may { (acts(frame, page, settings)) }
            }
            @if may { (set_up(frame, page)) }
            @if let Some(settings) = &page.settings { (returned(frame, settings)) }
            (texts(frame))
            section aria-labelledby="sent" {
                h2 #sent { (lang.say("Derniers envois", "What was sent last")) }
                @if page.messages.messages.is_empty() {
                    (empty(lang.say("Rien encore", "Nothing yet"), lang.say("Ce qui part à partir de maintenant paraîtra ici.", "What is sent from now on will stand here."), html! {}))
                } @else { (sent(frame, &page.messages.messages)) }
            }
            @if may && page.settings.is_some() {
                details { summary { (lang.say("Ne plus envoyer d’e-mails", "Send no more e-mails")) }
                    p { (lang.say("Les clés sont oubliées, et ce qui attend n’est pas envoyé.", "The keys are forgotten, and what waits is not sent.")) }
                    (press(frame, &Place::EndMail, &[], lang.say("Ne plus rien envoyer", "Stop sending"), "bad"))
                }
            }
        },
    )
}

/// Draws one kind.
pub fn text(frame: &Frame, page: &MailTextPage) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, &page.entered);
    let kind = page.kind.name();
    let title = kind_of(lang, &page.kind);
    let place = Place::MailText(kind.to_owned());
    let preview = &page.preview;
    let fields: Vec<String> = preview.fields.iter().map(|field| format!("{{{field}}}")).collect();
    let fields = fields.join(" ");
    let own = |text: &Option<String>| text.clone().unwrap_or_default();
    frame.page(
        Entry::Settings,
        &title,
        html! {
            (crumb(frame, &Place::Mail, lang.say("E-mails", "E-mails")))
            h1 { (title) }
            nav.tabs aria-label=(lang.say("Langues", "Languages")) { @for locale in &page.locales {
                a href=(frame.asking(&place, &[("locale", locale)])) aria-current=[(*locale == page.locale).then_some("true")] { (locale) }
            } }
            section aria-labelledby="looks" {
                h2 #looks { (lang.say("Comme on le reçoit", "As it is received")) }
                p { strong lang=(page.locale) { (preview.subject) } }
                iframe.stage title=(lang.say("L’e-mail", "The e-mail")) src=(frame.asking(&Place::MailHtml(kind.to_owned()), &[("locale", &page.locale)])) sandbox="" {}
                details { summary { (lang.say("Sans mise en forme", "Without formatting")) } pre lang=(page.locale) { (preview.text) } }
            }
            @if frame.may(Role::All) {
                section aria-labelledby="own" {
                    h2 #own { (lang.say("Vos propres mots", "Your own words")) }
                    (form.summary())
                    @if page.is_set_up {
                        (form.post(&place, html! {
                            (form.hidden("locale", &page.locale))
                            div.fields {
                                (form.text("subject", lang.say("Objet", "Subject"), &own(&page.own.subject), "text", &say!(lang, "Vide\u{a0}: «\u{a0}{}\u{a0}»", "Empty: “{}”", preview.usual_subject)))
                                (form.lines("body", lang.say("Texte", "Text"), &own(&page.own.body), 10, &say!(lang, "Vide\u{a0}: le texte habituel. Une ligne vide sépare deux paragraphes. Sont remplis\u{a0}: {fields}", "Empty: the usual text. An empty line parts two paragraphs. Filled in: {fields}")))
                            }
                            div.acts { button.main { (lang.say("Enregistrer", "Save")) } }
                        }))
                        details { summary { (lang.say("Le texte habituel", "The usual text")) } pre lang=(page.locale) { (preview.usual_body) } }
                    } @else {
                        p { a href=(frame.href(&Place::Mail)) { (lang.say("Réglez d’abord qui porte vos e-mails", "First say who carries your e-mails")) } }
                    }
                }
            }
        },
    )
}

/// A test, and what was given up.
fn acts(frame: &Frame, page: &Mail, settings: &MailSettings) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, page.entered.of_form("to")).named("test");
    let to = settings.owner_email.as_deref().unwrap_or_default();
    html! {
        section.card.pad.stack aria-labelledby="try" {
            h2 #try { (lang.say("Essayer", "Try it")) }
            (form.post(&Place::TestMail, html! {
                (form.needed("to", lang.say("Envoyer un essai à", "Send a test to"), to, "email", lang.say("Votre propre adresse, par exemple.", "Your own address, for instance.")))
                div.acts { button { (lang.say("Envoyer l’essai", "Send the test")) } }
            }))
            @if settings.dead > 0 { (press(frame, &Place::ReplayMail, &[], &say!(lang, "Renvoyer ce qui a été abandonné ({})", "Send what was given up again ({})", settings.dead), "")) }
        }
    }
}

fn set_up(frame: &Frame, page: &Mail) -> Markup {
    let lang = frame.language;
    let form = Form::new(frame, page.entered.of_form("provider"));
    let fresh = MailSettings::default();
    let settings = page.settings.as_ref();
    let kept = settings.unwrap_or(&fresh);
    let quiet = settings.map_or(QuietHours { from: 21, to: 8 }, |settings| settings.quiet_hours);
    let is_sent = |kind: MailKind| match settings {
        Some(settings) => settings.kinds.iter().any(|each| *each == kind),
        None => kind != MailKind::RewardPending,
    };
    let hours: Vec<(String, String)> =
        (0..24).map(|hour| (hour.to_string(), say!(lang, "{hour}\u{a0}h", "{hour}:00"))).collect();
    let hours: Vec<(&str, &str)> = hours.iter().map(|(hour, text)| (hour.as_str(), text.as_str())).collect();
    let keep = |has: bool| {
        if has {
            lang.say(
                "Une clé est enregistrée\u{a0}; laissez vide pour la garder.",
                "A key is kept; leave this empty to keep it.",
            )
        } else {
            lang.say("Elle n’est montrée à personne, vous compris.", "It is shown to nobody, you included.")
        }
    };
    html! {
        section aria-labelledby="way" {
            h2 #way { (lang.say("Le service d’envoi", "The service that sends")) }
            (form.summary())
            (form.post(&Place::Mail, html! {
                div.fields {
                    (form.radios("provider", lang.say("Service d’envoi", "Sending service"), if settings.is_some() { kept.provider.name() } else { "resend" }, &[
                        ("resend", "Resend", lang.say("resend.com → Domains → Add Domain, puis collez chez votre hébergeur les lignes DNS affichées (DKIM, SPF) → Verify. Ensuite API Keys → Create API Key → Sending access.", "resend.com → Domains → Add Domain, then paste the DNS lines that are shown (DKIM, SPF) at your domain’s host → Verify. Then API Keys → Create API Key → Sending access.")),
                        ("brevo", "Brevo", lang.say("brevo.com → Expéditeurs, domaines, IP → Domaines → Ajouter un domaine, puis collez les lignes DNS affichées (code Brevo, DKIM, DMARC) → Authentifier. Ensuite SMTP et API → Clés API → Générer.", "brevo.com → Senders, Domains, IPs → Domains → Add a domain, then paste the DNS lines that are shown (Brevo code, DKIM, DMARC) → Authenticate. Then SMTP & API → API keys → Generate.")),
                        ("cloudflare", "Cloudflare", lang.say("Sans clé, si qui a déployé Parrain a branché PARRAIN_MAIL. L’offre gratuite n’écrit qu’aux adresses vérifiées du compte\u{a0}: pour vos parrains il faut l’offre payante et votre domaine dans Email Service.", "Without a key, where whoever deployed Parrain has bound PARRAIN_MAIL. The free plan writes to verified addresses of the account alone: your referrers need the paid plan and your domain in Email Service.")),
                    ]))
                    (form.text("key", lang.say("Clé API", "API key"), "", "password", keep(kept.has_key)))
                    (form.needed("from.email", lang.say("De la part de", "From"), &kept.from.email, "email", lang.say("Une adresse de votre domaine, celui que le service a vérifié.", "An address of your domain, the one that the service has verified.")))
                    (form.text("from.name", lang.say("Nom affiché", "Name shown"), kept.from.name.as_deref().unwrap_or_default(), "text", lang.say("Vide\u{a0}: le nom de la boutique.", "Empty: the shop’s name.")))
                    (form.text("reply_to", lang.say("Réponses à", "Answers to"), kept.reply_to.as_deref().unwrap_or_default(), "email", lang.say("Vide\u{a0}: à la même adresse.", "Empty: to the same address.")))
                    (form.text("owner_email", lang.say("Votre adresse", "Your address"), kept.owner_email.as_deref().unwrap_or_default(), "email", lang.say("Pour l’essai qui part maintenant, et pour ce qui vous attend chaque lundi.", "For the test that goes out now, and for what waits for you each Monday.")))
                    fieldset { legend { (lang.say("Ce qui est envoyé", "What is sent")) }
                        @for (name, kind) in MailKind::WORDS.iter().filter(|(_, kind)| *kind != MailKind::Test) {
                            (form.tick("kinds", name, kind_name(lang, *kind), is_sent(*kind)))
                        }
                    }
                    (form.select("quiet_hours.from", lang.say("Rien n’est envoyé à partir de", "Nothing is sent from"), &quiet.from.to_string(), &hours, ""))
                    (form.select("quiet_hours.to", lang.say("jusqu’à", "until"), &quiet.to.to_string(), &hours, lang.say("À l’heure de la boutique. Deux fois la même heure\u{a0}: à toute heure.", "By the shop’s clock. The same hour twice: at any hour.")))
                    (form.text("webhook_secret", lang.say("Secret de signature de Resend", "Resend’s signing secret"), "", "text", if kept.has_webhook_secret { lang.say("Un secret est enregistré\u{a0}; laissez vide pour le garder.", "A secret is kept; leave this empty to keep it.") } else { lang.say("Plus tard\u{a0}: voir «\u{a0}Ce qui revient\u{a0}», après l’enregistrement.", "Later: see “What comes back”, once this is saved.") }))
                }
                div.acts { button.main { (lang.say("Enregistrer", "Save")) } }
            }))
        }
    }
}

/// Where a provider is to report bounces and complaints.
fn returned(frame: &Frame, settings: &MailSettings) -> Markup {
    let lang = frame.language;
    html! {
        @if let Some(url) = &settings.webhook_url {
            section.card.pad.stack aria-labelledby="back" {
                h2 #back { (lang.say("Ce qui revient", "What comes back")) }
                p { (lang.say("Une adresse qui refuse, ou quelqu’un qui se plaint, ne reçoit plus rien. Pour que nous l’apprenions\u{a0}:", "An address that refuses, or somebody who complains, is sent nothing more. For us to hear of it:")) }
                @match settings.provider.word() {
                    Some(MailProvider::Brevo) => { p { (lang.say("brevo.com → SMTP et API → Webhooks → Ajouter\u{a0}: collez cette adresse, choisissez l’authentification «\u{a0}Token\u{a0}» avec la valeur ci-dessous, et cochez Hard bounce, Blocked, Invalid email, Complaint et Unsubscribed.", "brevo.com → SMTP & API → Webhooks → Add: paste this address, choose the authentication “Token” with the value below, and tick Hard bounce, Blocked, Invalid email, Complaint and Unsubscribed.")) } }
                    Some(MailProvider::Resend | MailProvider::Cloudflare) | None => { p { (lang.say("resend.com → Webhooks → Add Webhook\u{a0}: collez cette adresse, choisissez email.bounced, email.complained et email.suppressed, puis copiez le «\u{a0}Signing Secret\u{a0}» dans le formulaire ci-dessus.", "resend.com → Webhooks → Add Webhook: paste this address, choose email.bounced, email.complained and email.suppressed, then copy the “Signing Secret” into the form above.")) } }
                }
                (copy(frame, "", url))
                @if let Some(token) = &settings.webhook_token { (copy(frame, "", token)) }
                @if settings.has_webhook_secret { p.small { (lang.say("Secret enregistré.", "The secret is kept.")) } }
            }
        }
    }
}

fn texts(frame: &Frame) -> Markup {
    let lang = frame.language;
    html! { section aria-labelledby="texts" {
        h2 #texts { (lang.say("Ce qu’ils disent", "What they say")) }
        ul.card.rows { @for (name, kind) in MailKind::WORDS { li { a href=(frame.href(&Place::MailText((*name).to_owned()))) {
            span.what { (kind_name(lang, *kind)) small { (lang.say("aperçu, et vos propres mots en huit langues", "preview, and your own words in eight languages")) } }
        } } } }
    } }
}

fn sent(frame: &Frame, messages: &[Message]) -> Markup {
    let lang = frame.language;
    let clock = frame.clock();
    html! { div.scroll tabindex="0" { table {
        caption.aside { (lang.say("Derniers envois", "What was sent last")) }
        thead { tr {
            th scope="col" { (lang.say("Quoi", "What")) }
            th scope="col" { (lang.say("À qui", "To whom")) }
            th.wide scope="col" { (lang.say("Quand", "When")) }
            th scope="col" { (lang.say("État", "State")) }
            th.num.wide scope="col" { (lang.say("Essais", "Tries")) }
        } }
        tbody { @for each in messages { tr {
            th scope="row" { (kind_of(lang, &each.kind)) }
            td { @match &each.code { Some(code) => { a href=(frame.href(&Place::Referrer(code.as_str().to_owned()))) { (code) } }, None => { (lang.say("vous", "you")) } } }
            td.wide { (clock.when(each.queued_at)) }
            td {
                (state(lang, &each.state))
                @if let Some(status) = each.status { @if each.state != MailState::Sent { small { (lang.say("réponse ", "answered ")) (status) } } }
                @if let Some(words) = &each.words { small { (words) } }
                @if each.stopped && frame.may(Role::All) {
                    (press(frame, &Place::LiftStop(each.id.clone()), &[], lang.say("Écrire de nouveau à cette adresse", "Write to this address again"), ""))
                }
                @if let Some(next) = each.next_try_at { @if each.tries > 0 { small { (lang.say("nouvel essai ", "tried again ")) (clock.when(next)) } } }
            }
            td.num.wide { (count(lang, each.tries)) }
        } } }
    } } }
}

fn health(lang: Language, settings: &MailSettings) -> Markup {
    if settings.failing_since.is_some() {
        return pill("red", lang.say("rien ne part", "nothing is sent"));
    }
    if settings.dead > 0 {
        let n = count(lang, settings.dead);
        return pill("amber", &say!(lang, "abandonnés\u{a0}: {n}", "given up: {n}"));
    }
    pill("green", lang.say("tout va bien", "all is well"))
}

fn state(lang: Language, state: &Known<MailState>) -> Markup {
    match state.word() {
        Some(MailState::Waiting) => pill("amber", lang.say("en route", "on its way")),
        Some(MailState::Sent) => pill("green", lang.say("envoyé", "sent")),
        Some(MailState::Dead) => pill("red", lang.say("abandonné", "given up")),
        Some(MailState::Dropped) => pill("", lang.say("pas envoyé", "not sent")),
        Some(MailState::Bounced) => pill("red", lang.say("refusé par l’adresse", "refused by the address")),
        Some(MailState::Complained) => pill("red", lang.say("signalé indésirable", "called unwanted")),
        None => pill("", state.name()),
    }
}

fn kind_of(lang: Language, kind: &Known<MailKind>) -> String {
    kind.word().map_or(kind.name(), |kind| kind_name(lang, kind)).to_owned()
}

/// A kind of mail, for owners.
const fn kind_name(lang: Language, kind: MailKind) -> &'static str {
    match kind {
        MailKind::Welcome => lang.say("Bienvenue, avec le lien et le code", "Welcome, with link and code"),
        MailKind::RewardPending => lang.say("Récompense en attente", "Reward pending"),
        MailKind::RewardApproved => lang.say("Récompense disponible", "Reward available"),
        MailKind::RewardPaid => lang.say("Récompense remise ou payée", "Reward given or paid"),
        MailKind::RewardTakenBack => {
            lang.say("Récompense reprise, et pourquoi", "Reward taken back, and why")
        }
        MailKind::ClaimAnswered => lang.say("Réponse à une réclamation", "Claim answered"),
        MailKind::Statement => lang.say("Relevé du mois", "The month’s statement"),
        MailKind::SignIn => {
            lang.say("Lien vers ses récompenses, sur demande", "Link to one’s rewards, when asked for")
        }
        MailKind::Reminder => lang.say("Rappel à un ami, sur demande", "A friend’s reminder, when asked for"),
        MailKind::ToDo => lang.say("Ce qui vous attend, chaque lundi", "What waits for you, each Monday"),
        MailKind::Test => lang.say("L’essai", "The test"),
    }
}
