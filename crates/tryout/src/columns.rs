//! What the columns of an export are, guessed by their names in English and French and by the names of the platforms'
//! tables.

use parrain_sheet::headings::{by_name, folded};
use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The order's id.
    OrderId,
    /// When it was paid.
    PaidAt,
    /// When it was placed.
    CreatedAt,
    /// The customer's address.
    Email,
    /// The shop's id of the customer.
    CustomerId,
    /// The customer's name, which tells people apart where nothing else does.
    CustomerName,
    /// Whether the customer is new: `new` or `returning`, or yes.
    NewCustomer,
    /// The order's status.
    Status,
    /// The currency.
    Currency,
    /// The goods, as the platform sums them.
    Subtotal,
    /// The goods after discounts, without tax and shipping.
    Net,
    /// The discount.
    Discount,
    /// What was paid in all.
    Total,
    /// Shipping.
    Shipping,
    /// Tax.
    Tax,
    /// Discount codes.
    Codes,
    /// What was paid back.
    Refunded,
    /// When it was paid back.
    RefundedAt,
    /// A line's category of goods.
    Category,
    /// A line's sum, after discount and without tax.
    LineTotal,
}

/// How sure a guess is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sure {
    /// By some of its words.
    Guessed,
    /// By its whole name.
    Known,
    /// The owner said so.
    Said,
}

/// A column as it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name in the file.
    pub name: String,
    /// Its first cell that is not empty, to recognise it by.
    pub example: String,
    /// What it is read as; `None` is not read.
    pub role: Option<Role>,
    /// How sure that is.
    pub sure: Sure,
}

impl Role {
    /// Every role, in their own order.
    pub const ALL: [Self; 20] = [
        Self::OrderId,
        Self::PaidAt,
        Self::CreatedAt,
        Self::Email,
        Self::CustomerId,
        Self::CustomerName,
        Self::NewCustomer,
        Self::Status,
        Self::Currency,
        Self::Subtotal,
        Self::Net,
        Self::Discount,
        Self::Total,
        Self::Shipping,
        Self::Tax,
        Self::Codes,
        Self::Refunded,
        Self::RefundedAt,
        Self::Category,
        Self::LineTotal,
    ];

