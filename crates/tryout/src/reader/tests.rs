//! Exports of each platform's shape, and what files have that no export should.

use super::*;
use crate::orders::Bought;

fn settings() -> Settings {
    Settings {
        zone: Zone::new(3600, Vec::new()),
        currency: Currency::parse("EUR").unwrap(),
        wishes: Wishes::default(),
    }
}

fn read_text(text: &str) -> Read {
    read(text.as_bytes(), &settings()).unwrap()
}

/// An order in one line: id, date, customer, currency, goods before and after the discount, total, codes.
fn told(read: &Read) -> Vec<String> {
    let one = |bought: &Bought| {
        let codes: Vec<&str> =
            bought.codes.iter().map(|place| read.orders.codes[*place as usize].as_str()).collect();
        format!(
            "{} {} {} {} {}-{} of {} {}",
            bought.id,
            bought.at.text(),
            bought.email.as_deref().or(bought.customer.as_deref()).unwrap_or("nobody"),
            bought.currency,
            bought.subtotal,
            bought.discount,
            bought.total.map_or("?".into(), |total| total.to_string()),
            codes.join("+"),
        )
    };
    read.orders.bought.iter().map(one).map(|line| line.trim_end().to_owned()).collect()
}

/// Refunds in one line: the order, the date, goods, and what is not told apart.
fn refunds(read: &Read) -> Vec<String> {
    let one = |refund: &crate::orders::Refund| {
        let order = &read.orders.bought[refund.order].id;
        format!("{order} {} {} {}", refund.at.text(), refund.goods, refund.returned)
    };
    read.orders.refunds.iter().map(one).collect()
}

fn left_out(read: &Read) -> Vec<(u64, Reason)> {
    read.left_out_first.iter().map(|left| (left.line, left.reason)).collect()
}

#[test]
fn shopify_s_export_is_read() {
    let text = "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,\
Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Refunded Amount,Id
#1001,Anna.B+x@gmail.com,paid,2025-03-05 14:22:10 +0100,fulfilled,EUR,90.00,5.00,19.00,114.00,ANNA10,10.00,\
2025-03-05 14:20:00 +0100,1,\"Vase, \"\"blue\"\"\nlarge\",60.00,0.00,555
#1001,Anna.B+x@gmail.com,,,,,,,,,,,2025-03-05 14:20:00 +0100,2,Cup,20.00,,
#1002,bob@example.com,partially_refunded,2025-03-06 09:00:00 +0100,fulfilled,EUR,120.00,0.00,20.00,120.00,,0.00,\
2025-03-06 09:00:00 +0100,1,Lamp,120.00,60.00,556
#1003,eve@example.com,voided,,,EUR,50.00,0.00,0.00,50.00,,0.00,2025-03-07 09:00:00 +0100,1,Bowl,50.00,0.00,557
#1004,zoe@example.com,refunded,2025-03-08 09:00:00 +0100,,USD,50.00,0.00,0.00,50.00,,0.00,2025-03-08 09:00:00 +0100,1,Bowl,50.00,50.00,558
";
    let read = read_text(text);
    assert_eq!(
        told(&read),
        [
            "#1001 2025-03-05T13:22:10Z annab@gmail.com EUR 10000-1000 of 11400 ANNA10",
            // The tax is in the price: 120.00 with 20.00 of it.
            "#1002 2025-03-06T08:00:00Z bob@example.com EUR 10000-0 of 12000",
            "#1004 2025-03-08T08:00:00Z zoe@example.com USD 5000-0 of 5000",
        ]
    );
    assert_eq!(refunds(&read), ["#1002 2025-03-06T08:00:00Z 0 6000", "#1004 2025-03-08T08:00:00Z 0 5000"]);
    assert_eq!(read.left_out, BTreeMap::new());
    assert_eq!(read.notes, [Note::RefundsUndated]);
    let statuses: Vec<(&str, Meaning)> =
        read.statuses.iter().map(|seen| (seen.word.as_str(), seen.meaning)).collect();
    assert_eq!(
        statuses,
        [
            ("paid", Meaning::Paid),
            ("partially_refunded", Meaning::Paid),
            ("refunded", Meaning::Refunded),
            ("voided", Meaning::Unpaid)
        ]
    );
}

