//! What the API says is wrong, in French: the API itself speaks English alone.

use std::borrow::Cow;

use crate::text::Language;

/// A sentence of the API as the owner reads it; one that is not known here stays as it is.
pub fn told(lang: Language, sentence: &str) -> Cow<'_, str> {
    let sentences = match lang {
        Language::En => PLAINER,
        Language::Fr => SENTENCES,
    };
    let found = sentences.iter().find_map(|(said, as_told)| {
        let holes = holes(said, sentence)?;
        // What one of them holds may be a sentence too.
        let holes: Vec<Cow<'_, str>> = holes.into_iter().map(|hole| told(lang, hole)).collect();
        Some(filled(as_told, &holes))
    });
    found.map_or(Cow::Borrowed(sentence), Cow::Owned)
}

/// The API's sentences that are said otherwise at the desk, where a form takes more than the API does.
const PLAINER: &[(&str, &str)] = &[
    // Fewer are filled up with noughts.
    ("must have 0 decimals, as the currency has", "s’écrit sans virgule dans cette monnaie"),
    ("must have {} decimals, as the currency has", "must have at most {} digits after the point"),
];

/// What stands in the places of a pattern that are `{}`; nothing where the sentence is not of it.
fn holes<'a>(pattern: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let mut holes = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let at = match (part.is_empty(), parts.peek()) {
            (true, _) => rest.len(),
            (false, None) => rest.strip_suffix(part)?.len(),
            (false, Some(_)) => rest.find(part)?,
        };
        holes.push(rest.get(..at)?);
        rest = rest.get(at + part.len()..)?;
    }
    rest.is_empty().then_some(holes)
}

