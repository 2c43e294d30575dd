//! Pictures that a shop uploads: told apart by what they hold and never by what they are called, and put together
//! anew of the parts that show something. What a camera or an editor wrote beside them (places, names, comments,
//! thumbnails) is left out, and so is whatever stands behind the picture's end.

mod svg;
mod svg_uses;

use img_parts::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;
use parrain_wire::materials::PictureKind;

/// The most bytes of a picture.
pub const MOST_BYTES: usize = 1024 * 1024;

/// The most pixels of a side.
pub const MOST_SIDE: u32 = 4096;

/// A picture that can be shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is.
    pub kind: PictureKind,
    /// Its bytes, put together anew.
    pub bytes: Vec<u8>,
    /// Its width in pixels, as browsers show it.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// What of an SVG was left out, by the names of its elements and attributes, each once.
    pub left_out: Vec<String>,
}

const TOO_LONG: &str = "must have at most 1 MB";
const TOO_LARGE: &str = "must have at most 4,096 pixels a side";
const BROKEN: &str = "is broken or was cut off: save it again and take that file";
const NO_PICTURE: &str = "must be a picture: PNG, JPEG, WebP or SVG";

/// Looks at what was uploaded.
///
/// # Errors
/// Why it is not taken, in words that follow the name of what was sent.
pub fn read(bytes: &[u8]) -> Result<Picture, &'static str> {
    if bytes.is_empty() {
        return Err("is missing");
    }
    if bytes.len() > MOST_BYTES {
        return Err(TOO_LONG);
    }
    let picture = match kind_of(bytes).ok_or(NO_PICTURE)? {
        PictureKind::Png => png(bytes),
        PictureKind::Jpeg => jpeg(bytes),
        PictureKind::Webp => webp(bytes),
        PictureKind::Svg => svg::read(bytes),
    }?;
    if picture.width.max(picture.height) > MOST_SIDE {
        return Err(TOO_LARGE);
    }
    Ok(picture)
}

/// The type that a picture is served as.
pub const fn content_type(kind: PictureKind) -> &'static str {
    match kind {
        PictureKind::Png => "image/png",
        PictureKind::Jpeg => "image/jpeg",
        PictureKind::Webp => "image/webp",
        PictureKind::Svg => "image/svg+xml",
    }
}

/// How the name of a picture's file ends.
pub const fn ending(kind: PictureKind) -> &'static str {
    match kind {
        PictureKind::Png => "png",
        PictureKind::Jpeg => "jpg",
        PictureKind::Webp => "webp",
        PictureKind::Svg => "svg",
    }
}

/// The name of a picture's file.
pub fn file_name(id: &str, kind: PictureKind) -> String {
    format!("{id}.{}", ending(kind))
}

/// What bytes begin as.
fn kind_of(bytes: &[u8]) -> Option<PictureKind> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(PictureKind::Png)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some(PictureKind::Jpeg)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(PictureKind::Webp)
    } else {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        text.starts_with(b"<").then_some(PictureKind::Svg)
    }
}

/// The chunks that show something (W3C, PNG, third edition, section 11): pixels, colours, and those of an animation.
const PNG_CHUNKS: [&[u8; 4]; 16] = [
    b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT",
    b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

fn png(bytes: &[u8]) -> Result<Picture, &'static str> {
    let mut png = Png::from_bytes(Bytes::copy_from_slice(bytes)).map_err(|_| BROKEN)?;
    let has = |kind: &[u8; 4]| png.chunk_by_type(*kind).is_some();
    if !(has(b"IHDR") && has(b"IDAT") && has(b"IEND")) {
        return Err(BROKEN);
    }
    let (width, height) = png.dimensions().ok_or(BROKEN)?;
    png.chunks_mut().retain(|chunk| PNG_CHUNKS.contains(&&chunk.kind()));
    whole(PictureKind::Png, png.encoder().bytes().to_vec(), width, height)
}

