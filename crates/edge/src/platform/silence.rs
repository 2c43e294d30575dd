//! Why a delivery of a platform's changes nothing, in words for the shop's owner.

/// Why nothing follows from a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// A kind of delivery that is of no concern here.
    OtherTopic,
    /// The platform tries the address out.
    TriedOut,
    /// What was sent cannot be read as an order or a refund.
    Unreadable,
    /// The platform marks it as a test.
    TestOrder,
    /// It is dated further back than anything counts.
    TooOld,
    /// It is dated in the future, further than clocks may differ.
    TooFarAhead,
    /// The order is not paid.
    NotPaid,
    /// A part of the order is paid.
    PartlyPaid,
    /// All of it is gift cards, which count when they are spent.
    GiftCards,
    /// The refund is on its way, or failed: no money went back.
    NotReturnedYet,
    /// Goods came back and no money went.
    NothingReturned,
    /// What was paid back is shipping or fees.
    NoGoods,
    /// A checkout or an invoice for which nothing had to be paid.
    NothingToPay,
    /// A subscription begins with a trial.
    Trial,
    /// A subscription's first invoice, which its checkout tells of.
    FirstInvoice,
    /// An invoice that belongs to no subscription and carries no code.
    OneOffInvoice,
    /// A promotion code of which only an id is told, and no key lets anybody ask for it.
    UntoldCode,
    /// Ids that belong to one order.
    Linked,
    /// A person, or everybody, is forgotten.
    Forgotten,
    /// A person wants to know what is held.
    Asked,
    /// An inquiry of a bank's, which takes no money.
    Inquiry,
    /// A dispute for which no money was withdrawn yet.
    NotWithdrawn,
}

impl Silence {
    /// Why, as the shop's owner would say it, in the language of a BCP 47 tag: French, else English.
    pub fn words(self, locale: &str) -> &'static str {
        let french = locale.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("fr"));
        let (english, in_french) = self.both();
        if french { in_french } else { english }
    }

    fn both(self) -> (&'static str, &'static str) {
        match self {
            Self::OtherTopic => (
                "This kind of notification says nothing about referred orders.",
                "Ce type de notification ne dit rien des commandes parrainées.",
            ),
            Self::TriedOut => (
                "The platform tries the address out: it is the right one.",
                "La plateforme essaie l’adresse\u{a0}: c’est la bonne.",
            ),
            Self::Unreadable => (
                "What the platform sent cannot be read as an order or a refund.",
                "Ce que la plateforme a envoyé ne se lit ni comme une commande ni comme un remboursement.",
            ),
            Self::TestOrder => (
                "The platform marks this order as a test: it earns nothing.",
                "La plateforme marque cette commande comme un test\u{a0}: elle ne rapporte rien.",
            ),
            Self::TooOld => ("The order is too old to count.", "La commande est trop ancienne pour compter."),
            Self::TooFarAhead => (
                "The order is dated in the future: check the clock of the shop's server.",
                "La commande est datée du futur\u{a0}: vérifiez l’horloge du serveur de la boutique.",
            ),
            Self::NotPaid => (
                "The order is not paid: it counts once it is.",
                "La commande n’est pas payée\u{a0}: elle comptera quand elle le sera.",
            ),
            Self::PartlyPaid => (
                "Only a part of the order is paid: it counts once all of it is.",
                "La commande n’est payée qu’en partie\u{a0}: elle comptera quand elle le sera en entier.",
            ),
            Self::GiftCards => (
                "The order is for gift cards, which count when they are spent.",
                "La commande porte sur des cartes cadeaux, qui comptent quand elles sont utilisées.",
            ),
            Self::NotReturnedYet => (
                "The refund is not paid back: it takes nothing until it is.",
                "Le remboursement n’est pas versé\u{a0}: il ne retire rien tant qu’il ne l’est pas.",
            ),
            Self::NothingReturned => (
                "No money was paid back: nothing is taken.",
                "Aucune somme n’a été remboursée\u{a0}: rien n’est retiré.",
            ),
            Self::NoGoods => (
                "What was paid back is shipping or fees, not goods: nothing is taken.",
                "Le remboursement porte sur la livraison ou des frais, pas sur des articles\u{a0}: rien n’est retiré.",
            ),
            Self::NothingToPay => (
                "Nothing had to be paid for it, so that it earns nothing.",
                "Il n’y avait rien à payer\u{a0}: cela ne rapporte donc rien.",
            ),
            Self::Trial => (
                "The subscription begins with a trial: its first paid invoice counts, with the code of this checkout.",
                "L’abonnement commence par un essai\u{a0}: la première facture payée comptera, avec le code de ce paiement.",
            ),
            Self::FirstInvoice => (
                "The first invoice of a subscription counts by its checkout, which Stripe tells of by itself.",
                "La première facture d’un abonnement compte par son paiement initial, que Stripe annonce de son côté.",
            ),
            Self::OneOffInvoice => (
                "The invoice belongs to no subscription and carries no code.",
                "La facture n’appartient à aucun abonnement et ne porte aucun code.",
            ),
            Self::UntoldCode => (
                "A promotion code was typed on Stripe's page, of which Stripe tells only an id: give Parrain a restricted \
                 key (platform_keys) to have it count.",
                "Un code promo a été saisi sur la page de Stripe, qui n’en donne que l’identifiant\u{a0}: confiez à Parrain une \
                 clé restreinte (platform_keys) pour qu’il compte.",
            ),
            Self::Linked => (
                "It says which payment belongs to which invoice, for refunds to find their order.",
                "Elle dit quel paiement va avec quelle facture, pour que les remboursements retrouvent leur commande.",
            ),
            Self::Forgotten => (
                "The person is forgotten; figures stay as they are.",
                "La personne est oubliée\u{a0}; les chiffres restent ce qu’ils sont.",
            ),
            Self::Asked => (
                "What is held of the person is shown by GET /subjects, for you to pass on.",
                "Ce qui est conservé de la personne s’obtient par GET /subjects, pour que vous le lui transmettiez.",
            ),
            Self::Inquiry => (
                "The bank asks and takes no money: the reward stays.",
                "La banque pose une question et ne prend pas d’argent\u{a0}: la récompense reste.",
            ),
            Self::NotWithdrawn => (
                "No money was withdrawn for this dispute so far: the reward stays until it is.",
                "Aucune somme n’a encore été prélevée pour ce litige\u{a0}: la récompense reste d’ici là.",
            ),
        }
    }
}
