//! The ledger's tables. Instants are microseconds of Unix time, months and days as
//! [`parrain_core::instant::Instant`] counts them, amounts minor units or units.

use super::sql::{Sql, SqlError};

/// The version of the tables, kept in `meta`: 2 added `sign_in`; 3 added `seen` and the date to the key of `back`; 4
/// added `details`, `batch_selection` and the kind of an item; 5 added `alias`, `twin` and `carried`; 6 added
/// `unsettled`, and indexes by which a late arrival finds what depends on it; 7 added
/// `credit`; 8 added `claim` and when orders and changes were received; 9 added `helper`,
/// `session`, `deed` and `heard`; 10 added `mention` and whether the
/// note of a review is told; 11 added `connect_code`, `connection` and an index of who waits to be let in; 12 added
/// `endpoint`, `delivery` and an index by which what is dated is found; 13 added `task` and the batches by
/// which rewards were given in the shop; 14 added `mail` and `mail_stop`, `credential`, `code`, and who gave what a task
/// asked for, `tally`, `former` and an index of tests; 15 added `reconciliation`, and the
/// provider of an endpoint; 16 added `joined`, `pace`, `paced`, `trace`, `suspicion` and for what an
/// entry is `held`, and
/// whether it `waits`; 17 added `experiment` and `dealt`; 18 added `import` and `import_line`; 19 added
/// `picture`, `share_text` and `promoted`; 20 added `promoted_sum`.
pub const VERSION: u32 = 20;

/// Every table, the outbox last: it outlives a shop until KV is cleared of it.
const TABLES: &[&str] = &[
    "meta",
    "version",
    "referrer",
    "joined",
    "entry",
    "mention",
    "person",
    "link",
    "former",
    "tie",
    "back",
    "seen",
    "alias",
    "twin",
    "carried",
    "pace",
    "paced",
    "trace",
    "suspicion",
    "credit",
    "review",
    "claim",
    "budget",
    "spent",
    "posting",
    "statement",
    "earned_day",
    "visit",
    "tally",
    "batch",
    "item",
    "batch_selection",
    "details",
    "sign_in",
    "helper",
    "session",
    "deed",
    "heard",
    "connect_code",
    "connection",
    "credential",
    "reconciliation",
    "code",
    "endpoint",
    "delivery",
    "task",
    "mail",
    "mail_stop",
    "experiment",
    "dealt",
    "picture",
    "share_text",
    "promoted",
    "promoted_sum",
    "unsettled",
    "import",
    "import_line",
];