fn jpeg(bytes: &[u8]) -> Result<Picture, &'static str> {
    let mut jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).map_err(|_| BROKEN)?;
    let (width, height) = jpeg.dimensions().ok_or(BROKEN)?;
    let turned = orientation(&jpeg);
    let shows = |segment: &JpegSegment| match segment.marker() {
        // The frame's own, its colours, and how its colours are meant.
        markers::APP0 | markers::APP14 => true,
        markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    };
    jpeg.segments_mut().retain(shows);
    if let Some(turned) = turned {
        jpeg.segments_mut().insert(0, JpegSegment::new_with_contents(markers::APP1, exif(turned)));
    }
    let mut bytes = jpeg.encoder().bytes().to_vec();
    let end = end_of_jpeg(&bytes).ok_or(BROKEN)?;
    bytes.truncate(end);
    // Turned by a quarter it stands the other way.
    let (width, height) =
        if turned.is_some_and(|turned| turned >= 5) { (height, width) } else { (width, height) };
    whole(PictureKind::Jpeg, bytes, width.into(), height.into())
}

/// Where a JPEG ends, behind its last marker: what stands there is walked through, since the bytes of a marker may occur
/// in a table too.
fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    let mut scanned = false;
    loop {
        let rest = bytes.get(at..)?;
        at += rest.iter().position(|byte| *byte == 0xff)?;
        match *bytes.get(at + 1)? {
            // A byte of pixels, a mark among them, or one that fills up.
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            markers::EOI => return scanned.then_some(at + 2),
            marker => {
                let length = [*bytes.get(at + 2)?, *bytes.get(at + 3)?];
                scanned |= marker == markers::SOS;
                at += 2 + usize::from(u16::from_be_bytes(length)).max(2);
            }
        }
    }
}

/// How a JPEG is to be turned, where it is to be turned at all: the tag 0x0112 of its first directory (EXIF 2.3, 4.6.4).
fn orientation(jpeg: &Jpeg) -> Option<u8> {
    let exif =
        jpeg.segments_by_marker(markers::APP1).find_map(|one| one.contents().strip_prefix(b"Exif\0\0"))?;
    let little = exif.starts_with(b"II");
    let two = |at: usize| {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let high = if little { two(6)? } else { two(4)? };
    let low = if little { two(4)? } else { two(6)? };
    let directory = usize::try_from(u32::from(high) << 16 | u32::from(low)).ok()?;
    let entries = usize::from(two(directory)?).min(200);
    let entry = |index: usize| directory.checked_add(2 + index * 12);
    let found = (0..entries).filter_map(entry).find(|at| two(*at) == Some(0x0112))?;
    u8::try_from(two(found.checked_add(8)?)?).ok().filter(|turned| (2..=8).contains(turned))
}

/// The same tag alone.
fn exif(turned: u8) -> Bytes {
    let mut bytes = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    bytes.push(turned);
    bytes.extend([0; 6]);
    Bytes::from(bytes)
}

/// The chunks that show something (WebP container specification): pixels, their transparency, colours, an animation.
const WEBP_CHUNKS: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// The flags of `VP8X` that say that there is EXIF and XMP.
const WEBP_NOTES: u8 = 0b0000_1100;

fn webp(bytes: &[u8]) -> Result<Picture, &'static str> {
    let mut webp = WebP::from_bytes(Bytes::copy_from_slice(bytes)).map_err(|_| BROKEN)?;
    let (width, height) = webp.dimensions().ok_or(BROKEN)?;
    webp.chunks_mut().retain(|chunk| WEBP_CHUNKS.contains(&&chunk.id()));
    if ![*b"VP8 ", *b"VP8L", *b"ANMF"].iter().any(|id| webp.has_chunk(*id)) {
        return Err(BROKEN);
    }
    let flags =
        webp.chunks_mut().iter_mut().filter(|chunk| chunk.id() == *b"VP8X").map(RiffChunk::content_mut);
    for content in flags {
        if let RiffContent::Data(data) = content {
            let mut without = data.to_vec();
            if let Some(flags) = without.first_mut() {
                *flags &= !WEBP_NOTES;
            }
            *data = Bytes::from(without);
        }
    }
    whole(PictureKind::Webp, webp.encoder().bytes().to_vec(), width, height)
}

fn whole(kind: PictureKind, bytes: Vec<u8>, width: u32, height: u32) -> Result<Picture, &'static str> {
    if width == 0 || height == 0 {
        return Err(BROKEN);
    }
    Ok(Picture { kind, bytes, width, height, left_out: Vec::new() })
}

#[cfg(test)]
mod tests;
