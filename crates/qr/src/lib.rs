//! Draws the QR code of a share link: for the desk, and in a wasm of its own that the widget loads when a shopper
//! opens one, which most never do.
//!
//! That wasm is without wasm-bindgen, whose glue would weigh as much again: the page writes a text where `place`
//! says, asks `draw`, and reads the answer there.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

/// Codes of more modules than this one's are too fine for a phone that reads them off another's screen.
const LARGEST: Version = Version::new(15);

#[cfg(feature = "page")]
mod page;
#[cfg(feature = "page")]
pub use page::{draw, place};

/// The code of `text` (error correction level M) as an SVG's `viewBox`, a blank, and the path of the dark modules, with
/// the margin of four that readers need; nothing where the text is too long (412 bytes).
pub fn picture(text: &str) -> Option<String> {
    let mut room = vec![0; LARGEST.buffer_len()];
    let mut work = vec![0; LARGEST.buffer_len()];
    let code = QrCode::encode_text(
        text,
        &mut work,
        &mut room,
        QrCodeEcc::Medium,
        Version::MIN,
        LARGEST,
        None,
        false,
    );
    let code = code.ok()?;
    let size = code.size();
    let mut out = format!("-4,-4,{0},{0} ", size + 8);
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                out.push_str(&format!("M{x},{y}h{run}v1h-{run}z"));
            }
            x += i32::try_from(run).unwrap_or(size) + 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark modules of a picture, by its path, and the side of its square.
    fn painted(picture: &str) -> (usize, Vec<bool>) {
        let (around, path) = picture.split_once(' ').expect("a viewBox and a path");
        let side: usize = around.rsplit(',').next().and_then(|side| side.parse().ok()).expect("a side");
        assert_eq!(around, format!("-4,-4,{side},{side}"));
        let mut painted = vec![false; side * side];
        for run in path.split_terminator('z') {
            let (at, rest) = run.strip_prefix('M').and_then(|run| run.split_once('h')).expect("a run");
            let (x, y) = at.split_once(',').expect("a place");
            let (x, y): (usize, usize) = (x.parse().expect("x"), y.parse().expect("y"));
            let (length, back) = rest.split_once("v1h-").expect("a rectangle");
            assert_eq!(length, back);
            let length: usize = length.parse().expect("a length");
            painted[(y + 4) * side + x + 4..][..length].fill(true);
        }
        (side, painted)
    }

    fn read_back(text: &str) -> String {
        let (side, dark) = painted(&picture(text).expect("a picture"));
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * 4, side * 4, |x, y| {
            if dark[y / 4 * side + x / 4] { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "{text}");
        grids[0].decode().expect("a code").1
    }

    #[test]
    fn another_program_reads_every_size() {
        for length in [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 181, 213, 300, 412] {
            let text: String =
                "https://edge.example/r/demo/ANNA10?to=%2Fmugs%2Fblue".chars().cycle().take(length).collect();
            assert_eq!(read_back(&text), text, "{length}");
        }
        assert_eq!(read_back("https://é.example/☕"), "https://é.example/☕");
    }

    #[test]
    fn another_program_reads_the_links_of_many_referrers() {
        for n in 0..40_u64 {
            let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let link =
                format!("https://shop-{n}.example/r/{:x}/{:X}?to=%2Fp%2F{n}", mixed >> 40, mixed & 0xff_ffff);
            assert_eq!(read_back(&link), link);
        }
    }

    #[test]
    fn what_does_not_fit_has_no_picture() {
        assert!(picture(&"a".repeat(412)).is_some());
        assert!(picture(&"a".repeat(413)).is_none());
    }
}
