//! What happens to the widget when something happens: pure, so that tests can walk through it.

use parrain_wire::amount::fine;
use parrain_wire::page::{Card, PublicProgram, Verdict};
use parrain_wire::rewards::RewardStatus;
use parrain_wire::{Code, Source, Texts, Touch, touch};

use crate::action::{Action, Copyable};
use crate::model::{
    Customer, Fault, Gift, Join, Load, Me, Model, Picture, Placement, Redeeming, Screen, Stage, Told, Tried,
    What, Why, World,
};

/// Milliseconds before a request that failed is sent again by itself. Each time it is as much longer: who
/// blocks our requests should not find their console full of them.
const RETRY: u32 = 20_000;

/// So many further pages of rewards are loaded without being asked for, since the newest come last: 500 conversions.
const PAGES: usize = 5;

/// What happens in the page.
impl Model {
    /// The page is there; begin.
    pub fn start(&mut self, world: &mut impl World) {
        if self.consent.refuses() {
            world.forget();
        }
        for code in std::mem::take(&mut self.passed) {
            self.note(&code, Source::Link, world);
        }
        if self.arrived.is_some() {
            self.arrive(world);
        } else if self.placement == Placement::Launcher {
            self.want_view(world);
        }
        self.try_again(world);
        self.keep(world);
        world.emit(Told::Ready);
    }

    /// The page's address has changed; `code` is the one in it.
    pub fn moved(&mut self, page: String, code: Option<Code>, world: &mut impl World) {
        self.looked.clone_from(&page);
        self.page = page;
        self.redraw(world);
        self.weigh(world);
        self.try_again(world);
        if code.is_some() && code != self.arrived {
            self.arrived = code;
            self.arrive(world);
        }
    }

    /// A choice about consent was made.
    pub fn consented(&mut self, yes: bool, world: &mut impl World) {
        self.consent.choose(yes);
        self.consent_changed(world);
    }

    /// A consent tool was read for the first time.
    pub fn consent_read(&mut self, yes: bool, world: &mut impl World) {
        self.consent.initially(yes);
        self.consent_changed(world);
    }

    /// The page's address held the key of a link that the shop mailed: whoever follows it asks for their rewards.
    pub fn enter(&mut self, key: &str, world: &mut impl World) {
        self.consent.ask();
        self.key = key.into();
        self.act(Action::Open(Screen::Rewards), world);
    }

    /// The shopper has placed an order: their gift is spent, and it is their turn.
    pub fn purchased(&mut self, world: &mut impl World) {
        let used = touch::applied(&self.touches).or(self.touches.last().map(|touch| &touch.code));
        self.gift = used.map(|code| Gift { code: code.clone(), stage: Stage::Spent });
        self.redeeming = Redeeming::No;
        self.thanked = true;
        self.keep(world);
        self.want_share(world);
        self.thank();
    }

    /// The shop names its customer.
    pub fn identify(&mut self, customer: Customer, world: &mut impl World) {
        let mut seen = self.open == Some(Screen::Rewards) || std::mem::take(&mut self.rewards_wanted);
        let was = self.customer.as_ref().map_or("", |customer| &customer.id);
        let of = self.me.as_ref().map_or("", |me| &me.of);
        let other = [was, of].into_iter().any(|known| !known.is_empty() && known != customer.id);
        if other || self.keyed {
            seen |= self.rewards_load != Load::Idle;
            // Who came in by a link is asked about, as they are where the link is followed after the signing in.
            if self.keyed {
                self.stranger = self.me.take();
            }
            self.forget_person();
            self.keep(world);
        }
        self.customer = Some(customer);
        if seen {
            self.want_rewards(world);
        }
    }

    /// The page or its platform says what is in the basket, decimal text; what is none says nothing.
    pub fn weighed(&mut self, basket: &str) {
        if fine(basket).is_some() {
            self.basket = Some(basket.into());
        }
    }

    /// Something is to be seen: load what it needs, once.
    pub fn want_view(&mut self, world: &mut impl World) {
        self.want_texts(world);
        self.weigh(world);
        if matches!(self.program_load, Load::Idle | Load::Failed(_)) {
            self.ask_again(world);
        }
    }

