//! Whether anything may be written to the visitor's device.

/// The shop's choice, attribute `data-consent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing before a signal of consent (the default, also for a value that is not known).
    Required,
    /// Only once the shopper asks for the service by pressing a button that needs it.
    Explicit,
    /// The shop's law or its own notice covers it.
    NoneNeeded,
}

impl Mode {
    /// Reads the attribute.
    pub fn read(value: &str) -> Mode {
        match value {
            "explicit" => Mode::Explicit,
            "none-needed" => Mode::NoneNeeded,
            _ => Mode::Required,
        }
    }
}

/// What is known of the visitor's will.
#[derive(Clone, Debug)]
pub struct Consent {
    mode: Mode,
    refused_by_browser: bool,
    signal: Option<bool>,
    asked: bool,
}

impl Consent {
    /// `gpc` is the browser's Global Privacy Control; `before` says that this browser still holds what
    /// an earlier consent allowed to keep.
    pub fn new(mode: Mode, gpc: bool, before: bool) -> Consent {
        Consent { mode, refused_by_browser: gpc, signal: None, asked: before }
    }

    /// A choice made now, by the visitor or by the shop for them. The latest one holds.
    pub fn choose(&mut self, yes: bool) {
        self.signal = Some(yes);
        if !yes {
            self.asked = false;
        }
    }

    /// What a consent tool says when it is first read: less than a choice that was made on this page.
    pub fn initially(&mut self, yes: bool) {
        if self.signal.is_none() {
            self.choose(yes);
        }
    }

    /// The shopper pressed a button whose service needs something to be kept.
    pub fn ask(&mut self) {
        if self.mode == Mode::Explicit {
            self.asked = true;
            self.signal = None;
        }
    }

    /// Whether the device may be written to at this moment.
    pub fn allows(&self) -> bool {
        if self.refuses() {
            return false;
        }
        match self.mode {
            Mode::NoneNeeded => true,
            Mode::Explicit => self.asked,
            Mode::Required => self.signal == Some(true) || self.asked,
        }
    }

    /// Whether a press is no consent: what the shopper uses now is forgotten with the page.
    pub fn forgets(&self) -> bool {
        self.refuses() || self.mode == Mode::Required && !self.allows()
    }

    /// Whether what an earlier consent left on the device must go.
    pub fn refuses(&self) -> bool {
        self.refused_by_browser || self.signal == Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_waits_for_a_signal() {
        let mut consent = Consent::new(Mode::Required, false, false);
        assert!(!consent.allows() && !consent.refuses());
        consent.ask();
        assert!(!consent.allows(), "pressing apply is no consent to cookies here");
        consent.choose(true);
        assert!(consent.allows());
        consent.choose(false);
        assert!(!consent.allows() && consent.refuses());
        consent.choose(true);
        assert!(consent.allows());
    }

    #[test]
    fn explicit_waits_for_the_button_alone() {
        let mut consent = Consent::new(Mode::Explicit, false, false);
        consent.choose(true);
        assert!(!consent.allows());
        consent.ask();
        assert!(consent.allows());
        consent.choose(false);
        assert!(!consent.allows() && consent.refuses());
        consent.ask();
        assert!(consent.allows(), "asked for again after a refusal");
    }

    #[test]
    fn none_needed_still_hears_a_refusal() {
        let mut consent = Consent::new(Mode::NoneNeeded, false, false);
        assert!(consent.allows());
        consent.choose(false);
        assert!(!consent.allows() && consent.refuses());
    }

    #[test]
    fn global_privacy_control_is_a_refusal_in_every_mode() {
        for mode in [Mode::Required, Mode::Explicit, Mode::NoneNeeded] {
            let mut consent = Consent::new(mode, true, true);
            consent.choose(true);
            consent.ask();
            assert!(!consent.allows() && consent.refuses());
        }
    }

    #[test]
    fn what_was_kept_by_consent_stays_until_it_is_withdrawn() {
        let mut consent = Consent::new(Mode::Required, false, true);
        assert!(consent.allows());
        consent.initially(false);
        assert!(!consent.allows() && consent.refuses());
    }

    #[test]
    fn a_choice_on_the_page_outweighs_what_a_tool_says_first() {
        let mut consent = Consent::new(Mode::Required, false, false);
        consent.choose(true);
        consent.initially(false);
        assert!(consent.allows());
    }

    #[test]
    fn unknown_modes_are_the_strict_one() {
        assert_eq!(Mode::read("whatever"), Mode::Required);
        assert_eq!(Mode::read("none-needed"), Mode::NoneNeeded);
    }
}
