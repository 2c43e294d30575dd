// The least that a Worker can do for a request: the same calls of KV and of the Durable Object that the edge made for
// it, as the query says (?reads=1&lists=0&writes=1&calls=1), and an answer of as many bytes.
import { DurableObject } from "cloudflare:workers";

export class ShopLedger extends DurableObject {
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, note TEXT NOT NULL)");
  }

  async fetch(request) {
    const note = await request.text();
    const { sql } = this.ctx.storage;
    if (note) {
      sql.exec("INSERT INTO notes (note) VALUES (?)", note);
    }
    const [last] = sql.exec("SELECT id, note FROM notes ORDER BY id DESC LIMIT 1").toArray();
    return Response.json(last ?? null);
  }
}

export default {
  async fetch(request, env, ctx) {
    const { searchParams } = new URL(request.url);
    const number = (name) => Number(searchParams.get(name));
    const body = await request.text();
    for (let i = 0; i < number("reads"); i++) {
      await env.PARRAIN_KV.get("value");
    }
    for (let i = 0; i < number("lists"); i++) {
      await env.PARRAIN_KV.list({ prefix: "value" });
    }
    for (let i = 0; i < number("calls"); i++) {
      const ledger = env.SHOP_LEDGER.get(env.SHOP_LEDGER.idFromName("demo"));
      await (await ledger.fetch("http://ledger/", { method: "POST", body })).text();
    }
    for (let i = 0; i < number("writes"); i++) {
      ctx.waitUntil(env.PARRAIN_KV.put(i ? crypto.randomUUID() : "value", body || "x".repeat(1000)));
    }
    return new Response("x".repeat(number("bytes")), { headers: { "content-type": "application/json" } });
  },
};
