//! A QR code of a share link: byte mode, error correction level M, versions 1 to 10.
//!
//! By hand (after ISO/IEC 18004) because the general crates carry forty versions, four modes and four
//! levels, several times the bytes of what a link needs. A test reads the codes back with `rqrr`.

use crate::text::decimal;

/// Error correction codewords of a block, and number of blocks, by version (level M).
const BLOCKS: [(usize, usize); 10] =
    [(10, 1), (16, 1), (26, 1), (18, 2), (24, 2), (16, 4), (18, 4), (22, 4), (22, 5), (26, 5)];

/// The code of `text` as its side in modules and an SVG path of the dark ones; nothing where the text
/// is too long (213 bytes).
pub fn picture(text: &str) -> Option<(usize, String)> {
    let grid = Grid::of(text.as_bytes())?;
    let mut path = String::new();
    for y in 0..grid.size {
        let mut x = 0;
        while x < grid.size {
            let start = x;
            while x < grid.size && grid.dark(x, y) {
                x += 1;
            }
            if x > start {
                let width = decimal((x - start) as i64);
                for piece in
                    ["M", &decimal(start as i64), " ", &decimal(y as i64), "h", &width, "v1h-", &width, "z"]
                {
                    path.push_str(piece);
                }
            }
            x += 1;
        }
    }
    Some((grid.size, path))
}

/// A square of modules, with those that carry no data marked as fixed.
struct Grid {
    size: usize,
    dark: Vec<bool>,
    fixed: Vec<bool>,
}

impl Grid {
    fn of(data: &[u8]) -> Option<Grid> {
        let (version, capacity) = (1..=10)
            .map(|version| (version, capacity(version)))
            .find(|(version, capacity)| data.len() + if *version < 10 { 2 } else { 3 } <= *capacity)?;
        let words = interleave(version, &codewords(data, version, capacity));
        let size = version * 4 + 17;
        let mut grid = Grid { size, dark: vec![false; size * size], fixed: vec![false; size * size] };
        grid.draw_patterns(version);
        grid.draw_words(&words);
        grid.mask();
        Some(grid)
    }

    fn dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }

    fn is_fixed(&self, x: usize, y: usize) -> bool {
        self.fixed.get(y * self.size + x).copied().unwrap_or(true)
    }

    fn paint(&mut self, x: usize, y: usize, dark: bool) {
        if let Some(module) = self.dark.get_mut(y * self.size + x) {
            *module = dark;
        }
    }

    fn fix(&mut self, x: usize, y: usize, dark: bool) {
        self.paint(x, y, dark);
        if let Some(module) = self.fixed.get_mut(y * self.size + x) {
            *module = true;
        }
    }

    fn draw_patterns(&mut self, version: usize) {
        let last = self.size - 1;
        for i in 0..self.size {
            self.fix(6, i, i % 2 == 0);
            self.fix(i, 6, i % 2 == 0);
        }
        for (cx, cy) in [(3, 3), (last - 3, 3), (3, last - 3)] {
            for y in 0..self.size {
                for x in 0..self.size {
                    let ring = x.abs_diff(cx).max(y.abs_diff(cy));
                    if ring <= 4 {
                        self.fix(x, y, ring != 2 && ring != 4);
                    }
                }
            }
        }
        if version > 1 {
            let mut centres = vec![6, last - 6];
            if version > 6 {
                centres.insert(1, (last - 6 + 6) / 2);
            }
            for &cy in &centres {
                for &cx in &centres {
                    let finder = cx.min(cy) == 6 && (cx == cy || cx.max(cy) == last - 6);
                    for (dx, dy) in (0..25).filter(|_| !finder).map(|i| (i % 5, i / 5)) {
                        let ring = usize::max(2_usize.abs_diff(dx), 2_usize.abs_diff(dy));
                        self.fix(cx + dx - 2, cy + dy - 2, ring != 1);
                    }
                }
            }
        }
        if version > 6 {
            let bits = version << 12 | remainder(version << 12, 0x1f25, 12);
            for i in 0..18 {
                let (a, b) = (self.size - 11 + i % 3, i / 3);
                self.fix(a, b, bits >> i & 1 == 1);
                self.fix(b, a, bits >> i & 1 == 1);
            }
        }
        self.draw_format();
    }

    /// Level M and mask 0, whose numbers are zero, twice: the bits are those that every format is mixed with.
    fn draw_format(&mut self) {
        let bits = 0x5412;
        let last = self.size - 1;
        for i in 0..15 {
            let bit = bits >> i & 1 == 1;
            match i {
                0..=5 => self.fix(8, i, bit),
                6 | 7 => self.fix(8, i + 1, bit),
                8 => self.fix(7, 8, bit),
                _ => self.fix(14 - i, 8, bit),
            }
            if i < 8 {
                self.fix(last - i, 8, bit);
            } else {
                self.fix(8, self.size - 15 + i, bit);
            }
        }
        self.fix(8, self.size - 8, true);
    }

    /// Lays the words in the zigzag of two-module columns from the lower right.
    fn draw_words(&mut self, words: &[u8]) {
        let mut bits = words.iter().flat_map(|word| (0..8).rev().map(move |i| word >> i & 1 == 1));
        let mut right = self.size - 1;
        let mut up = true;
        loop {
            for i in 0..self.size {
                let y = if up { self.size - 1 - i } else { i };
                for x in [right, right - 1] {
                    if !self.is_fixed(x, y) {
                        self.paint(x, y, bits.next().unwrap_or(false));
                    }
                }
            }
            up = !up;
            right = match right {
                1 => return,
                // The timing pattern takes the seventh column.
                8 => 5,
                other => other - 2,
            };
        }
    }

    /// Turns over every other module, like a chess board. The standard would try eight masks for the
    /// most readable one; any is valid, and links do not look like a chess board.
    fn mask(&mut self) {
        for y in 0..self.size {
            for x in 0..self.size {
                if (x + y) % 2 == 0 && !self.is_fixed(x, y) {
                    self.paint(x, y, !self.dark(x, y));
                }
            }
        }
    }
}