/// What makes them, where they are not there yet. A later version may only add to it: [`upgrade`] runs it on
/// databases of earlier ones.
const CREATE: &[&str] = &[
    // 'schema': the version above; 'shop': the shop's record as JSON; 'coding': up to which referrer's code it was seen to
    // what is to be made of it, while that is looked through; 'told': the last dated change of a reward that was
    // told on, as JSON `[at, entry]`, where there is anybody to be told; 'mail', 'mail_health' and 'mail_dated': how mail
    // is set up, whether its provider works, and up to when dated mail was written down.
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    // Program versions, in force from an instant on; who wrote them, beside the owner.
    "CREATE TABLE IF NOT EXISTS version (seq INTEGER PRIMARY KEY, since INTEGER NOT NULL, program TEXT NOT NULL,
        who TEXT)",
    // Referrer records, in force from an instant on; the first holds for all before.
    "CREATE TABLE IF NOT EXISTS referrer (code TEXT NOT NULL, seq INTEGER NOT NULL, since INTEGER NOT NULL,
        record TEXT NOT NULL, email TEXT, customer TEXT, PRIMARY KEY (code, seq)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS referrer_email ON referrer (email) WHERE email IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS referrer_customer ON referrer (customer) WHERE customer IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS referrer_waiting ON referrer (code, seq)
        WHERE json_extract(record, '$.activity') = 'waiting'",
    "CREATE INDEX IF NOT EXISTS referrer_test ON referrer (code) WHERE json_extract(record, '$.test')",
    // Who joined by nobody's word on who they are; since when it is `confirmed`. `waits`: whether a reward ever waited for
    // that. Those of earlier releases are not in here: they joined when nobody was asked.
    "CREATE TABLE IF NOT EXISTS joined (code TEXT PRIMARY KEY, confirmed INTEGER, waits INTEGER NOT NULL DEFAULT 0)
        WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS joined_waits ON joined (code) WHERE waits = 1 AND confirmed IS NULL",
    // Orders, leads and the like, with what was decided of them; `code`, `offer`, `refusal` and `earned` repeat
    // what `verdict` says, for the indexes. `until`: a browser's report ends when the signed event stands in
    // its place. `due`: from when on a payout may have to take it up. `held`: for which suspicion it waits for a decision by
    // hand, for good; `waits`: whether it does now, for that or as a browser's report.
    "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, ext TEXT NOT NULL,
        verified INTEGER NOT NULL, at INTEGER NOT NULL, until INTEGER, event TEXT NOT NULL,
        currency TEXT, base INTEGER, verdict TEXT, why TEXT,
        code TEXT, offer TEXT, refusal TEXT, earned INTEGER NOT NULL DEFAULT 0,
        published INTEGER NOT NULL DEFAULT 0, due INTEGER, received INTEGER, held TEXT,
        waits INTEGER NOT NULL DEFAULT 0,
        UNIQUE (kind, ext, verified))",
    "CREATE INDEX IF NOT EXISTS entry_code ON entry (code, at, ext, kind) WHERE code IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS entry_at ON entry (at, ext, kind)",
    "CREATE INDEX IF NOT EXISTS entry_reported ON entry (code, at) WHERE verified = 0 AND until IS NULL",
    "CREATE INDEX IF NOT EXISTS entry_unverified ON entry (code, at) WHERE verified = 0",
    "CREATE INDEX IF NOT EXISTS entry_due ON entry (due) WHERE due IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS entry_earned ON entry (code, offer, at, ext, kind) WHERE earned = 1",
    // What a late arrival asks for: those that look at counts without being in one, and those that a cap refused.
    "CREATE INDEX IF NOT EXISTS entry_looking ON entry (code, offer, at, ext, kind)
        WHERE verified = 0 OR refusal IN ('offer_inactive', 'budget_spent')",
    "CREATE INDEX IF NOT EXISTS entry_capped ON entry (code, offer, at, ext, kind)
        WHERE verified = 1 AND refusal = 'cap_reached'",
    "DROP INDEX IF EXISTS entry_uncounted",
    "CREATE INDEX IF NOT EXISTS entry_waits ON entry (code) WHERE waits = 1",
    // Which referrers' codes an entry carries, won or not; noted for what arrives from version 10 on.
    "CREATE TABLE IF NOT EXISTS mention (named TEXT NOT NULL, placed INTEGER NOT NULL, entry INTEGER NOT NULL,
        PRIMARY KEY (named, placed, entry)) WITHOUT ROWID",
    // Whose entry it is: 'i' and the customer's id, 'e' and the hash of the address.
    "CREATE TABLE IF NOT EXISTS person (key TEXT NOT NULL, at INTEGER NOT NULL, ext TEXT NOT NULL,
        kind INTEGER NOT NULL, verified INTEGER NOT NULL, entry INTEGER NOT NULL,
        PRIMARY KEY (key, at, ext, kind, verified)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS person_reported ON person (key, at, ext, kind) WHERE verified = 0",
    // Which ids and addresses signed orders showed to be one person's, and since which position.
    "CREATE TABLE IF NOT EXISTS link (one TEXT NOT NULL, other TEXT NOT NULL, at INTEGER NOT NULL,
        ext TEXT NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (one, other)) WITHOUT ROWID",
    // Customers who were erased, where the shop keeps that they were some: a keyed hash of each id and address.
    "CREATE TABLE IF NOT EXISTS former (hash TEXT PRIMARY KEY) WITHOUT ROWID",
    // The earned conversions among a person's entries, with what runs are made of.
    "CREATE TABLE IF NOT EXISTS tie (key TEXT NOT NULL, at INTEGER NOT NULL, ext TEXT NOT NULL,
        kind INTEGER NOT NULL, code TEXT NOT NULL, offer TEXT NOT NULL, orders TEXT NOT NULL,
        entry INTEGER NOT NULL, PRIMARY KEY (key, at, ext, kind)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS tie_run ON tie (key, code, offer, orders, at, ext, kind)",
    // What became of orders. `what` is `Change::name`, such as 'cancelled', or 'refunded-' and the refund's id.
    "CREATE TABLE IF NOT EXISTS back (order_id TEXT NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL,
        event TEXT NOT NULL, received INTEGER, PRIMARY KEY (order_id, what, at)) WITHOUT ROWID",
    // When platforms' snapshots last showed something of an order, as JSON.
    "CREATE TABLE IF NOT EXISTS seen (order_id TEXT PRIMARY KEY, seen TEXT NOT NULL) WITHOUT ROWID",
    // Under which ids a platform speaks of an order beside the one it is on record by.
    "CREATE TABLE IF NOT EXISTS alias (id TEXT PRIMARY KEY, order_id TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS alias_order ON alias (order_id)",
    // Refunds that a platform tells of in two forms, by payment and amount, and the id that each is on record by.
    "CREATE TABLE IF NOT EXISTS twin (of TEXT NOT NULL, step INTEGER NOT NULL, id TEXT NOT NULL,
        name TEXT NOT NULL, PRIMARY KEY (of, step, id)) WITHOUT ROWID",
    // The codes and touches with which a subscription began that was not paid then, as JSON, and which order has
    // them.
    "CREATE TABLE IF NOT EXISTS carried (subscription TEXT PRIMARY KEY, carried TEXT NOT NULL, used TEXT)
        WITHOUT ROWID",
    // How many conversions a referrer had on a day of theirs, by what is looked at for what is usual; under no code those of
    // all, and how many referrers had any that are usual. `odd_…`: those of them that are held or were rejected; `backs`: how
    // many were taken back since.
    "CREATE TABLE IF NOT EXISTS pace (code TEXT NOT NULL, day INTEGER NOT NULL, orders INTEGER NOT NULL DEFAULT 0,
        firsts INTEGER NOT NULL DEFAULT 0, joins INTEGER NOT NULL DEFAULT 0, odd_orders INTEGER NOT NULL DEFAULT 0,
        odd_firsts INTEGER NOT NULL DEFAULT 0, odd_joins INTEGER NOT NULL DEFAULT 0, typed INTEGER NOT NULL DEFAULT 0,
        backs INTEGER NOT NULL DEFAULT 0, active INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (code, day)) WITHOUT ROWID",
    // For whom and as what an entry is counted there, so that it is taken off when it becomes somebody else's.
    "CREATE TABLE IF NOT EXISTS paced (entry INTEGER PRIMARY KEY, code TEXT NOT NULL, day INTEGER NOT NULL,
        sale INTEGER NOT NULL, first INTEGER NOT NULL, typed INTEGER NOT NULL, odd INTEGER NOT NULL,
        back INTEGER NOT NULL)",
    // Which entries were sent to one address, 'a' and its keyed hash, or paid by one card, 'c' and that of its
    // fingerprint.
    "CREATE TABLE IF NOT EXISTS trace (hash TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (hash, entry))
        WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS trace_entry ON trace (entry)",
    // What was unusual about an entry when it became its referrer's, as JSON.
    "CREATE TABLE IF NOT EXISTS suspicion (entry INTEGER NOT NULL, signal TEXT NOT NULL, found TEXT NOT NULL,
        PRIMARY KEY (entry, signal)) WITHOUT ROWID",
    // Orders that the shop gave to somebody by hand: each is an entry of its own, until it is undone.
    "CREATE TABLE IF NOT EXISTS credit (entry INTEGER PRIMARY KEY, kind INTEGER NOT NULL, order_id TEXT NOT NULL,
        at INTEGER NOT NULL, until INTEGER)",
    "CREATE INDEX IF NOT EXISTS credit_order ON credit (order_id)",
    "CREATE TABLE IF NOT EXISTS review (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, at INTEGER NOT NULL,
        approve INTEGER NOT NULL, note TEXT NOT NULL, tell INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX IF NOT EXISTS review_entry ON review (entry)",
    // What referrers claim. `state`: 0 waits, 1 was accepted, 2 refused. `tell`: the referrer may read the answer.
    "CREATE TABLE IF NOT EXISTS claim (id INTEGER PRIMARY KEY, code TEXT NOT NULL, order_id TEXT NOT NULL,
        note TEXT, at INTEGER NOT NULL, state INTEGER NOT NULL, answered INTEGER, answer TEXT,
        tell INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX IF NOT EXISTS claim_code ON claim (code, order_id)",
    "CREATE INDEX IF NOT EXISTS claim_order ON claim (order_id)",
    "CREATE INDEX IF NOT EXISTS claim_state ON claim (state, id)",
    // What a budget was asked and how it was decided, once for ever.
    "CREATE TABLE IF NOT EXISTS budget (kind INTEGER NOT NULL, ext TEXT NOT NULL, offer TEXT NOT NULL,
        currency TEXT NOT NULL, amount INTEGER NOT NULL, granted INTEGER NOT NULL,
        PRIMARY KEY (kind, ext, offer, currency)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS spent (offer TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
        PRIMARY KEY (offer, currency)) WITHOUT ROWID",
    // Dated changes of each reward, and their sums by month: what a status adds up.
    "CREATE TABLE IF NOT EXISTS posting (entry INTEGER NOT NULL, at INTEGER NOT NULL, code TEXT NOT NULL,
        month INTEGER NOT NULL, asset TEXT NOT NULL, pending INTEGER NOT NULL, approved INTEGER NOT NULL,
        paid INTEGER NOT NULL, reversed INTEGER NOT NULL, PRIMARY KEY (entry, at)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS posting_code ON posting (code, at, asset, pending, approved, paid, reversed)",
    "CREATE INDEX IF NOT EXISTS posting_at ON posting (at, entry)",
    "CREATE TABLE IF NOT EXISTS statement (code TEXT NOT NULL, month INTEGER NOT NULL, asset TEXT NOT NULL,
        pending INTEGER NOT NULL, approved INTEGER NOT NULL, paid INTEGER NOT NULL, reversed INTEGER NOT NULL,
        PRIMARY KEY (code, month, asset)) WITHOUT ROWID",
    // Experiments: what was asked and what came of it as JSON, since when it counts, and which offer was kept in the end.
    "CREATE TABLE IF NOT EXISTS experiment (id TEXT PRIMARY KEY, asked TEXT NOT NULL, began INTEGER NOT NULL,
        since INTEGER, came TEXT, kept TEXT, concluded INTEGER) WITHOUT ROWID",
    // Which of an experiment's offers a referrer was dealt, by its place, and whether they are on it.
    "CREATE TABLE IF NOT EXISTS dealt (experiment TEXT NOT NULL, code TEXT NOT NULL, variant INTEGER NOT NULL,
        moved INTEGER NOT NULL, PRIMARY KEY (experiment, code)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS dealt_left ON dealt (experiment, code) WHERE moved = 0",
    "CREATE INDEX IF NOT EXISTS dealt_code ON dealt (code)",
    // How many conversions a referrer earned under an offer on a day.
    "CREATE TABLE IF NOT EXISTS earned_day (code TEXT NOT NULL, offer TEXT NOT NULL, day INTEGER NOT NULL,
        n INTEGER NOT NULL, PRIMARY KEY (code, offer, day)) WITHOUT ROWID",
    // Clicks and touches by the hour.
    "CREATE TABLE IF NOT EXISTS visit (code TEXT NOT NULL, hour INTEGER NOT NULL, clicks INTEGER NOT NULL,
        touches INTEGER NOT NULL, PRIMARY KEY (code, hour)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS visit_hour ON visit (hour)",
    // How often a day something was done that anybody can do, by a keyed hash of who; of all together by ''.
    "CREATE TABLE IF NOT EXISTS tally (day INTEGER NOT NULL, what INTEGER NOT NULL, who TEXT NOT NULL,
        times INTEGER NOT NULL, PRIMARY KEY (day, what, who)) WITHOUT ROWID",
    // Payout batches and what is in them.
    "CREATE TABLE IF NOT EXISTS batch (id INTEGER PRIMARY KEY, until INTEGER NOT NULL, created INTEGER NOT NULL,
        paid INTEGER, given INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE IF NOT EXISTS item (batch INTEGER NOT NULL, entry INTEGER NOT NULL, code TEXT NOT NULL,
        asset TEXT NOT NULL, amount INTEGER NOT NULL, kind TEXT, PRIMARY KEY (batch, entry, code, asset))
        WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS item_entry ON item (entry)",
    "CREATE INDEX IF NOT EXISTS item_code ON item (code)",
    // What a batch was asked to pay, as JSON.
    "CREATE TABLE IF NOT EXISTS batch_selection (batch INTEGER PRIMARY KEY, selection TEXT NOT NULL)",
    // Where referrers are paid, sealed by a key that is not in here; how they can be paid, as JSON, in clear.
    "CREATE TABLE IF NOT EXISTS details (code TEXT PRIMARY KEY, changed INTEGER NOT NULL, key_id TEXT NOT NULL,
        sealed TEXT NOT NULL, methods TEXT NOT NULL) WITHOUT ROWID",
    // Sign-in keys that are still good, by the hash of each.
    "CREATE TABLE IF NOT EXISTS sign_in (hash TEXT PRIMARY KEY, code TEXT NOT NULL, expires INTEGER NOT NULL)
        WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS sign_in_expires ON sign_in (expires)",
    // Who may enter the desk beside the owner: what they may do, the hash of their key. Where it
    // `expires` it is the owner's, and good for one entry until then.
    "CREATE TABLE IF NOT EXISTS helper (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, role TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE, since INTEGER NOT NULL, seen INTEGER, expires INTEGER)",
    // Sessions at the desk, and whose they are: `helper` is nobody's where a token opened it.
    "CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, helper INTEGER, expires INTEGER NOT NULL)
        WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS session_expires ON session (expires)",
    // Connect codes that are still good, by the hash of each.
    "CREATE TABLE IF NOT EXISTS connect_code (hash TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID",
    // Modules that are connected: the hash of each one's token, when it was last seen.
    "CREATE TABLE IF NOT EXISTS connection (id INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL,
        site TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, since INTEGER NOT NULL, seen INTEGER,
        codes INTEGER NOT NULL DEFAULT 0, UNIQUE (platform, site))",
    // Credentials of platforms, sealed by a key that is not in here: whose they are, what they were seen to open, as JSON.
    // `pause`: until when nothing is asked there, since it opened nothing or did not answer `fails` times in a row, or asked
    // for it; `fault`: what was said then.
    "CREATE TABLE IF NOT EXISTS credential (platform TEXT PRIMARY KEY, account TEXT NOT NULL, key_id TEXT NOT NULL,
        sealed TEXT NOT NULL, rights TEXT NOT NULL, since INTEGER NOT NULL, used INTEGER,
        pause INTEGER NOT NULL DEFAULT 0, fails INTEGER NOT NULL DEFAULT 0, fault TEXT, faulted INTEGER) WITHOUT ROWID",
    // Looking for a platform's orders of which no webhook told: `since`: what was changed from then on is looked at by the look
    // that runs, since `begun`, or by the next one; `cursor`: how far it is; `seen`, `found` and `orders`: what it looked at,
    // of how many something was missing, and the first of these as JSON; `words`: why the last try came to nothing.
    "CREATE TABLE IF NOT EXISTS reconciliation (platform TEXT PRIMARY KEY, since INTEGER NOT NULL, next INTEGER NOT NULL,
        last INTEGER, begun INTEGER, cursor TEXT, seen INTEGER NOT NULL DEFAULT 0, found INTEGER NOT NULL DEFAULT 0,
        orders TEXT NOT NULL DEFAULT '[]', tries INTEGER NOT NULL DEFAULT 0, words TEXT, faulted INTEGER) WITHOUT ROWID",
    // Referrers' codes where they are made: `maker` is a platform, or 'module'. `terms`: what it is to give, as JSON, nothing
    // where it is to give nothing; `made`: the same as it was made; `reference`: the maker's id of it. `state`: 0 waits, 1 is
    // as it is to be, 2 was given up, 3 is the shop's own. `begun`: since when somebody may have made something.
    "CREATE TABLE IF NOT EXISTS code (maker TEXT NOT NULL, code TEXT NOT NULL, terms TEXT, made TEXT, reference TEXT,
        state INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL, begun INTEGER, tries INTEGER NOT NULL DEFAULT 0,
        failed INTEGER, words TEXT, PRIMARY KEY (maker, code)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS code_next ON code (maker, next) WHERE state = 0",
    "CREATE INDEX IF NOT EXISTS code_state ON code (maker, state)",
    // Addresses that are told what happens: of which types, as JSON, and signed by which secrets. `pause`: until when
    // nothing is sent there, since it did not answer `fails` times in a row, from `failing` on.
    "CREATE TABLE IF NOT EXISTS endpoint (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL,
        types TEXT NOT NULL, secret TEXT NOT NULL, before TEXT, before_until INTEGER, since INTEGER NOT NULL,
        pause INTEGER NOT NULL DEFAULT 0, fails INTEGER NOT NULL DEFAULT 0, failing INTEGER, provider TEXT)",
    // What is told to them. `state`: 0 waits, 1 was delivered, 2 is dead; `next`: from when on it is tried.
    "CREATE TABLE IF NOT EXISTS delivery (seq INTEGER PRIMARY KEY AUTOINCREMENT, endpoint INTEGER NOT NULL,
        type TEXT NOT NULL, body TEXT NOT NULL, queued INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,
        tries INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL, tried INTEGER, status INTEGER, answer TEXT)",
    "CREATE INDEX IF NOT EXISTS delivery_next ON delivery (endpoint, next, seq) WHERE state = 0",
    "CREATE INDEX IF NOT EXISTS delivery_state ON delivery (endpoint, state, seq)",
    // What a module is to do. `kind`: 0 is a reward to be given, 1 a voucher to be ended; `state`: 0 waits, 1 is done, 2
    // was withdrawn, 3 was given up. `next`: from when on somebody may be given it; `amount`: what whoever was given it
    // last was to give; `voucher`: the code that was made, or is to be ended; `ended`: that code is good no longer. Of what
    // the edge does itself: `maker` is the platform, `begun` since when something may have been made, `reference` the
    // platform's id of it.
    "CREATE TABLE IF NOT EXISTS task (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        kind INTEGER NOT NULL, entry INTEGER NOT NULL, referrer TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,
        made INTEGER NOT NULL, next INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, failed INTEGER, words TEXT, amount INTEGER,
        voucher TEXT, ended INTEGER NOT NULL DEFAULT 0, maker TEXT, begun INTEGER, reference TEXT)",
    "CREATE INDEX IF NOT EXISTS task_state ON task (state, seq)",
    "CREATE INDEX IF NOT EXISTS task_entry ON task (entry, kind)",
    // Mail: what each is about, once for ever. `code`: to whom, nobody being the owner; `facts`: what it says, and
    // `sealed`: what of that nobody may read here, both until it is sent. `state`: 0 waits, 1 was sent, 2 is dead, 3 was
    // dropped, 4 bounced, 5 was complained of. `letter`: with which others it goes, by a number that no other letter had;
    // `begun`: when it was first tried without a word of the provider that it was refused.
    "CREATE TABLE IF NOT EXISTS mail (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, about TEXT NOT NULL,
        code TEXT, urgent INTEGER NOT NULL DEFAULT 0, facts TEXT NOT NULL, sealed TEXT, queued INTEGER NOT NULL,
        state INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, tried INTEGER,
        status INTEGER, words TEXT, letter INTEGER, begun INTEGER, provider_id TEXT, UNIQUE (kind, about))",
    "CREATE INDEX IF NOT EXISTS mail_next ON mail (urgent, next, seq) WHERE state = 0",
    "CREATE INDEX IF NOT EXISTS mail_code ON mail (code, kind, queued) WHERE code IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS mail_letter ON mail (letter) WHERE letter IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS mail_provider ON mail (provider_id) WHERE provider_id IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS mail_state ON mail (state, seq)",
    // Which addresses, by their keyed hashes, have which kind of mail no longer; no kind stands for all of them.
    "CREATE TABLE IF NOT EXISTS mail_stop (address TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
        why TEXT NOT NULL, PRIMARY KEY (address, kind)) WITHOUT ROWID",
    // Pictures for those who promote the shop, whose bytes are in KV, and which hash these have.
    "CREATE TABLE IF NOT EXISTS picture (id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
        title TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, bytes INTEGER NOT NULL,
        added INTEGER NOT NULL) WITHOUT ROWID",
    // Texts for them to copy.
    "CREATE TABLE IF NOT EXISTS share_text (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL,
        text TEXT NOT NULL, changed INTEGER NOT NULL)",
    // Which orders carry which promo code of the shop's own, and what was taken off of them in all.
    "CREATE TABLE IF NOT EXISTS promoted (code TEXT NOT NULL, entry INTEGER NOT NULL, currency TEXT NOT NULL,
        discount INTEGER NOT NULL, PRIMARY KEY (code, entry)) WITHOUT ROWID",
    // Their counts and sums, so that a list of them reads no orders.
    "CREATE TABLE IF NOT EXISTS promoted_sum (code TEXT NOT NULL, currency TEXT NOT NULL, orders INTEGER NOT NULL,
        discount INTEGER NOT NULL, PRIMARY KEY (code, currency)) WITHOUT ROWID",
    // What is brought along from other software: what is known of each import, as JSON, and when it is forgotten. `begun`:
    // some of it was made.
    "CREATE TABLE IF NOT EXISTS import (id TEXT PRIMARY KEY, made INTEGER NOT NULL, expires INTEGER NOT NULL,
        begun INTEGER NOT NULL DEFAULT 0, about TEXT NOT NULL) WITHOUT ROWID",
    // What its lines ask for, as JSON until that is made or was so already. `verdict`: 0 is to be made, 1 was so already, 2 is
    // refused, 3 is made; `done`: it was looked at for good. `person` and `customer`: whose it is, by the keys of `person`.
    "CREATE TABLE IF NOT EXISTS import_line (import TEXT NOT NULL, seq INTEGER NOT NULL, line INTEGER NOT NULL,
        what TEXT NOT NULL, verdict INTEGER NOT NULL, reason TEXT, done INTEGER NOT NULL DEFAULT 0, owed INTEGER,
        person TEXT, customer TEXT, wish TEXT, PRIMARY KEY (import, seq)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS import_line_person ON import_line (person) WHERE person IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS import_line_customer ON import_line (customer) WHERE customer IS NOT NULL",
    // What was done and by whom, as JSON.
    "CREATE TABLE IF NOT EXISTS deed (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, deed TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS back_received ON back (received) WHERE received IS NOT NULL",
    // When platforms first and last sent something, and in how many hours.
    "CREATE TABLE IF NOT EXISTS heard (platform TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL,
        times INTEGER NOT NULL) WITHOUT ROWID",
    // What a late arrival left to be decided again, the alarm's to do: `what` is a person's key for all that the
    // person has after a position; 's', kind, whether signed and id for one entry; 'u', code and offer for what
    // looks at counts; 'c' and the code of a referrer who was confirmed.
    "CREATE TABLE IF NOT EXISTS unsettled (what TEXT PRIMARY KEY, at INTEGER NOT NULL, ext TEXT NOT NULL,
        kind INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS unsettled_at ON unsettled (at, ext, kind)",
    // What is to be copied to KV; of two copies of one thing the newer replaces the older.
    "CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, thing TEXT NOT NULL UNIQUE,
        shop TEXT NOT NULL, incarnation TEXT NOT NULL, publication TEXT NOT NULL)",
];

