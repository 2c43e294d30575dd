// Serves one Worker on workerd, with the bindings of wrangler.toml and without wrangler's proxy in front of it, so
// that what is measured is the Worker. Its one argument is JSON: { root, port, state, bare?, vars }.
import { createRequire } from "node:module";
import { join } from "node:path";

const { root, port, state, bare, vars } = JSON.parse(process.argv[2]);
const require = createRequire(join(root, "package.json"));
const { Miniflare } = require("miniflare");
const { unstable_getMiniflareWorkerOptions } = require("wrangler");

const { workerOptions, main } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
// A benchmark comes from one address, and more often than any limit allows.
for (const limit of Object.values(workerOptions.ratelimits ?? {})) {
  limit.simple.limit = 1_000_000_000;
}
const scriptPath = bare ?? main;
const server = new Miniflare({
  ...workerOptions,
  name: "bench",
  bindings: vars,
  modules: true,
  modulesRoot: join(scriptPath, ".."),
  scriptPath,
  host: "127.0.0.1",
  port,
  cf: false,
  kvPersist: join(state, "kv"),
  durableObjectsPersist: join(state, "do"),
});
await server.ready;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => server.dispose().finally(() => process.exit()));
}
