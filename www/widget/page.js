/*
 * The widget's hands: what only a browser can do, for the Rust part that decides. Whatever happens in the
 * page goes to `tell` as one kind of event and its data; what Rust wants done are the functions below, of
 * which none throws, whatever the shop's page has made of its own objects. EVENT_START and its like are the
 * numbers that `browser.rs` gives them; EDGE_FILES are the names of further files. The build puts both in.
 */
import { tell as rust } from "./parrain_widget.js";
import style from "./style.css";

// The kinds of places, as `view` numbers them; the first is the corner of the window.
const PLACES = ["parrain-widget", "parrain-offer", "parrain-code", "parrain-rewards"];

const w = window;
const d = document;
let mounts = [];
const waiting = [];
let busy, gathering, going;

/** The function without its exceptions: it answers `otherwise` instead. */
const safe = (work, otherwise) => (...given) => {
  try {
    return work(...given);
  } catch {
    return otherwise;
  }
};

// Control characters mark the parts of what goes between here and Rust, and mean nothing in texts.
const plain = (value) => (typeof value == "string" ? value.replace(/[\0-\x05]/g, "") : "");

/** A value as `Value::read` takes it, down to some depth. */
const flat = (value, depth = 9) => {
  if (typeof value == "string") return '"' + plain(value) + "\0";
  if (typeof value == "number") return "#" + (value > 0 ? Math.min(Math.floor(value), 4294967295) : 0) + "\0";
  if (typeof value == "boolean") return value ? "t" : "f";
  if (!isObject(value) || !depth--) return "-";
  if (Array.isArray(value)) return "[" + value.map((item) => flat(item, depth)).join("") + "]";
  return "{" + Object.keys(value).map((key) => ":" + plain(key) + "\0" + flat(value[key], depth)).join("") + "}";
};

/** Tells Rust what happened. What the page's scripts do while it goes on waits its turn. */
const tell = (what, data) => {
  waiting.push([what, flat(data)]);
  if (busy) return;
  busy = 1;
  while (waiting.length) {
    const [kind, text] = waiting.shift();
    rust(kind, Date.now() / 1000, text);
  }
  busy = 0;
};

const isObject = (value) => !!value && typeof value == "object";
const on = (target, name, work) => target.addEventListener(name, safe(work), true);
const json = safe(JSON.parse);
const property = safe((path) => path.split(".").reduce((value, name) => value[name], w));
const claims = safe((signed) => JSON.parse(atob(signed.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))));
const identity = (signed) => ({ signed, claims: claims(signed) });

// What the loader calls.

export const start = (config) => {
  const { languages, globalPrivacyControl, share } = navigator;
  const key = taken();
  tell(EVENT_START, {
    ...config,
    files: EDGE_FILES,
    customer: identity(config.customer),
    wishes: [config.locale, d.documentElement.lang, ...(languages || [])],
    gpc: !!globalPrivacyControl,
    can_share: !!share,
    me: json(property("localStorage.parrain_me")),
  });
  if (key) tell(EVENT_LOOK, key);
  // The rest in a task of its own, so that the page is not held up for long.
  setTimeout(watch);
};
const watch = () => {
  ask(0);
  // These two say so in the page when the visitor chooses, whenever they were loaded.
  on(d, "visitorConsentCollected", () => said(shopify(), true));
  on(d, "wp_listen_for_consent_change", ({ detail }) => detail.marketing && said(detail.marketing == "allow", true));
  on(w, "popstate", look);
  on(w, "online", again);
  on(w, "pageshow", again);
  on(w, "change", ({ target }) => {
    if (target.matches("[data-parrain-code],[name=coupon_code],[name=discount_name],[name=coupon],[name=discount]")) tell(EVENT_SEEN, target.value);
  });
  // A page that moves without loading changes what it shows. Watching for that tells of the move as well
  // as of new forms, and leaves the shop's `history` alone.
  new MutationObserver(() => {
    if (!gathering) gathering = setTimeout(look, 150);
  }).observe(d, { childList: true, subtree: true });
};
export const command = (name, argument) =>
  tell(EVENT_COMMAND, {
    name,
    word: argument,
    yes: !!argument,
    who: identity(argument),
    order: safe(JSON.stringify, "")(argument),
    codes: isObject(safe(() => argument.codes)()),
    touches: isObject(safe(() => argument.touches)()),
  });
