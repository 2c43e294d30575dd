//! Pictures as shops upload them, and what wants to be one.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use img_parts::png::PngChunk;
use proptest::prelude::*;

/// Six by four pixels.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAECAIAAAAiZtkUAAAAFElEQVR4nGM8IWfDgAqYGDAAcUIAVdwBKmZwn4IAAAAASUVORK5CYII=";

/// The same, with a place in its EXIF, a comment, and to be turned by a quarter.
const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/4QA8RXhpZgAATU0AKgAAAAgAAgEOAAIAAAANAAAAJgESAAMAAAABAAYAAAAAAABzZWNyZXQgcGxhY2UAAP/+ABBzZWNyZXQgY29tbWVudP/bAEMAGxIUFxQRGxcWFx4cGyAoQisoJSUoUTo9MEJgVWVkX1VdW2p4mYFqcZBzW12FtYaQnqOrratngLzJuqbHmairpP/bAEMBHB4eKCMoTisrTqRuXW6kpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpP/AABEIAAQABgMBIgACEQEDEQH/xAAfAAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgv/xAC1EAACAQMDAgQDBQUEBAAAAX0BAgMABBEFEiExQQYTUWEHInEUMoGRoQgjQrHBFVLR8CQzYnKCCQoWFxgZGiUmJygpKjQ1Njc4OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4eLj5OXm5+jp6vHy8/T19vf4+fr/xAAfAQADAQEBAQEBAQEBAAAAAAAAAQIDBAUGBwgJCgv/xAC1EQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fr/2gAMAwEAAhEDEQA/AKVFFFZnsH//2Q==";

/// The same, lossy and lossless, with a place in its EXIF.
const WEBP: [&str; 2] = [
    "UklGRoAAAABXRUJQVlA4WAoAAAAIAAAABQAAAwAAVlA4ICYAAABwAQCdASoGAAQABABoJaACdAFAAAD+6WjkYaNf/jeP7lP8U+OgAEVYSUY0AAAATU0AKgAAAAgAAgEOAAIAAAANAAAAJgESAAMAAAABAAYAAAAAAABzZWNyZXQgcGxhY2UAAA==",
    "UklGRmwAAABXRUJQVlA4WAoAAAAIAAAABQAAAwAAVlA4TBEAAAAvBcAAAAdQjyKXp/+BiOh/AABFWElGNAAAAE1NACoAAAAIAAIBDgACAAAADQAAACYBEgADAAAAAQAGAAAAAAAAc2VjcmV0IHBsYWNlAAA=",
];

fn bytes(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|here| here == text.as_bytes())
}

/// A PNG that says that it is so large, with nothing in it.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut png = Png::from_bytes(Bytes::from(bytes(PNG))).unwrap();
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 2, 0, 0, 0]);
    png.chunks_mut()[0] = PngChunk::new(*b"IHDR", Bytes::from(head));
    png.encoder().bytes().to_vec()
}

fn svg_of(inner: &str) -> Result<String, &'static str> {
    let text = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40">{inner}<path d="M0 0h9"/></svg>"##
    );
    read(text.as_bytes()).map(|picture| String::from_utf8(picture.bytes).unwrap())
}

#[test]
fn pictures_are_what_they_hold() {
    for (text, kind, size) in [
        (PNG, PictureKind::Png, (6, 4)),
        (JPEG, PictureKind::Jpeg, (4, 6)),
        (WEBP[0], PictureKind::Webp, (6, 4)),
        (WEBP[1], PictureKind::Webp, (6, 4)),
    ] {
        let picture = read(&bytes(text)).unwrap();
        assert_eq!((picture.kind, (picture.width, picture.height)), (kind, size));
        // What was put together anew is such a picture, and the same again.
        assert_eq!(read(&picture.bytes).unwrap(), picture);
    }
}

