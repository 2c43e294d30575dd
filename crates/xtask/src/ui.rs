//! Progress that a person at a terminal and a reader of a CI log can both follow.
//!
//! Every piece of work is a [`step`]: it says what it does when it starts, shows the last line of
//! its output while it runs (on a terminal alone) and ends with the time that it took.

use std::{
    cell::RefCell,
    fmt::Display,
    io::IsTerminal,
    sync::OnceLock,
    time::{Duration, Instant},
};

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

thread_local! {
    static CURRENT: RefCell<Option<ProgressBar>> = const { RefCell::new(None) };
}

/// Does `work` as a step of its own, under a sentence such as `Installing wasm-bindgen 0.2.130`.
///
/// # Errors
/// Those of `work`, after saying that this step failed.
pub fn step<T>(doing: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let doing = doing.to_string();
    let bar = terminal().map(|bars| {
        let bar = bars.add(ProgressBar::new_spinner().with_prefix(doing.clone()));
        bar.set_style(style());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    });
    if bar.is_none() {
        println!("… {doing}");
    }
    let outer = CURRENT.replace(bar.clone());
    let started = Instant::now();
    let result = work();
    let took = seconds(started.elapsed());
    CURRENT.replace(outer);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    match &result {
        Ok(_) => say(format!("✓ {doing}: {took}")),
        Err(_) => say(format!("✗ {doing}: not done, after {took}")),
    }
    result
}

/// Prints a line above whatever is in progress.
pub fn say(line: impl Display) {
    match terminal() {
        // The terminal may have gone away; there is nobody left to tell.
        Some(bars) => drop(bars.println(line.to_string())),
        None => println!("{line}"),
    }
}

/// Shows a line of output beside the step that this thread is at, on a terminal alone.
pub fn status(line: &str) {
    CURRENT.with_borrow(|bar| {
        if let Some(bar) = bar {
            bar.set_message(line.trim().to_owned());
        }
    });
}

/// A duration as a person says it: `0.4 s`, `12 s`, `3 min 05 s`.
pub fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        s @ 10..60 => format!("{s} s"),
        s => format!("{} min {:02} s", s / 60, s % 60),
    }
}

/// A number of bytes with thousands set apart: `28 114`.
pub fn bytes(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

fn terminal() -> Option<&'static MultiProgress> {
    static BARS: OnceLock<Option<MultiProgress>> = OnceLock::new();
    BARS.get_or_init(|| {
        let person = std::io::stderr().is_terminal()
            && std::io::stdout().is_terminal()
            && std::env::var_os("CI").is_none();
        person.then(MultiProgress::new)
    })
    .as_ref()
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {prefix} ({elapsed}) {wide_msg:.dim}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_a_person_would() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(59)), "59 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn bytes_have_thousands_set_apart() {
        assert_eq!(bytes(0), "0");
        assert_eq!(bytes(999), "999");
        assert_eq!(bytes(28_114), "28 114");
        assert_eq!(bytes(1_000_000), "1 000 000");
    }
}
