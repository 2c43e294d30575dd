//! Serves a stand-in for a platform, for trying an edge by hand: `stand_in shopify 8901`. The credentials that open it are
//! printed.

use std::thread;
use std::time::Duration;

use parrain_stand_ins::{Shopify, Stripe, Woocommerce};
use parrain_tests::serving::Serving;

fn main() {
    let mut words = std::env::args().skip(1);
    let (name, port) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let address = format!("127.0.0.1:{port}");
    match name.as_str() {
        "shopify" => {
            let shop = Shopify::new("atelier.myshopify.com");
            let (url, token) = (address.clone(), shop.token.clone());
            let _serving = Serving::at(&address, shop);
            println!("PARRAIN_SHOPIFY_API=http://{url}; shop atelier, token {token}");
            forever();
        }
        "woocommerce" => {
            let site = Woocommerce::new();
            let (key, secret) = site.key.clone();
            let _serving = Serving::at(&address, site);
            println!("site http://{address}, consumer key {key}, consumer secret {secret}");
            forever();
        }
        "stripe" => {
            let account = Stripe::new();
            let key = account.key.clone();
            let _serving = Serving::at(&address, account);
            println!("PARRAIN_STRIPE_API=http://{address}; key {key}");
            forever();
        }
        _ => eprintln!("say which, and at which port: stand_in shopify|woocommerce|stripe PORT"),
    }
}

fn forever() -> ! {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
