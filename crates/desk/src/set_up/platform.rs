//! What to press in each platform, with this edge's own values to copy.

use maud::{Markup, html};
use parrain_wire::connections::ConnectCode;
use parrain_wire::desk::Step;
use parrain_wire::shops::Shop;

use crate::form::{Form, press};
use crate::frame::{Frame, Role};
use crate::parts::{button, copy};
use crate::place::Place;
use crate::text::say;

/// The platforms that have a guide, by their names on the wire.
pub(super) const PLATFORMS: &[(&str, &str)] = &[
    ("shopify", "Shopify"),
    ("woocommerce", "WooCommerce"),
    ("prestashop", "PrestaShop"),
    ("magento", "Magento 2"),
    ("opencart", "OpenCart"),
    ("stripe", "Stripe"),
    ("other", ""),
];

/// The zips of the modules, by platform: what `integrations/pack.php` makes, and this edge serves under `/m/`.
pub const MODULE_FILES: &[(&str, &[&str])] = &[
    ("woocommerce", &["parrain-woocommerce.zip"]),
    ("prestashop", &["parrain-prestashop.zip"]),
    ("opencart", &["parrain.ocmod.zip", "parrain-opencart-3.0.ocmod.zip"]),
    ("magento", &["parrain-magento.zip"]),
];

/// Whether there is a module for a platform.
pub(super) fn has_module(platform: &str) -> bool {
    MODULE_FILES.iter().any(|(known, _)| *known == platform)
}

/// The address that a platform's own webhooks call.
fn hook(frame: &Frame, platform: &str) -> String {
    format!("{}/v1/shops/{}/webhooks/{platform}", frame.edge, frame.shop_id())
}

/// The guide to a platform, and what is to be told of it.
pub(super) fn guide(
    frame: &Frame,
    form: &Form<'_>,
    platform: &str,
    shop: Option<&Shop>,
    code: Option<&ConnectCode>,
) -> Markup {
    let lang = frame.language;
    let name = PLATFORMS.iter().find(|(id, _)| *id == platform).map_or(platform, |(_, name)| name);
    let title = if name.is_empty() {
        lang.say("Votre boutique", "Your shop").to_owned()
    } else {
        say!(lang, "Dans {name}", "In {name}")
    };
    html! {
        section.stack aria-labelledby="guide" {
            h2 #guide { (title) }
            @match platform {
                "shopify" => (shopify(frame)),
                "woocommerce" => {
                    (module(frame, platform, code))
                    details { summary { (lang.say("Sans le module, par les webhooks de WooCommerce", "Without the module, by WooCommerce’s webhooks")) } (woocommerce(frame)) }
                },
                "stripe" => (stripe(frame)),
                "prestashop" | "opencart" | "magento" => (module(frame, platform, code)),
                _ => (other(frame)),
            }
        }
        @if frame.may(Role::All) {
            (form.post(&Place::SetUpStep(Step::Platform), html! {
                (form.hidden("platform", platform))
                div.fields {
                    @if let "shopify" | "woocommerce" | "stripe" = platform { (secret(frame, form, platform, shop)) }
                    @if platform == "stripe" { (key(frame, form, shop)) }
                }
                div.acts { button.main { (lang.say("Enregistrer et continuer", "Save and continue")) } }
            }))
        }
    }
}

/// The field for the secret that the platform signs with.
fn secret(frame: &Frame, form: &Form<'_>, platform: &str, shop: Option<&Shop>) -> Markup {
    let lang = frame.language;
    let known = shop.is_some_and(|shop| shop.webhook_secrets.contains_key(platform));
    let hint = if known {
        lang.say(
            "Un secret est enregistré. Laissez vide pour le garder.",
            "A secret is kept. Leave it empty to keep it.",
        )
    } else {
        lang.say(
            "Collez-le tel que la plateforme le montre. Il n’est plus affiché ensuite.",
            "Paste it as the platform shows it. It is not shown again.",
        )
    };
    let label = match platform {
        // The module has its own way, by the code.
        "woocommerce" => {
            lang.say("Sans le module\u{a0}: le secret de signature", "Without the module: the signing secret")
        }
        _ => lang.say("Le secret de signature", "The signing secret"),
    };
    form.text(&format!("webhook_secrets.{platform}"), label, "", "password", hint)
}