export const element = (host) => {
  const kind = Math.max(1, PLACES.indexOf(host.localName));
  if (mount(host, kind)) tell(EVENT_ELEMENT, kind);
};

const look = () => {
  gathering = 0;
  tell(EVENT_LOOK, taken());
};
/** The key of a link that the shop mailed, which leaves the address at once: it is nobody else's business. */
const taken = safe(() => {
  const [page, key] = location.href.split("#parrain_key=");
  if (key) history.replaceState(null, "", page);
  return key;
});
const again = () => tell(EVENT_AGAIN);

// Consent tools: what they say, and when they change their mind.

const said = (yes, now) => {
  if (typeof yes == "boolean") tell(EVENT_CONSENT, { yes, now });
};
const shopify = safe(() => w.Shopify.customerPrivacy.marketingAllowed());
const ask = (round) => {
  if (shopify() === undefined)
    safe(() => w.Shopify.loadFeatures([{ name: "consent-tracking-api", version: "0.1" }], () => said(shopify())))();
  said(shopify());
  said(safe(() => w.wp_has_consent("marketing"))());
  if (w.__tcfapi)
    safe(w.__tcfapi)("addEventListener", 2, safe((data) => {
      // IAB TCF 2, purpose 1: "store and/or access information on a device".
      if (/^(tcloaded|useractioncomplete)$/.test(data.eventStatus)) said(!!data.purpose.consents[1], true);
    }));
  // Again after a while for those not there yet.
  else if (round < 4) setTimeout(() => ask(round + 1), 500 << round);
};

// Places in the page: one shadow root each, changed only where it differs.

// A constructed sheet is allowed under a strict style-src, where a style element is not.
const sheet = safe(() => {
  const made = new CSSStyleSheet();
  made.replaceSync(style);
  return made;
})();
const dressed = new WeakSet();
const mount = safe((host, kind) => {
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  if (!dressed.has(host)) {
    dressed.add(host);
    if (sheet) root.adoptedStyleSheets = [sheet];
    else root.appendChild(d.createElement("style")).textContent = style;
    on(root, "click", ({ target }) => {
      const button = target.closest("button[data-a]");
      if (button) tell(EVENT_PRESS, [button.dataset.a, button.dataset.v]);
    });
    on(root, "submit", (event) => {
      event.preventDefault();
      const form = event.target;
      const value = (name) => (form.elements[name] || {}).value;
      tell(EVENT_FORM, [form.dataset.a, value("name"), value("email"), value("code")]);
    });
    if (!kind) on(root, "keydown", ({ key }) => key == "Escape" && tell(EVENT_PRESS, ["close"]));
  }
  if (!mounts.some((known) => known.host == host)) mounts.push({ host, root, kind });
  return true;
});

/** Whether a place of this kind is in the page. */
export const mounted = (kind) => mounts.some((mount) => mount.kind == kind && mount.host.isConnected);

/** Shows a view in every place of a kind. The place in the corner is made when it has something. */
export const paint = safe((kind, view, theme) => {
  // Without its figures it is no view yet.
  if (missing.length) return;
  mounts = mounts.filter(({ host }) => host.isConnected);
  // What the loader has drawn (launcher.js) stays until there is something to put in its place, in the same root.
  const light = !kind && d.querySelector(PLACES[0] + "[data-light]");
  if (light) {
    if (!view || view.includes("class\x03wait")) return;
    light.removeAttribute("data-light");
    mount(light, 0);
  }
  if (view && !kind && !mounted(0)) {
    const host = d.createElement(PLACES[0]);
    if (theme) host.dataset.theme = theme;
    (d.body || d.documentElement).appendChild(host);
    mount(host, 0);
  }
  for (const { root, kind: its } of mounts) if (its == kind) children(root, view ? view.split(/(?=[\x01\x02\x04\x05])/) : []);
  if (!kind && going !== undefined) {
    const into = going;
    going = undefined;
    for (const { root, kind } of mounts) if (!kind) root.querySelector(into ? "#panel h2" : ".launch").focus({ preventScroll: true });
  }
});