#[test]
fn what_nobody_sees_is_left_out() {
    for text in [JPEG, WEBP[0], WEBP[1]] {
        let before = bytes(text);
        assert!(holds(&before, "secret place"));
        let picture = read(&before).unwrap();
        assert!(!holds(&picture.bytes, "secret"), "{:?}", picture.kind);
    }
    assert!(holds(&read(&bytes(JPEG)).unwrap().bytes, "Exif"), "how it is turned stays");
    let mut png = Png::from_bytes(Bytes::from(bytes(PNG))).unwrap();
    png.chunks_mut()
        .insert(1, PngChunk::new(*b"tEXt", Bytes::from_static(b"Comment\0<script>secret</script>")));
    let picture = read(&png.encoder().bytes()).unwrap();
    assert_eq!(picture.bytes, bytes(PNG));
}

#[test]
fn what_stands_behind_a_picture_goes() {
    let script = b"<html><script>alert(1)</script>PK\x03\x04";
    for text in [PNG, JPEG] {
        let clean = read(&bytes(text)).unwrap();
        let polyglot = [bytes(text).as_slice(), script, b"\xff\xd9"].concat();
        assert_eq!(read(&polyglot).unwrap(), clean);
    }
    for text in WEBP {
        let polyglot = [bytes(text).as_slice(), script].concat();
        assert!(read(&polyglot).is_ok_and(|picture| !holds(&picture.bytes, "script")));
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    let html: &[u8] = b"<!doctype html><html><script>alert(1)</script></html>";
    for (bytes, why) in [
        (&b""[..], "is missing"),
        (html, NO_PICTURE),
        (b"<html><body onload=alert(1)>", NO_PICTURE),
        (b"GIF89a<script>", NO_PICTURE),
        (b"%PDF-1.7", NO_PICTURE),
        (b"alert(1)", NO_PICTURE),
        (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", BROKEN),
        (b"\xff\xd8\xff/*<script>alert(1)</script>*/", BROKEN),
        (b"RIFF\x04\0\0\0WEBP", BROKEN),
    ] {
        assert_eq!(read(bytes).unwrap_err(), why, "{}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(read(&png_of(10_000, 10_000)), Err(TOO_LARGE));
    assert_eq!(read(&png_of(4_096, 1)).unwrap().width, 4_096);
    assert_eq!(read(&png_of(0, 4)), Err(BROKEN));
    assert_eq!(read(&vec![0x89; MOST_BYTES + 1]), Err(TOO_LONG));
}

#[test]
fn one_that_was_cut_off_is_refused() {
    for text in [PNG, JPEG, WEBP[0], WEBP[1]] {
        let whole = bytes(text);
        for end in 1..whole.len() - 1 {
            assert!(read(&whole[..end]).is_err(), "{} of {}", end, whole.len());
        }
    }
}

#[test]
fn a_drawing_keeps_what_it_draws() {
    let drawing = r##"<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<!-- made by hand --><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 60.5 40">
<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient><path id="p" d="M0 0"/></defs>
<style>.b{fill:url(#a)}</style><g class="b" style="opacity:.5"><rect width="60" height="40" fill="url('#a')"/><use xlink:href="#p"/></g>
<text x="1" y="2">5 &lt; 6 &amp; caf&#233;<![CDATA[<b>]]></text></svg>"##;
    let picture = read(drawing.as_bytes()).unwrap();
    assert_eq!((picture.kind, picture.width, picture.height), (PictureKind::Svg, 61, 40));
    assert_eq!(picture.left_out, Vec::<String>::new());
    let text = String::from_utf8(picture.bytes.clone()).unwrap();
    for kept in [
        "url(#a)",
        "fill=\"url('#a')\"",
        "href=\"#p\"",
        "5 &lt; 6 &amp; café&lt;b&gt;",
        "opacity:.5",
        ".b{fill",
    ] {
        assert!(text.replace("&apos;", "'").contains(kept), "{kept}: {text}");
    }
    assert_eq!(read(&picture.bytes).unwrap().bytes, picture.bytes);
}

#[test]
fn a_drawing_that_is_a_script_is_made_harmless() {
    for inner in [
        "<script>alert(1)</script>",
        "<script href='https://evil.test/x.js'/>",
        "<g><script type='x'><![CDATA[alert(1)]]></script></g>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='alert(1)'/></body></foreignObject>",
        "<g onload='alert(1)' ONLOAD='alert(2)'/>",
        "<a href='javascript:alert(1)'><path d='M0 0'/></a>",
        "<use href='https://evil.test/x.svg#a'/>",
        "<use href='data:image/svg+xml;base64,PHN2Zy8+#a'/>",
        "<image href='https://evil.test/track.png'/>",
        "<image href='data:image/svg+xml;base64,PHN2Zy8+'/>",
        "<style>@import url(https://evil.test/x.css);</style>",
        "<style>path{fill:url(https://evil.test/x)}</style>",
        "<style>path{background:u\\72l(https://evil.test)}</style>",
        "<style>#a{fill:ur<x/>l(https://evil.test/t)}</style>",
        "<style>#a{fill:ur<g>evil</g>l(https://evil.test/t)}</style>",
        "<style>#a{fill:ur<!-- -->l(https://evil.test/t)}</style>",
        "<style>#a{fill:ur<![CDATA[l(https]]>://evil.test/t)}</style>",
        "<style>#a{fill:ur<title>evil</title>l(https://evil.test/t)}</style>",
        "<style>&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;</style>",
        "<rect style='fill:url(//evil.test/x)'/>",
        "<rect fill='url( \"https://evil.test/x\")'/>",
        "<rect fill='u&#114;l(https://evil.test/x)'/>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<iframe src='https://evil.test'/>",
        "<svg:script xmlns:svg='http://www.w3.org/2000/svg'>alert(1)</svg:script>",
        "<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
        "<handler type='text/javascript'>alert(1)</handler>",
        "<feImage href='https://evil.test/x.png'/>",
        "<metadata><x onclick='alert(1)'/></metadata>",
        "<path d='M0 0' xml:base='https://evil.test/'/>",
        "<?xml-stylesheet href='https://evil.test/x.css'?>",
        "<!-- <script>alert(1)</script> -->",
    ] {
        let text = svg_of(inner).unwrap_or_else(|why| panic!("{inner}: {why}")).to_ascii_lowercase();
        for never in [
            "script",
            "alert",
            "evil",
            "onload",
            "onerror",
            "onclick",
            "javascript",
            "<image",
            "import",
            "@",
            "data:",
            "foreign",
        ] {
            assert!(!text.contains(never), "{inner} leaves {never}: {text}");
        }
        assert!(text.contains("<path d=\"m0 0h9\"/>"), "{inner}: {text}");
    }
    let picture = read(b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1' onload='x'><script/><path d='M0'/></svg>");
    assert_eq!(picture.unwrap().left_out, ["onload", "script"]);
}

#[test]
fn a_name_that_is_told_twice_is_written_once() {
    for inner in [
        "<path id='a' d='M0 0'/><use xlink:href='#b' href='#a'/>",
        "<path id='a' d='M0 0'/><use href='#a' xlink:href='#b'/>",
    ] {
        let text = svg_of(inner).unwrap();
        assert!(text.contains("<use href=\"#a\"/>"), "{text}");
        assert_eq!(text.matches("href").count(), 1, "{text}");
        assert_eq!(read(text.as_bytes()).unwrap().bytes, text.as_bytes());
    }
}

#[test]
fn drawings_within_drawings_do_not_grow() {
    let tens = |of: &str| of.repeat(10);
    let chain = |each: &dyn Fn(usize) -> String| {
        (0..10).map(|n| format!("<g id='g{}'>{}</g>", n + 1, tens(&each(n)))).collect::<String>()
    };
    let leaf = "<path id='g0' d='M0 0'/>";
    let by_class = |n: usize| format!("<path class='c{n}' d='M0 0'/>");
    let rules: String = (0..10).map(|n| format!(".c{n}{{mask:url(#g{n})}}")).collect();
    for inner in [
        format!("{leaf}{}", chain(&|n| format!("<use href='#g{n}'/>"))),
        format!("{leaf}{}", chain(&|n| format!("<path d='M0 0' mask='url(#g{n})'/>"))),
        format!("{leaf}{}", chain(&|n| format!("<path d='M0 0' style='marker-end:URL( \"#g{n}\")'/>"))),
        format!("{leaf}<style>{rules}</style>{}", chain(&by_class)),
        "<g id='a'><use href='#a'/></g>".to_owned(),
        "<pattern id='a'><rect fill='url(#b)'/></pattern><pattern id='b'><rect fill='url(#a)'/></pattern>"
            .to_owned(),
    ] {
        assert_eq!(
            svg_of(&inner).unwrap_err(),
            "draws the same too often: save it as plain SVG and take that file",
            "{inner}"
        );
    }
    // As drawing programs write it.
    for inner in [
        "<defs><rect id='a' width='9' height='9'/></defs><clipPath id='b'><use href='#a'/></clipPath><g clip-path='url(#b)'><path d='M0 0'/></g>".to_owned(),
        "<pattern id='a'><use href='#b'/></pattern><path id='b' d='M0 0'/><rect fill='url(#a)'/>".to_owned(),
        format!("<style>.a,.b{{fill:url(#g)}}.a{{opacity:.5}}</style><linearGradient id='g'><stop/></linearGradient>{}", "<path class='a b' d='M0 0'/>".repeat(1000)),
    ] {
        let text = svg_of(&inner).unwrap();
        assert!(text.contains("url(#") , "{text}");
        assert_eq!(read(text.as_bytes()).unwrap().bytes, text.as_bytes());
    }
    // A rule that may be for anything, and draws by a name, is not followed.
    assert!(!svg_of("<style>g *{mask:url(#a)}</style>").unwrap().contains("style"));
}

#[test]
fn a_drawing_that_cannot_be_made_harmless_is_refused() {
    let deep = "<g>".repeat(200) + "<path d='M0'/>" + &"</g>".repeat(200);
    let often = "<use href='#a'/>".repeat(101);
    for (text, why) in [
        (
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>".to_owned(),
            "must not define entities: save it as plain SVG and take that file",
        ),
        ("<svg xmlns='http://www.w3.org/1999/xhtml' width='1' height='1'><path/></svg>".into(), NO_PICTURE),
        ("<svg width='1' height='1'><path d='&unknown;'/></svg>".into(), BROKEN),
        ("<svg width='1' height='1'><text>&unknown;</text></svg>".into(), BROKEN),
        ("<svg width='1' height='1'><path>".into(), BROKEN),
        ("<svg width='1' height='1'><path/></svg><svg/>".into(), BROKEN),
        ("<svg width='1' height='1'><path/></svg>text".into(), NO_PICTURE),
        ("<svg width='1' height='1'><path/></g></svg>".into(), BROKEN),
        ("<svg><path/></svg>".into(), "must say how large it is: give it a width and a height"),
        (
            "<svg width='100%' height='-1'><path/></svg>".into(),
            "must say how large it is: give it a width and a height",
        ),
        (
            "<svg width='1' height='1'><script/></svg>".into(),
            "draws nothing once scripts and what comes from elsewhere are left out",
        ),
        ("<svg width='9999' height='1'><path/></svg>".into(), TOO_LARGE),
        (format!("<svg width='1' height='1'>{deep}</svg>"), BROKEN),
        (
            format!("<svg width='1' height='1'>{often}</svg>"),
            "draws the same too often: save it as plain SVG and take that file",
        ),
    ] {
        assert_eq!(read(text.as_bytes()).unwrap_err(), why, "{text}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0_usize..5) {
        let starts: [&[u8]; 5] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x40\0\0\0WEBP", b"<svg", b""];
        let _ = read(&[starts[kind], &bytes].concat());
    }

    #[test]
    fn any_change_of_a_picture_is_answered(at in 0_usize..600, byte in any::<u8>(), which in 0_usize..4) {
        let mut bytes = bytes([PNG, JPEG, WEBP[0], WEBP[1]][which]);
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(picture) = read(&bytes) {
            prop_assert!(read(&picture.bytes).is_ok());
        }
    }

    #[test]
    fn what_is_left_of_a_drawing_stays_as_it_is(inner in "(<(g|path|a|script|use|style|text|x:y)( (d|onload|href|style|id)=\"[#a-z():/]{0,12}\")?/?>|</(g|path|a|text|style)>|[a-z&;]{0,6}){0,12}") {
        if let Ok(text) = svg_of(&inner) {
            let again = read(text.as_bytes()).unwrap();
            prop_assert_eq!(String::from_utf8(again.bytes).unwrap(), text.clone());
            prop_assert!(!text.contains("<script") && !text.contains("onload") && !text.contains("<a"));
        }
    }
}
