//! How many facts a second are folded into a status natively:
//! `cargo run --profile bench -p parrain-core --example fold` prints it, of a million facts or as many as are named.

mod facts;

use std::time::Instant;

fn main() {
    let count = std::env::args().nth(1).map_or(1_000_000, |count| count.parse().expect("a number of facts"));
    let cases = facts::history(count);
    let mut seconds: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(facts::run(&cases));
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!("{:.0}", count as f64 / seconds[seconds.len() / 2]);
}
