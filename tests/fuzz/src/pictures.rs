//! Any bytes as a picture that a shop uploads: refused with a reason, or put together anew into what is taken just as it is,
//! with nothing left in it to be left out.

use parrain_edge::pictures::{MOST_BYTES, MOST_SIDE, read};
use parrain_wire::materials::PictureKind;

/// One input.
pub fn run(bytes: &[u8]) {
    match read(bytes) {
        Ok(picture) => {
            let sides = 1..=MOST_SIDE;
            assert!(sides.contains(&picture.width) && sides.contains(&picture.height), "{picture:?}");
            if picture.kind == PictureKind::Svg {
                let text = String::from_utf8(picture.bytes.clone()).expect("a text");
                let text = text.to_lowercase();
                for harm in ["<script", "<style>@import", "=\"javascript:", "<foreignobject", "<!entity"] {
                    assert!(!text.contains(harm), "{harm} in {text}");
                }
            }
            if picture.bytes.len() <= MOST_BYTES {
                let again = read(&picture.bytes).expect("what is served can be uploaded");
                assert!(again.left_out.is_empty(), "{:?}", again.left_out);
                assert_eq!(
                    (again.kind, again.width, again.height),
                    (picture.kind, picture.width, picture.height)
                );
                assert_eq!(again.bytes, picture.bytes);
            }
        }
        Err(why) => assert!(!why.is_empty()),
    }
}