    /// What a referrer shares is to be seen.
    pub fn want_share(&mut self, world: &mut impl World) {
        self.want_view(world);
        self.want_own(world);
        if !matches!(self.qr, Load::Busy | Load::Ready) {
            self.draw(world);
        }
    }

    /// Rewards are to be seen.
    pub fn want_rewards(&mut self, world: &mut impl World) {
        self.want_view(world);
        if self.rewards_load == Load::Busy {
            return;
        }
        if !self.key.is_empty() {
            world.join(self.person, Join::Mailed { key: self.key.clone() });
        } else if self.me.is_some() {
            return self.ask_rewards(None, world);
        } else if let Some(customer) = &self.customer {
            world.join(self.person, Join::Customer { identity: customer.signed.clone() });
        } else {
            self.rewards_wanted = true;
            return;
        }
        self.rewards_load = Load::Busy;
    }

    /// The connection is back, the page came back from the browser's cache, or it is time to try again.
    pub fn again(&mut self, world: &mut impl World) {
        if matches!(self.texts_load, Load::Failed(_)) || matches!(self.program_load, Load::Failed(_)) {
            self.want_view(world);
        }
        if self.consent.allows() {
            self.send(world);
        }
    }
}

/// What the shopper does.
impl Model {
    /// A code was typed into our field, or given by the shop's script, to be redeemed.
    pub fn code_typed(&mut self, text: &str, world: &mut impl World) {
        self.redeeming = Redeeming::No;
        self.status = "";
        self.typed = crate::text::clean(text);
        self.want_texts(world);
        match Code::read(text) {
            Some(code) => {
                self.typed_load = Load::Busy;
                self.ask_offer(Some(&code), Why::Typed, world);
            }
            None => {
                self.typed_load = Load::Ready;
                self.typed_reason = "unknown".into();
            }
        }
    }

    /// A code was typed into the shop's own basket.
    pub fn code_seen(&mut self, text: &str, world: &mut impl World) {
        // Nobody pressed our button: without consent this is not ours to look at.
        let seen = Code::read(text).filter(|_| self.consent.allows());
        if let Some(code) = seen.filter(|code| touch::applied(&self.touches) != Some(code)) {
            world.fetch_offer(self.asked, Why::Basket, Some(&code), &self.locale.tag);
        }
    }

    /// The join form was sent.
    pub fn join(&mut self, name: &str, email: &str, world: &mut impl World) {
        if self.joining != Load::Busy {
            self.consent.ask();
            self.joining = Load::Busy;
            let identity = self.customer.as_ref().map(|customer| customer.signed.clone());
            let offer = self.joinable().map(|offer| offer.id.clone());
            world.join(self.person, Join::New { name: name.into(), email: email.into(), identity, offer });
        }
    }

    /// A form was sent with the address to which the links to one's rewards go, or a reminder of the gift.
    pub fn mail(&mut self, reminder: bool, email: &str, world: &mut impl World) {
        let code = self.invitation().map(|(code, _)| code).filter(|_| reminder);
        let load = if reminder { self.reminding } else { self.mailing };
        if load == Load::Busy || reminder && code.is_none() {
            return;
        }
        world.mail(code, email);
        *self.letter(reminder) = Load::Busy;
    }

    /// The form that tells of a missing order was sent.
    pub fn claim(&mut self, order: &str, world: &mut impl World) {
        // A number that was copied brings blanks along.
        let order = order.trim();
        let ready = self.claiming != Load::Busy && !order.is_empty();
        if let Some(me) = self.me.as_ref().filter(|_| ready) {
            world.claim(self.person, me, order);
            self.claiming = Load::Busy;
        }
    }