#[test]
fn woocommerce_s_analytics_are_read_with_their_lines_of_refunds() {
    // The newest first: a refund stands before its order.
    let text = "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution
2025-03-09 10:00:00,31,-20.00€,refunded,Jean Dupont,new,,-1,,'-20,Organic
2025-03-08 10:00:00,99,-5.00€,refunded,Nobody,new,,-1,,-5,
2025-03-07 10:00:00,31,40.00€,completed,Jean Dupont,new,1× Cup,1,\"anna10, spring\",40,Organic
2025-03-06 10:00:00,30,15.50€,processing,Zoé Martin,returning,1× Cup,1,,15.5,Organic
2025-03-05 10:00:00,29,15.50€,cancelled,Zoé Martin,returning,1× Cup,1,,15.5,Organic
";
    let read = read_text(text);
    assert_eq!(
        told(&read),
        [
            "31 2025-03-07T09:00:00Z jean dupont EUR 4000-0 of ? ANNA10+SPRING",
            "30 2025-03-06T09:00:00Z zoe martin EUR 1550-0 of ?",
        ]
    );
    assert_eq!((read.orders.bought[0].returning, read.orders.bought[1].returning), (false, true));
    assert_eq!(refunds(&read), ["31 2025-03-09T09:00:00Z 2000 0"]);
    assert_eq!(left_out(&read), [(3, Reason::RefundOfNothing)]);
    assert_eq!(read.notes, [Note::NamesAlone]);
}

#[test]
fn a_woocommerce_plugin_s_export_is_read_with_a_line_for_each_product() {
    let text = "Order Number,Order Status,Order Date,First Name (Billing),Email (Billing),Cart Discount Amount,\
Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,\
Quantity (- Refund),Item Cost,Coupon Code,Discount Amount,Discount Amount Tax
31,Completed,2025-03-07 10:00,Jean,jean@example.com,4.00,40.00,5.00,10.00,48.20,7.20,CUP,1,Cup,1,20.00,anna10,4.00,0
31,Completed,2025-03-07 10:00,Jean,jean@example.com,4.00,40.00,5.00,10.00,48.20,7.20,BOWL,2,Bowl,1,20.00,,,
32,wc-on-hold,2025-03-07 11:00,Eve,eve@example.com,0.00,40.00,5.00,0.00,53.00,8.00,CUP,1,Cup,1,20.00,,,
";
    let read = read_text(text);
    assert_eq!(told(&read), ["31 2025-03-07T09:00:00Z jean@example.com EUR 4000-400 of 4820 ANNA10"]);
    assert_eq!(refunds(&read), ["31 2025-03-07T09:00:00Z 0 1000"]);
    assert_eq!(read.left_out, BTreeMap::new());
}

#[test]
fn prestashop_s_list_is_read_in_french_as_windows_saves_it() {
    let text = "ID;Référence;Nouveau client;Livraison;Client;Total;Paiement;État;Date
9;XKBKNABJK;Oui;France;J. DUPONT;1 234,50 €;Chèque;Paiement accepté;05/03/2025 14:22:10
8;OHSATSERP;Non;France;Z. MARTIN;29,00 €;Chèque;Livré;04/03/2025 10:00:00
7;UOYEVOLI;Non;France;Z. MARTIN;29,00 €;Chèque;Annulé;03/03/2025 10:00:00
6;FFATNOMMJ;Non;France;Z. MARTIN;29,00 €;Chèque;Prêt à retirer;13/02/2025 10:00:00
";
    let windows: Vec<u8> =
        text.chars().map(|c| if c == '€' { 0x80 } else { u8::try_from(u32::from(c)).unwrap() }).collect();
    let read = read(&windows, &settings()).unwrap();
    assert_eq!(
        told(&read),
        [
            "9 2025-03-05T13:22:10Z j dupont EUR 123450-0 of 123450",
            "8 2025-03-04T09:00:00Z z martin EUR 2900-0 of 2900",
        ]
    );
    assert!(read.orders.bought[1].returning && !read.orders.bought[0].returning);
    assert!(read.layout.comma && read.layout.day_first);
    assert_eq!(read.notes, [Note::TotalAlone, Note::NamesAlone]);
    assert_eq!(
        read.statuses.last().map(|seen| (seen.word.as_str(), seen.meaning)),
        Some(("Prêt à retirer", Meaning::Unknown))
    );
    let said =
        Wishes { statuses: [("Prêt à retirer".to_owned(), Meaning::Paid)].into(), ..Wishes::default() };
    let again = super::read(&windows, &Settings { wishes: said, ..settings() }).unwrap();
    assert_eq!(again.orders.bought.len(), 3);
}