/// The field for Stripe's restricted key.
fn key(frame: &Frame, form: &Form<'_>, shop: Option<&Shop>) -> Markup {
    let lang = frame.language;
    let rights = lang.say("Développeurs › Clés API › Créer une clé restreinte, en lecture\u{a0}: Codes promotionnels, Factures, PaymentIntents, Charges et remboursements.",
        "Developers › API keys › Create restricted key, to read: Promotion Codes, Invoices, PaymentIntents, Charges and Refunds.");
    let hint = match shop.and_then(|shop| shop.platform_keys.get("stripe")) {
        Some(last) => say!(
            lang,
            "Une clé qui finit par {last} est enregistrée. Laissez vide pour la garder. {rights}",
            "A key that ends in {last} is kept. Leave it empty to keep it. {rights}"
        ),
        None => say!(lang, "Facultative. {rights}", "Optional. {rights}"),
    };
    form.text(
        "platform_keys.stripe",
        lang.say("Clé restreinte (rk_…)", "Restricted key (rk_…)"),
        "",
        "password",
        &hint,
    )
}

fn shopify(frame: &Frame) -> Markup {
    let lang = frame.language;
    html! {
        ol.list {
            li { (lang.say("Dans l’administration Shopify\u{a0}: Paramètres › Notifications › Webhooks › Créer un webhook.", "In Shopify’s admin: Settings › Notifications › Webhooks › Create webhook.")) }
            li { (lang.say("Faites-en quatre, au format JSON\u{a0}: «\u{a0}Paiement de la commande\u{a0}», «\u{a0}Mise à jour de la commande\u{a0}», «\u{a0}Annulation de la commande\u{a0}», «\u{a0}Création du remboursement\u{a0}». À chacun, la même adresse\u{a0}:",
                "Make four, in the format JSON: “Order payment”, “Order update”, “Order cancellation”, “Refund create”. Each with the same address:"))
                (copy(frame, "", &hook(frame, "shopify"))) }
            li { (lang.say("Sous la liste des webhooks, Shopify écrit «\u{a0}Vos webhooks seront signés avec…\u{a0}»\u{a0}: copiez ce secret ci-dessous.", "Below the list of webhooks Shopify says “Your webhooks will be signed with…”: copy that secret below.")) }
        }
    }
}

fn woocommerce(frame: &Frame) -> Markup {
    let lang = frame.language;
    html! {
        ol.list {
            li { (lang.say("Dans WordPress\u{a0}: WooCommerce › Réglages › Avancé › Webhooks › Ajouter un webhook.", "In WordPress: WooCommerce › Settings › Advanced › Webhooks › Add webhook.")) }
            li { (lang.say("Faites-en quatre, état «\u{a0}Actif\u{a0}»\u{a0}: sujets «\u{a0}Commande créée\u{a0}», «\u{a0}Commande mise à jour\u{a0}», «\u{a0}Commande supprimée\u{a0}», «\u{a0}Commande restaurée\u{a0}». À chacun, la même URL de livraison et le même secret, que vous inventez\u{a0}:",
                "Make four, status “Active”: topics “Order created”, “Order updated”, “Order deleted”, “Order restored”. Each with the same delivery URL, and with the same secret, which you make up:"))
                (copy(frame, "", &hook(frame, "woocommerce"))) }
            li { (lang.say("Collez ce secret ci-dessous aussi.", "Paste that secret below as well.")) }
        }
        p.small { (lang.say("WooCommerce n’essaie qu’une fois\u{a0}: si la réponse tarde cinq fois de suite, il désactive le webhook. L’accueil vous le dira.", "WooCommerce tries only once: after five failures in a row it disables the webhook. Home will tell you.")) }
    }
}

