//! What the shop says about codes, refusals and deliveries, in words and in both languages.

use crate::basket::{AppliedCode, Standing};
use crate::books::{Message, Receipt, Trouble};
use crate::catalog;
use crate::lang::Lang;
use crate::offer::{Gift, Reward, Verdict};
use crate::visitor::Notice;

/// What a reward is: `10 % de remise`.
pub fn reward(reward: Reward, lang: Lang) -> String {
    match reward {
        Reward::Percent(percent) => {
            let percent = percent.shown(lang);
            lang.say(format!("{percent} de remise"), format!("{percent} off"))
        }
        Reward::Amount(amount) => {
            let amount = amount.shown(lang);
            lang.say(format!("{amount} de remise"), format!("{amount} off"))
        }
        Reward::FreeShipping => lang.say("la livraison offerte", "free delivery").to_owned(),
        Reward::Elsewhere => lang.say("un avantage remis à part", "a gift handed over separately").to_owned(),
    }
}

/// ` de la part d’Anna`, or nothing where the referrer gave no name.
fn from(gift: &Gift, lang: Lang) -> String {
    let Some(name) = &gift.from else { return String::new() };
    match lang {
        Lang::Fr => {
            let vowel = name.chars().next().is_some_and(|c| "aàâeéèêiîoôuyAÀÂEÉÈÊIÎOÔUY".contains(c));
            format!(" de la part {}{name}", if vowel { "d’" } else { "de " })
        }
        Lang::En => format!(" from {name}"),
    }
}

/// What a code does to the basket, or why it does nothing.
pub fn standing(applied: &AppliedCode, lang: Lang) -> String {
    let code = applied.code.as_str();
    match (&applied.verdict, &applied.standing) {
        (Verdict::Good(_), Standing::NotFirst) => lang.say(
            format!("Le code {code} vaut pour une première commande, et vous avez déjà commandé ici."),
            format!("The code {code} is for a first order, and you have ordered here before."),
        ),
        (Verdict::Good(g), Standing::Misses(missing)) => {
            let (missing, minimum) = (missing.shown(lang), g.minimum.shown(lang));
            let (gift, from) = (reward(g.reward, lang), from(g, lang));
            lang.say(
                format!("Encore {missing} d’achats et vous aurez {gift}{from} (code {code}, dès {minimum})."),
                format!("Spend {missing} more to get {gift}{from} (code {code}, from {minimum})."),
            )
        }
        (Verdict::Good(g), _) => {
            let (gift, from) = (reward(g.reward, lang), from(g, lang));
            lang.say(format!("Vous avez {gift}{from} (code {code})."), format!("You get {gift}{from} (code {code})."))
        }
        (Verdict::Voucher(worth), _) => {
            let worth = reward(*worth, lang);
            lang.say(
                format!("Votre bon {code} vaut {worth}. Il sert une fois, pour cette commande."),
                format!("Your voucher {code} is worth {worth}. It is good once, for this order."),
            )
        }
        (Verdict::Spent, _) => lang.say(
            format!("Le bon {code} a déjà servi, ou n’est plus valable."),
            format!("The voucher {code} has been used already, or is no longer good."),
        ),
        (Verdict::Unknown, _) => lang.say(format!("Le code {code} n’existe pas."), format!("The code {code} does not exist.")),
        (Verdict::Expired, _) => lang.say(format!("Le code {code} a expiré."), format!("The code {code} has expired.")),
        (Verdict::Inactive, _) => {
            lang.say(format!("Le code {code} n’est pas actif en ce moment."), format!("The code {code} is not active at the moment."))
        }
        (Verdict::Unchecked, _) => lang.say(
            format!("Nous ne pouvons pas vérifier le code {code} pour l’instant. Il reste noté\u{a0}: rechargez la page dans un moment. Sans réponse, la commande le portera, mais sans remise."),
            format!("We cannot check the code {code} just now. It is kept: reload the page in a moment. Without an answer the order will carry it, but without a discount."),
        ),
    }
}

