//! How a page has a code drawn: it writes a text, asks, and reads the answer where the text stood.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::picture;

/// What goes in and comes out. The largest code there is takes a third of it. Atomic, so that it can be
/// written to without `unsafe`; in wasm that costs nothing.
static TEXT: [AtomicU8; 65_536] = [const { AtomicU8::new(0) }; 65_536];

/// Where a text of at most 65,536 bytes is written and its picture read.
#[allow(unsafe_code, reason = "the page finds it by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn place() -> *const AtomicU8 {
    TEXT.as_ptr()
}

/// Puts the [`picture`] of the UTF-8 text of so many bytes in its place, and answers how many bytes it
/// has: none where there is no picture.
#[allow(unsafe_code, reason = "the page finds it by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn draw(length: usize) -> usize {
    let text: Vec<u8> = TEXT.iter().take(length).map(|byte| byte.load(Ordering::Relaxed)).collect();
    let picture = std::str::from_utf8(&text).ok().and_then(picture).unwrap_or_default();
    for (byte, drawn) in TEXT.iter().zip(picture.bytes()) {
        byte.store(drawn, Ordering::Relaxed);
    }
    picture.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_reads_the_picture_where_it_wrote_the_text() {
        let place = |text: &str| {
            for (byte, new) in TEXT.iter().zip(text.bytes()) {
                byte.store(new, Ordering::Relaxed);
            }
            let length = draw(text.len());
            let read: Vec<u8> = TEXT.iter().take(length).map(|byte| byte.load(Ordering::Relaxed)).collect();
            String::from_utf8(read).expect("a path is ASCII")
        };
        let link = "https://edge.example/r/demo/ANNA10";
        assert_eq!(place(link), picture(link).expect("it fits"));
        assert_eq!(place(&"a".repeat(5_000)), "", "what does not fit has none");
        let longest = picture(&"a".repeat(213)).expect("it fits");
        assert!(longest.len() < TEXT.len(), "{} bytes", longest.len());
    }
}
