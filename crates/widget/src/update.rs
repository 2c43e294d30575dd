//! What happens to the widget when something happens: pure, so that tests can walk through it.

use crate::code;
use crate::model::{Customer, Fault, Load, Me, Model, Placement, Redeeming, Screen, Why, World};
use crate::touch::{self, Source, Touch};
use crate::value::Value;

/// Milliseconds before a request that failed is sent again by itself. Each time it is as much longer: who
/// blocks our requests should not find their console full of them.
const RETRY: u32 = 20_000;

/// What happens in the page.
impl Model {
    /// The page is there; begin.
    pub fn start(&mut self, world: &mut impl World) {
        if self.consent.refuses() {
            world.forget();
        }
        if self.arrived.is_some() {
            self.arrive(world);
        } else if self.placement == Placement::Launcher && !self.closed {
            self.want_view(world);
        }
        self.keep(world);
        world.emit("ready", "", "");
    }

    /// The page's address has changed; `code` is the one in it.
    pub fn moved(&mut self, page: String, code: Option<String>, world: &mut impl World) {
        self.page = page;
        self.redraw(world);
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
        self.act("open", "rewards", world);
    }

    /// The shop names its customer.
    pub fn identify(&mut self, customer: Customer, world: &mut impl World) {
        if self.me.as_ref().is_some_and(|me| !me.of.is_empty() && me.of != customer.id) {
            self.me = None;
            self.rewards.clear();
            self.rewards_load = Load::Idle;
        }
        self.customer = Some(customer);
        if self.open == Some(Screen::Rewards) {
            self.want_rewards(world);
        }
    }

    /// Something is to be seen: load what it needs, once.
    pub fn want_view(&mut self, world: &mut impl World) {
        self.want_texts(world);
        if matches!(self.program_load, Load::Idle | Load::Failed(_)) {
            // A code from an earlier page is worth showing again; its program is the same answer.
            let kept = self.touches.last().map(|touch| touch.code.clone());
            let code = self.arrived.clone().or(kept).unwrap_or_default();
            self.ask_offer(&code, Why::Page, world);
        }
    }

