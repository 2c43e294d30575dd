//! What the shop sells. Prices are final: the workshop is exempt from VAT (article 293 B of the
//! French tax code), so that a price with and without tax is one and the same.

use crate::lang::Lang;
use crate::money::Cents;

/// A shelf of the shop, and the `category` of an order's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Candles and what holds them.
    Candles,
    /// Lamps.
    Lamps,
    /// Mugs and cups.
    Mugs,
}

impl Category {
    /// The name on the wire.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Candles => "candles",
            Self::Lamps => "lamps",
            Self::Mugs => "mugs",
        }
    }

    /// The name on a page.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Candles => lang.say("Bougies", "Candles"),
            Self::Lamps => lang.say("Lampes", "Lamps"),
            Self::Mugs => lang.say("Grès", "Stoneware"),
        }
    }
}

/// One article. Texts are pairs: French, English.
#[derive(Debug)]
pub struct Product {
    /// Last part of the page's address and name of the picture.
    pub slug: &'static str,
    /// The article's number, as orders carry it.
    pub sku: &'static str,
    /// Where it stands.
    pub category: Category,
    /// Price of one piece.
    pub price: Cents,
    name: (&'static str, &'static str),
    tagline: (&'static str, &'static str),
    story: (&'static str, &'static str),
    facts: (&'static str, &'static str),
    picture: (&'static str, &'static str),
}

impl Product {
    /// Name of the article.
    pub fn name(&self, lang: Lang) -> &'static str {
        lang.say(self.name.0, self.name.1)
    }

    /// A few words under the name.
    pub fn tagline(&self, lang: Lang) -> &'static str {
        lang.say(self.tagline.0, self.tagline.1)
    }

    /// The paragraph of the article's page.
    pub fn story(&self, lang: Lang) -> &'static str {
        lang.say(self.story.0, self.story.1)
    }

    /// Plain facts, parted by `|`.
    pub fn facts(&self, lang: Lang) -> impl Iterator<Item = &'static str> {
        lang.say(self.facts.0, self.facts.1).split('|')
    }

    /// What the picture shows, for who does not see it.
    pub fn picture(&self, lang: Lang) -> &'static str {
        lang.say(self.picture.0, self.picture.1)
    }
}

/// The article of that address.
pub fn by_slug(slug: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|p| p.slug == slug)
}

/// The article of that number.
pub fn by_sku(sku: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|p| p.sku == sku)
}