/// Whether the tables are there; looks without making any.
pub fn exists(sql: &impl Sql) -> Result<bool, SqlError> {
    has(sql, "meta")
}

/// Whether there is a table of this name: earlier releases lack the later ones, and so does a shop that is gone, whose
/// outbox alone stays.
pub fn has(sql: &impl Sql, table: &str) -> Result<bool, SqlError> {
    let rows = sql.run("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", &[table.into()])?;
    Ok(!rows.is_empty())
}

/// Makes the tables.
pub fn create(sql: &impl Sql) -> Result<(), SqlError> {
    for statement in CREATE {
        sql.run(statement, &[])?;
    }
    let version = VERSION.to_string();
    sql.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('schema', ?)", &[version.into()])?;
    Ok(())
}

/// Makes what a database lacks that an earlier release has left; writes nothing where it lacks nothing.
pub fn upgrade(sql: &impl Sql) -> Result<(), SqlError> {
    let rows = sql.run("SELECT value FROM meta WHERE name = 'schema'", &[])?;
    let version = rows.first().map(|row| row.text(0)).transpose()?.and_then(|text| text.parse::<u32>().ok());
    // Whatever has no version yet has no rows either.
    let Some(version) = version else { return create(sql) };
    if version >= VERSION {
        return Ok(());
    }
    if version < 3 {
        sql.run("ALTER TABLE back RENAME TO back_before", &[])?;
    }
    if version < 4 {
        sql.run("ALTER TABLE item ADD COLUMN kind TEXT", &[])?;
    }
    if version < 8 {
        sql.run("ALTER TABLE entry ADD COLUMN received INTEGER", &[])?;
    }
    if (3..8).contains(&version) {
        sql.run("ALTER TABLE back ADD COLUMN received INTEGER", &[])?;
    }
    if version < 16 {
        sql.run("ALTER TABLE entry ADD COLUMN held TEXT", &[])?;
        sql.run("ALTER TABLE entry ADD COLUMN waits INTEGER NOT NULL DEFAULT 0", &[])?;
    }
    if version < 9 {
        sql.run("ALTER TABLE version ADD COLUMN who TEXT", &[])?;
    }
    if version < 13 {
        sql.run("ALTER TABLE batch ADD COLUMN given INTEGER NOT NULL DEFAULT 0", &[])?;
    }
    if version == 13 {
        for column in ["maker TEXT", "begun INTEGER", "reference TEXT"] {
            sql.run(&format!("ALTER TABLE task ADD COLUMN {column}"), &[])?;
        }
    }
    if (11..14).contains(&version) {
        sql.run("ALTER TABLE connection ADD COLUMN codes INTEGER NOT NULL DEFAULT 0", &[])?;
    }
    if (12..15).contains(&version) {
        sql.run("ALTER TABLE endpoint ADD COLUMN provider TEXT", &[])?;
    }
    if version < 10 {
        sql.run("ALTER TABLE review ADD COLUMN tell INTEGER NOT NULL DEFAULT 0", &[])?;
    }
    create(sql)?;
    if version < 3 {
        sql.run(
            "INSERT INTO back (order_id, what, at, event) SELECT order_id, what, at, event FROM back_before",
            &[],
        )?;
        sql.run("DROP TABLE back_before", &[])?;
    }
    if version < 14 {
        leave_reports_out(sql)?;
    }
    if version < 16 {
        have_reports_wait(sql)?;
    }
    if version == 19 {
        sql.run(
            "INSERT INTO promoted_sum (code, currency, orders, discount)
                SELECT code, currency, COUNT(*), SUM(discount) FROM promoted GROUP BY code, currency",
            &[],
        )?;
    }
    Ok(())
}