/**
 * Makes the children of `parent` be what the steps say up to their end or a closing, keeping every element
 * that can stay as it is: so the focus, and what the shopper is typing, stay too.
 */
const children = (parent, steps) => {
  let place = parent.firstChild;
  let step;
  if (place && place.localName == "style") place = place.nextSibling;
  while ((step = steps.shift()) && step[0] != "\x05") {
    const word = step.slice(1);
    let made;
    if (step[0] == "\x04") {
      if (place && place.nodeType == 3) {
        if (place.data != word) place.data = word;
        place = place.nextSibling;
        continue;
      }
      made = d.createTextNode(word);
    } else {
      const wanted = {};
      while (steps[0] && steps[0][0] == "\x02") {
        const [name, value] = steps.shift().slice(1).split("\x03");
        wanted[name] = value;
      }
      // The screens of the panel never become one another: a new screen is a new thing to read.
      const fits = place && place.localName == word && place.dataset.k == wanted["data-k"];
      made = fits ? place : d.createElementNS("http://www.w3.org/" + (/^(svg|path)$/.test(word) ? "2000/svg" : "1999/xhtml"), word);
      for (const name of made.getAttributeNames()) if (!(name in wanted)) made.removeAttribute(name);
      for (const name in wanted) if (made.getAttribute(name) != wanted[name]) made.setAttribute(name, wanted[name]);
      children(made, steps);
      if (fits) {
        place = place.nextSibling;
        continue;
      }
    }
    parent.insertBefore(made, place);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
};

/** Moves the focus to the panel's heading, or back to the button that opened it, when that is painted. */
export const focus = (into) => {
  going = into;
};

// The page.

/** The text at a path of names from the window, or where an `@` comes first, the address of an element. */
export const read = safe((path) => plain(path[0] == "@" ? d.querySelector(path.slice(1)).href : property(path)), "");

/** Whether there is anything at such a path. */
export const has = safe((path) => !!(path[0] == "@" ? d.querySelector(path.slice(1)) : property(path)), false);

/** Writes the cookie. */
export const cookie = safe((text) => void (d.cookie = text));

/** Keeps a text; an empty one goes. */
export const store = safe((key, text) => (text ? localStorage.setItem(key, text) : localStorage.removeItem(key)));

export const emit = safe((name, detail) => void d.dispatchEvent(new CustomEvent(name, { detail: json(detail) })));

export const later = (after) => setTimeout(again, after);

/** One request and its answer, or a status of 0 after 15 seconds; `headers` is a JSON object. */
export const request = (number, method, address, headers, body) => {
  let response = {};
  let nonce;
  const done = (text) => {
    // An empty answer (202, 204) is a good one.
    const data = text === "" ? true : json(text);
    tell(EVENT_ANSWER, { number, status: response.status || 0, nonce, data });
  };
  safe(async () => {
    try {
      response = await fetch(address, {
        method,
        headers: json(headers),
        body: body || undefined,
        // Finishes although the shopper follows a link at the same moment.
        keepalive: !!body,
        signal: safe(() => AbortSignal.timeout(15000))(),
      });
      // WooCommerce wants this one back.
      nonce = response.headers.get("nonce");
      var text = await response.text();
    } catch {}
    done(text);
  })();
};

/** Copies, by the clipboard or by the old way where that is forbidden. */
export const copy = async (what, text) => {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = d.body.appendChild(d.createElement("textarea"));
    field.value = text;
    field.style.cssText = "position:fixed;opacity:0";
    field.select();
    done = d.execCommand("copy");
    field.remove();
  }
  if (done) tell(EVENT_PRESS, ["copied", what]);
};

