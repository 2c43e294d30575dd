//! A QR code of a share link: byte mode, error correction level M, versions 1 to 10.
//!
//! By hand (after ISO/IEC 18004) because the general crates carry forty versions, four modes and four
//! levels, several times the bytes of what a link needs. Tests read the codes back with `rqrr`.

/// Error correction codewords of a block, and number of blocks, by version (level M).
const BLOCKS: [(usize, usize); 10] =
    [(10, 1), (16, 1), (26, 1), (18, 2), (24, 2), (16, 4), (18, 4), (22, 4), (22, 5), (26, 5)];

/// Marks of a module: it is dark; it belongs to a pattern and carries no data.
const DARK: u8 = 1;
const FIXED: u8 = 2;

/// Level M and mask 0, whose numbers are zero: these are the bits that every format is mixed with.
const FORMAT: usize = 0x5412;

/// The code of `text` as an SVG's `viewBox`, a blank, and the path of the dark modules, with the margin of four that
/// readers need; nothing where the text is too long (213 bytes).
pub fn picture(text: &str) -> Option<String> {
    let grid = Grid::of(text.as_bytes())?;
    let side = grid.size + 8;
    let mut out = String::new();
    // `format!` would weigh as much as all the rest.
    let mut put = |pieces: [(&str, usize); 4]| {
        for (text, number) in pieces {
            out.push_str(text);
            for power in [100, 10, 1] {
                if number >= power || power == 1 {
                    out.push(char::from(b'0' + (number / power % 10) as u8));
                }
            }
        }
    };
    put([("-", 4), (",-", 4), (",", side), (",", side)]);
    let mut first = true;
    for y in 0..grid.size {
        let mut x = 0;
        while x < grid.size {
            let start = x;
            while grid.is(DARK, x, y) && x < grid.size {
                x += 1;
            }
            let run = x - start;
            if run > 0 {
                put([(if first { " M" } else { "zM" }, start), (",", y), ("h", run), ("v1h-", run)]);
                first = false;
            }
            x += 1;
        }
    }
    Some(out)
}

/// A square of modules.
struct Grid {
    size: usize,
    modules: Vec<u8>,
}

impl Grid {
    fn of(data: &[u8]) -> Option<Grid> {
        let mut version = 1;
        let words = loop {
            let (ecc, blocks) = BLOCKS.get(version - 1).copied()?;
            let head = if version > 9 { 3 } else { 2 };
            if data.len() + head <= raw(version) - ecc * blocks {
                break interleave(
                    &codewords(data, version, raw(version) - ecc * blocks),
                    version,
                    ecc,
                    blocks,
                );
            }
            version += 1;
        };
        let size = version * 4 + 17;
        let mut grid = Grid { size, modules: vec![0; size * size] };
        grid.draw_patterns(version);
        grid.draw_words(&words);
        Some(grid)
    }

    fn is(&self, mark: u8, x: usize, y: usize) -> bool {
        self.modules.get(y * self.size + x).is_some_and(|module| module & mark > 0)
    }

    fn set(&mut self, x: usize, y: usize, marks: u8) {
        if let Some(module) = self.modules.get_mut(y * self.size + x) {
            *module = marks;
        }
    }

    fn fix(&mut self, x: usize, y: usize, dark: bool) {
        self.set(x, y, FIXED | u8::from(dark));
    }

    fn draw_patterns(&mut self, version: usize) {
        let last = self.size - 1;
        for i in 0..self.size {
            self.fix(6, i, i % 2 == 0);
            self.fix(i, 6, i % 2 == 0);
        }
        self.draw_rings(3, 3, 4);
        self.draw_rings(last - 3, 3, 4);
        self.draw_rings(3, last - 3, 4);
        if version > 1 {
            // Two or three places along each side, but for the corners that the finders have.
            let step = if version > 6 { (last - 12) / 2 } else { last - 12 };
            for cy in (6..self.size).step_by(step) {
                for cx in (6..self.size).step_by(step) {
                    if cx.min(cy) > 6 || cx.max(cy) > 6 && cx.max(cy) < last - 6 {
                        self.draw_rings(cx, cy, 2);
                    }
                }
            }
        }
        if version > 6 {
            let mut rest = version << 12;
            for bit in (12..16).rev() {
                rest ^= (rest >> bit & 1) * (0x1f25 << (bit - 12));
            }
            for i in 0..18 {
                let (a, b) = (self.size - 11 + i % 3, i / 3);
                let bit = (version << 12 | rest) >> i & 1 == 1;
                self.fix(a, b, bit);
                self.fix(b, a, bit);
            }
        }
        for i in 0..15 {
            let bit = FORMAT >> i & 1 == 1;
            // Around the first finder, past the timing patterns; and split between the other two.
            let along = if i < 6 {
                i
            } else if i < 8 {
                i + 1
            } else {
                14 - i + usize::from(i == 8)
            };
            if i < 8 {
                self.fix(8, along, bit);
                self.fix(last - i, 8, bit);
            } else {
                self.fix(along, 8, bit);
                self.fix(8, self.size - 15 + i, bit);
            }
        }
        self.fix(8, self.size - 8, true);
    }

