//! What happens to the widget when something happens: pure, so that tests can walk through it.

use crate::code;
use crate::model::{Effect, Load, Model, Msg, Outcome, Placement, Redeeming, Screen, Why};
use crate::touch::{self, Source, Touch};
use crate::wire::{Fault, Verdict};

/// Milliseconds before a request that failed is sent again by itself.
const RETRY: u32 = 20_000;

impl Model {
    /// Takes in what happened and answers what is to be done.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let mut todo = Vec::new();
        match msg {
            Msg::Start => self.start(&mut todo),
            Msg::Texts(reply) => self.texts = reply.map_or_else(Load::Failed, Load::Ready),
            Msg::Offer(number, why, asked, reply) => self.offer_came(number, why, asked, *reply, &mut todo),
            Msg::Sent(touch, reply) => self.touch_sent(&touch, reply, &mut todo),
            Msg::Redeemed(code, outcome) => {
                self.redeeming = Redeeming::Done(outcome);
                self.status = "applied";
                todo.push(Effect::Emit("redeemed", code, outcome.name().into()));
                todo.push(Effect::Focus(true));
            }
            Msg::Joined(silent, reply) => self.joined(silent, reply, &mut todo),
            Msg::Rewards(further, reply) => self.rewards_came(further, reply),
            Msg::Consent(yes) => {
                self.consent.choose(yes);
                self.consent_changed(&mut todo);
            }
            Msg::ConsentTool(yes) => {
                self.consent.initially(yes);
                self.consent_changed(&mut todo);
            }
            Msg::Act(action, value) => self.act(&action, &value, &mut todo),
            Msg::Join(name, email) if !self.joining.is_busy() => {
                self.consent.ask();
                self.joining = Load::Busy;
                let identity = self.customer.as_ref().map(|customer| customer.signed.clone());
                todo.push(Effect::Join(name, email, identity));
            }
            Msg::Code(text) => self.code_typed(&text, &mut todo),
            Msg::Basket(text) => {
                if let Some(code) =
                    code::normalize(&text).filter(|code| touch::applied(&self.touches) != Some(code))
                {
                    todo.push(Effect::FetchOffer(self.asked, Why::Basket, Some(code)));
                }
            }
            Msg::Identify(customer) => {
                if self.customer.as_ref().is_some_and(|before| before.id != customer.id) {
                    self.me = None;
                    self.rewards = Load::Idle;
                }
                self.customer = Some(customer);
                if self.open == Some(Screen::Rewards) {
                    self.want_rewards(&mut todo);
                }
            }
            Msg::RewardsWanted => {
                self.want_view(&mut todo);
                self.want_rewards(&mut todo);
            }
            Msg::ViewWanted => self.want_view(&mut todo),
            Msg::Moved(page, code) => {
                self.page = page;
                if code.is_some() && code != self.arrived {
                    self.arrived = code;
                    self.arrive(&mut todo);
                }
            }
            Msg::Again => self.again(&mut todo),
            Msg::Join(..) | Msg::Tick => {}
        }
        todo
    }

    fn start(&mut self, todo: &mut Vec<Effect>) {
        if self.consent.refuses() {
            todo.push(Effect::Forget);
        }
        if self.arrived.is_some() {
            self.arrive(todo);
        } else if self.placement != Placement::None && !self.closed {
            self.want_view(todo);
        }
        self.keep(todo);
        todo.push(Effect::Emit("ready", String::new(), String::new()));
    }

    /// The page's address carries a code: note it before anything else, then ask what it is worth.
    fn arrive(&mut self, todo: &mut Vec<Effect>) {
        let Some(code) = self.arrived.clone() else { return };
        self.redeeming = Redeeming::No;
        self.verdict = None;
        self.note(&code, Source::Link, todo);
        if !self.texts.is_busy() && self.texts.ready().is_none() {
            self.texts = Load::Busy;
            todo.push(Effect::LoadTexts);
        }
        self.ask_offer(Some(code), Why::Page, todo);
    }

    fn note(&mut self, code: &str, source: Source, todo: &mut Vec<Effect>) {
        let touch = Touch { code: code.into(), source, at: self.now };
        if touch::add(&mut self.touches, touch.clone()) {
            self.unsent.push(touch);
            todo.push(Effect::Emit("captured", code.into(), source.name().into()));
        }
        self.keep(todo);
    }

    /// Writes down and sends on what may be.
    fn keep(&mut self, todo: &mut Vec<Effect>) {
        if self.consent.allows() {
            todo.push(Effect::Keep);
            self.send(todo);
        }
    }

    /// Sends what the edge has not heard of, each touch by one request at a time.
    fn send(&mut self, todo: &mut Vec<Effect>) {
        for touch in &self.unsent {
            if !self.sending.contains(touch) {
                self.sending.push(touch.clone());
                todo.push(Effect::PostTouch(touch.clone()));
            }
        }
    }

    fn consent_changed(&mut self, todo: &mut Vec<Effect>) {
        if self.consent.refuses() {
            todo.push(Effect::Forget);
        }
        self.keep(todo);
    }

    fn touch_sent(&mut self, touch: &Touch, reply: Result<(), Fault>, todo: &mut Vec<Effect>) {
        self.sending.retain(|other| other != touch);
        if reply.is_err_and(Fault::passes) {
            todo.push(Effect::Later(RETRY));
        } else {
            self.unsent.retain(|other| other != touch);
            if self.consent.allows() {
                todo.push(Effect::Keep);
            }
        }
    }

    fn ask_offer(&mut self, code: Option<String>, why: Why, todo: &mut Vec<Effect>) {
        self.asked += 1;
        if self.program.ready().is_none() {
            self.program = Load::Busy;
        }
        todo.push(Effect::FetchOffer(self.asked, why, code));
    }

    /// Something is to be seen: load what it needs, once.
    fn want_view(&mut self, todo: &mut Vec<Effect>) {
        if matches!(self.texts, Load::Idle | Load::Failed(_)) {
            self.texts = Load::Busy;
            todo.push(Effect::LoadTexts);
        }
        if matches!(self.program, Load::Idle | Load::Failed(_)) {
            // A code from an earlier page is worth showing again; its program is the same answer.
            let code = self.arrived.clone().or_else(|| self.touches.last().map(|touch| touch.code.clone()));
            self.ask_offer(code, Why::Page, todo);
        }
    }

    fn offer_came(
        &mut self,
        number: u32,
        why: Why,
        asked: Option<String>,
        reply: Result<crate::wire::Program, Fault>,
        todo: &mut Vec<Effect>,
    ) {
        // The shopper is never bothered with the answer to a question that is no longer theirs.
        let stale = number != self.asked;
        let program = match reply {
            Ok(program) => program,
            Err(fault) => {
                if why == Why::Typed && !stale {
                    self.typed = Load::Failed(fault);
                    self.status = "e_net";
                }
                if self.program.ready().is_none() {
                    self.program = Load::Failed(fault);
                }
                if why == Why::Page && fault.passes() {
                    todo.push(Effect::Later(RETRY));
                }
                todo.push(Effect::Emit("error", asked.unwrap_or_default(), "offer".into()));
                return;
            }
        };
        touch::expire(&mut self.touches, self.now, program.window_days);
        let verdict = program.verdict.clone();
        self.program = Load::Ready(program);
        let unknown = matches!(&verdict, Some(Verdict::Bad(reason)) if reason == "unknown");
        match why {
            Why::Page if !stale => {
                if let (true, Some(code)) = (unknown, &asked) {
                    self.touches.retain(|touch| touch.code != *code);
                    self.unsent.retain(|touch| touch.code != *code);
                }
                // Written again now that the program's window is known.
                self.keep(todo);
                self.verdict = verdict;
                self.invite();
            }
            Why::Typed if !stale => self.code_judged(asked, verdict, todo),
            Why::Basket => {
                if let (Some(code), Some(Verdict::Good(_))) = (asked, verdict) {
                    self.note(&code, Source::PromoCode, todo);
                }
            }
            _ => {}
        }
    }

    /// Opens the card by itself: for a friend who has just come by a link, once.
    fn invite(&mut self) {
        let Some(invitation) = self.invitation() else { return };
        let used = touch::applied(&self.touches) == Some(&invitation.code);
        let fresh = self.arrived.as_ref() == Some(&invitation.code) && !used && !self.closed;
        if fresh
            && invitation.friend.is_some()
            && self.placement == Placement::Launcher
            && self.open.is_none()
        {
            self.open = Some(Screen::Offer);
            self.uncalled = true;
        }
    }

    fn code_typed(&mut self, text: &str, todo: &mut Vec<Effect>) {
        self.redeeming = Redeeming::No;
        self.typed_code = crate::text::clean(text);
        match code::normalize(text) {
            Some(code) => {
                self.typed = Load::Busy;
                self.ask_offer(Some(code), Why::Typed, todo);
            }
            None => {
                self.typed = Load::Ready(Verdict::Bad("unknown".into()));
                self.status = "code_unknown";
            }
        }
    }

    fn code_judged(&mut self, asked: Option<String>, verdict: Option<Verdict>, todo: &mut Vec<Effect>) {
        let Some(verdict) = verdict else {
            self.typed = Load::Failed(Fault::Unreachable);
            return;
        };
        let objection = match &verdict {
            Verdict::Good(invitation) => self.objection(invitation),
            Verdict::Bad(_) => None,
        };
        self.typed = Load::Ready(match (objection, &verdict) {
            (Some(objection), _) => Verdict::Bad(objection.into()),
            (None, Verdict::Good(invitation)) => {
                self.verdict = Some(verdict.clone());
                let code = asked.unwrap_or_else(|| invitation.code.clone());
                self.redeem(&code, todo);
                verdict
            }
            (None, Verdict::Bad(_)) => verdict,
        });
    }

    fn redeem(&mut self, code: &str, todo: &mut Vec<Effect>) {
        self.consent.ask();
        self.redeeming = Redeeming::Busy;
        self.note(code, Source::PromoCode, todo);
        todo.push(Effect::Redeem(code.into()));
    }

    fn joined(&mut self, silent: bool, reply: Result<crate::wire::Me, Fault>, todo: &mut Vec<Effect>) {
        match reply {
            Ok(me) => {
                if !silent {
                    self.open = self.open.map(|_| Screen::Share);
                    self.status = "joined";
                    todo.push(Effect::Emit("joined", me.code.clone(), me.link.clone()));
                    todo.push(Effect::Focus(true));
                }
                self.me = Some(me);
                self.joining = Load::Ready(());
                self.keep(todo);
                if silent {
                    self.rewards = Load::Idle;
                    self.want_rewards(todo);
                }
            }
            Err(fault) => {
                self.joining = Load::Failed(fault);
                self.status = fault_key(fault);
                if silent {
                    self.rewards = Load::Failed(fault);
                }
                todo.push(Effect::Emit("error", String::new(), "join".into()));
            }
        }
    }

    fn want_rewards(&mut self, todo: &mut Vec<Effect>) {
        if self.rewards.is_busy() {
            return;
        }
        if let Some(me) = &self.me {
            todo.push(Effect::FetchRewards(me.token.clone(), None));
        } else if let Some(customer) = &self.customer {
            todo.push(Effect::Join(String::new(), String::new(), Some(customer.signed.clone())));
        } else {
            return;
        }
        if self.rewards.ready().is_none() {
            self.rewards = Load::Busy;
        }
    }

    fn rewards_came(&mut self, further: bool, reply: Result<crate::wire::Rewards, Fault>) {
        self.more = false;
        match (reply, &mut self.rewards) {
            (Ok(mut page), Load::Ready(before)) if further => {
                before.entries.append(&mut page.entries);
                before.next = page.next;
            }
            (Ok(page), _) => self.rewards = Load::Ready(page),
            (Err(Fault::Unknown), _) => {
                // The token is too old or not of this shop. Whoever the shop signs for gets a new one.
                self.me = None;
                self.rewards = Load::Failed(Fault::Unknown);
            }
            // What was here before the connection went is still true; say what is missing beside it.
            (Err(fault), Load::Ready(_)) => self.status = fault_key(fault),
            (Err(fault), _) => self.rewards = Load::Failed(fault),
        }
    }

    fn again(&mut self, todo: &mut Vec<Effect>) {
        if matches!(self.texts, Load::Failed(_)) || matches!(self.program, Load::Failed(_)) {
            self.want_view(todo);
        }
        if self.consent.allows() {
            self.send(todo);
        }
    }

    fn act(&mut self, action: &str, value: &str, todo: &mut Vec<Effect>) {
        self.copied = "";
        match action {
            "open" | "go" => {
                self.open = Some(Screen::of(value));
                self.uncalled = false;
                self.want_view(todo);
                if self.open == Some(Screen::Rewards) {
                    self.want_rewards(todo);
                }
                todo.push(Effect::Focus(true));
            }
            "close" => {
                // Closing what opened by itself is an answer; closing what one opened is tidying up.
                let answer = self.uncalled && self.redeeming == Redeeming::No;
                self.shut(answer, todo);
            }
            "no" => self.shut(true, todo),
            "apply" if self.redeeming != Redeeming::Busy => {
                if let Some(code) = self.invitation().map(|invitation| invitation.code.clone()) {
                    self.uncalled = false;
                    self.redeem(&code, todo);
                }
            }
            "copy" => {
                let (what, text) = match value {
                    "code" => ("code", self.code_at_hand()),
                    _ => ("link", self.share_link()),
                };
                todo.extend(text.map(|text| Effect::Copy(what, text)));
            }
            "copied" => {
                self.copied = if value == "code" { "code" } else { "link" };
                self.status = "copied";
            }
            "messenger" => {
                todo.extend(self.share_link().map(|link| Effect::Copy("link", link)));
                todo.push(Effect::Messenger);
            }
            "sheet" => todo.extend(self.share_link().map(|link| Effect::ShareSheet(value.into(), link))),
            "qr" => self.qr = !self.qr,
            "product" => self.product = !self.product,
            "more" => {
                let cursor = self.rewards.ready().and_then(|rewards| rewards.next.clone());
                if let (Some(me), Some(cursor), false) = (&self.me, cursor, self.more) {
                    todo.push(Effect::FetchRewards(me.token.clone(), Some(cursor)));
                    self.more = true;
                }
            }
            "retry" => {
                self.again(todo);
                if matches!(self.rewards, Load::Failed(_)) {
                    self.want_rewards(todo);
                }
                if matches!(self.typed, Load::Failed(_)) {
                    let typed = self.typed_code.clone();
                    self.code_typed(&typed, todo);
                }
            }
            _ => {}
        }
    }

    fn shut(&mut self, for_good: bool, todo: &mut Vec<Effect>) {
        self.open = None;
        self.uncalled = false;
        if for_good {
            self.closed = true;
            if self.consent.allows() {
                todo.push(Effect::Keep);
            }
        }
        todo.push(Effect::Focus(false));
    }

    /// The code that the shopper would type at the checkout.
    pub fn code_at_hand(&self) -> Option<String> {
        let invited = self.invitation().map(|invitation| invitation.code.clone());
        invited.or_else(|| touch::applied(&self.touches).map(Into::into))
    }
}

/// Key of the text that says what went wrong.
pub fn fault_key(fault: Fault) -> &'static str {
    match fault {
        Fault::Unreachable => "e_net",
        Fault::TooOften => "e_often",
        Fault::Unknown => "e_token",
        Fault::Refused => "e_refused",
    }
}

/// Whether a code that is on its way into the order needs to be shown for typing.
pub fn must_be_typed(redeeming: &Redeeming) -> bool {
    *redeeming == Redeeming::Done(Outcome::Shown)
}