fn stripe(frame: &Frame) -> Markup {
    let lang = frame.language;
    html! {
        ol.list {
            li { (lang.say("Dans Stripe\u{a0}: Développeurs › Webhooks › Ajouter une destination.", "In Stripe: Developers › Webhooks › Add destination.")) }
            li { (lang.say("Choisissez ces événements\u{a0}:", "Choose these events:"))
                (copy(frame, "", "checkout.session.completed, checkout.session.async_payment_succeeded, charge.refunded, refund.failed, charge.dispute.created, charge.dispute.funds_withdrawn, charge.dispute.funds_reinstated, charge.dispute.closed, invoice.paid, invoice_payment.paid"))
                (lang.say("Les deux derniers ne servent qu’aux abonnements.", "The last two are for subscriptions alone.")) }
            li { (lang.say("Type\u{a0}: point de terminaison webhook. URL\u{a0}:", "Type: webhook endpoint. URL:")) (copy(frame, "", &hook(frame, "stripe"))) }
            li { (lang.say("Copiez ci-dessous le «\u{a0}secret de signature\u{a0}» (whsec_…) de cette destination.", "Copy below the “signing secret” (whsec_…) of that destination.")) }
        }
    }
}

/// How the module of a platform is installed and connected.
fn module(frame: &Frame, platform: &str, code: Option<&ConnectCode>) -> Markup {
    let lang = frame.language;
    let clicks = match platform {
        "woocommerce" => lang.say("Dans WordPress\u{a0}: Extensions › Ajouter › Téléverser une extension\u{a0}: parrain-woocommerce.zip. Activez-la, puis WooCommerce › Parrain.", "In WordPress: Plugins › Add New › Upload Plugin: parrain-woocommerce.zip. Activate it, then WooCommerce › Parrain."),
        "opencart" => lang.say("Extensions › Installateur\u{a0}: téléversez parrain.ocmod.zip (OpenCart 3.0\u{a0}: parrain-opencart-3.0.ocmod.zip), puis «\u{a0}+\u{a0}». Extensions › Extensions › Modules › Parrain\u{a0}: «\u{a0}+\u{a0}», puis le crayon.", "Extensions › Installer: upload parrain.ocmod.zip (OpenCart 3.0: parrain-opencart-3.0.ocmod.zip), then “+”. Extensions › Extensions › Modules › Parrain: “+”, then the pencil."),
        "magento" => lang.say("Qui s’occupe de votre serveur décompresse parrain-magento.zip dans le dossier de Magento, puis lance bin/magento module:enable Parrain_Referral et bin/magento setup:upgrade. Ensuite, dans l’administration\u{a0}: Marketing › Parrainage › Parrain.", "Who looks after your server unzips parrain-magento.zip in Magento’s folder, then runs bin/magento module:enable Parrain_Referral and bin/magento setup:upgrade. Then, in the admin: Marketing › Referrals › Parrain."),
        _ => lang.say("Modules › Gestionnaire de modules › Installer un module\u{a0}: parrain-prestashop.zip. Puis «\u{a0}Configurer\u{a0}».", "Modules › Module Manager › Upload a module: parrain-prestashop.zip. Then “Configure”."),
    };
    let files =
        MODULE_FILES.iter().find(|(known, _)| *known == platform).map_or(&[][..], |(_, files)| *files);
    html! {
        ol.list {
            li { (lang.say("Téléchargez le module\u{a0}:", "Download the module:"))
                @for file in files { " " a href=(format!("/m/{file}")) download { (file) } } }
            li { (clicks) }
            li { (lang.say("Saisissez-y l’adresse de votre Parrain\u{a0}:", "Type in the address of your Parrain:")) (copy(frame, "", &frame.edge)) }
            li { (lang.say("Puis un code, qui vaut une fois et un quart d’heure\u{a0}:", "Then a code, which is good once and for a quarter of an hour:"))
                @if let Some(code) = code { (crate::connections::shown(frame, code)) }
                @if frame.may(Role::All) { (press(frame, &Place::Connections, &[("step", Step::Platform.name()), ("platform", platform)], lang.say("Créer un code", "Make a code"), "")) }
                @else { " " (lang.say("demandez-le au propriétaire.", "ask the owner for it.")) }
            }
        }
        p.small { (lang.say("Le module pose la balise sur toutes les pages, applique la remise du filleul, envoie les commandes et fait les bons d’achat.", "The module places the tag on every page, applies the friend’s discount, sends the orders and makes the vouchers.")) }
    }
}