    /// A button was pressed.
    pub fn act(&mut self, action: Action, world: &mut impl World) {
        self.copied = None;
        // What was said of the last thing is no longer true of this one.
        self.status = "";
        match action {
            Action::Open(screen) => {
                self.open = Some(screen);
                self.uncalled = false;
                match screen {
                    Screen::Offer | Screen::Share => self.want_share(world),
                    Screen::Code => self.want_view(world),
                    Screen::Rewards => self.want_rewards(world),
                }
                world.focus(true);
            }
            Action::Close => {
                if self.open.is_some() {
                    // Closing what opened by itself is an answer; closing what one opened is tidying up.
                    let answer = self.uncalled && self.redeeming == Redeeming::No;
                    self.shut(answer, world);
                }
            }
            Action::NotNow => self.shut(true, world),
            Action::Apply => {
                let code = self.invitation().map(|(code, _)| code.clone());
                if let Some(code) = code.filter(|_| self.redeeming != Redeeming::Busy) {
                    self.uncalled = false;
                    self.redeem(&code, world);
                }
            }
            Action::Copy(what @ Copyable::Code) => {
                if let Some((code, _)) = self.invitation() {
                    world.copy(what, code.as_str());
                }
            }
            Action::Copy(what @ Copyable::Link) => {
                if let Some(link) = self.share_link() {
                    world.copy(what, &link);
                }
            }
            Action::Copy(Copyable::Voucher(code)) => world.copy(Copyable::Voucher(code.clone()), &code),
            Action::Sheet(message) => {
                if let Some(link) = self.share_link() {
                    world.share(&message, &link);
                }
            }
            Action::Messenger => {
                if let Some(link) = self.share_link() {
                    world.copy(Copyable::Link, &link);
                    world.messenger(&link);
                }
            }
            Action::Product => {
                self.product = !self.product;
                self.redraw(world);
            }
            Action::Filter(status) => self.filter = status,
            Action::Save => world.save(self),
            Action::More => {
                let last = self.rewards.last().filter(|_| self.rewards_load != Load::Busy);
                if let Some(next) = last.and_then(|page| page.next_cursor.clone()) {
                    self.ask_rewards(Some(&next), world);
                }
            }
            Action::Enter => {
                self.let_in(world);
                world.focus(true);
            }
            Action::Retry => {
                self.again(world);
                if matches!(self.rewards_load, Load::Failed(_)) {
                    self.want_rewards(world);
                }
                self.redraw(world);
                if matches!(self.typed_load, Load::Failed(_)) {
                    let typed = self.typed.clone();
                    self.code_typed(&typed, world);
                }
            }
        }
    }

    /// A text was copied.
    pub fn copied(&mut self, what: Copyable) {
        self.copied = Some(what);
        self.status = "copied";
    }
}

/// What the edge and the page answer.
impl Model {
    /// The words came, or did not.
    pub fn texts_came(&mut self, reply: Result<Texts, Fault>) {
        match reply {
            Ok(texts) => {
                self.texts = texts;
                self.texts_load = Load::Ready;
            }
            Err(fault) => self.texts_load = Load::Failed(fault),
        }
    }

    /// An answer to `GET offer`.
    pub fn offer_came(
        &mut self,
        number: u32,
        why: Why,
        asked: Option<&Code>,
        reply: Result<PublicProgram, Fault>,
        world: &mut impl World,
    ) {
        if why == Why::Own {
            // Meanwhile there may be another referrer, or none.
            if self.me.as_ref().map(|me| &me.code) != asked {
                return;
            }
            match reply.ok().and_then(|program| program.code) {
                Some(Verdict::Valid(said)) => (self.own, self.activity) = (Some(*said), None),
                // Their rewards say why.
                Some(Verdict::Invalid(_)) => self.want_rewards(world),
                None => {}
            }
            return;
        }
        // Nobody is bothered with the answer to a question that is no longer theirs.
        let stale = number != self.asked;
        let sensible = reply.and_then(|program| {
            let whole = !program.name.is_empty() && !program.currency.as_str().is_empty();
            if whole { Ok(program) } else { Err(Fault::Unreachable) }
        });
        let program = match sensible {
            Ok(program) => program,
            Err(fault) => {
                if why == Why::Typed && !stale {
                    self.typed_load = Load::Failed(fault);
                    self.status = fault.key();
                }
                if self.program_load != Load::Ready {
                    self.program_load = Load::Failed(fault);
                }
                if why == Why::Page && fault.passes() {
                    self.later(world);
                }
                world.emit(Told::Error(What::Offer));
                return;
            }
        };
        let judged = asked.filter(|_| program.code.is_some());
        let reason =
            judged.map_or("unknown", |asked| self.objection(asked, program.code.as_ref())).to_owned();
        let good = reason.is_empty();
        // What the shopper is looking at stays, unless this is what they asked for.
        let wanted = !stale && (why == Why::Page || why == Why::Typed && good);
        let first = self.program_load != Load::Ready;
        if wanted || first {
            if self.judged.as_ref() != judged {
                self.reminding = Load::Idle;
            }
            self.judged = judged.cloned();
            self.program = program;
            self.program_load = Load::Ready;
        }
        if first {
            self.thank();
        }
        self.weigh(world);
        let days = self.window();
        touch::expire(&mut self.touches, self.now, days);
        match why {
            Why::Page if !stale => {
                if let Some(nobodys) = judged.filter(|_| reason == "unknown") {
                    self.touches.retain(|touch| touch.code != *nobodys);
                    self.unsent = self.unsent.min(self.touches.len());
                }
                // Written again now that the program's window is known.
                self.keep(world);
                self.invite();
            }
            Why::Typed if !stale => {
                self.typed_load = Load::Ready;
                self.typed_reason = reason;
                if let Some(code) = judged.filter(|_| good) {
                    self.redeem(code, world);
                }
            }
            Why::Basket => {
                if let Some(code) = judged.filter(|_| good) {
                    self.note(code, Source::PromoCode, world);
                }
            }
            Why::Page | Why::Typed | Why::Own => {}
        }
    }

