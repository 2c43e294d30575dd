//! What was just done, as the next page says it.

use crate::text::Language;

/// Declares what can be said, with its name in an address and its two sentences.
macro_rules! said {
    ($($(#[$doc:meta])* $Said:ident = $name:literal: $french:literal, $english:literal;)+) => {
        /// What was just done. A form's answer leads to the next page, which says so.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Said { $($(#[$doc])* $Said,)+ }

        impl Said {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$Said,)+];

            /// Its name, for a cookie or an address.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Said => $name,)+ }
            }

            /// The sentence.
            pub const fn words(self, lang: Language) -> &'static str {
                match self { $(Self::$Said => lang.say($french, $english),)+ }
            }
        }
    };
}

said! {
    /// Something was saved.
    Saved = "saved": "Enregistré.", "Saved.";
    /// A program was saved.
    ProgramSaved = "program_saved": "Enregistré. Les commandes suivent ces règles à partir de maintenant\u{a0}; les précédentes gardent les leurs.", "Saved. Orders follow these rules from now on; earlier ones keep theirs.";
    /// Nothing was different.
    Unchanged = "unchanged": "Rien n’a changé.", "Nothing has changed.";
    /// An earlier version is in force again.
    Restored = "restored": "Cette version est de nouveau en vigueur.", "That version is in force again.";
    /// Somebody else saved the program since the page was drawn.
    Meanwhile = "meanwhile": "Le programme a changé entre-temps\u{a0}: regardez les versions avant d’y revenir.", "The program was changed meanwhile: look at the versions before you go back.";
    /// A promo code was saved.
    PromoCodeSaved = "promo_code_saved": "Le code est enregistré.", "The code is saved.";
    /// A promo code was ended, or taken off the list.
    PromoCodeEnded = "promo_code_ended": "Ce code ne donne plus rien.", "This code gives nothing any more.";
    /// An offer was removed.
    OfferRemoved = "offer_removed": "L’offre est retirée. Ce qui a été gagné reste dû.", "The offer is gone. What was earned stays due.";
    /// Offers are compared.
    ExperimentBegan = "experiment_began": "C’est parti\u{a0}: la réponse viendra à la fin.", "It has begun: the answer comes at the end.";
    /// One of the offers that were compared was kept.
    ExperimentConcluded = "experiment_concluded": "C’est décidé\u{a0}: les parrains y passent dans les minutes qui viennent.", "Decided: referrers are put on it within minutes.";
    /// A referrer was added.
    ReferrerAdded = "referrer_added": "Parrain ajouté. Son lien est prêt.", "Referrer added. Their link is ready.";
    /// Codes were added.
    CodesAdded = "codes_added": "Les codes sont prêts.", "The codes are ready.";
    /// A file was looked at.
    ImportPlanned = "import_planned": "Voici ce qui serait fait. Rien ne l’est encore.", "This is what would be done. Nothing of it is yet.";
    /// A part of it was made.
    ImportStepped = "import_stepped": "C’est avancé.", "That is a part of it.";
    /// All of it was made.
    ImportMade = "import_made": "C’est repris.", "All of it came along.";
    /// A file was forgotten.
    ImportDropped = "import_dropped": "Ce fichier est oublié. Ce qui en a été fait reste.", "That file is forgotten. What was made of it stays.";
    /// Somebody was let in.
    LetIn = "let_in": "C’est accepté\u{a0}: son code compte à partir de maintenant.", "Let in: their code counts from now on.";
    /// It was confirmed who somebody is.
    Confirmed = "confirmed": "C’est confirmé\u{a0}: ses récompenses n’attendent plus que la fin de leur délai.", "Confirmed: their rewards wait for nothing but the end of their hold.";
    /// Somebody was turned down.
    TurnedDown = "turned_down": "C’est refusé.", "Turned down.";
    /// A referrer is paused.
    Paused = "paused": "En pause\u{a0}: ses clients lui restent, rien de nouveau n’est gagné.", "Paused: customers stay theirs, nothing new is earned.";
    /// A referrer has ended.
    Ended = "ended": "Arrêté. Ce qui a été gagné reste dû.", "Ended. What was earned stays due.";
    /// A picture was added.
    PictureAdded = "picture_added": "L’image est sur la page de vos parrains.", "The picture is on your referrers’ page.";
    /// A picture was there already.
    PictureThere = "picture_there": "Cette image y était déjà\u{a0}; elle porte le titre que vous venez de donner.", "This picture was there already; it has the title that you just gave.";
    /// A picture was added, without what in it could have done something.
    PictureCleaned = "picture_cleaned": "L’image est ajoutée, sans ce qui n’en faisait pas partie\u{a0}: regardez si elle est restée entière.", "The picture was added, without what was no part of it: look whether it is whole still.";
    /// A picture was taken away.
    PictureRemoved = "picture_removed": "L’image est retirée.", "The picture is gone.";
    /// A text to share was taken away.
    TextRemoved = "text_removed": "Le texte est retiré.", "The text is gone.";
    /// A bonus was recorded.
    BonusGiven = "bonus_given": "C’est noté, pour le prochain paiement.", "Recorded, for the next payout.";
    /// A referrer's sign-ins were ended.
    SignInsEnded = "sign_ins_ended": "C’est fait\u{a0}: cette personne devra se reconnecter partout.", "Done: they have to sign in again everywhere.";
    /// A person was forgotten.
    Erased = "erased": "Cette personne est effacée. Les montants restent justes.", "That person is forgotten. The sums still add up.";
    /// An order was credited.
    Credited = "credited": "La commande est créditée.", "The order is credited.";
    /// That was taken back.
    CreditUndone = "credit_undone": "Le crédit est retiré.", "The credit is taken back.";
    /// One was reviewed.
    Reviewed = "reviewed": "C’est décidé.", "Decided.";
    /// A claim was accepted.
    ClaimAccepted = "claim_accepted": "Réclamation acceptée\u{a0}: la commande est créditée.", "Claim accepted: the order is credited.";
    /// A claim was refused.
    ClaimRefused = "claim_refused": "Réclamation refusée.", "Claim refused.";
    /// A payout was prepared.
    PayoutMade = "payout_made": "Le paiement est prêt. Rien n’est encore versé.", "The payout is ready. Nothing is paid yet.";
    /// A payout was marked paid.
    PayoutPaid = "payout_paid": "C’est noté comme payé. Vos parrains le voient.", "Marked as paid. Your referrers see it.";
    /// A helper was let in.
    HelperAdded = "helper_added": "Le lien est prêt\u{a0}: envoyez-le à cette personne.", "The link is ready: send it to them.";
    /// A helper may no longer enter.
    HelperEnded = "helper_ended": "Cette personne ne peut plus entrer.", "They can no longer enter.";
    /// A module was disconnected.
    ConnectionEnded = "connection_ended": "Ce module n’est plus connecté. S’il n’est plus entre vos mains, remplacez aussi le secret d’événements.", "That module is no longer connected. Where it is out of your hands, replace the event secret too.";
    /// Credentials were taken.
    PlatformConnected = "platform_connected": "C’est connecté\u{a0}: les codes se créent à partir de maintenant.", "Connected: codes are being made from now on.";
    /// Credentials were forgotten.
    PlatformEnded = "platform_ended": "La clé est oubliée.", "The key is forgotten.";
    /// A platform's orders are being read.
    Reconciling = "reconciling": "La relecture a commencé.", "Reading has begun.";
    /// A provider's key was taken.
    ContactsConnected = "contacts_connected": "C’est connecté\u{a0}: les parrains qui l’acceptent y sont inscrits à partir de maintenant.", "Connected: referrers who agree are put there from now on.";
    /// A provider's key was forgotten.
    ContactsEnded = "contacts_ended": "La clé est oubliée.", "The key is forgotten.";
    /// A test was sent to an address.
    TestSent = "test_sent": "L’essai est en route\u{a0}: son sort paraîtra ci-dessous.", "The test is on its way: what comes of it will stand below.";
    /// What was given up is sent again.
    Replayed = "replayed": "C’est de nouveau en route.", "It is on its way again.";
    /// An address is told no more.
    EndpointRemoved = "endpoint_removed": "Cette adresse ne reçoit plus rien.", "That address is told no more.";
    /// An address is written to again.
    StopLifted = "stop_lifted": "Les prochains e-mails repartent vers cette adresse. Retirez-la aussi de la liste de rejets de votre prestataire\u{a0}: sinon il les refuse.", "The next e-mails go to that address again. Take it off your provider’s own list of bounces too, or it refuses them.";
    /// No more mail is sent.
    MailEnded = "mail_ended": "Plus aucun e-mail n’est envoyé.", "No more e-mails are sent.";
    /// A shop was removed.
    ShopRemoved = "shop_removed": "La boutique est supprimée, avec tout ce qu’elle gardait.", "The shop is removed, with all that it kept.";
    /// A test began.
    TestBegun = "test_begun": "L’essai a commencé.", "The test has begun.";
    /// Somebody signed out.
    SignedOut = "signed_out": "Vous êtes déconnecté.", "You are signed out.";
}

impl Said {
    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|said| said.name() == name)
    }
}