    /// Whole names, the likelier first, as [`folded`] leaves them. Where two columns could be one role, the one whose
    /// name stands first is.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::OrderId => &[
                "order",
                "order id",
                "order number",
                "order no",
                "name",
                "id",
                "id order",
                "increment id",
                "reference",
                "order reference",
                "numero de commande",
                "n de commande",
                "no de commande",
                "commande",
                "id commande",
                "numero commande",
                "n commande",
                "order name",
            ],
            Self::PaidAt => &[
                "paid at",
                "paid date",
                "date paid",
                "payment date",
                "date de paiement",
                "paye le",
                "payee le",
                "invoice date",
                "date de facture",
            ],
            Self::CreatedAt => &[
                "created at",
                "order date",
                "date created",
                "purchase date",
                "date",
                "date add",
                "date added",
                "date de commande",
                "date de la commande",
                "date de creation",
                "cree le",
                "creee le",
                "date d achat",
                "date ajout",
                "date d ajout",
                "placed at",
                "date commande",
            ],
            Self::Email => &[
                "email",
                "customer email",
                "e mail",
                "email billing",
                "billing email",
                "customer user email",
                "adresse e mail",
                "adresse email",
                "courriel",
                "e mail du client",
                "email client",
                "mail",
                "e mail client",
            ],
            Self::CustomerId => &[
                "customer id",
                "id customer",
                "customer user",
                "user id",
                "client id",
                "id client",
                "identifiant client",
                "customer user id",
            ],
            Self::CustomerName => &[
                "customer",
                "customer name",
                "client",
                "nom du client",
                "billing name",
                "bill to name",
                "nom client",
                "nom de facturation",
            ],
            Self::NewCustomer => {
                &["customer type", "new client", "new customer", "nouveau client", "type de client"]
            }
            Self::Status => &[
                "financial status",
                "status",
                "order status",
                "payment status",
                "etat",
                "statut",
                "statut de la commande",
                "etat de la commande",
                "valid",
                "current state",
                "order status id",
                "statut du paiement",
                "statut financier",
                "statut de paiement",
                "etat du paiement",
                "order state",
            ],
            Self::Currency => &[
                "currency",
                "order currency",
                "order currency code",
                "currency code",
                "devise",
                "monnaie",
                "iso code",
                "base currency code",
            ],
            Self::Subtotal => &[
                "subtotal",
                "sub total",
                "order subtotal",
                "order subtotal amount",
                "total products",
                "sous total",
                "cart subtotal",
                "total produits ht",
                "total produits",
            ],
            Self::Net => &[
                "net sales",
                "n revenue",
                "net revenue",
                "net total",
                "ventes nettes",
                "net",
                "total ht hors livraison",
                "chiffre d affaires net",
            ],
            Self::Discount => &[
                "cart discount amount",
                "discount amount",
                "discount total",
                "total discounts tax excl",
                "discount",
                "discounts",
                "total discounts",
                "cart discount",
                "remise",
                "remises",
                "reduction",
                "montant de la remise",
                "montant de la reduction",
                "montant remise",
                "total remises",
            ],
            Self::Total => &[
                "total",
                "order total",
                "order total amount",
                "grand total purchased",
                "grand total",
                "total paid tax incl",
                "total paid",
                "total paid real",
                "grand total base",
                "montant",
                "montant total",
                "total ttc",
                "total de la commande",
                "montant ttc",
                "total paye",
                "amount",
                "total general achete",
                "montant total achete",
            ],
            Self::Shipping => &[
                "shipping",
                "order shipping amount",
                "shipping total",
                "shipping and handling",
                "order shipping",
                "shipping amount",
                "total shipping tax excl",
                "total shipping",
                "livraison et traitement",
                "frais de port",
                "frais de livraison",
                "expedition",
                "shipping cost",
                "port",
            ],
            Self::Tax => &[
                "taxes",
                "tax",
                "order total tax amount",
                "tax total",
                "total tax",
                "order total tax",
                "tax amount",
                "tva",
                "taxe",
                "montant des taxes",
                "total tva",
                "order tax",
                "montant tva",
            ],
            Self::Codes => &[
                "discount code",
                "coupon code",
                "coupons",
                "coupon s",
                "coupon",
                "coupon codes",
                "code promo",
                "code de reduction",
                "codes promo",
                "discount codes",
                "coupon items",
                "code de remise",
                "code promotionnel",
                "cart rule",
                "bon de reduction",
                "voucher",
                "code coupon",
                "codes de reduction",
            ],
            Self::Refunded => &[
                "refunded amount",
                "order refund amount",
                "total refunded",
                "refund amount",
                "refunded",
                "refund total",
                "montant rembourse",
                "total rembourse",
                "rembourse",
                "remboursement",
                "amount refunded",
            ],
            Self::RefundedAt => &[
                "refunded at",
                "refund date",
                "date refunded",
                "date de remboursement",
                "rembourse le",
                "date du remboursement",
            ],
            Self::Category => &[
                "category",
                "product category",
                "item category",
                "categorie",
                "categorie du produit",
                "lineitem category",
                "line item category",
            ],
            Self::LineTotal => &[
                "line total",
                "item total",
                "lineitem total",
                "order line total",
                "total de la ligne",
                "total ligne",
                "total ligne ht",
            ],
        }
    }

    /// Words that make a longer name this role's, all of one group. Nothing that stands on an order for another reason
    /// may have them.
    fn words(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::OrderId => &[&["order", "number"], &["numero", "commande"]],
            Self::PaidAt => &[&["date", "paid"], &["date", "paiement"]],
            Self::CreatedAt => &[&["order", "date"], &["date", "commande"], &["date", "created"]],
            Self::Email => &[&["email"], &["courriel"]],
            Self::CustomerId => &[&["customer", "id"], &["client", "id"]],
            Self::Status => &[&["order", "status"], &["statut", "commande"]],
            Self::Currency => &[&["currency", "code"], &["code", "devise"]],
            Self::Subtotal => &[&["subtotal"], &["sous", "total"]],
            Self::Net => &[&["net", "sales"]],
            Self::Discount => &[&["discount", "amount"], &["montant", "remise"], &["montant", "reduction"]],
            Self::Total => &[&["order", "total"], &["grand", "total"], &["total", "ttc"]],
            Self::Shipping => &[&["shipping", "amount"], &["frais", "port"], &["frais", "livraison"]],
            Self::Tax => &[&["tax", "amount"], &["montant", "tva"]],
            Self::Codes => {
                &[&["coupon", "code"], &["discount", "code"], &["code", "promo"], &["code", "reduction"]]
            }
            Self::Refunded => &[&["refund", "amount"], &["refunded", "amount"], &["montant", "rembourse"]],
            Self::RefundedAt => &[&["date", "remboursement"], &["refund", "date"]],
            Self::CustomerName | Self::NewCustomer | Self::Category | Self::LineTotal => &[],
        }
    }
}