    /// An answer to `POST touches`.
    pub fn touch_sent(&mut self, reply: Result<(), Fault>, world: &mut impl World) {
        self.sending = false;
        if reply.is_err_and(Fault::passes) {
            self.later(world);
        } else {
            self.unsent = self.unsent.saturating_sub(1);
            self.keep(world);
        }
    }

    /// The adapter has done what it can for a code, which a form or link of the page takes along where it `carries`.
    pub fn redeemed(&mut self, code: &Code, tried: Tried, carries: bool, world: &mut impl World) {
        let asked = self.redeeming == Redeeming::Busy;
        let left = match &self.gift {
            _ if asked => Gift::TRIES,
            Some(Gift { code: wanted, stage: Stage::Wanted { tries, .. } }) if wanted == code => {
                tries.saturating_sub(1)
            }
            // Meanwhile the order is placed, or another gift was used.
            Some(_) | None => return,
        };
        let outcome = match tried.outcome {
            // A later page on which there is nobody to ask, or nothing new to ask for.
            Redeeming::No if !asked => return,
            // Without consent the next page knows nothing of it, so the code is shown all the same.
            Redeeming::No | Redeeming::Shown if carries && self.consent.allows() => Redeeming::Carried,
            Redeeming::No => Redeeming::Shown,
            outcome => outcome,
        };
        let stage = match outcome {
            Redeeming::InBasket => Stage::InBasket,
            // That does not count: nothing could have come of it.
            Redeeming::Empty => Gift::WANTED,
            Redeeming::Carried | Redeeming::Shown | Redeeming::No | Redeeming::Busy => {
                Stage::Wanted { tries: left, goods: tried.goods }
            }
        };
        self.gift = Some(Gift { code: code.clone(), stage });
        // A try on a later page that came to nothing is not the shopper's business.
        if asked || outcome == Redeeming::InBasket {
            self.status = outcome.name();
            world.emit(Told::Redeemed(code.clone(), outcome));
        }
        if asked || matches!(outcome, Redeeming::InBasket | Redeeming::Empty) {
            self.redeeming = outcome;
        }
        self.keep(world);
    }