#[test]
fn prestashop_s_table_is_read() {
    let text = "\"id_order\";\"reference\";\"id_customer\";\"current_state\";\"total_discounts_tax_excl\";\"total_paid_tax_incl\";\
\"total_products\";\"total_shipping_tax_excl\";\"date_add\"
\"9\";\"XKBKNABJK\";\"12\";\"5\";\"4.000000\";\"49.200000\";\"40.000000\";\"5.000000\";\"2025-03-05 14:22:10\"
\"10\";\"XKBKNABJL\";\"12\";\"6\";\"0.000000\";\"45.000000\";\"40.000000\";\"5.000000\";\"2025-03-06 14:22:10\"
";
    let read = read_text(text);
    assert_eq!(told(&read), ["9 2025-03-05T13:22:10Z 12 EUR 4000-400 of 4920"]);
}

#[test]
fn magento_s_grid_is_read() {
    let text = "ID,\"Purchase Point\",\"Purchase Date\",\"Bill-to Name\",\"Ship-to Name\",\"Grand Total (Base)\",\"Grand Total (Purchased)\",\
Status,\"Billing Address\",\"Customer Email\",\"Customer Group\",Subtotal,\"Shipping and Handling\",\"Customer Name\",\"Payment Method\",\
\"Total Refunded\"
000000001,\"Main Website\nMain Store\",\"Mar 5, 2025 2:22:10 PM\",\"Anna B\",\"Anna B\",€41.00,€41.00,complete,\"1 Road\",anna@example.com,\
\"NOT LOGGED IN\",€40.00,€5.00,\"Anna B\",checkmo,€0.00
000000002,\"Main Website\",\"Mar 6, 2025 2:22:10 PM\",\"Bob B\",\"Bob B\",\"$1,045.00\",\"$1,045.00\",closed,\"1 Road\",bob@example.com,\
General,\"$1,040.00\",$5.00,\"Bob B\",checkmo,\"$1,045.00\"
000000003,\"Main Website\",\"Mar 7, 2025 2:22:10 PM\",\"Bob B\",\"Bob B\",$45.00,$45.00,pending,\"1 Road\",bob@example.com,General,$40.00,$5.00,\
\"Bob B\",checkmo,
";
    let read = read_text(text);
    assert_eq!(
        told(&read),
        [
            // A discount that no column tells: the goods were no more than what was paid without shipping.
            "000000001 2025-03-05T13:22:10Z anna@example.com EUR 3600-0 of 4100",
            "000000002 2025-03-06T13:22:10Z bob@example.com EUR 104000-0 of 104500",
        ]
    );
    assert_eq!(refunds(&read), ["000000002 2025-03-06T13:22:10Z 0 104500"]);
}

#[test]
fn opencart_s_table_is_read() {
    let text = "order_id,invoice_no,store_id,customer_id,firstname,lastname,email,total,order_status_id,currency_code,currency_value,\
date_added,date_modified
2,0,0,0,Anna,B,anna@example.com,105.0000,5,USD,1.00000000,2025-03-05 14:22:10,2025-03-06 14:22:10
3,0,0,7,Bob,B,bob@example.com,105.0000,1,USD,1.00000000,2025-03-05 14:22:10,2025-03-06 14:22:10
";
    let read = read_text(text);
    assert_eq!(told(&read), ["2 2025-03-05T13:22:10Z anna@example.com USD 10500-0 of 10500"]);
    assert_eq!(read.orders.bought[0].customer, None, "a guest is nobody's account");
}

#[test]
fn titles_second_headings_totals_and_formulas_are_told_by_line() {
    let text = "sep=;
Commandes de la boutique;;;
;;;
N° de commande;Date de commande;E-mail;Montant
(référence);(jj/mm/aaaa);(client);(EUR)
1;05/03/2025;a@example.com;12,50
2;06/03/2025;b@example.com;=SOMME(D6:D7)
3;hier;c@example.com;1,00
4;07/03/2025;c@example.com;gratuit
5;07/03/2025;c@example.com;3,00
N° de commande;Date de commande;E-mail;Montant
5;08/03/2025;c@example.com;4,00
6;=TODAY();c@example.com;4,00

;;Total;20,50
";
    let read = read_text(text);
    assert_eq!(read.layout.separator, ';');
    assert_eq!(read.orders.bought.iter().map(|one| &*one.id).collect::<Vec<_>>(), ["1", "5"]);
    assert_eq!(
        left_out(&read),
        [
            (2, Reason::BeforeHeadings),
            (5, Reason::HeadingsAgain),
            (7, Reason::Formula),
            (8, Reason::Date),
            (9, Reason::Amount),
            (11, Reason::HeadingsAgain),
            (12, Reason::OrderAgain),
            (13, Reason::Formula),
            (15, Reason::Totals),
        ]
    );
    assert_eq!(read.left_out.values().sum::<u64>(), 9);
}

