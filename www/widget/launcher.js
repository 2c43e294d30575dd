/*
 * The corner of the window before the widget is there: the launcher, and the frame of the panel at the press. Each element
 * is what the widget would make of it (`view::panel`), so that the widget finds its own and goes on. For as long as the
 * host has the attribute `data-light` it is drawn and listened to here; the widget takes the attribute away when it has
 * something to show in the same shadow root.
 *
 * The host is a custom element, whoever makes it: it puts on itself what the tag says of theme, side and offset, and steps
 * aside for what else stands in its corner. EDGE_WORDS are the few words of each language.
 */
import style from "./launcher.css";

const HOST = "parrain-widget";
const d = document;

/** The first language among wishes that there are words for: its tag for the edge, and its words. */
export const speak = (wishes) => {
  const language = (tag) => tag.split("-")[0].toLowerCase();
  const tag = wishes.map((wish) => (wish || "").trim().replace(/_/g, "-")).find((tag) => (EDGE_WORDS[language(tag)] || "").length > 9) || "en";
  const [refer, close] = EDGE_WORDS[language(tag)].split("|");
  return { tag, dir: language(tag) == "ar" && "rtl", refer, close };
};

/** The host, where it is still drawn here. */
export const light = () => d.querySelector(HOST + "[data-light]");

const make = (name, attributes, ...children) => {
  const made = d.createElementNS("http://www.w3.org/" + (/svg|path/.test(name) ? "2000/svg" : "1999/xhtml"), name);
  for (const key in attributes) if (attributes[key]) made.setAttribute(key, attributes[key]);
  made.append(...children);
  return made;
};
const button = (name, action, attributes, path, ...children) =>
  make("button", { class: name, "data-a": action, ...attributes }, make("svg", { viewBox: "0,0,24,24" }, make("path", { d: path })), ...children);

/** Draws the launcher, or the frame of a screen that is waited for. `press` hears `open` and `close`. */
export const draw = ({ tag, dir, refer, close }, screen, press) => {
  let host = d.querySelector(HOST);
  if (host && !light()) return;
  if (!host) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    host = make(HOST, { "data-light": 1 });
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.addEventListener("click", ({ target }) => {
      const pressed = light() && target.closest("button");
      if (pressed) press(pressed.dataset.a, pressed.dataset.v);
    });
    root.addEventListener("keydown", ({ key }) => key == "Escape" && light() && press("close"));
    d.body.append(host);
  }
  const root = host.shadowRoot;
  const before = root.querySelector(".dock");
  before?.remove();
  const inside = screen
    ? make("section", { class: "panel", id: "panel", role: "dialog", "data-k": screen, "aria-label": refer, tabindex: -1 },
        make("div", { class: "head" }, make("span", { class: "shop" }), button("x", "close", { "aria-label": close }, "M6,6l12,12M18,6L6,18")),
        make("p", { class: "wait" }, "…"))
    : button("launch", "open", { "aria-haspopup": "dialog", "data-v": "share" }, "M4,11v9h16v-9M3,7h18v4H3zM12,7v13M12,7S10.5,2.5,7.75,3.25,8,7,12,7zM12,7s1.5-4.5,4.25-3.75S16,7,12,7z", make("span", {}, refer));
  root.append(make("div", { class: "dock", dir, lang: tag }, inside));
  // Who opens or closes goes on from there; a launcher that has only come takes nobody's focus.
  if (before || screen) inside.focus({ preventScroll: true });
  return host;
};

/** Whether a bar, a bubble or a dialog that is fixed to the window stands at a place. */
const isTaken = (x, y) =>
  d.elementsFromPoint(x, y).some((element) => {
    for (; element && element != d.body; element = element.parentElement) {
      const { position, bottom } = getComputedStyle(element);
      // What is as high as the window is the page itself, or a column of it.
      if (position == "fixed" || (position == "sticky" && bottom != "auto")) return element.offsetHeight < innerHeight * 0.9;
    }
  });

/** Lifts the corner over what stands there, and keeps the panel below what stands above; without room it waits out of sight. */
export const stepAside = () => {
  const host = d.querySelector(HOST);
  const dock = host?.shadowRoot?.querySelector(".dock");
  if (!dock) return;
  const { left, right } = dock.getBoundingClientRect();
  const bottom = innerHeight - parseFloat(getComputedStyle(dock).bottom);
  const most = innerHeight - 180;
  let up = 0;
  while (up < most && [left + 9, (left + right) / 2, right - 9].some((x) => isTaken(x, bottom - up + 8) || isTaken(x, bottom - up - 39))) up += 16;
  let down = 0;
  while (isTaken(left + 9, down + 20)) down += 16;
  host.toggleAttribute("data-away", up >= most);
  // Without room `up` is `most` or a step more: what stays is less than a step.
  host.style.setProperty("--up", (up % most) + "px");
  host.style.setProperty("--down", down + "px");
};

/** Puts on the host, whoever made it, what the tag says of theme, side and offset. */
export const dress = ({ dataset, style }, { theme, side, offset = "" }) => {
  if (side) dataset.side = side;
  if (theme) style.colorScheme = theme;
  // As many pixels from below, and from the side.
  offset.split(" ").forEach((pixels, place) => pixels && style.setProperty("--parrain-offset-" + "yx"[place], pixels + "px"));
};