    /// An answer to a join, or to looking up a shop's customer or the key of a mailed link (`silent`): their card, or
    /// that they are no referrer.
    pub fn joined(
        &mut self,
        person: u32,
        silent: bool,
        reply: Result<Option<Card>, Fault>,
        world: &mut impl World,
    ) {
        let by_key = silent && !self.key.is_empty();
        // A link is whose it is, whoever has signed in meanwhile, and used up.
        if person != self.person && !by_key {
            return;
        }
        // Who is signed in need not be who was mailed the link.
        let of = self.customer.as_ref().filter(|_| !by_key).map(|customer| customer.id.clone());
        let of = of.unwrap_or_default();
        let reply = match reply {
            Ok(None) if silent => {
                self.rewards_load = Load::Idle;
                return;
            }
            Ok(card) => card
                .and_then(|card| {
                    let activity = card.status.clone();
                    Some((Me::new(card, of)?, activity))
                })
                .ok_or(Fault::Unreachable),
            Err(fault) => Err(fault),
        };
        match reply {
            // Anybody may send anybody a link: it makes nobody another person unasked.
            Ok((me, _)) if by_key && self.is_other(&me) => {
                self.key.clear();
                self.stranger = Some(me);
                self.rewards_load = Load::Idle;
                self.want_rewards(world);
            }
            Ok((me, activity)) => {
                self.activity = activity;
                self.keyed = by_key;
                if silent {
                    self.key.clear();
                    self.rewards_load = Load::Idle;
                } else {
                    self.open = self.open.map(|_| Screen::Share);
                    self.status = "joined";
                    world.emit(Told::Joined(me.code.clone(), me.link.clone()));
                    world.focus(true);
                }
                self.become_known(me, world);
                if silent {
                    self.want_rewards(world);
                }
            }
            Err(mut fault) => {
                if by_key && !fault.passes() {
                    self.key.clear();
                    fault = Fault::Spent;
                }
                if silent {
                    self.rewards_load = Load::Failed(fault);
                } else {
                    self.joining = Load::Failed(fault);
                    if fault == Fault::Conflict {
                        // What they were shown is over, or for others.
                        self.ask_again(world);
                    }
                }
                self.status = fault.key();
                world.emit(Told::Error(What::Join));
            }
        }
    }

    /// Something is to be mailed, or cannot be: a reminder of a code, or the links to one's rewards.
    pub fn mailed(&mut self, code: Option<&Code>, reply: Result<(), Fault>, world: &mut impl World) {
        let reminder = code.is_some();
        // Meanwhile another gift may be at hand, of which nothing was asked yet.
        if reminder && self.judged.as_ref() != code {
            return;
        }
        let (load, status) = match reply {
            Ok(()) => (Load::Ready, if reminder { "reminded" } else { "mailed" }),
            Err(fault) => {
                world.emit(Told::Error(What::Mail));
                (Load::Failed(fault), if fault == Fault::Conflict { "code_inactive" } else { fault.key() })
            }
        };
        *self.letter(reminder) = load;
        self.status = status;
    }

    fn weigh(&self, world: &mut impl World) {
        if self.weighs() {
            world.weigh(self.program.currency.as_str());
        }
    }

    fn letter(&mut self, reminder: bool) -> &mut Load {
        if reminder { &mut self.reminding } else { &mut self.mailing }
    }

    /// The QR code of a link is drawn (without a picture where it is too long for one), or nothing can draw it.
    pub fn drawn(&mut self, link: &str, drawn: Result<Option<Picture>, Fault>) {
        // Meanwhile they may have chosen the other link, or another thing.
        if self.qr == Load::Busy && self.share_link().as_deref() == Some(link) {
            match drawn {
                Ok(picture) => {
                    self.qr = Load::Ready;
                    self.picture = picture;
                }
                Err(fault) => self.qr = Load::Failed(fault),
            }
        }
    }

    /// An order that the page reported was taken, or not.
    pub fn reported(&mut self, reply: Result<(), Fault>, world: &mut impl World) {
        if reply.is_err() {
            world.emit(Told::Error(What::Conversion));
        }
    }

    /// The shop was told of a missing order, or not.
    pub fn claimed(&mut self, person: u32, reply: Result<(), Fault>, world: &mut impl World) {
        if person != self.person {
            return;
        }
        match reply {
            Ok(()) => {
                self.claiming = Load::Ready;
                self.status = "claimed";
                // What is on its way was asked for before the claim, and does not have it.
                self.rewards_load = Load::Idle;
                self.want_rewards(world);
            }
            Err(fault) => {
                self.claiming = Load::Failed(fault);
                world.emit(Told::Error(What::Claim));
            }
        }
    }