/// A pattern with its holes filled: `{}` by the next of them, `{2}` by the third.
fn filled(pattern: &str, holes: &[Cow<'_, str>]) -> String {
    let mut next = 0;
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let number: String = after.chars().take_while(char::is_ascii_digit).collect();
        let place = match (
            after.strip_prefix(&number).and_then(|behind| behind.strip_prefix('}')),
            number.as_str(),
        ) {
            (Some(behind), "") => {
                next += 1;
                Some((next - 1, behind))
            }
            (Some(behind), number) => number.parse::<usize>().ok().map(|place| (place, behind)),
            (None, _) => None,
        };
        match place {
            Some((place, behind)) => {
                text.push_str(holes.get(place).map_or("", AsRef::as_ref));
                rest = behind;
            }
            // A brace is the text's own.
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

/// The API's sentences, with `{}` for what differs, and the same in French, with as many of them or fewer, in the same order.
/// A test of the edge's holds the list against what its forms are answered.
const SENTENCES: &[(&str, &str)] = &[
    ("it answered {}, and no list of orders", "réponse {}, sans liste de commandes"),
    ("it answered {}, and nothing that can be read", "réponse {}, illisible"),
    (
        "the app may not see customers' data, so orders that are not on record were left out: give it protected customer \
         data, the address included",
        "l’app ne peut pas voir les données des clients, donc les commandes absentes du registre ont été laissées de côté\u{a0}: \
         accordez-lui les données client protégées, adresse e-mail comprise",
    ),
    (
        "an order has more lines than are read, and was left out",
        "une commande a plus de lignes qu’il n’en est lu, et a été laissée de côté",
    ),
    ("must have at most 1 MB", "doit faire 1\u{a0}Mo au plus"),
    ("must have at most 4,096 pixels a side", "doit faire 4\u{202f}096 pixels de côté au plus"),
    (
        "is broken or was cut off: save it again and take that file",
        "est abîmée ou coupée\u{a0}: enregistrez-la de nouveau et prenez ce fichier-là",
    ),
    ("must be a picture: PNG, JPEG, WebP or SVG", "doit être une image\u{a0}: PNG, JPEG, WebP ou SVG"),
    (
        "must not define entities: save it as plain SVG and take that file",
        "ne doit pas définir d’entités\u{a0}: enregistrez-la en SVG simple et prenez ce fichier-là",
    ),
    (
        "draws the same too often: save it as plain SVG and take that file",
        "répète trop de fois le même dessin\u{a0}: enregistrez-la en SVG simple et prenez ce fichier-là",
    ),
    (
        "draws nothing once scripts and what comes from elsewhere are left out",
        "ne dessine plus rien sans ses scripts et ce qu’elle va chercher ailleurs",
    ),
    (
        "must say how large it is: give it a width and a height",
        "doit dire sa taille\u{a0}: donnez-lui une largeur et une hauteur",
    ),
    (
        "fills in {link}, {code}, {offer} and {shop}, and not {{}}",
        "ne connaît que {link}, {code}, {offer} et {shop}, pas {{}}",
    ),
    (
        "this shop has as many of these as a shop may have: remove one of them",
        "il y en a autant qu’une boutique peut en avoir\u{a0}: retirez-en",
    ),
    ("is a referrer's code", "est le code d’un parrain"),
    ("is the code of an earlier promotion too", "est déjà un de vos codes promo"),
    (
        "must be a percentage or an amount off, free shipping or a free product",
        "doit être un pourcentage, un montant, la livraison offerte ou un produit offert",
    ),
    ("belong to a percentage or an amount off", "vont avec un pourcentage ou un montant de remise"),
    (
        "this code is a promo code of the shop's own, or once was: choose another, since orders may still name this one",
        "ce code est ou était un de vos codes promo\u{a0}: choisissez-en un autre, car des commandes peuvent encore le porter",
    ),
    ("is missing", "manque"),
    ("must be a text", "doit être un texte"),
    ("must not be empty", "ne peut pas être vide"),
    ("is not this shop's id", "n’est pas l’identifiant de cette boutique"),
    ("must not hold control characters", "contient des caractères invisibles"),
    ("must have at most {} characters", "doit avoir au plus {} caractères"),
    ("has more than {} entries", "a plus de {} lignes"),
    ("can be met by nobody: {}", "ne peut convenir à personne\u{a0}: {}"),
    ("it is less than the least", "c’est moins que le minimum"),
    ("it must name at least one {}", "il faut en nommer au moins un"),
    (
        "only offers for customers are shown to be joined under",
        "seules les offres pour vos clients sont montrées à qui veut devenir parrain",
    ),
    (
        "{}, which stands before {}, is shown to all of them",
        "{}, placée plus haut que {}, leur est montrée à tous",
    ),
    (
        "{}, which stand before {}, are shown to all of them",
        "{}, placées plus haut que {}, leur sont montrées à tous",
    ),
    (
        "must be a language that the widget speaks: {} or {}, perhaps with a region such as {}",
        "doit être une langue du widget\u{a0}: {} ou {}, avec une région si besoin, comme {}",
    ),
    (
        "must be a country's two letters as in ISO 3166-1, such as {}",
        "doit être un pays, par son nom ou ses deux lettres, par exemple {}",
    ),
    ("must be one of {}", "doit être l’un de ceux-ci\u{a0}: {}"),
    ("must be true or false", "doit être oui ou non"),
    ("must be a whole number from {} to {}", "doit être un nombre entier de {} à {}"),
    ("must be more than nothing", "doit être plus que zéro"),
    ("must be more than nothing, or less", "ne peut pas être zéro"),
    ("must be a time zone of the IANA database such as {}", "doit être un fuseau horaire, par exemple {}"),
    ("must be a decimal number in plain digits, such as {}", "doit être un nombre, par exemple {}"),
    ("must be an amount such as {}", "doit être un montant, par exemple {}"),
    ("must have {} decimals, as the currency has", "doit avoir au plus {} chiffres après la virgule"),
    ("is too large or too fine to be an amount of money", "est trop grand ou trop fin pour un montant"),
    ("must be a percentage from {}", "écrivez un nombre de 0 à 100, par exemple 10"),
    (
        "is not ticked, and below it stands {}: tick it, or empty that",
        "cochez cette case, ou videz ce qui est saisi dessous\u{a0}: {}",
    ),
    (
        "letters and digits are missing in this name: write an id too",
        "ce nom n’a ni lettre ni chiffre latins\u{a0}: écrivez aussi un identifiant",
    ),
    ("must be a date such as {}", "doit être une date, par exemple {}"),
    ("must be an RFC 3339 instant such as {}, or a date", "doit être une date, par exemple {}"),
    ("must be an RFC 3339 instant such as {}", "doit être un instant, par exemple {}"),
    ("must be a year such as {}", "doit être une année, par exemple {}"),
    ("must not be before starts_at", "ne peut pas être avant le début"),
    ("must not be later than to", "ne peut pas être après la fin"),
    ("must be an ISO 4217 currency such as {}", "doit être une monnaie, par exemple {}"),
    ("must be an e-mail address such as {}", "doit être une adresse e-mail, par exemple {}"),
    ("must be an e-mail address", "doit être une adresse e-mail"),
    ("must be the address of a page, such as {}", "doit être l’adresse d’une page, par exemple {}"),
    ("must be an absolute URL such as {}", "doit être une adresse complète, par exemple {}"),
    (
        "must be an origin such as {}: scheme, host and port alone",
        "doit être le début d’une adresse, par exemple {}\u{a0}: rien après le nom du site",
    ),
    ("must name at least one query parameter", "doit nommer au moins un paramètre"),
    ("tick at least one order", "cochez au moins une commande"),
    ("tick who is to be paid", "cochez qui payer"),
    (
        "tick the box first: nobody can bring this back",
        "cochez d’abord la case\u{a0}: personne ne peut revenir en arrière",
    ),
    ("the day must be a date such as {}", "le jour doit être une date, par exemple {}"),
    ("{} is no date such as {}", "{} n’est pas une date, par exemple {}"),
    (
        "must be the shop's address at Shopify, such as {}",
        "doit être l’adresse de la boutique chez Shopify, par exemple {}",
    ),
    ("has no place beside a client id and secret", "est de trop à côté d’un Client ID et de son secret"),
    (
        "is needed, or else a client id and a client secret",
        "est nécessaire, ou sinon un Client ID et son secret",
    ),
    (
        "must be letters, digits and signs without blanks, as the platform shows it",
        "s’écrit sans blanc ni lettre accentuée, comme la plateforme le montre",
    ),
    ("is not an offer of the program", "n’est pas une offre du programme"),
    ("is not active now", "n’est pas en cours"),
    ("is there twice", "est là deux fois"),
    ("is for another audience than the first", "n’est pas pour le même public que la première"),
    ("is earned by another kind of event than the first", "se gagne par autre chose que la première"),
    ("must be two or three offers", "doit être deux ou trois offres"),
    (
        "has fewer referrers who could take part than there are offers",
        "a moins de parrains qui peuvent prendre part que d’offres comparées",
    ),
    (
        "must be given: how long it takes is more than a year, or unknown",
        "manque\u{a0}: la durée dépasse un an, ou n’est pas connue",
    ),
    (
        "must be above 0 and at most 100, with three decimals at most",
        "doit être plus de 0 et 100 au plus, avec trois décimales au plus",
    ),
    ("there is no such experiment", "cette comparaison n’existe pas"),
    (
        "another experiment has this name: give this one another",
        "une autre comparaison porte ce nom\u{a0}: rechargez la page",
    ),
    (
        "an experiment with one of these offers is not concluded: conclude it first",
        "une de ces offres est déjà comparée\u{a0}: décidez d’abord",
    ),
    (
        "this experiment was concluded before, and another offer was kept",
        "cette comparaison est décidée, et une autre offre a été gardée",
    ),
    ("Shopify does not open with this: {}", "Shopify refuse cette clé\u{a0}: {}"),
    ("nothing of Shopify's answers there: {}", "aucune boutique Shopify ne répond à cette adresse\u{a0}: {}"),
    (
        "Shopify takes no more requests for now: try again in a minute",
        "Shopify ne prend plus de demandes pour l’instant\u{a0}: réessayez dans une minute",
    ),
    ("these credentials are those of {}", "cette clé est celle de {}"),
    (
        "this shop sells in {}, and the program counts in {}",
        "cette boutique vend en {}, et le programme compte en {}",
    ),
    ("the app lacks the right {}", "il manque à l’app le droit {}"),
    ("the shop does not open with this key: {}", "la boutique refuse cette clé\u{a0}: {}"),
    (
        "nothing of WooCommerce's answers there: {}",
        "aucune boutique WooCommerce ne répond à cette adresse\u{a0}: {}",
    ),
    (
        "the shop takes no more requests for now: try again in a minute",
        "la boutique ne prend plus de demandes pour l’instant\u{a0}: réessayez dans une minute",
    ),
    (
        "the key lacks the right to write coupons: {}",
        "il manque à la clé le droit d’écrire des codes promo\u{a0}: {}",
    ),
    (
        "the shop made a coupon without a code, as no WooCommerce does",
        "la boutique a fait un code promo sans code, ce qu’aucun WooCommerce ne fait",
    ),
    (
        "this is a test key, by which customers get nothing: give the live one, which begins with rk_live_",
        "c’est une clé de test, avec laquelle les clients ne reçoivent rien\u{a0}: donnez la clé réelle, qui commence par rk_live_",
    ),
    ("Stripe does not open with this: {}", "Stripe refuse cette clé\u{a0}: {}"),
    ("Stripe does not answer: {}", "Stripe ne répond pas\u{a0}: {}"),
    (
        "Stripe takes no more requests for now: try again in a minute",
        "Stripe ne prend plus de demandes pour l’instant\u{a0}: réessayez dans une minute",
    ),
    ("the key lacks the right {}", "il manque à la clé le droit {}"),
    (
        "the shop has a discount of this code with other terms",
        "la boutique a déjà une remise de ce code, à d’autres conditions",
    ),
    (
        "the shop has a coupon of this code with other terms",
        "la boutique a déjà un code promo de ce nom, à d’autres conditions",
    ),
    (
        "the account has a promotion code of this name with other terms",
        "le compte a déjà un code promotionnel de ce nom, à d’autres conditions",
    ),
    ("{} has no code that gives {}", "{} n’a pas de code qui donne {}"),
    ("the shop has no product of the SKU {}", "la boutique n’a pas de produit de la référence {}"),
    ("must name at least one type", "doit recevoir au moins une chose"),
    ("must begin with {}", "doit commencer par {}"),
    (
        "must be on the public internet: this address is one of a private network",
        "doit être sur l’internet public\u{a0}: cette adresse est celle d’un réseau privé",
    ),
    ("must name at least one", "doit en nommer au moins un"),
    ("must hold at least one offer", "doit garder au moins une offre"),
    (
        "must be letters, digits, hyphens and underscores",
        "s’écrit en lettres, chiffres, traits d’union et tirets bas",
    ),
    (
        "must be letters, digits, hyphens, dots and underscores",
        "s’écrit en lettres, chiffres, traits d’union, points et tirets bas",
    ),
    (
        "must be small letters, digits and hyphens, at most {} of them",
        "s’écrit en minuscules, chiffres et traits d’union, au plus {}",
    ),
    (
        "must be 1 to 64 of a-z, 0-9 and hyphens{}",
        "s’écrit avec 1 à 64 minuscules, chiffres et traits d’union{}",
    ),
    (
        "must be {} to {} letters A-Z, digits or hyphens; it cannot hold {}; \"{}\" would do",
        "s’écrit en lettres sans accent, chiffres et traits d’union, sans espace\u{a0}: {3} conviendrait",
    ),
    (
        "must be {} to {} letters A-Z, digits or hyphens; \"{}\" would do",
        "s’écrit avec {} à {} lettres sans accent, chiffres ou traits d’union\u{a0}: {} conviendrait",
    ),
    (
        "must be {} to {} letters A-Z, digits or hyphens; it cannot hold {}",
        "s’écrit avec {} à {} lettres sans accent, chiffres ou traits d’union, sans espace",
    ),
    (
        "must be {} to {} letters A-Z, digits or hyphens",
        "s’écrit avec {} à {} lettres sans accent, chiffres ou traits d’union",
    ),
    ("must be a BCP 47 language tag such as {} or {}", "doit être une langue, par exemple {} ou {}"),
    ("must be an array", "doit être une liste"),
    ("must be an object", "doit être un objet"),
    ("must be another kind: {}", "doit être d’une autre sorte\u{a0}: {}"),
    ("a commission needs an order's amount", "une commission demande le montant d’une commande"),
    ("is not known here; known are {}", "n’est pas connu ici\u{a0}; le sont\u{a0}: {}"),
    ("is not supported yet{}", "n’est pas encore possible{}"),
    ("is not a program{}", "n’est pas un programme{}"),
    ("is not JSON: {}", "n’est pas du JSON\u{a0}: {}"),
    ("is the id of an earlier offer too", "est déjà le nom d’une autre offre"),
    ("is the id of an earlier one too", "est déjà le nom d’un autre"),
    ("is the id of another shop already", "est déjà le nom d’une autre boutique"),
    ("is somebody's already", "est déjà à quelqu’un"),
    ("stands above already", "est déjà plus haut"),
    ("must be more than the tier before it", "doit être plus que le palier d’avant"),
    (
        "belong to an offer: terms of one's own have one rate",
        "vont avec une offre\u{a0}: des conditions propres n’ont qu’un taux",
    ),
    ("must have a code on each line", "doit avoir un code par ligne"),
    ("must have at most {} lines", "doit avoir au plus {} lignes"),
    ("line {}: {}", "ligne {}\u{a0}: {}"),
    ("must say whom you let in", "doit dire qui vous laissez entrer"),
    (
        "must say where to pay: an iban or a paypal address",
        "dites où payer\u{a0}: un IBAN ou une adresse PayPal",
    ),
    ("must be an IBAN such as {}", "doit être un IBAN, par exemple {}"),
    ("must be an account within SEPA", "doit être un compte de la zone SEPA"),
    ("begins with a country that has no IBANs{}", "commence par un pays qui n’a pas d’IBAN{}"),
    ("has not the form that its country's IBANs have{}", "n’a pas la forme des IBAN de son pays{}"),
    (
        "has other check digits than its number comes to: a digit may be wrong, or two exchanged{}",
        "a une clé fausse\u{a0}: un chiffre est peut-être faux, ou deux sont échangés{}",
    ),
    (
        "is needed beside an IBAN: the bank compares it with its own",
        "est nécessaire avec un IBAN\u{a0}: la banque le compare au sien",
    ),
    (
        "must be written in the letters in which the bank has it",
        "doit être écrit en lettres, comme la banque l’a",
    ),
    (
        "must be a VAT number with its country's letters, such as {}",
        "doit être un numéro de TVA avec les lettres de son pays, par exemple {}",
    ),
    (
        "is not a French VAT number: a digit may be wrong",
        "n’est pas un numéro de TVA français\u{a0}: un chiffre est peut-être faux",
    ),
    ("must be a SIRET of 14 digits{}", "doit être un SIRET de 14 chiffres{}"),
    ("must be a country's two letters, such as {}", "doit être les deux lettres d’un pays, par exemple {}"),
    (
        "must be a restricted key of Stripe's, which begins with rk_",
        "doit être une clé restreinte de Stripe, qui commence par rk_",
    ),
    ("this order counts for this referrer already", "cette commande compte déjà pour ce parrain"),
    ("this claim was answered before", "cette réclamation a déjà sa réponse"),
    ("the program was changed meanwhile{}", "le programme a changé entre-temps{}"),
    (
        "the program has no offer for customers to join",
        "le programme n’a pas d’offre que des clients puissent rejoindre",
    ),
    ("the program has no such offer", "le programme n’a pas cette offre"),
    ("a donation is made for advocates", "un don est fait à la place du parrain"),
    (
        "a late arrival is still being worked through{}",
        "des commandes arrivées en retard sont encore en cours de calcul{}",
    ),
    ("this conversion is rejected already", "cette récompense est déjà refusée"),
    ("this reward is taken back already", "cette récompense est déjà reprise"),
    (
        "refunds took all of this reward, and approving gives back what no refund took; {}",
        "des remboursements ont pris toute cette récompense\u{a0}: il n’y a rien à accorder",
    ),
    (
        "nothing in this batch can be paid by a SEPA transfer",
        "rien dans ce paiement ne peut être versé par virement SEPA",
    ),
    ("there is no such shop", "cette boutique n’existe pas"),
    ("no referrer has this code", "aucun parrain n’a ce code"),
    (
        "is needed: the provider's own page of API keys makes one",
        "est nécessaire\u{a0}: la page des clés API du service en fait une",
    ),
    ("is needed", "est nécessaire"),
    (
        "must be one line without blanks, as the provider shows it",
        "doit être une seule ligne sans espace, comme le service la montre",
    ),
    (
        "begins with whsec_ at Resend; other providers have none",
        "commence par whsec_ chez Resend\u{a0}; les autres services n’en ont pas",
    ),
    ("has {}; what is filled in here is {}", "contient {}\u{a0}; ici sont remplis {}"),
    ("must be one line", "doit tenir sur une ligne"),
    ("must have {} somewhere", "doit contenir {} quelque part"),
    ("no mail is set up for this shop", "aucun e-mail n’est réglé pour cette boutique"),
    (
        "this edge keeps nothing yet that must be sealed, such as payout details and the keys of others: set the secret PARRAIN_DETAILS_KEY (openssl rand -base64 32)",
        "il manque à ce déploiement la clé qui met sous scellé ce qui doit l’être\u{a0}: qui l’a installé doit donner le secret PARRAIN_DETAILS_KEY (openssl rand -base64 32)",
    ),
    (
        "it may have been given: give the platform's key again, so that it is looked for",
        "elle a peut-être été donnée\u{a0}: redonnez la clé de la plateforme, pour qu’on regarde",
    ),
    (
        "it may have been given, to a customer who is not known any more",
        "elle a peut-être été donnée, à un client qui n’est plus connu",
    ),
    (
        "these credentials do not open the platform's orders: give some that have this right",
        "cette clé n’ouvre pas les commandes de la plateforme\u{a0}: donnez-en une qui le permet",
    ),
    (
        "the shop takes no webhooks of this platform, so that its orders are not looked for either",
        "la boutique ne reçoit pas les messages de cette plateforme\u{a0}: ses commandes ne sont donc pas relues",
    ),
    ("it answered no page of orders", "elle n’a pas donné de liste de commandes"),
    (
        "no bounce of this message keeps mail from its address",
        "aucun refus de ce message n’empêche d’écrire à son adresse",
    ),
    ("{} does not open {} with this key: {}", "{} n’ouvre pas {} avec cette clé\u{a0}: {}"),
    ("{} does not answer: {}", "{} ne répond pas\u{a0}: {}"),
    (
        "{} takes no more requests for now: try again in a minute",
        "{} ne prend plus de requêtes pour l’instant\u{a0}: réessayez dans une minute",
    ),
    ("{} answered {}, as it does to nobody", "{} a répondu {}, ce qui n’est pas prévu"),
    ("order {}: {}", "commande {}\u{a0}: {}"),
    (
        "is a spreadsheet's own file: save it as CSV and give that",
        "est un classeur\u{a0}: enregistrez-le en CSV et donnez ce fichier-là",
    ),
    (
        "is no text: give the CSV file of the export",
        "n’est pas un texte\u{a0}: donnez le fichier CSV de l’export",
    ),
    ("is empty", "est vide"),
    (
        "has no column with codes or links, nor one with commissions of sales: give the export of your affiliates, or of their \
         commissions, with its headings",
        "n’a ni colonne de codes ou de liens, ni colonne de commissions\u{a0}: donnez l’export de vos affiliés, ou celui de leurs \
         commissions, avec ses titres",
    ),
    (
        "has more than {} codes, sums and sales: split it, with its headings in each part",
        "a plus de {} codes, sommes et ventes\u{a0}: découpez-le, avec ses titres dans chaque partie",
    ),
    (
        "has more than {} lines: split it, with its headings in each part",
        "a plus de {} lignes\u{a0}: coupez-le, avec ses titres dans chaque partie",
    ),
    (
        "the file is larger than 4 MiB: split it, with its headings in each part",
        "le fichier dépasse 4\u{a0}Mo\u{a0}: coupez-le, avec ses titres dans chaque partie",
    ),
    (
        "the picture is too large: it may have at most 1 MB",
        "l’image est trop lourde\u{a0}: elle peut faire 1\u{a0}Mo au plus",
    ),
    (
        "this shop has as many imports as are kept at once: drop one of them",
        "cette boutique a déjà autant de fichiers qu’il en est gardé\u{a0}: faites-en oublier un",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_keeps_what_it_names() {
        assert_eq!(told(Language::Fr, "must have at most 40 characters"), "doit avoir au plus 40 caractères");
        assert_eq!(
            told(Language::Fr, "must be a whole number from 1 to 9"),
            "doit être un nombre entier de 1 à 9"
        );
        assert_eq!(told(Language::Fr, "is missing"), "manque");
        assert_eq!(told(Language::Fr, "is missing something"), "is missing something");
        assert_eq!(told(Language::En, "is missing"), "is missing");
    }

    #[test]
    fn no_english_is_left_in_a_french_sentence() {
        let code = "NOËL 10".parse::<parrain_wire::code::Code>().unwrap_err().to_string();
        for (english, french) in [
            (
                code.as_str(),
                "s’écrit en lettres sans accent, chiffres et traits d’union, sans espace\u{a0}: NOEL-10 conviendrait",
            ),
            (
                "must be a percentage from \"0\" to \"100\" with at most four decimals",
                "écrivez un nombre de 0 à 100, par exemple 10",
            ),
            ("must have 2 decimals, as the currency has", "doit avoir au plus 2 chiffres après la virgule"),
            (
                "fills in {link}, {code}, {offer} and {shop}, and not {x}",
                "ne connaît que {link}, {code}, {offer} et {shop}, pas {x}",
            ),
        ] {
            assert_eq!(told(Language::Fr, english), french, "{english}");
        }
        let plain = told(Language::En, "must have 2 decimals, as the currency has");
        assert_eq!(plain, "must have at most 2 digits after the point");
    }

    #[test]
    fn every_sentence_has_its_holes() {
        for (english, french) in SENTENCES {
            assert!(english.matches("{}").count() >= french.matches("{}").count(), "{english}");
        }
    }
}