/** Draws the QR code of a text, by a wasm that is loaded only for that (`crates/qr`). */
export const draw = async (address, text) => {
  let picture;
  try {
    const wasm = await (await fetch(address)).arrayBuffer();
    const { memory, place, draw } = (await WebAssembly.instantiate(wasm)).instance.exports;
    const bytes = (length) => new Uint8Array(memory.buffer, place(), length);
    const { written } = new TextEncoder().encodeInto(text, bytes(9999));
    picture = new TextDecoder().decode(bytes(draw(written)));
  } catch {}
  tell(EVENT_DRAWN, [text, picture]);
};

/** Opens the browser's own share sheet. Closing it is no error. */
export const share = safe((text, url) => navigator.share({ text, url }).catch(() => {}));

/** Opens Messenger, whose app takes the link on a phone; elsewhere it is pasted. */
export const messenger = safe((app) => w.open(matchMedia("(pointer:coarse)").matches ? app : "https://www.messenger.com/new", "_blank"));

// What shows figures, by class, language and options. Each is made once and in a task of its own: on a slow phone
// that takes as long as all the rest. Half of it is the same for all classes, and done by whichever comes first.
const shows = {};
const missing = [];
const first = [["", "Collator"]];
const prepare = () => {
  const [key, kind, tag, options] = missing.shift();
  const make = safe((tag) => new Intl[kind](tag, json(options)));
  // A tag that the browser refuses gives its own language.
  shows[key] = make(tag) || make() || 1;
  setTimeout(missing.length ? prepare : look);
};

/** A value shown by a class of `Intl`; where that is still to be made nothing, and a further view when it is. */
export const intl = safe((kind, tag, options, value, unit) => {
  const key = kind + tag + options;
  const made = shows[key];
  if (made) return made.select ? made.select(value) : made.format(kind[0] == "D" ? Date.parse(value) : value, unit);
  if (!missing.length) setTimeout(prepare);
  missing.push(...first.splice(0));
  if (!missing.some((known) => known[0] == key)) missing.push([key, kind, tag, options]);
  return "";
}, "");

/** Seconds since 1970 of an RFC 3339 instant, and back. */
export const seconds = (text) => Date.parse(text) / 1000 || 0;
export const instant = safe((seconds) => new Date(seconds * 1000).toISOString(), "");

export const redraw = safe((reason) => w.prestashop.emit("updateCart", { reason: { linkAction: reason } }));

/** Writes what is known into every form and link of the page that takes it along: whether there is one. */
export const carry = safe((code, touches) => {
  let any = false;
  const all = (selector, work) => d.querySelectorAll(selector).forEach((found) => ((any = true), work(found)));
  const hidden = (form, name, value) => {
    let field = form.querySelector(`[name=${name}]`);
    if (!field) {
      if (!value) return;
      field = d.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.appendChild(field);
    }
    if (field.value != value) field.value = value;
  };
  all("form[data-parrain]", (form) => {
    hidden(form, "parrain_code", code);
    hidden(form, "parrain_touches", touches);
  });
  // A Payment Link takes the code along in its address; a reference that the shop has put there stays the shop's.
  if (code)
    all("a[href^='https://buy.stripe.com/']", (link) => {
      const [, bare, query, rest] = /^([^?#]*)\??([^#]*)(.*)$/.exec(link.href);
      const more = ["client_reference_id", "prefilled_promo_code"].filter((name) => !("&" + query).includes(`&${name}=`)).map((name) => `${name}=${code}`);
      if (more[0]) link.href = `${bare}?${more.join("&")}${query && "&" + query}${rest}`;
    });
  return any;
}, false);