    /// An answer to `GET rewards`; a further page where `further`.
    pub fn rewards_came(
        &mut self,
        number: u32,
        further: bool,
        reply: Result<RewardStatus, Fault>,
        world: &mut impl World,
    ) {
        if number != self.rewards_asked {
            return;
        }
        match reply {
            Ok(page) => {
                if !further {
                    self.rewards.clear();
                    self.activity = page.status.clone();
                }
                let next = page.next_cursor.clone().filter(|_| self.rewards.len() < PAGES);
                self.rewards.push(page);
                self.rewards_load = Load::Ready;
                if let Some(next) = next {
                    self.ask_rewards(Some(&next), world);
                }
            }
            Err(fault) => {
                if fault == Fault::Unknown {
                    // Nobody is signed in any more who would have to be asked.
                    if self.stranger.is_some() && self.customer.is_none() {
                        return self.let_in(world);
                    }
                    // The token is too old or not of this shop. Whom the shop signs for gets a new one.
                    self.forget_person();
                }
                self.status = fault.key();
                self.rewards_load = Load::Failed(fault);
            }
        }
    }
}

impl Model {
    /// The page's address carries a code: note it before anything else, then ask what it is worth.
    fn arrive(&mut self, world: &mut impl World) {
        let Some(code) = self.arrived.clone() else { return };
        // Another friend's link is another offer.
        if !self.touches.iter().any(|touch| touch.code == code) {
            self.folded.clear();
        }
        self.redeeming = Redeeming::No;
        self.judged = None;
        self.note(&code, Source::Link, world);
        self.want_texts(world);
        self.ask_offer(Some(&code), Why::Page, world);
    }

    /// Goods may have come into the basket since the platform said no to a gift.
    fn try_again(&mut self, world: &mut impl World) {
        let idle = self.consent.allows() && self.redeeming != Redeeming::Busy;
        if let Some(Gift { code, stage: Stage::Wanted { tries: 1.., goods } }) =
            self.gift.as_ref().filter(|_| idle)
        {
            world.redeem(code, *goods);
        }
    }

    /// It is the turn of who has bought, where they can refer at all.
    fn thank(&mut self) {
        let turn =
            self.thanked && self.program_load == Load::Ready && self.shares() && self.activity.is_none();
        if turn && self.placement == Placement::Launcher && self.open.is_none() {
            self.open = Some(Screen::Share);
            self.uncalled = true;
        }
    }

    /// Whether somebody is signed in who need not be who a mailed link is of.
    fn is_other(&self, of: &Me) -> bool {
        self.me.as_ref().map_or(self.customer.is_some(), |me| me.code != of.code)
    }

    /// They are this referrer from here on.
    #[inline(never)]
    fn become_known(&mut self, me: Me, world: &mut impl World) {
        self.joining = Load::Ready;
        self.qr = Load::Idle;
        self.own = None;
        // Nobody is asked whether to be who they are.
        if self.stranger.as_ref().is_some_and(|stranger| stranger.code == me.code) {
            self.stranger = None;
        }
        self.me = Some(me);
        if self.placed || matches!(self.open, Some(Screen::Offer | Screen::Share)) {
            self.want_share(world);
        }
        self.keep(world);
    }

    /// Whom a mailed link is of takes the place of whoever was at the page.
    #[inline(never)]
    fn let_in(&mut self, world: &mut impl World) {
        if let Some(me) = self.stranger.take() {
            self.forget_person();
            self.become_known(me, world);
            self.want_rewards(world);
        }
    }

    /// Somebody else is at the page, or nobody known any more: what was one person's is not shown to the next. What a mailed
    /// link has brought or will bring stays: it can be followed once.
    #[inline(never)]
    fn forget_person(&mut self) {
        self.person += 1;
        self.rewards_asked += 1;
        self.me = None;
        self.own = None;
        self.keyed = false;
        self.activity = None;
        self.joining = Load::Idle;
        self.rewards.clear();
        if self.key.is_empty() {
            self.rewards_load = Load::Idle;
        }
        self.filter = None;
        self.claiming = Load::Idle;
        self.qr = Load::Idle;
        self.picture = None;
        self.thanked = false;
        self.typed_load = Load::Idle;
        self.status = "";
    }