/// Codewords that a version holds, error correction included.
fn raw(version: usize) -> usize {
    let mut modules = (16 * version + 128) * version + 64;
    if version > 1 {
        let align = version / 7 + 2;
        modules -= (25 * align - 10) * align - 55;
        if version > 6 {
            modules -= 36;
        }
    }
    modules / 8
}

fn capacity(version: usize) -> usize {
    let (ecc, blocks) = BLOCKS.get(version - 1).copied().unwrap_or_default();
    raw(version) - ecc * blocks
}

/// Mode, length, data, terminator and padding.
fn codewords(data: &[u8], version: usize, capacity: usize) -> Vec<u8> {
    let mut words = Vec::with_capacity(capacity);
    let long = version > 9;
    // The mode's four bits shift everything after them by half a byte.
    let mut carry = 4_u8;
    let length = [(data.len() >> 8) as u8, data.len() as u8];
    let length = length.get(usize::from(!long)..).unwrap_or_default();
    for byte in length.iter().chain(data) {
        words.push(carry << 4 | byte >> 4);
        carry = byte & 15;
    }
    words.push(carry << 4);
    let mut pad = 0xec;
    while words.len() < capacity {
        words.push(pad);
        pad ^= 0xec ^ 0x11;
    }
    words
}

/// Splits the data into blocks, adds each block's error correction, and takes turns between them.
fn interleave(version: usize, data: &[u8]) -> Vec<u8> {
    let (ecc, count) = BLOCKS.get(version - 1).copied().unwrap_or((10, 1));
    let short = raw(version) / count - ecc;
    let longer = raw(version) % count;
    let divisor = generator(ecc);
    let mut rest = data;
    let mut blocks = Vec::new();
    for i in 0..count {
        let (block, after) = rest.split_at((short + usize::from(i >= count - longer)).min(rest.len()));
        rest = after;
        blocks.push((block, correction(block, &divisor)));
    }
    let mut out = Vec::with_capacity(raw(version));
    for i in 0..=short {
        out.extend(blocks.iter().filter_map(|(block, _)| block.get(i)));
    }
    for i in 0..ecc {
        out.extend(blocks.iter().filter_map(|(_, correction)| correction.get(i)));
    }
    out
}

/// The Reed-Solomon generator polynomial of this degree, without its leading one.
fn generator(degree: usize) -> Vec<u8> {
    let mut divisor = vec![0; degree];
    if let Some(last) = divisor.last_mut() {
        *last = 1;
    }
    let mut root = 1;
    for _ in 0..degree {
        let mut next = divisor.iter().skip(1).copied().collect::<Vec<u8>>();
        next.push(0);
        divisor = divisor.iter().zip(next).map(|(here, next)| times(*here, root) ^ next).collect();
        root = times(root, 2);
    }
    divisor
}

fn correction(data: &[u8], divisor: &[u8]) -> Vec<u8> {
    let mut result = vec![0_u8; divisor.len()];
    for byte in data {
        let factor = byte ^ result.remove(0);
        result.push(0);
        for (place, coefficient) in result.iter_mut().zip(divisor) {
            *place ^= times(*coefficient, factor);
        }
    }
    result
}

/// Product in the field of 256 elements.
fn times(a: u8, b: u8) -> u8 {
    let mut product = 0_u16;
    for i in (0..8).rev() {
        product = (product << 1) ^ ((product >> 7) * 0x11d);
        product ^= u16::from(b >> i & 1) * u16::from(a);
    }
    product as u8
}

/// Remainder of a division of polynomials over two elements.
fn remainder(value: usize, divisor: usize, degree: usize) -> usize {
    let mut rest = value;
    for bit in (degree..degree + 6).rev() {
        if rest >> bit & 1 == 1 {
            rest ^= divisor << (bit - degree);
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(text: &str) -> String {
        let grid = Grid::of(text.as_bytes()).unwrap();
        let side = (grid.size + 8) * 4;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            let (x, y) = (x / 4, y / 4);
            let inside = (4..grid.size + 4).contains(&x) && (4..grid.size + 4).contains(&y);
            if inside && grid.dark(x - 4, y - 4) { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "{text}");
        grids[0].decode().unwrap().1
    }

    #[test]
    fn another_program_reads_every_version() {
        for length in [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180, 181, 213] {
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
        assert!(picture(&"a".repeat(213)).is_some());
        assert!(picture(&"a".repeat(214)).is_none());
    }

    #[test]
    fn the_path_paints_every_dark_module() {
        let text = "https://edge.example/r/demo/ANNA10";
        let (size, path) = picture(text).unwrap();
        let grid = Grid::of(text.as_bytes()).unwrap();
        let widths =
            path.split('h').filter(|piece| piece.ends_with("v1")).map(|run| run.trim_end_matches("v1"));
        let painted: usize = widths.map(|width| width.parse::<usize>().unwrap()).sum();
        assert_eq!(size, grid.size);
        assert_eq!(painted, grid.dark.iter().filter(|dark| **dark).count());
    }
}
