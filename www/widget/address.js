/*
 * Which codes an address carries, and how a visit is kept: the two rules that the loader must know before the wasm is
 * there, or where it may not be. `crates/wire` (address.rs, touch.rs) says why they are so; the vectors in its folder
 * are run against both.
 */

// Nobody sees them, and chats put them into long links.
const UNSEEN = /[\xad\u200b-\u200d\u2060\ufeff]/g;

// A code with signs around it that cannot be letters of another word, up to the first sign with which an address, markup
// or a list goes on.
const SOIL = "[\\0-$&-,./:-@[-^`{-\\x7f\\xa0\\xab\\xb7\\xbb\\u060c\\u061b-\\u061f\\u2000-\\u206f\\u2600-\\u27bf\\u3000-\\u301f\\ufe0f\\uff01-\\uff0f\\u{1f000}-\\u{1faff}]*";
const CODE = RegExp(`^${SOIL}([A-Za-z0-9-]{3,32})${SOIL}(?:[\\0-\\x1f?&#/\\\\;,="<>()[\\]{}|][^]*)?$`, "u");

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The code that a soiled text holds, or nothing. */
export const codeIn = (text) => {
  for (let layers = 3; layers--; ) text = decoded(text);
  return CODE.exec(text.replace(UNSEEN, ""))?.[1].toUpperCase();
};

/** The parameters of an address as names in lower case and what may be the codes in them. */
export const parameters = (address) => {
  const after = (address) => address.split(/[?#]/).slice(1);
  let pairs = after(address);
  // Some mailers encode an address whole.
  if (!/=/.test(pairs)) pairs = after(decoded(address));
  return pairs
    .flatMap((part) => part.split("&"))
    .map((pair) => pair.split(/=([^]*)/))
    .filter(([, value]) => value)
    .map(([key, value]) => [decoded(key).replace(/^((amp|AMP|#?38);)+/, "").replace(/\[.*]$/, "").toLowerCase(), codeIn(value)]);
};

/** All codes that an address carries in parameters of these names: by the order of the names, then by place. */
export const codesIn = (address, names) => {
  const pairs = parameters(address);
  const codes = names.flatMap((name) => pairs.filter(([key]) => key == name.trim().toLowerCase()).map(([, code]) => code));
  return codes.filter((code, place) => code && codes.indexOf(code) == place).slice(0, 5);
};

/** What the cookie holds after a visit by a link with this code at `now`; the same where it is a reload. */
export const visited = (value, code, now) => {
  const trim = () => all.splice(1, all.length - 5);
  const all = value
    .split("~")
    .filter((entry) => /^v1\.[a-z0-9-]{3,32}\.[lp]\.[1-9]\d{0,11}$/i.test(entry))
    .map((entry) => entry.replace(/\.[^.]+/, (code) => code.toUpperCase()));
  trim();
  const [, last, source, at] = String(all.slice(-1)).split(".");
  if (last == code && source == "l") {
    if (now - at >= 0 && now - at < 1800) return value;
    // The first touch stays as it is, for programs that pay the first; a later repeat moves on.
    if (all.length > 1) all.pop();
  }
  all.push(`v1.${code}.l.${now}`);
  trim();
  return all.join("~");
};