/// Has wait for a decision by hand what browsers reported and nobody confirmed, nor gave away or cancelled since: earlier
/// releases held nothing else.
fn have_reports_wait(sql: &impl Sql) -> Result<(), SqlError> {
    sql.run(
        "UPDATE entry SET waits = 1 WHERE code IS NOT NULL AND verified = 0 AND until IS NULL AND refusal IS NULL
            AND NOT EXISTS (SELECT 1 FROM review WHERE review.entry = entry.id)
            AND NOT EXISTS (SELECT 1 FROM credit WHERE credit.kind = entry.kind AND credit.order_id = entry.ext
                AND credit.until IS NULL)
            AND NOT EXISTS (SELECT 1 FROM back WHERE entry.kind = 0 AND back.order_id = entry.ext
                AND back.what = 'cancelled' AND NOT EXISTS (SELECT 1 FROM back AS later
                    WHERE later.order_id = back.order_id AND later.what LIKE 'reinstated%' AND later.at >= back.at))",
        &[],
    )?;
    Ok(())
}

/// Takes out of all sums what browsers reported and nobody confirmed: earlier releases counted it as pending.
fn leave_reports_out(sql: &impl Sql) -> Result<(), SqlError> {
    const REPORTED: &str = "entry IN (SELECT id FROM entry WHERE verified = 0)";
    let unseen = "NOT EXISTS (SELECT 1 FROM review WHERE review.entry = posting.entry)";
    sql.run(&format!("UPDATE posting SET pending = 0 WHERE {REPORTED}"), &[])?;
    sql.run(
        &format!(
            "DELETE FROM posting WHERE {REPORTED}
                AND ({unseen} OR (approved = 0 AND paid = 0 AND reversed = 0))"
        ),
        &[],
    )?;
    for sum in ["pending", "reversed"] {
        sql.run(
            &format!(
                "UPDATE statement SET {sum} = COALESCE((SELECT SUM({sum}) FROM posting WHERE posting.code = statement.code
                    AND posting.month = statement.month AND posting.asset = statement.asset), 0)"
            ),
            &[],
        )?;
    }
    sql.run("DELETE FROM statement WHERE pending = 0 AND approved = 0 AND paid = 0 AND reversed = 0", &[])?;
    Ok(())
}

