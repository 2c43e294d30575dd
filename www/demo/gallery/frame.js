// Brings the real widget into one state: answers its requests with fixed data, then presses what a
// shopper would press.
const query = new URLSearchParams(location.search);
const state = query.get("state") || "launcher";
const lang = query.get("lang") || "en";
// The demo shop runs on the port after the edge's.
const edge = query.get("edge") || `${location.protocol}//${location.hostname}:${Number(location.port) - 1}`;
document.documentElement.lang = lang;
document.documentElement.dataset.theme = query.get("theme") || "light";

const hostile = `\u202e<img src=x onerror=alert(1)> ${"👩‍🍳é".repeat(3000)}`;
const friend = { reward: { kind: "percent_off", percent: "10" }, min_subtotal: "30.00" };
const advocate = { reward: { kind: "store_credit", amount: "10.00" }, hold_days: 14, new_customers_only: true, max_per_month: 20 };
const activity = { "not-yet": "waiting", paused: "paused" }[state];
const donation = { kind: "donation", amount: "5.00", charity: "Les Restos du Cœur" };
const me = { status: activity, code: "CHLOE7", link: `${edge}/r/demo/CHLOE7`, token: "gallery" };
const from = { anonymous: "", hostile }[state] ?? "Anna";
const codes = {
  ANNA10: { valid: true, code: "ANNA10", from, offer: "friends", friend, new_customers_only: true,
    ends_at: state == "ending" ? new Date(Date.now() + 30 * 36e5).toISOString() : null },
  CHLOE7: activity ? { valid: false, reason: "inactive" } : { valid: true, code: "CHLOE7", from: "Chloé", offer: "friends", friend, new_customers_only: true, ends_at: null },
  OLD99: { valid: false, reason: "expired" },
  SOON1: { valid: false, reason: "inactive" },
};
const program = (code) => ({
  shop: "demo", name: state == "hostile" ? hostile : "Atelier Lumière", currency: "EUR", locale: lang, link_params: ["ref"], window_days: 30,
  offers: [{ id: "friends", audience: "customer", on: "sale", orders: "first", friend, advocate: state == "join-donation" ? { ...advocate, reward: donation } : advocate, starts_at: null, ends_at: null }],
  join: { offer: "friends" }, terms_url: "https://shop.example/terms", sign_in_url: "https://shop.example/my-link", sign_in_mails: state.startsWith("mail"), reminders: state == "remind", texts: {}, ...(code && { code: codes[code] || { valid: false, reason: "unknown" } }),
});
const credit = (amount) => ({ kind: "store_credit", amount, currency: "EUR" });
const sale = (n, status, reason, reward, rest) => ({
  order_id: `…${1000 + n}`, type: "sale", at: `2026-11-${String(n).padStart(2, "0")}T10:00:00Z`, offer: "friends", status, reward, reason, approves_at: null, ...rest,
});
const pages = {
  rewards: [
    sale(2, "pending", null, credit("10.00"), { approves_at: "2026-11-16T10:00:00Z" }), sale(3, "approved", null, credit("10.00")),
    sale(4, "paid", null, credit("7.50"), { earned: credit("10.00") }), sale(5, "rejected", "self_referral", null),
    sale(6, "reversed", "refunded", credit("0.00"), { earned: credit("10.00") }),
    { ...sale(7, "approved", null, { kind: "points", points: 200 }), type: "lead" },
    sale(8, "approved", null, { kind: "commission", amount: "3.20", currency: "EUR" }),
    sale(9, "approved", null, { kind: "free_product", sku: "MUG-1" }),
    { ...sale(10, "approved", null, { kind: "cash", amount: "5.00", currency: "EUR" }, { note: "Merci pour vos cent filleuls" }), type: "adjustment" },
    sale(11, "pending", null, { ...donation, currency: "EUR" }, { approves_at: "2026-11-24T10:00:00Z" }),
  ],
  "rewards-many": Array.from({ length: 100 }, (_, i) =>
    sale(i, ["pending", "approved", "paid", "reversed"][i % 4], i % 4 == 3 ? "cancelled" : null, credit(i % 4 == 3 ? "0.00" : "10.00"),
      { at: new Date(Date.UTC(2026, 5, 1 + i)).toISOString(), ...(i % 4 == 3 && { earned: credit("10.00") }) })),
  "rewards-all": ["self_referral", "existing_customer", "duplicate_customer", "below_minimum", "referrer_inactive", "cap_reached", "outside_window",
    "offer_inactive", "unverified", "cancelled", "refunded", "velocity", "budget_spent", "manual"].map((reason, i) =>
    sale(i + 1, ["cancelled", "refunded"].includes(reason) ? "reversed" : reason == "unverified" ? "pending" : "rejected", reason, null)),
};
const rewards = {
  code: me.code, link: me.link, status: activity, as_of: "2026-11-20T00:00:00Z", clicks: state == "no-rewards" ? 0 : 12,
  totals: [{ currency: "EUR", pending: "10.00", approved: "10.00", paid: "1250.00", reversed: "10.00" }],
  units: state == "rewards" ? [{ kind: "points", pending: 0, approved: 200, paid: 1, reversed: 0 }] : [],
  claims: state == "rewards" ? [["#1042", "waiting"], ["#987", "accepted"], ["#955", "refused", "Cette commande a été payée avant votre inscription."]]
    .map(([order_id, state, answer = null]) => ({ id: order_id, code: me.code, order_id, state, answer })) : [],
  donations: state == "rewards" ? [{ charity: "Les Restos du Cœur", currency: "EUR", pending: "5.00", approved: "0.00", paid: "35.00", reversed: "0.00" }] : [],
  conversions: pages[state] || (state == "elements" ? pages.rewards : []), next_cursor: state == "rewards" ? "next" : null,
};