/// A notice in words, and whether it is bad news.
pub fn notice(notice: &Notice, lang: Lang) -> (String, bool) {
    match notice {
        Notice::Added(sku) => {
            let name = catalog::by_sku(sku).map_or("", |p| p.name(lang));
            (lang.say(format!("{name} est dans votre panier."), format!("{name} is in your basket.")), false)
        }
        Notice::CodeTaken(code) => {
            let code = code.as_str();
            (lang.say(format!("Le code {code} est noté."), format!("The code {code} is noted.")), false)
        }
        Notice::NotACode => (
            lang.say("Un code a 3 à 32 lettres, chiffres ou tirets, par exemple ANNA10.", "A code has 3 to 32 letters, digits or hyphens, such as ANNA10.").to_owned(),
            true,
        ),
        Notice::CodeUnknown(code) => (verdict(code.as_str(), Verdict::Unknown, lang), true),
        Notice::CodeExpired(code) => (verdict(code.as_str(), Verdict::Expired, lang), true),
        Notice::CodeInactive(code) => (verdict(code.as_str(), Verdict::Inactive, lang), true),
        Notice::VoucherSpent(code) => (verdict(code.as_str(), Verdict::Spent, lang), true),
        Notice::Placed(number) => (
            lang.say(format!("Votre panier est devenu la commande {number}."), format!("Your basket has become order {number}.")),
            false,
        ),
        Notice::PriceChanged => (
            lang.say(
                "Le total a changé depuis l’affichage de cette page\u{a0}: vérifiez-le avant de commander.",
                "The total has changed since this page was shown: please check it before you order.",
            )
            .to_owned(),
            true,
        ),
        Notice::Refunded(number, amount) => {
            let amount = amount.shown(lang);
            (lang.say(format!("{number}\u{a0}: {amount} remboursés."), format!("{number}: {amount} refunded.")), false)
        }
        Notice::Cancelled(number) => (lang.say(format!("{number} est annulée."), format!("{number} is cancelled.")), false),
        Notice::NotThatMuch(number) => (
            lang.say(
                format!("{number}\u{a0}: ce montant ne peut pas être repris (plus que le reste, nul ou illisible). Rien n’a changé."),
                format!("{number}: that cannot be taken back (more than what is left, nothing, or unreadable). Nothing has changed."),
            ),
            true,
        ),
        Notice::LinkAsked => (
            lang.say(
                "Si cette adresse parraine chez nous, un message avec son lien est en route. Il sert une fois, dans les 24 heures.",
                "If this address refers friends here, a message with its link is on its way. It works once, within 24 hours.",
            )
            .to_owned(),
            false,
        ),
        Notice::NotAnAddress => (
            lang.say(
                "Cette adresse n’est pas complète\u{a0}: vérifiez-la, par exemple prenom@exemple.fr.",
                "This address is not complete: please check it, for instance name@example.com.",
            )
            .to_owned(),
            true,
        ),
        Notice::Hurried => (
            lang.say("Les événements en attente partent maintenant. Rechargez pour voir la réponse.", "Waiting events are being sent now. Reload to see the answer.").to_owned(),
            false,
        ),
    }
}

fn verdict(code: &str, verdict: Verdict, lang: Lang) -> String {
    match code.parse() {
        Ok(code) => standing(&AppliedCode { code, verdict, standing: Standing::Refused }, lang),
        Err(_) => String::new(),
    }
}

/// What an event is about.
pub fn kind(kind: &str, lang: Lang) -> String {
    match kind {
        "order.paid" => lang.say("Commande payée", "Order paid").to_owned(),
        "order.refunded" => lang.say("Remboursement", "Refund").to_owned(),
        "order.cancelled" => lang.say("Annulation", "Cancellation").to_owned(),
        other => other.to_owned(),
    }
}

/// How a message stands, in words.
pub fn delivery(message: &Message, lang: Lang) -> String {
    let delivery = &message.delivery;
    if let Some((_, receipt)) = &delivery.taken {
        return taken(receipt, lang);
    }
    let Some(trouble) = &delivery.trouble else {
        return lang.say("en route", "on its way").to_owned();
    };
    let what = match trouble {
        Trouble::Unreachable => lang.say("Parrain ne répond pas", "Parrain does not answer").to_owned(),
        Trouble::Answered(status, words) => {
            let words = words.as_deref().unwrap_or_default();
            let words = match (words, lang) {
                ("", _) => String::new(),
                (words, Lang::Fr) => format!(" «\u{a0}{words}\u{a0}»"),
                (words, Lang::En) => format!(" “{words}”"),
            };
            lang.say(
                format!("Parrain a répondu {status}{words}"),
                format!("Parrain answered {status}{words}"),
            )
        }
    };
    let tries = delivery.tries;
    let next = delivery.not_before.map(|at| lang.date(at)).unwrap_or_default();
    lang.say(
        format!("{what}. Essais\u{a0}: {tries}\u{a0}; prochain\u{a0}: {next}. Rien n’est perdu."),
        format!("{what}. Tries: {tries}; next: {next}. Nothing is lost."),
    )
}

