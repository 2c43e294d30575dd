/*
 * The tag that a shop pastes: notes the page's address at once, and fetches the widget when there is
 * a reason and the page has painted. Where the page's security policy forbids WebAssembly, or the visitor
 * leaves before the widget is there, it captures the code itself. EDGE_GLUE and EDGE_WASM are names
 * that the build puts in.
 */
(() => {
  const w = window;
  const d = document;
  const tag = d.currentScript;
  const before = w.parrain;
  // A second tag leaves the page to the first.
  if (!tag || (before && before.shop)) return;

  const data = tag.dataset;
  // The shop's own script may tidy the address up.
  const { search } = location;
  const queue = (before && before.q) || [];
  let rounds = 0;
  let run, look, capture, code;

  // Once the page has painted, or when the page asks for something: what is compiled and run before then
  // holds the page up.
  const begin = () => {
    if (run) return;
    const shop = data.shop;
    const edge = (data.edge || new URL(tag.src).origin).replace(/\/$/, "");
    const params = (data.params || "ref").split(/[\s,]+/);
    const hosts = [];
    let consent = data.consent == "none-needed" || undefined;
    let placement = data.placement || "launcher";
    let app, begun, failed, captured;

    // A page that forbids storage throws where it is only looked at.
    const attempt = (work) => {
      try {
        return work();
      } catch {}
    };
    const stored = (key) => attempt(() => localStorage["parrain_" + key]);
    const kept = () => (/parrain_ref=([^;]+)/.exec(attempt(() => d.cookie)) || [])[1];
    const isCode = (value) => /^\s*[a-z0-9-]{3,32}\s*$/i.test(value);
    const query = new URLSearchParams(search);
    const found = params.map((name) => query.get(name)).find(isCode);
    code = found && found.trim().toUpperCase();

    const write = (value, age) => {
      const local = /^(.*\.)?localhost$|^127\.0\.0\.1$/.test(location.hostname) && location.protocol == "http:";
      attempt(() => (d.cookie = `parrain_ref=${value}; Path=/; SameSite=Lax; Max-Age=${age}${local ? "" : "; Secure"}`));
    };
    const forget = () => {
      write("", 0);
      for (const key of ["ref", "me", "unsent", "closed"]) attempt(() => localStorage.removeItem("parrain_" + key));
    };

    // What is left where the widget does not run: keep the code and report the touch, by the same rules.
    capture = () => {
      const value = kept();
      // What is kept tells of an earlier consent.
      if (app || captured || !code || !(consent ?? value) || navigator.globalPrivacyControl) return;
      captured = 1;
      const all = value ? value.split("~") : [];
      const [, last, source, at] = String(all.slice(-1)).split(".");
      const now = (Date.now() / 1000) | 0;
      // A page that is loaded again is not another visit.
      if (last == code && source == "l" && now - at < 1800) return;
      all.push(`v1.${code}.l.${now}`);
      if (all.length > 5) all.splice(1, 1);
      // Thirty days, the default: the loader does not ask for the program.
      write(all.join("~"), 2592000);
      attempt(() => (localStorage.parrain_ref = all.join("~")));
      const body = JSON.stringify({ code, source: "link", landing: location.href });
      const headers = { "content-type": "application/json" };
      fetch(`${edge}/v1/shops/${shop}/touches`, { method: "POST", keepalive: true, headers, body }).catch(() => {});
      d.dispatchEvent(new CustomEvent("parrain:captured", { detail: { code, source: "link" } }));
    };

    const start = () => {
      if (begun) return;
      begun = 1;
      const wasm = fetch(edge + EDGE_WASM, { priority: "low" });
      wasm.catch(() => {});
      import(edge + EDGE_GLUE)
        .then((glue) =>
          glue.default({ module_or_path: wasm }).then(() => {
            const { locale, customer, platform, theme } = data;
            glue.start({ shop, edge, params, code, placement, locale, customer, platform, theme, consent: data.consent, fixed: data.params });
            app = glue;
            hosts.forEach(app.element);
            queue.splice(0).forEach(run);
          }),
        )
        .catch(() => {
          // Most likely a policy; if not, an old loader whose files are gone: have a new one next time.
          failed = 1;
          fetch(tag.src, { mode: "no-cors", cache: "reload" }).catch(() => {});
          capture();
        });
    };

    run = ([name, argument, callback]) => {
      if (name == "on") return d.addEventListener("parrain:" + argument, (event) => callback(event.detail));
      if (app) return app.command(name, argument);
      queue.push([name, argument]);
      if (name == "consent") {
        if (!argument) forget();
        if (data.consent != "explicit") consent = argument;
        if (failed) capture();
      } else if (name != "close") start();
    };

    look = () => {
      for (const part of ["offer", "code", "rewards"]) {
        attempt(() =>
          customElements.define(
            "parrain-" + part,
            class extends HTMLElement {
              connectedCallback() {
                if (app) app.element(this);
                else hosts.push(this), start();
              }
            },
          ),
        );
      }
      // Somebody else's frame is no place for a launcher.
      if (placement == "launcher" && !attempt(() => top.location.href)) placement = "none";
      if (placement == "inline" && d.body.contains(tag)) tag.after(d.createElement("parrain-offer"));
      // Without data-params the program says which parameters carry a code, so one that might be is worth asking.
      const maybe = !data.params && [...query].some(([name, value]) => !/^utm_|clid$/.test(name) && isCode(value));
      if (code || maybe || /_key=/.test(location) || kept() || stored("ref") || stored("unsent") || data.customer || (placement == "launcher" && !stored("closed"))) start();
    };

    queue.splice(0).forEach(run);
  };

  // By the clock: in the tasks of the browser's own events, what follows them in the page would be held up. A
  // picture that never comes must not keep a friend from the offer, and a tab in the background paints nothing.
  const wait = () => {
    rounds++;
    const painted = d.hidden || performance.getEntriesByName("first-contentful-paint")[0] || rounds > 10;
    if ((painted && d.readyState == "complete") || (rounds > 30 && (begin(), code))) (w.requestIdleCallback || setTimeout)(() => (begin(), look()), { timeout: 2000 });
    else setTimeout(wait, 100);
  };

  w.parrain = (...call) => {
    begin();
    run(call);
  };
  w.parrain.shop = data.shop;
  w.addEventListener("pagehide", () => {
    begin();
    capture();
  });
  setTimeout(wait, 100);
})();