    /// A finder (radius 4, its light margin included) or an alignment pattern (radius 2).
    fn draw_rings(&mut self, cx: usize, cy: usize, radius: usize) {
        for y in cy.saturating_sub(radius)..=cy + radius {
            for x in cx.saturating_sub(radius)..=cx + radius {
                if x < self.size && y < self.size {
                    let ring = x.abs_diff(cx).max(y.abs_diff(cy));
                    self.fix(x, y, ring != radius.div_ceil(2) && ring != 4);
                }
            }
        }
    }

    /// Lays the words in the zigzag of two-module columns from the lower right, every other module turned
    /// over like a chess board. The standard would try eight such masks for the most readable one; any is
    /// valid, and links do not look like a chess board.
    fn draw_words(&mut self, words: &[u8]) {
        let mut bit = 0;
        let mut right = self.size - 1;
        let mut up = true;
        loop {
            for i in 0..self.size {
                let y = if up { self.size - 1 - i } else { i };
                for x in [right, right - 1] {
                    if !self.is(FIXED, x, y) {
                        let word = words.get(bit / 8).copied().unwrap_or(0);
                        let dark = word >> (7 - bit % 8) & 1;
                        self.set(x, y, dark ^ u8::from((x + y) % 2 == 0));
                        bit += 1;
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

/// Mode, length, data, terminator and padding.
fn codewords(data: &[u8], version: usize, capacity: usize) -> Vec<u8> {
    let mut words = Vec::with_capacity(capacity + 1);
    // The mode's four bits shift everything after them by half a byte.
    let mut carry = 4_u8;
    let mut push = |byte: u8| {
        words.push(carry << 4 | byte >> 4);
        carry = byte & 15;
    };
    if version > 9 {
        push((data.len() >> 8) as u8);
    }
    push(data.len() as u8);
    for byte in data {
        push(*byte);
    }
    push(0);
    let mut pad = 0xec;
    while words.len() < capacity {
        words.push(pad);
        pad ^= 0xec ^ 0x11;
    }
    words
}

/// Splits the data into blocks, adds each block's error correction, and takes turns between them.
fn interleave(data: &[u8], version: usize, ecc: usize, count: usize) -> Vec<u8> {
    let short = raw(version) / count - ecc;
    let shorter = count - raw(version) % count;
    let divisor = generator(ecc);
    let mut out = vec![0; raw(version)];
    let mut put = |place: usize, word: u8| {
        if let Some(there) = out.get_mut(place) {
            *there = word;
        }
    };
    let mut words = data.iter();
    for block in 0..count {
        let mut rest = vec![0_u8; ecc];
        for i in 0..short + usize::from(block >= shorter) {
            let word = words.next().copied().unwrap_or(0);
            put(if i < short { i * count + block } else { i * count + block - shorter }, word);
            let factor = word ^ rest.remove(0);
            rest.push(0);
            for (place, coefficient) in rest.iter_mut().zip(&divisor) {
                *place ^= times(*coefficient, factor);
            }
        }
        for (i, word) in rest.iter().enumerate() {
            put(data.len() + i * count + block, *word);
        }
    }
    out
}

/// The Reed-Solomon generator polynomial of this degree, without its leading one.
fn generator(degree: usize) -> Vec<u8> {
    let mut divisor = vec![0_u8; degree];
    divisor.pop();
    divisor.push(1);
    let mut root = 1;
    for _ in 0..degree {
        // Times (x + root): each coefficient takes in the one after it.
        let mut before: Option<&mut u8> = None;
        for coefficient in &mut divisor {
            if let Some(before) = before {
                *before ^= *coefficient;
            }
            *coefficient = times(*coefficient, root);
            before = Some(coefficient);
        }
        root = times(root, 2);
    }
    divisor
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(text: &str) -> String {
        let grid = Grid::of(text.as_bytes()).unwrap();
        let side = (grid.size + 8) * 4;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            let (x, y) = (x / 4, y / 4);
            let inside = (4..grid.size + 4).contains(&x) && (4..grid.size + 4).contains(&y);
            if inside && grid.is(DARK, x - 4, y - 4) { 0 } else { 255 }
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
        let picture = picture(text).unwrap();
        let (around, path) = picture.split_once(' ').unwrap();
        let grid = Grid::of(text.as_bytes()).unwrap();
        assert_eq!(around, format!("-4,-4,{0},{0}", grid.size + 8));
        let mut painted = vec![false; grid.size * grid.size];
        for run in path.split('z') {
            let (at, rest) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (x, y) = at.split_once(',').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split_once("v1h-").unwrap().0.parse().unwrap();
            painted[y * grid.size + x..][..length].fill(true);
        }
        let dark: Vec<bool> = grid.modules.iter().map(|module| module & DARK > 0).collect();
        assert_eq!(painted, dark);
    }
}