/// The roles of columns with these names: each role at most once.
pub fn guess(names: &[String]) -> Vec<Option<(Role, Sure)>> {
    let folded: Vec<String> = names.iter().map(|name| folded(name)).collect();
    let known = by_name(&folded, &Role::ALL, |role| role.names().to_vec());
    let mut found: Vec<Option<(Role, Sure)>> =
        known.into_iter().map(|role| role.map(|role| (role, Sure::Known))).collect();
    for role in Role::ALL {
        if found.iter().flatten().any(|(taken, _)| *taken == role) {
            continue;
        }
        let fits = |name: &String| {
            let has = |word: &&&str| name.split(' ').any(|part| part == **word);
            role.words().iter().any(|group| group.iter().all(|word| has(&word)))
        };
        let by_words = found.iter().zip(&folded).position(|(taken, name)| taken.is_none() && fits(name));
        if let Some(slot) = by_words.and_then(|at| found.get_mut(at)) {
            *slot = Some((role, Sure::Guessed));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(heading: &str, separator: char) -> Vec<(String, Role)> {
        let names: Vec<String> =
            heading.split(separator).map(|name| name.trim_matches('"').to_owned()).collect();
        let found = guess(&names);
        let named = names.into_iter().zip(found);
        named.filter_map(|(name, found)| Some((name, found?.0))).collect()
    }

    fn has(found: &[(String, Role)], want: &[(&str, Role)]) {
        let want: Vec<(String, Role)> = want.iter().map(|(name, role)| ((*name).to_owned(), *role)).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn roles_are_told_in_their_own_order() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place, "{role:?}");
        }
    }

    #[test]
    fn shopify_s_columns_are_known() {
        let heading = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,\
            Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,\
            Lineitem price,Billing Name,Refunded Amount,Vendor,Id,Tags,Risk Level,Source,Lineitem discount";
        has(
            &roles(heading, ','),
            &[
                ("Name", Role::OrderId),
                ("Email", Role::Email),
                ("Financial Status", Role::Status),
                ("Paid at", Role::PaidAt),
                ("Currency", Role::Currency),
                ("Subtotal", Role::Subtotal),
                ("Shipping", Role::Shipping),
                ("Taxes", Role::Tax),
                ("Total", Role::Total),
                ("Discount Code", Role::Codes),
                ("Discount Amount", Role::Discount),
                ("Created at", Role::CreatedAt),
                ("Billing Name", Role::CustomerName),
                ("Refunded Amount", Role::Refunded),
            ],
        );
    }

    #[test]
    fn prestashop_s_columns_are_known_in_both_languages() {
        let roles_of = [
            Role::OrderId,
            Role::NewCustomer,
            Role::CustomerName,
            Role::Total,
            Role::Status,
            Role::CreatedAt,
        ];
        for heading in [
            "ID;Reference;New client;Delivery;Customer;Total;Payment;Status;Date",
            "\"ID\";\"Référence\";\"Nouveau client\";\"Livraison\";\"Client\";\"Total\";\"Paiement\";\"État\";\"Date\"",
        ] {
            let found: Vec<Role> = roles(heading, ';').into_iter().map(|(_, role)| role).collect();
            assert_eq!(found, roles_of, "{heading}");
        }
    }

    #[test]
    fn magento_s_and_woocommerce_s_columns_are_known() {
        let magento = "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),\
            Status,Billing Address,Shipping Address,Shipping Information,Customer Email,Customer Group,Subtotal,\
            Shipping and Handling,Customer Name,Payment Method,Total Refunded";
        has(
            &roles(magento, ','),
            &[
                ("ID", Role::OrderId),
                ("Purchase Date", Role::CreatedAt),
                ("Grand Total (Purchased)", Role::Total),
                ("Status", Role::Status),
                ("Customer Email", Role::Email),
                ("Subtotal", Role::Subtotal),
                ("Shipping and Handling", Role::Shipping),
                ("Customer Name", Role::CustomerName),
                ("Total Refunded", Role::Refunded),
            ],
        );
        let analytics = "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),\
            Net Sales,Attribution";
        has(
            &roles(analytics, ','),
            &[
                ("Date", Role::CreatedAt),
                ("Order #", Role::OrderId),
                ("Status", Role::Status),
                ("Customer", Role::CustomerName),
                ("Customer type", Role::NewCustomer),
                ("Coupon(s)", Role::Codes),
                ("Net Sales", Role::Net),
            ],
        );
        let plugin = "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Email (Billing),\
            Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,\
            Order Total Tax Amount,SKU,Item Cost,Coupon Code,Discount Amount,Discount Amount Tax";
        let found = roles(plugin, ',');
        assert!(found.contains(&("Coupon Code".into(), Role::Codes)), "{found:?}");
        assert!(found.contains(&("Order Total Tax Amount".into(), Role::Tax)), "{found:?}");
    }
}