fn other(frame: &Frame) -> Markup {
    let lang = frame.language;
    html! {
        p { (lang.say("Votre serveur envoie chaque commande payée, remboursée ou annulée à cette adresse, signée avec le secret d’événements. Quelques lignes suffisent\u{a0}: docs/fr/install/other.md en a de toutes faites, en curl, PHP, Python, Node et Ruby. Montrez cette page à qui s’en occupe.",
            "Your server sends each order that is paid, refunded or cancelled to this address, signed with the event secret. A few lines do: docs/install/other.md has them ready, in curl, PHP, Python, Node and Ruby. Show this page to who looks after it.")) }
        (copy(frame, lang.say("Adresse des événements", "Address for events"), &format!("{}/v1/shops/{}/events", frame.edge, frame.shop_id())))
        (copy(frame, lang.say("La description complète", "The complete description"), &format!("{}/openapi.json", frame.edge)))
        @if frame.may(Role::All) { p { (button(&frame.href(&Place::Secrets), lang.say("Le secret d’événements", "The event secret"), "")) } }
    }
}

/// Where the tag is pasted.
pub(super) fn where_to_paste(frame: &Frame, platform: &str) -> Markup {
    let lang = frame.language;
    let lines: &[&str] = match platform {
        "shopify" => lang.say(
            &["Boutique en ligne › Thèmes › ⋯ › Modifier le code.", "Ouvrez layout/theme.liquid et collez la balise juste avant </body>.", "Enregistrez."],
            &["Online Store › Themes › ⋯ › Edit code.", "Open layout/theme.liquid and paste the tag right before </body>.", "Save."],
        ),
        "woocommerce" => lang.say(
            &["Installez une extension d’insertion de code, et collez la balise dans le pied de page, juste avant </body>."],
            &["Install a plugin that inserts code, and paste the tag in the footer, right before </body>."],
        ),
        "stripe" => lang.say(
            &["Collez-la sur les pages de votre site, juste avant </body>.", "Vos liens de paiement Stripe y sont trouvés et portent le code tout seuls."],
            &["Paste it on your site’s pages, right before </body>.", "Your Stripe payment links are found there and carry the code by themselves."],
        ),
        _ => lang.say(
            &["Dans le modèle commun à toutes les pages, juste avant </body>.", "Sur la page de paiement, donnez au formulaire l’attribut data-parrain\u{a0}: le code y sera joint."],
            &["In the template that all pages share, right before </body>.", "On the checkout, give the form the attribute data-parrain: the code goes along with it."],
        ),
    };
    html! { ol.list { @for line in lines { li { (line) } } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zips_are_those_that_are_packed() {
        let packs = include_str!("../../../../integrations/pack.php");
        for (platform, files) in MODULE_FILES {
            assert!(packs.contains(&format!("'{platform}' => [")), "{platform}");
            for file in *files {
                assert!(packs.contains(&format!("'{file}' => [")), "{file}");
            }
        }
        let named: usize = MODULE_FILES.iter().map(|(_, files)| files.len()).sum();
        assert_eq!(packs.matches(".zip' => [").count(), named);
    }
}