/// Every article, in the order of the home page.
pub static PRODUCTS: [Product; 8] = [
    Product {
        slug: "bougie-figuier",
        sku: "CAN-FIG",
        category: Category::Candles,
        price: Cents(3400),
        name: ("Bougie Figuier", "Fig Tree candle"),
        tagline: ("Feuille froissée, bois tiède", "Crushed leaf, warm wood"),
        story: (
            "La fin d’août sous un figuier\u{a0}: la feuille que l’on froisse, le lait vert, l’écorce au soleil. Une cire de colza française, une mèche de coton, un verre ambré soufflé qui servira longtemps après la dernière flamme.",
            "Late August under a fig tree: the leaf you crush, the green milk, bark in the sun. French rapeseed wax, a cotton wick, and a blown amber glass that will serve long after the last flame.",
        ),
        facts: (
            "Cire de colza, 220 g|Environ 50 heures|Parfum de Grasse, sans CMR ni phtalates",
            "Rapeseed wax, 220 g|About 50 hours|Scent from Grasse, no CMR, no phthalates",
        ),
        picture: (
            "Une bougie allumée dans un verre ambré, à côté d’une feuille de figuier",
            "A lit candle in amber glass beside a fig leaf",
        ),
    },
    Product {
        slug: "lampe-galet",
        sku: "LAM-GAL",
        category: Category::Lamps,
        price: Cents(12900),
        name: ("Lampe Galet", "Pebble lamp"),
        tagline: ("Grès tourné, abat-jour de lin", "Thrown stoneware, linen shade"),
        story: (
            "Deux galets de grès posés l’un sur l’autre, tournés puis polis à la main, sous un abat-jour de lin lavé. La lumière descend comme une fin d’après-midi.",
            "Two stoneware pebbles set one on the other, thrown and then polished by hand, under a shade of washed linen. The light falls like late afternoon.",
        ),
        facts: (
            "Hauteur 42 cm|Ampoule E27 fournie, 2\u{202f}700\u{a0}K|Cordon textile de 1,8 m",
            "Height 42 cm|E27 bulb included, 2,700 K|1.8 m textile cord",
        ),
        picture: (
            "Une lampe de table au pied de galets de grès et à l’abat-jour de lin",
            "A table lamp with a base of stoneware pebbles and a linen shade",
        ),
    },
    Product {
        slug: "mug-aube",
        sku: "MUG-AUB",
        category: Category::Mugs,
        price: Cents(2400),
        name: ("Mug Aube", "Dawn mug"),
        tagline: ("Un émail qui passe du sable au rose", "A glaze that goes from sand to rose"),
        story: (
            "Chaque mug sort du four avec son propre lever de jour. Le bas reste nu sous les doigts\u{a0}; le haut est émaillé, doux aux lèvres. Il va au lave-vaisselle, mais se laisse volontiers laver à la main.",
            "Each mug leaves the kiln with a sunrise of its own. The foot stays bare under your fingers; the rim is glazed and gentle to the lips. It can go in the dishwasher, and does not mind being washed by hand.",
        ),
        facts: (
            "Grès, 32 cl|Lave-vaisselle et micro-ondes|Tourné à la main",
            "Stoneware, 32 cl|Dishwasher and microwave|Thrown by hand",
        ),
        picture: (
            "Un mug de grès à l’émail rose et sable, d’où monte un peu de vapeur",
            "A stoneware mug glazed rose and sand, with a little steam",
        ),
    },
    Product {
        slug: "lampe-nomade",
        sku: "LAM-NOM",
        category: Category::Lamps,
        price: Cents(8900),
        name: ("Lampe Nomade", "Nomad lamp"),
        tagline: ("Sans fil, du balcon au chevet", "Cordless, from balcony to bedside"),
        story: (
            "Un dôme de laiton brossé, une poignée de cuir, une nuit entière d’autonomie. Elle se pose sur la table du jardin et finit au bord du lit.",
            "A dome of brushed brass, a leather handle, a whole night on one charge. It starts on the garden table and ends at the bedside.",
        ),
        facts: (
            "12 heures d’autonomie|Trois intensités|Recharge USB-C, batterie remplaçable",
            "12 hours on a charge|Three levels|USB-C, replaceable battery",
        ),
        picture: (
            "Une lampe nomade au dôme de laiton qui éclaire une table",
            "A portable lamp with a brass dome lighting a table",
        ),
    },
    Product {
        slug: "trio-cire",
        sku: "CAN-TRI",
        category: Category::Candles,
        price: Cents(2800),
        name: ("Trio de cierges", "Trio of beeswax pillars"),
        tagline: ("Cire d’abeille, trois hauteurs", "Beeswax, three heights"),
        story: (
            "Trois colonnes de cire d’abeille des Cévennes, coulées dans des moules cannelés. Elles sentent le miel avant même d’être allumées.",
            "Three columns of beeswax from the Cévennes, cast in fluted moulds. They smell of honey before they are even lit.",
        ),
        facts: (
            "100\u{a0}% cire d’abeille|8, 12 et 16 cm|Environ 70 heures à elles trois",
            "100% beeswax|8, 12 and 16 cm|About 70 hours between them",
        ),
        picture: (
            "Trois bougies de cire d’abeille de hauteurs différentes, allumées",
            "Three lit beeswax candles of different heights",
        ),
    },
    Product {
        slug: "duo-expresso",
        sku: "MUG-DUO",
        category: Category::Mugs,
        price: Cents(3800),
        name: ("Duo expresso", "Espresso pair"),
        tagline: ("Deux tasses, deux soucoupes", "Two cups, two saucers"),
        story: (
            "Deux petites tasses qui tiennent au creux de la main et gardent le café chaud le temps d’une vraie conversation. Émail bleu nuit, bord laissé nu.",
            "Two small cups that fit the hollow of your hand and keep coffee hot for the length of a real conversation. Midnight blue glaze, bare rim.",
        ),
        facts: (
            "Grès, 2 × 8 cl|Soucoupes comprises|Lave-vaisselle",
            "Stoneware, 2 × 8 cl|Saucers included|Dishwasher",
        ),
        picture: (
            "Deux tasses à expresso bleu nuit empilées près d’une soucoupe",
            "Two midnight blue espresso cups stacked by a saucer",
        ),
    },
    Product {
        slug: "photophore",
        sku: "CAN-PHO",
        category: Category::Candles,
        price: Cents(1950),
        name: ("Photophore Vague", "Wave tealight holder"),
        tagline: ("Verre cannelé, lueur dorée", "Ribbed glass, golden glow"),
        story: (
            "Un verre pressé aux cannelures souples, qui plie la flamme et la renvoie sur les murs. À poser seul, ou en ligne au milieu de la table.",
            "Pressed glass with soft ribs that bend the flame and throw it on the walls. Set it alone, or in a row down the table.",
        ),
        facts: (
            "Verre recyclé, 9 cm|Pour bougie chauffe-plat|Une bougie offerte",
            "Recycled glass, 9 cm|For tealights|One tealight included",
        ),
        picture: (
            "Un photophore de verre cannelé où brûle une petite bougie",
            "A ribbed glass holder with a small candle burning inside",
        ),
    },
    Product {
        slug: "allumettes",
        sku: "CAN-ALL",
        category: Category::Candles,
        price: Cents(890),
        name: ("Allumettes longues", "Long matches"),
        tagline: ("Le petit flacon qui va avec tout", "The little jar that goes with everything"),
        story: (
            "Quarante-cinq allumettes de tremble à tête terracotta, dans un flacon de verre bouché de liège. Le grattoir est dessous.",
            "Forty-five aspen matches with terracotta heads, in a glass jar with a cork. The striker is underneath.",
        ),
        facts: (
            "45 allumettes de 10 cm|Bois de tremble certifié|Flacon réutilisable",
            "45 matches, 10 cm|Certified aspen|Refillable jar",
        ),
        picture: (
            "Un flacon de verre plein de longues allumettes à tête terracotta",
            "A glass jar full of long matches with terracotta heads",
        ),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_are_unique() {
        for product in &PRODUCTS {
            assert!(std::ptr::eq(by_slug(product.slug).unwrap(), product));
            assert!(std::ptr::eq(by_sku(product.sku).unwrap(), product));
        }
    }

    #[test]
    fn every_article_has_its_picture() {
        for product in &PRODUCTS {
            let path = format!("{}/../../www/demo/static/{}.svg", env!("CARGO_MANIFEST_DIR"), product.slug);
            assert!(std::path::Path::new(&path).is_file(), "{}", product.slug);
        }
    }
}