const json = (status, body) => new Response(body === undefined ? null : JSON.stringify(body), { status });
const never = new Promise(() => {});
const fetched = window.fetch;
window.fetch = async (input, options = {}) => {
  const url = new URL(input.url || input, location.href);
  if (url.pathname.endsWith("cart/update.js")) return json(200, { discount_codes: [{ code: "ANNA10", applicable: state == "basket" }] });
  if (url.pathname.endsWith("/discount/ANNA10")) return json(200, {});
  if (url.pathname.endsWith("store/v1/cart")) return json(200, { items_count: 0 });
  if (!url.pathname.startsWith("/v1/")) return fetched(input, options);
  if (state == "unreachable") return json(503, {});
  if (state == "waiting") return never;
  if (url.pathname.endsWith("/offer")) return json(200, program(url.searchParams.get("code")));
  if (url.pathname.endsWith("/sign-in-mails")) return state == "mail-refused" ? json(422, {}) : json(202);
  if (url.pathname.endsWith("/claims")) return json(201, {});
  if (url.pathname.endsWith("/rewards")) return json(200, rewards);
  if (url.pathname.endsWith("/referrers")) return state == "join-refused" ? json(422, {}) : json(201, me);
  return json(202);
};

const arrives = ["friend", "remind", "ending", "anonymous", "basket", "empty", "carried", "shown", "hostile"].includes(state);
const signed = ["join-signed", "code-own", "no-rewards", "rewards", "rewards-all", "rewards-many", "missing", "paused", "elements"].includes(state);
const main = document.querySelector("main");
if (state == "elements") main.append(...["offer", "code", "rewards"].map((name) => document.createElement(`parrain-${name}`)));

// Consent is never given, so that the frames leave nothing behind for one another.
const tag = Object.assign(document.createElement("script"), { src: `${edge}/widget.js` });
Object.assign(tag.dataset, { shop: "demo", locale: lang, consent: "required", placement: state == "elements" ? "none" : "launcher" });
if (arrives) history.replaceState(null, "", `?${new URLSearchParams({ ...Object.fromEntries(query), ref: "ANNA10" })}`);
// A shop that remembers the code itself: without consent nothing else carries it to the next page.
if (["basket", "carried"].includes(state)) tag.dataset.platform = "shopify";
if (state == "empty") tag.dataset.platform = "woocommerce";
if (signed) tag.dataset.customer = `e30.${btoa(JSON.stringify({ sub: "c-chloe" }))}.c2lnbmVk`;

const root = () => document.querySelector("parrain-widget")?.shadowRoot;
const find = async (selector) => {
  for (let i = 0; i < 200; i++) {
    const found = root()?.querySelector(selector);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`the state ${state} never showed ${selector}`);
};
const type = async (name, text) => ((await find(`[name=${name}]`)).value = text);
const enter = async (code) => {
  parrain("open", "code");
  await type("code", code);
  (await find("form button")).click();
};

const steps = {
  basket: async () => (await find("[data-a=apply]")).click(),
  empty: async () => (await find("[data-a=apply]")).click(),
  carried: async () => (await find("[data-a=apply]")).click(),
  shown: async () => (await find("[data-a=apply]")).click(),
  code: () => parrain("open", "code"),
  "code-good": () => enter("ANNA10"),
  "code-expired": () => enter("OLD99"),
  "code-unknown": () => enter("NOBODY9"),
  "code-inactive": () => enter("SOON1"),
  "code-own": async () => {
    parrain("open", "rewards");
    await find(".sums");
    await enter("CHLOE7");
  },
  join: () => parrain("open", "share"),
  mail: async () => {
    parrain("open", "share");
    (await find("summary")).click();
  },
  "mail-sent": async () => {
    await steps.mail();
    (await find("[data-a=link] input")).value = "chloe@example.com";
    (await find("[data-a=link] button")).click();
    await find("details > .small");
  },
  "mail-refused": async () => {
    await steps.mail();
    (await find("[data-a=link] input")).value = "chloe@example";
    (await find("[data-a=link] button")).click();
    await find(".bad");
  },
  remind: async () => (await find("summary")).click(),
  "join-donation": () => parrain("open", "share"),
  "join-signed": () => parrain("open", "share"),
  "join-refused": async () => {
    parrain("open", "share");
    await type("email", "chloe@example");
    (await find("form button")).click();
  },
  share: async () => {
    parrain("open", "share");
    await type("name", "Chloé");
    await type("email", "chloe@example.com");
    (await find("form button")).click();
  },
  qr: async () => {
    await steps.share();
    (await find(".qr path")).scrollIntoView();
  },
  "not-yet": async () => {
    await steps.share();
    await find(".note");
  },
  paused: () => parrain("open", "rewards"),
  "no-account": () => parrain("open", "rewards"),
  "no-rewards": () => parrain("open", "rewards"),
  rewards: () => parrain("open", "rewards"),
  "rewards-all": () => parrain("open", "rewards"),
  "rewards-many": () => parrain("open", "rewards"),
  missing: async () => {
    parrain("open", "rewards");
    (await find("summary")).click();
    root().querySelector("details").scrollIntoView();
  },
  unreachable: () => parrain("open"),
  waiting: () => parrain("open"),
};
tag.addEventListener("load", async () => {
  await steps[state]?.();
  document.documentElement.dataset.shown = "";
});
document.body.append(tag);
