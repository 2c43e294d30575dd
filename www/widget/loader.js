/*
 * The tag that a shop pastes: notes the page's address at once, draws the launcher when the page has painted, and fetches
 * the widget when there is a reason: a code, something kept, a signed customer, an element in the page, a press or a
 * command. Where the page's security policy forbids WebAssembly, or the visitor leaves before the widget is there, it
 * captures the code itself. It is JavaScript because it comes before there is any wasm. EDGE_GLUE and EDGE_WASM are names
 * that the build puts in.
 */
import { codesIn, visited } from "./address.js";
import { draw, dress, light, speak, stepAside } from "./launcher.js";

const w = window;
const d = document;
// A module has no `currentScript`.
const tag = d.currentScript || d.querySelector("script[data-shop][src*='/widget.js']");
// An element with id="parrain" is `window.parrain` as well, until there is something else.
const before = typeof w.parrain == "function" ? w.parrain : {};

const say = (text) => console.error("Parrain: " + text);

const install = () => {
  const data = tag.dataset;
  const { shop } = data;
  if (!shop) return say("the tag needs data-shop.");
  // The shop's own scripts may have tidied the address up already.
  const addresses = [before.url, performance.getEntriesByType("navigation")[0]?.name, location.href].map(String);
  const queue = before.q || [];
  let rounds = 0;
  let codes = [];
  let run, look, capture;

  // Once the page has painted, or when the page asks for something: what is compiled and run before then
  // holds the page up.
  const begin = () => {
    if (run) return;
    const edge = (data.edge || new URL(tag.src).origin).replace(/\/$/, "");
    const api = `${edge}/v1/shops/${shop}`;
    const fixed = data.params && data.params.split(/[\s,]+/);
    const mode = data.consent || "explicit";
    const language = speak([data.locale, d.documentElement.lang, ...(navigator.languages || [])]);
    const answers = {};
    const hosts = [];
    let consent = mode == "none-needed" || undefined;
    let placement = data.placement || "launcher";
    let names = fixed || ["ref"];
    let href = location.href;
    let retries = "";
    let home = d.body;
    let app, begun, failed, captured, host, program, screen, settled, timer, told;

    // A page that forbids storage throws where it is only looked at.
    const attempt = (work) => {
      try {
        return work();
      } catch {}
    };
    const stored = (key) => attempt(() => localStorage["parrain_" + key]);
    const kept = () => /parrain_ref=([^;]+)/.exec(attempt(() => d.cookie))?.[1] || stored("ref");
    const emit = (name, detail) => d.dispatchEvent(new CustomEvent("parrain:" + name, { detail }));

    const write = (value, age) => {
      // Without TLS a secure context is this machine itself.
      const local = location.protocol == "http:" && isSecureContext;
      attempt(() => (d.cookie = `parrain_ref=${value}; Path=/; SameSite=Lax; Max-Age=${age}${local ? "" : "; Secure"}`));
    };
    const forget = () => {
      write("", 0);
      for (const key of ["ref", "me", "unsent", "closed", "gift"]) attempt(() => delete localStorage["parrain_" + key]);
    };

    /** The public side of the program, with what it says of a code; nothing where there is none to be had. */
    const ask = (code = "") => (answers[code] = answers[code] || read(`${api}/offer?locale=${encodeURIComponent(language.tag)}${code && "&code="}${code}`));
    const read = async (address) => {
      let response;
      try {
        // A code must not wait for ever to be kept.
        response = await fetch(address, { signal: attempt(() => AbortSignal.timeout(8000)) });
        const answer = await response.json();
        if (answer.status == 404) say(`${edge} knows no shop "${shop}".`);
        return answer.name && answer.currency && (program = answer);
      } catch {
        // The browser does not say whether nobody answered, or the answer is not for this page.
        if (!response) fetch(address, { mode: "no-cors" }).then(() => say(`${edge} answers no page of ${location.origin}. Add it to the "origins" of "${shop}".`), () => {});
      }
    };
    const all = (addresses, names) => codesIn(addresses.join("&"), names);
    /** Whether the program has to be asked which names it has. */
    const isOpen = (addresses) => !fixed && /[?#].*=/.test(addresses);

    /** Finds the codes that addresses carry. The program says in which parameters, and the edge which codes are known. */
    const arrive = async (addresses) => {
      codes = all(addresses, names);
      if (!codes.length && !isOpen(addresses)) return;
      // Most likely it is one, and the widget is needed.
      if (codes.length) start();
      const answer = await ask(codes[0]);
      if (!answer) return;
      if (!fixed && Array.isArray(answer.link_params)) names = answer.link_params.map(String);
      codes = all(addresses, names);
      const verdicts = await Promise.all(codes.map((code) => ask(code)));
      codes = codes.filter((code, place) => verdicts[place]?.code?.reason != "unknown");
      if (codes.length) start();
    };

    // What is left where the widget does not run: keep the codes and report the touches, by the same rules.
    capture = () => {
      let value = kept();
      // What is kept tells of an earlier consent.
      if (app || captured || !(consent ?? value) || navigator.globalPrivacyControl) return;
      // Gone before the program has said which parameters are its own: the next page of the visit will know.
      if (!program && isOpen(addresses)) attempt(() => (sessionStorage.parrain_left = addresses));
      for (const code of codes) {
        const then = visited(value || "", code, (Date.now() / 1000) | 0);
        captured = 1;
        if (then == value) continue;
        value = then;
        // Thirty days, the default: the loader does not wait for the program.
        write(value, 86400 * (program?.window_days || 30));
        attempt(() => (localStorage.parrain_ref = value));
        const body = JSON.stringify({ code, source: "link", landing: location.href });
        const headers = { "content-type": "application/json" };
        fetch(api + "/touches", { method: "POST", keepalive: true, headers, body }).catch(() => {});
        emit("captured", { code, source: "link" });
      }
    };

    const start = async () => {
      if (begun) return;
      begun = 1;
      try {
        const [glue, wasm] = await Promise.all([import(edge + EDGE_GLUE + retries), fetch(edge + EDGE_WASM + retries)]);
        await glue.default({ module_or_path: wasm });
        await settled;
        // Of several known codes the last is the latest touch. `told`: the page has heard `ready` already.
        glue.start({ ...data, edge, params: names, code: codes[codes.length - 1], codes, href, placement, consent: mode, fixed: data.params, told });
        app = glue;
        hosts.forEach(app.element);
        // When the widget has read the consent tools, which takes it a task of its own.
        setTimeout(() => queue.splice(0).forEach(run));
      } catch {
        // A policy, an old loader whose files are gone, or no network.
        failed = 1;
        begun = 0;
        // A browser may remember that a module did not come.
        retries += "?";
        await settled;
        capture();
        setTimeout(() => screen && start(), 5000);
      }
    };

    /** Shows the launcher, or a screen's frame until the widget has something to put into it. */
    const show = (next) => {
      // What the page's policy would not let run is not offered: the smallest wasm there is tells.
      if (!attempt(() => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)))) return;
      // A browser that knows none of the colours gets the widget itself at once.
      if (!CSS.supports("color", "light-dark(red,red)")) return start();
      screen = next;
      const { texts, offers = [] } = program || {};
      // Whom they are for the widget knows, which is fetched by a press.
      if (screen || (placement == "launcher" && offers[0]))
        host = draw({ ...language, ...texts }, screen, (...call) => run(call));
      else host = light()?.remove();
    };

    run = ([name, argument, callback]) => {
      if (name == "on") return d.addEventListener("parrain:" + argument, (event) => callback(event.detail));
      if (name == "open" && (!app || light())) show(argument || "share");
      if (name == "close" && light() && screen) show();
      if (app && !queue.length) return app.command(name, argument);
      queue.push([name, argument]);
      if (name == "consent") {
        if (!argument) forget();
        if (mode != "explicit") consent = argument;
        if (failed) capture();
      } else if (!/close|basket/.test(name)) start();
    };

    /** Something in the page has changed: soon, and once for many changes, look what it is. */
    const changed = () => {
      timer = timer || setTimeout(() => {
        timer = 0;
        stepAside();
        if (app) return;
        // Another body has come in place of the one that the launcher stood in.
        if (host && home != d.body) (home = d.body).append(host);
        if (href == location.href) return;
        href = location.href;
        if (/_key=/.test(href)) start();
        settled = arrive([href]);
      }, 200);
    };

    look = async () => {
      for (const part of ["widget", "offer", "code", "rewards"]) {
        attempt(() =>
          customElements.define(
            "parrain-" + part,
            class extends HTMLElement {
              connectedCallback() {
                if (part == "widget") dress(this, data);
                else if (app) app.element(this);
                else hosts.push(this), start();
              }
            },
          ),
        );
      }
      // Somebody else's frame is no place for a launcher.
      if (placement == "launcher" && !attempt(() => top.location.href)) placement = "none";
      if (placement == "inline" && d.body.contains(tag)) tag.after(d.createElement("parrain-offer"));
      if (/_key=/.test(location) || kept() || stored("me") || stored("unsent") || data.customer || location.href.includes(data.thanks || "\n")) start();
      // Bars and bubbles come late, and each in its own way; a page that moves without loading changes what it shows.
      new MutationObserver(changed).observe(d, { childList: true, subtree: true });
      for (const name of ["resize", "scroll", "click", "transitionend"]) w.addEventListener(name, changed, true);
      w.navigation?.addEventListener("currententrychange", changed);
      // Codes that are typed into the shop's own field are noted where the widget may have the consent for it.
      d.addEventListener("change", ({ target }) => {
        if (app || mode == "explicit" || !(/^(coupon(_code)?|discount(_name)?)$/.test(target.name) || "parrainCode" in target.dataset)) return;
        queue.push(["seen", target.value]);
        start();
      }, true);
      attempt(() => {
        addresses.push(String(sessionStorage.parrain_left));
        delete sessionStorage.parrain_left;
      });
      await (settled = arrive(addresses));
      if (begun || failed) return;
      told = true;
      emit("ready", {});
      if (placement == "launcher" && (program || (await ask())) && !begun) show();
    };

    codes = all(addresses, names);
    queue.splice(0).forEach(run);
  };

  // By the clock: in the tasks of the browser's own events, what follows them in the page would be held up. A
  // picture that never comes must not keep a friend from the offer, a tab in the background paints nothing, and a page
  // that is only being prepared is no visit.
  const wait = () => {
    rounds++;
    const painted = d.hidden || performance.getEntriesByName("first-contentful-paint")[0] || rounds > 10;
    if (!d.prerendering && ((painted && d.readyState == "complete") || (rounds > 30 && (begin(), codes.length)))) (w.requestIdleCallback || setTimeout)(() => (begin(), look()), { timeout: 2000 });
    else setTimeout(wait, 100);
  };

  w.parrain = (...call) => {
    begin();
    run(call);
  };
  w.parrain.shop = shop;
  w.addEventListener("pagehide", () => d.prerendering || (begin(), capture()));
  setTimeout(wait, 100);
};

// A second tag leaves the page to the first.
if (tag && !before.shop) install();