    fn ask_rewards(&mut self, cursor: Option<&str>, world: &mut impl World) {
        if let Some(me) = &self.me {
            self.rewards_asked += 1;
            world.fetch_rewards(self.rewards_asked, &me.token, cursor);
            self.rewards_load = Load::Busy;
        }
    }

    /// What the referrer of this browser has to promise.
    fn want_own(&mut self, world: &mut impl World) {
        if let (Some(me), None) = (&self.me, &self.own) {
            world.fetch_offer(self.asked, Why::Own, Some(&me.code), &self.locale.tag);
        }
    }

    fn want_texts(&mut self, world: &mut impl World) {
        if matches!(self.texts_load, Load::Idle | Load::Failed(_)) {
            self.texts_load = Load::Busy;
            world.load_texts(self.locale.language);
        }
    }

    /// Asks for the offer of the page. A code from an earlier page is worth showing again; its program is the same answer.
    #[inline(never)]
    fn ask_again(&mut self, world: &mut impl World) {
        let kept = self.touches.last().map(|touch| touch.code.clone());
        let code = self.arrived.clone().or(kept);
        self.ask_offer(code.as_ref(), Why::Page, world);
    }

    fn ask_offer(&mut self, code: Option<&Code>, why: Why, world: &mut impl World) {
        self.asked += 1;
        if self.program_load != Load::Ready {
            self.program_load = Load::Busy;
        }
        world.fetch_offer(self.asked, why, code, &self.locale.tag);
    }

    fn note(&mut self, code: &Code, source: Source, world: &mut impl World) {
        let touch = Touch { code: code.clone(), source, at: self.now };
        if touch::add(&mut self.touches, touch) {
            self.unsent = (self.unsent + 1).min(self.touches.len());
            world.emit(Told::Captured(code.clone(), source));
        }
        self.keep(world);
    }

    /// Writes down and sends on what may be.
    fn keep(&mut self, world: &mut impl World) {
        if self.consent.allows() {
            world.keep(self);
            self.send(world);
        }
    }

    /// Sends what the edge has not heard of, one after the other.
    fn send(&mut self, world: &mut impl World) {
        let next = self.touches.len().checked_sub(self.unsent).and_then(|place| self.touches.get(place));
        if let (Some(touch), false) = (next, self.sending) {
            self.sending = true;
            world.post_touch(touch, &self.page);
        }
    }

    fn later(&mut self, world: &mut impl World) {
        self.pause += RETRY;
        world.later(self.pause);
    }

    fn consent_changed(&mut self, world: &mut impl World) {
        if self.consent.refuses() {
            world.forget();
        }
        self.keep(world);
    }

    /// Days that a touch counts.
    pub fn window(&self) -> i64 {
        match self.program.window_days {
            0 => 30,
            days => i64::from(days),
        }
    }

    /// Opens the card by itself: for a friend who has just come by a link, once.
    fn invite(&mut self) {
        let used = touch::applied(&self.touches);
        let fresh = self.invitation().is_some_and(|(code, said)| {
            let new = self.arrived.as_ref() == Some(code) && used != Some(code) && !self.is_folded(code);
            new && said.friend.is_some()
        });
        if fresh && self.placement == Placement::Launcher && self.open.is_none() {
            self.open = Some(Screen::Offer);
            self.uncalled = true;
        }
    }

    /// The link may have become another one.
    fn redraw(&mut self, world: &mut impl World) {
        if self.qr != Load::Idle {
            self.draw(world);
        }
    }

    fn draw(&mut self, world: &mut impl World) {
        if let Some(link) = self.share_link() {
            self.qr = Load::Busy;
            world.draw(&link);
        }
    }

    fn redeem(&mut self, code: &Code, world: &mut impl World) {
        self.consent.ask();
        self.redeeming = Redeeming::Busy;
        self.note(code, Source::PromoCode, world);
        world.redeem(code, None);
    }

    fn shut(&mut self, fold: bool, world: &mut impl World) {
        self.open = None;
        self.uncalled = false;
        let code = self.invitation().map(|(code, _)| code.as_str().to_owned());
        if let Some(code) = code.filter(|_| fold) {
            self.folded = code;
            if self.consent.allows() {
                world.keep(self);
            }
        }
        world.focus(false);
    }
}