fn taken(receipt: &Receipt, lang: Lang) -> String {
    let who = receipt.referrer.as_deref().unwrap_or("?");
    let why = receipt.reason.as_deref().map(|r| reason(r, lang));
    let with = |text: String| match &why {
        Some(why) => format!("{text} ({why})"),
        None => text,
    };
    match receipt.outcome.as_str() {
        "recorded" if receipt.referrer.is_some() => {
            with(lang.say(format!("enregistré pour {who}"), format!("recorded for {who}")))
        }
        "recorded" => with(lang.say("enregistré", "recorded").to_owned()),
        "duplicate" => with(lang.say("déjà connu de Parrain", "already known to Parrain").to_owned()),
        "not_referred" => {
            with(lang.say("personne n’a parrainé cette commande", "nobody referred this order").to_owned())
        }
        "ignored" => with(lang.say("sans effet sur le parrainage", "no bearing on referrals").to_owned()),
        "rejected" => {
            with(lang.say(format!("parrainage par {who} refusé"), format!("referral by {who} refused")))
        }
        "" => lang.say("reçu", "received").to_owned(),
        other => with(other.to_owned()),
    }
}

/// A reason of contract section 5 in words.
fn reason(reason: &str, lang: Lang) -> String {
    let (fr, en) = match reason {
        "self_referral" => ("son propre code", "their own code"),
        "existing_customer" => ("déjà client", "already a customer"),
        "duplicate_customer" => ("ce client a déjà été parrainé", "this customer was already referred"),
        "below_minimum" => ("sous le minimum d’achat", "below the minimum"),
        "cap_reached" => ("plafond du parrain atteint", "the referrer’s cap is reached"),
        "outside_window" => ("visite trop ancienne", "the visit is too old"),
        "offer_inactive" => ("offre inactive", "the offer is not active"),
        "unverified" => ("non vérifié", "unverified"),
        "cancelled" => ("commande annulée", "order cancelled"),
        "refunded" => ("commande remboursée", "order refunded"),
        "velocity" => ("trop de commandes en peu de temps", "too many orders in a short time"),
        "budget_spent" => ("budget épuisé", "the budget is spent"),
        "manual" => ("décision de l’équipe", "decided by the team"),
        other => (other, other),
    };
    lang.say(fr, en).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::books::Delivery;
    use crate::money::{Cents, Percent};

    fn applied(from: Option<&str>, standing: Standing) -> AppliedCode {
        let gift = Gift {
            from: from.map(Into::into),
            reward: Reward::Percent(Percent::parse("10").unwrap()),
            minimum: Cents(3000),
            newcomers_only: true,
        };
        AppliedCode { code: "ANNA10".parse().unwrap(), verdict: Verdict::Good(gift), standing }
    }

    #[test]
    fn says_what_the_friend_gets_and_what_is_missing() {
        assert_eq!(
            standing(&applied(Some("Anna"), Standing::Applies(Cents(340))), Lang::Fr),
            "Vous avez 10\u{a0}% de remise de la part d’Anna (code ANNA10)."
        );
        assert_eq!(
            standing(&applied(None, Standing::Misses(Cents(600))), Lang::En),
            "Spend €6.00 more to get 10% off (code ANNA10, from €30.00)."
        );
        assert!(
            standing(&applied(Some("Marc"), Standing::Applies(Cents(1))), Lang::Fr)
                .contains("de la part de Marc")
        );
    }

    #[test]
    fn says_what_became_of_an_event() {
        let mut message = Message {
            id: "m".into(),
            order: "o".into(),
            kind: "order.paid".into(),
            body: String::new(),
            delivery: Delivery::default(),
        };
        assert_eq!(delivery(&message, Lang::En), "on its way");
        message.delivery.tries = 2;
        message.delivery.trouble = Some(Trouble::Answered(401, Some("stale".into())));
        assert!(
            delivery(&message, Lang::Fr)
                .starts_with("Parrain a répondu 401 «\u{a0}stale\u{a0}». Essais\u{a0}: 2")
        );
        let receipt = Receipt {
            outcome: "rejected".into(),
            reason: Some("self_referral".into()),
            referrer: Some("ANNA10".into()),
        };
        message.delivery.taken = Some((jiff::Timestamp::UNIX_EPOCH, receipt));
        assert_eq!(delivery(&message, Lang::En), "referral by ANNA10 refused (their own code)");
    }
}
