// Lays out one frame for each state, in the language, width and theme that are chosen.
const states = {
  launcher: "Launcher",
  friend: "A friend arrives by a link",
  ending: "An offer that ends soon",
  anonymous: "A referrer without a name",
  basket: "Redeemed: in the basket",
  empty: "Redeemed: the basket is empty",
  carried: "Redeemed: goes with the order",
  shown: "Redeemed: to be typed at the checkout",
  code: "Promo code field",
  "code-good": "A good code",
  "code-expired": "An expired code",
  "code-unknown": "An unknown code",
  "code-inactive": "An inactive code",
  "code-own": "One's own code",
  join: "Refer a friend",
  "join-donation": "Refer a friend, for a charity",
  mail: "Refer a friend, with one's link by mail",
  "mail-sent": "One's link by mail, asked for",
  "mail-refused": "One's link by mail, refused",
  remind: "A friend who wants to be reminded",
  "join-signed": "Refer a friend, signed in",
  "join-refused": "A join that was refused",
  share: "Share",
  qr: "Share by QR code",
  "not-yet": "Share, not let in yet",
  "no-account": "Rewards without an account",
  "no-rewards": "No rewards yet",
  rewards: "Rewards",
  "rewards-all": "Rewards: every reason",
  "rewards-many": "Rewards: many",
  missing: "Rewards: an order is missing",
  paused: "Rewards of who is paused",
  unreachable: "The edge does not answer",
  waiting: "Waiting",
  hostile: "Hostile names",
  elements: "Elements in the page",
};
const languages = { fr: "Français", en: "English", de: "Deutsch", es: "Español", it: "Italiano", pt: "Português", nl: "Nederlands", ar: "العربية" };

const form = document.querySelector("#choice");
const main = document.querySelector("#states");
const given = new URLSearchParams(location.search);

for (const [tag, name] of Object.entries(languages)) form.lang.append(new Option(name, tag));
for (const name of ["lang", "width", "theme"]) if (given.has(name)) form[name].value = given.get(name);
form.addEventListener("change", show);
show();

function show() {
  const { lang, width, theme } = form;
  const figures = Object.entries(states).map(([state, title]) => {
    const figure = document.createElement("figure");
    const frame = document.createElement("iframe");
    const query = new URLSearchParams({ state, lang: lang.value, theme: theme.value });
    if (given.has("edge")) query.set("edge", given.get("edge"));
    frame.src = `frame.html?${query}`;
    frame.title = title;
    frame.loading = "lazy";
    frame.width = width.value;
    figure.append(Object.assign(document.createElement("figcaption"), { textContent: title }), frame);
    return figure;
  });
  main.replaceChildren(...figures);
}
