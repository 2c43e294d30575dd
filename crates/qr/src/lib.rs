//! Draws the QR code of a share link, in a wasm of its own that `www/widget/page.js` loads when a shopper
//! opens one: most never do.
//!
//! Without wasm-bindgen, whose glue would weigh as much again: the page writes a text where [`place`]
//! says, asks [`draw`], and reads the answer there.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod code;

pub use code::picture;

use std::sync::atomic::{AtomicU8, Ordering};

/// The allocator, for the reasons that the widget's has.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
#[allow(unsafe_code, reason = "a page draws in one thread, which is all that it asks for")]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };

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