#[test]
fn days_and_months_that_were_taken_for_each_other_are_read_again() {
    let mut text = "Order,Date,Total\n".to_owned();
    for number in 1..=5000 {
        text.push_str(&format!("{number},01/02/2025 10:00,10.00\n"));
    }
    text.push_str("5001,31/01/2025 10:00,10.00\n");
    let read = read_text(&text);
    assert_eq!((read.orders.bought.len(), read.left_out.len()), (5001, 0));
    assert_eq!(read.orders.bought[0].at.date(), "2025-02-01");
    let said = Wishes { day_first: Some(false), ..Wishes::default() };
    let first = super::read(text.as_bytes(), &Settings { wishes: said, ..settings() }).unwrap();
    assert_eq!(
        (first.orders.bought.len(), first.left_out.get(&Reason::Date)),
        (5000, Some(&1)),
        "what the owner says stands"
    );
}

#[test]
fn columns_that_nobody_knows_are_asked_for() {
    let text = "a|b|c\n1|2025-03-05|10.00\n2|2025-03-06|11.00\n";
    let unknown = read_text(text);
    assert_eq!(
        (unknown.missing.clone(), unknown.orders.bought.len()),
        (vec![Role::CreatedAt, Role::Total], 0)
    );
    assert_eq!(unknown.layout.columns[1].example, "2025-03-05");
    let columns = [(0, Some(Role::OrderId)), (1, Some(Role::CreatedAt)), (2, Some(Role::Net))].into();
    let said = Settings { wishes: Wishes { columns, ..Wishes::default() }, ..settings() };
    let read = super::read(text.as_bytes(), &said).unwrap();
    assert_eq!(told(&read)[1], "2 2025-03-05T23:00:00Z nobody EUR 1100-0 of ?");
    assert_eq!(read.notes, [Note::NoCustomers, Note::NoStatuses]);
}

#[test]
fn a_currency_stands_on_each_line() {
    let text = "Order,Date,Total,Currency\n1,2025-03-05,10.00,EUR\n2,2025-03-05,1000,jpy\n3,2025-03-05,1.250,KWD\n4,2025-03-05,1,Euro\n";
    let read = read_text(text);
    let amounts: Vec<(i64, &str)> =
        read.orders.bought.iter().map(|one| (one.subtotal, one.currency.code())).collect();
    assert_eq!(amounts, [(1000, "EUR"), (1000, "JPY"), (1250, "KWD")]);
    assert_eq!(left_out(&read), [(5, Reason::Currency)]);
}

#[test]
fn lines_with_categories_are_an_order_s_goods() {
    let text = "Order,Date,Email,Subtotal,Category,Line total
1,2025-03-05,a@example.com,30.00,Books,10.00
1,,,,Toys,20.00
";
    let read = read_text(text);
    let lines: Vec<(&str, i64)> =
        read.orders.bought[0].lines.iter().map(|line| (line.category.as_str(), line.total)).collect();
    assert_eq!(lines, [("Books", 1000), ("Toys", 2000)]);
}

#[test]
fn what_is_no_export_says_so() {
    for (file, want) in [
        (&b"PK\x03\x04rest of a spreadsheet"[..], Unreadable::Spreadsheet),
        (b"%PDF-1.7 and so on", Unreadable::NoText),
        (b"", Unreadable::Empty),
        (b" \n\n", Unreadable::Empty),
    ] {
        assert_eq!(read(file, &settings()).err(), Some(want));
    }
}

/// Any bytes at all are read without harm, whole and in pieces alike.
#[test]
fn anything_is_read_without_harm_and_in_pieces_alike() {
    let words = [
        "\"",
        ",",
        ";",
        "\n",
        "=",
        "Order",
        "Date",
        "Total",
        "2025-03-05",
        "12,5",
        "-",
        "é",
        "\u{feff}",
        "1",
        "\r",
        "ANNA",
        "\t",
    ];
    let mut state = 7_u64;
    let mut below = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    };
    for _ in 0..300 {
        let mut text = "Order,Date,Total\n".to_owned();
        for _ in 0..below(200) {
            text.push_str(words[below(words.len())]);
        }
        let piece = 1 + below(9);
        let mut reader = Reader::new(settings());
        text.as_bytes().chunks(piece).for_each(|piece| reader.feed(piece).unwrap());
        let (pieces, whole) = (reader.end().unwrap(), {
            let mut reader = Reader::new(settings());
            reader.feed(text.as_bytes()).unwrap();
            reader.end().unwrap()
        });
        assert_eq!(told(&pieces), told(&whole), "{text:?}");
        assert_eq!(pieces.left_out_first, whole.left_out_first, "{text:?}");
    }
}