    /// Rewards are to be seen.
    pub fn want_rewards(&mut self, world: &mut impl World) {
        self.want_view(world);
        if self.rewards_load == Load::Busy {
            return;
        }
        if !self.key.is_empty() {
            world.join(true, "", "", "key", &self.key);
        } else if let Some(me) = &self.me {
            world.fetch_rewards(&me.token, "");
        } else if let Some(customer) = &self.customer {
            world.join(true, "", "", "identity", &customer.signed);
        } else {
            return;
        }
        if self.rewards_load != Load::Ready {
            self.rewards_load = Load::Busy;
        }
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
        match code::normalize(text) {
            Some(code) => {
                self.typed_load = Load::Busy;
                self.ask_offer(&code, Why::Typed, world);
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
        let seen = code::normalize(text).filter(|_| self.consent.allows());
        if let Some(code) = seen.filter(|code| touch::applied(&self.touches) != Some(code)) {
            world.fetch_offer(self.asked, Why::Basket, &code, &self.locale.tag);
        }
    }

    /// The join form was sent.
    pub fn join(&mut self, name: &str, email: &str, world: &mut impl World) {
        if self.joining != Load::Busy {
            self.consent.ask();
            self.joining = Load::Busy;
            let identity =
                self.customer.as_ref().map(|customer| customer.signed.as_str()).unwrap_or_default();
            world.join(false, name, email, "identity", identity);
        }
    }

    /// A button was pressed.
    pub fn act(&mut self, action: &str, value: &str, world: &mut impl World) {
        self.copied.clear();
        // What was said of the last thing is no longer true of this one.
        self.status = "";
        match action {
            "open" => {
                let screen = Screen::of(value);
                self.open = Some(screen);
                self.uncalled = false;
                self.want_view(world);
                if screen == Screen::Rewards {
                    self.want_rewards(world);
                }
                world.focus(true);
            }
            "close" if self.open.is_some() => {
                // Closing what opened by itself is an answer; closing what one opened is tidying up.
                let answer = self.uncalled && self.redeeming == Redeeming::No;
                self.shut(answer, world);
            }
            "no" => self.shut(true, world),
            "apply" if self.redeeming != Redeeming::Busy => {
                if let Some(code) = self.invitation().map(|(code, _)| code.to_string()) {
                    self.uncalled = false;
                    self.redeem(&code, world);
                }
            }
            "copy" if value == "code" => {
                if let Some((code, _)) = self.invitation() {
                    world.copy("code", code);
                }
            }
            "copied" => {
                self.copied.push_str(value);
                self.status = "copied";
            }
            "qr" if self.qr == Load::Idle => self.draw(world),
            "qr" => self.qr = Load::Idle,
            "product" => {
                self.product = !self.product;
                self.redraw(world);
            }
            "more" => {
                let known =
                    self.me.as_ref().zip(self.rewards.last()).filter(|_| self.rewards_load != Load::Busy);
                if let Some((me, page)) = known {
                    world.fetch_rewards(&me.token, page.text("next_cursor"));
                    self.rewards_load = Load::Busy;
                }
            }
            "retry" => {
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
            _ => {
                let Some(link) = self.share_link() else { return };
                match action {
                    "copy" => world.copy("link", &link),
                    "sheet" => world.share(value, &link),
                    "messenger" => {
                        world.copy("link", &link);
                        world.messenger(&link);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// What the edge and the page answer.
impl Model {
    /// The words came, or did not.
    pub fn texts_came(&mut self, reply: Result<Value, Fault>) {
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
        asked: &str,
        reply: Result<Value, Fault>,
        world: &mut impl World,
    ) {
        // Nobody is bothered with the answer to a question that is no longer theirs.
        let stale = number != self.asked;
        let sensible = reply.and_then(|program| {
            let whole = !program.text("name").is_empty() && !program.text("currency").is_empty();
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
                world.emit("error", "", "offer");
                return;
            }
        };
        let said = program.get("code");
        let judges = said.is_some();
        let reason = self.objection(asked, said).to_string();
        let good = reason.is_empty();
        // What the shopper is looking at stays, unless this is what they asked for.
        let wanted = !stale && (why == Why::Page || why == Why::Typed && good);
        if wanted || self.program_load != Load::Ready {
            self.judged = if judges { asked.into() } else { String::new() };
            self.program = program;
            self.program_load = Load::Ready;
        }
        let days = self.window();
        touch::expire(&mut self.touches, self.now, days);
        match why {
            Why::Page if !stale => {
                if judges && reason == "unknown" {
                    touch::keep(&mut self.touches, &|touch| touch.code != asked);
                    self.unsent = self.unsent.min(self.touches.len());
                }
                // Written again now that the program's window is known.
                self.keep(world);
                self.invite();
            }
            Why::Typed if !stale => {
                self.typed_load = Load::Ready;
                self.typed_reason = reason;
                if good {
                    self.redeem(asked, world);
                }
            }
            Why::Basket if good => self.note(asked, Source::PromoCode, world),
            _ => {}
        }
    }

    /// An answer to `POST touches`.
    pub fn touch_sent(&mut self, reply: Result<Value, Fault>, world: &mut impl World) {
        self.sending = false;
        if reply.is_err_and(Fault::passes) {
            self.later(world);
        } else {
            self.unsent = self.unsent.saturating_sub(1);
            self.keep(world);
        }
    }

    /// The adapter has done what it can for a code.
    pub fn redeemed(&mut self, code: &str, outcome: Redeeming, world: &mut impl World) {
        self.redeeming = outcome;
        self.status = outcome.name();
        world.emit("redeemed", code, outcome.name());
    }

    /// An answer to a join, or to looking up a shop's customer or the key of a mailed link.
    pub fn joined(&mut self, silent: bool, reply: Result<Value, Fault>, world: &mut impl World) {
        if let (true, Ok(Value::Bool(_))) = (silent, &reply) {
            // The shop's customer is no referrer.
            self.rewards_load = Load::Idle;
            return;
        }
        let by_key = silent && !self.key.is_empty();
        match reply.and_then(|answer| Me::read(&answer).ok_or(Fault::Unreachable)) {
            Ok(mut me) => {
                // Who is signed in need not be who was mailed the link.
                if let (false, Some(customer)) = (by_key, &self.customer) {
                    me.of.clone_from(&customer.id);
                }
                self.joining = Load::Ready;
                self.qr = Load::Idle;
                if silent {
                    self.key.clear();
                    self.rewards_load = Load::Idle;
                    self.me = Some(me);
                    self.want_rewards(world);
                } else {
                    self.open = self.open.map(|_| Screen::Share);
                    self.status = "joined";
                    world.emit("joined", &me.code, &me.link);
                    world.focus(true);
                    self.me = Some(me);
                }
                self.keep(world);
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
                }
                self.status = fault.key();
                world.emit("error", "", "join");
            }
        }
    }

    /// The QR code of a link is drawn, or nothing can draw it.
    pub fn drawn(&mut self, link: &str, picture: Option<&str>) {
        // Meanwhile they may have chosen the other link, or another thing.
        if self.qr == Load::Busy && self.share_link().as_deref() == Some(link) {
            self.qr = if picture.is_some() { Load::Ready } else { Load::Failed(Fault::Unreachable) };
            self.picture = picture.unwrap_or_default().into();
        }
    }

    /// An answer to `GET rewards`; a further page where `further`.
    pub fn rewards_came(&mut self, further: bool, reply: Result<Value, Fault>) {
        match reply {
            Ok(page) => {
                if !further {
                    self.rewards.clear();
                }
                self.rewards.push(page);
                self.rewards_load = Load::Ready;
            }
            Err(fault) => {
                if fault == Fault::Unknown {
                    // The token is too old or not of this shop. Whom the shop signs for gets a new one.
                    self.me = None;
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
        let code = self.arrived.clone().unwrap_or_default();
        self.redeeming = Redeeming::No;
        self.judged.clear();
        self.note(&code, Source::Link, world);
        self.want_texts(world);
        self.ask_offer(&code, Why::Page, world);
    }

    fn want_texts(&mut self, world: &mut impl World) {
        if matches!(self.texts_load, Load::Idle | Load::Failed(_)) {
            self.texts_load = Load::Busy;
            world.load_texts(self.locale.language);
        }
    }

    fn ask_offer(&mut self, code: &str, why: Why, world: &mut impl World) {
        self.asked += 1;
        if self.program_load != Load::Ready {
            self.program_load = Load::Busy;
        }
        world.fetch_offer(self.asked, why, code, &self.locale.tag);
    }

    fn note(&mut self, code: &str, source: Source, world: &mut impl World) {
        let touch = Touch { code: code.into(), source, at: self.now };
        if touch::add(&mut self.touches, touch) {
            self.unsent = (self.unsent + 1).min(self.touches.len());
            world.emit("captured", code, source.name());
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
        match self.program.count("window_days") {
            0 => 30,
            days => i64::from(days),
        }
    }

    /// Opens the card by itself: for a friend who has just come by a link, once.
    fn invite(&mut self) {
        let used = touch::applied(&self.touches);
        let fresh = self.invitation().is_some_and(|(code, said)| {
            self.arrived.as_deref() == Some(code) && used != Some(code) && said.at("friend.reward").is_some()
        });
        if fresh && !self.closed && self.placement == Placement::Launcher && self.open.is_none() {
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

    fn redeem(&mut self, code: &str, world: &mut impl World) {
        self.consent.ask();
        self.redeeming = Redeeming::Busy;
        self.note(code, Source::PromoCode, world);
        world.redeem(code);
    }

    fn shut(&mut self, for_good: bool, world: &mut impl World) {
        self.open = None;
        self.uncalled = false;
        if for_good {
            self.closed = true;
            if self.consent.allows() {
                world.keep(self);
            }
        }
        world.focus(false);
    }
}
