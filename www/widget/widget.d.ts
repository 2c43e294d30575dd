/**
 * Types for pages that speak to the Parrain widget. Nothing here is needed to use it: the script tag
 * alone captures, shows and keeps.
 *
 * ```html
 * <script async src="https://EDGE/widget.js" data-shop="demo"></script>
 * ```
 *
 * To call it before the script has loaded, put this before the tag:
 *
 * ```js
 * window.parrain = typeof parrain == "function" ? parrain : function () { (parrain.q = parrain.q || []).push(arguments) }
 * ```
 */
export {};

/** Pages of the panel. */
export type Screen = "offer" | "share" | "code" | "rewards";

/** What each event of the widget carries in `detail`. */
export interface ParrainEvents {
  /** The widget runs. */
  ready: {};
  /** A code was noted: from a link, or typed. */
  captured: { code: string; source: "link" | "promo_code" };
  /**
   * A code was redeemed: the platform has it in the basket or will have it there with the first goods, a form or link of
   * the page takes it along, or the shopper was shown the code to type.
   */
  redeemed: { code: string; outcome: "in_basket" | "empty" | "carried" | "shown" };
  /** A visitor became a referrer. */
  joined: { code: string; link: string };
  /**
   * Something did not work. The shopper has been told where it concerns them. `storage` and `page` are said once: the browser
   * keeps nothing, or the page has replaced something that every page has.
   */
  error: { what: "offer" | "join" | "claim" | "conversion" | "storage" | "page" };
}

/** A browser-reported order: the body of `order.paid`'s `data`. Codes and touches are added where missing. */
export interface Conversion {
  /** Stays `pending` until a signed event for the same order confirms it. */
  order_id: string;
  /** RFC 3339. */
  at: string;
  /** ISO 4217. */
  currency: string;
  /** Decimal text in major units: the goods before the discount, without tax and shipping. */
  subtotal: string;
  /** The order's discount; "0.00" where there is none. */
  discount: string;
  /** What was paid, with tax and shipping. */
  total: string;
  shipping?: string;
  tax?: string;
  customer?: { id?: string; email?: string; orders_count?: number };
  codes?: string[];
  touches?: { code: string; source: "link" | "promo_code"; at: string }[];
  /** `total` is after discount, without tax. */
  lines?: { id?: string; sku?: string; category?: string; quantity?: number; total: string }[];
}

/** `window.parrain`. Calls made before the widget has loaded are kept and answered then. */
export interface Parrain {
  /** The address that the visit began with, noted before a script of the page tidies it up. */
  url?: string;
  /** Opens the panel, on a page of it if one is named. */
  (command: "open", screen?: Screen): void;
  /** Closes the panel. */
  (command: "close"): void;
  /** The visitor's choice. `false` removes everything that was stored. */
  (command: "consent", given: boolean): void;
  /** Names the signed-in customer: a compact JWS (HS256, key `shop_token`). Never made in the browser. */
  (command: "identify", signed: string): void;
  /** Redeems a code that the shopper typed. */
  (command: "code", code: string): void;
  /** The shopper has placed an order: they are thanked and asked to refer, and their gift is no longer offered. */
  (command: "purchased"): void;
  /** What is in the basket now, decimal text in the program's currency, where the platform does not tell. */
  (command: "basket", sum: string): void;
  /** Reports an order from the page. */
  (command: "conversion", order: Conversion): void;
  /** Listens to an event; the same as `document.addEventListener("parrain:NAME")`. */
  <E extends keyof ParrainEvents>(command: "on", event: E, callback: (detail: ParrainEvents[E]) => void): void;
}

declare global {
  interface Window {
    parrain: Parrain;
  }

  interface DocumentEventMap {
    "parrain:ready": CustomEvent<ParrainEvents["ready"]>;
    "parrain:captured": CustomEvent<ParrainEvents["captured"]>;
    "parrain:redeemed": CustomEvent<ParrainEvents["redeemed"]>;
    "parrain:joined": CustomEvent<ParrainEvents["joined"]>;
    "parrain:error": CustomEvent<ParrainEvents["error"]>;
  }

  interface HTMLElementTagNameMap {
    /** The friend's offer, or the invitation to refer. Reserve its height: `min-height`. */
    "parrain-offer": HTMLElement;
    /** The promo code field. */
    "parrain-code": HTMLElement;
    /** What the referrer has earned. */
    "parrain-rewards": HTMLElement;
  }
}