/// Removes all tables but the outbox.
pub fn drop_all(sql: &impl Sql) -> Result<(), SqlError> {
    for table in TABLES {
        sql.run(&format!("DROP TABLE IF EXISTS {table}"), &[])?;
    }
    Ok(())
}

/// Every text in every table but the outbox.
#[cfg(test)]
pub fn all_texts(sql: &impl Sql) -> std::collections::BTreeSet<String> {
    let mut texts = std::collections::BTreeSet::new();
    for table in TABLES {
        for row in sql.run(&format!("SELECT * FROM {table}"), &[]).unwrap() {
            texts.extend((0..row.0.len()).filter_map(|column| row.maybe_text(column).map(str::to_owned)));
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::create;
    use crate::ledger::native::NativeSql;
    use crate::ledger::sql::Sql as _;

    /// What docs/privacy.md names.
    fn listed() -> BTreeSet<&'static str> {
        include_str!("../../../../docs/privacy.md").split('`').skip(1).step_by(2).collect()
    }

    #[test]
    fn what_is_kept_is_listed() {
        let sql = NativeSql::new();
        create(&sql).unwrap();
        let rows = sql.run("SELECT name FROM sqlite_master WHERE type = 'table'", &[]).unwrap();
        let tables = rows.iter().map(|row| row.text(0).unwrap()).filter(|name| !name.starts_with("sqlite_"));
        let keys = ["1/shop/", "1/referrer/", "1/connect/", "1/ended/", "1/picture/", "1/fact/"];
        let stored = include_str!("../../../widget/src/browser/store.rs").split('"');
        let stored = stored.filter(|text| text.starts_with("parrain_") && !text.contains(' '));
        let all: BTreeSet<&str> = tables.chain(keys).chain(stored).collect();
        assert!(all.len() > 45 && all.contains("parrain_ref"), "{all:?}");
        // A name may stand with what it holds: `parrain_ref`.
        let missing: Vec<&&str> = all.iter().filter(|name| !listed().contains(**name)).collect();
        assert!(missing.is_empty(), "docs/privacy.md does not say what these hold: {missing:?}");
    }
}
