// Serves one Worker on workerd, with the bindings of wrangler.toml but for the files, and with nothing in front of it, so
// that what is measured is the Worker: the Workers that Miniflare puts before it, for files and for what Cloudflare adds to
// a request, take several times the CPU of a click. Its one argument is JSON: { root, config, port, state, bare?, watch?, vars }. At
// the port `watch` it answers what memory the isolate holds, how long it was busy and what is stored, which only workerd
// itself can say.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const { root, config, port, state, bare, watch, vars } = JSON.parse(process.argv[2]);
const require = createRequire(join(root, "package.json"));
const { Miniflare } = require("miniflare");
const { unstable_getMiniflareWorkerOptions } = require("wrangler");

const { workerOptions, main } = unstable_getMiniflareWorkerOptions(config);
// A benchmark comes from one address, and more often than any limit allows.
for (const limit of Object.values(workerOptions.ratelimits ?? {})) {
  limit.simple.limit = 1_000_000_000;
}
const scriptPath = bare ?? main;
const server = new Miniflare({
  ...workerOptions,
  assets: undefined,
  name: "bench",
  bindings: vars,
  modules: true,
  modulesRoot: join(scriptPath, ".."),
  scriptPath,
  host: "127.0.0.1",
  unsafeDirectSockets: [{ host: "127.0.0.1", port }],
  // Any free port; without one there is no inspector. `null` would be refused.
  inspectorPort: watch ? 0 : undefined,
  cf: false,
  kvPersist: join(state, "kv"),
  durableObjectsPersist: join(state, "do"),
});
await server.ready;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => server.dispose().finally(() => process.exit()));
}

/** How often the heap is looked at while requests run, in milliseconds. */
const EVERY = 5;

/** The inspector of the Worker's isolate: sends a command and answers its result. */
async function inspector() {
  const address = await server.getInspectorURL();
  const targets = await (await fetch(new URL("/json", address.href.replace("ws:", "http:")))).json();
  const WebSocket = require("ws");
  const socket = new WebSocket(targets.find(({ id }) => id.includes("bench")).webSocketDebuggerUrl);
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  const waiting = new Map();
  let chunks = [];
  let last = 0;
  socket.on("message", (text) => {
    const { id, method, params, result, error } = JSON.parse(text);
    if (method === "HeapProfiler.addHeapSnapshotChunk") chunks.push(params.chunk);
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    error ? reject?.(new Error(error.message)) : resolve?.(result);
  });
  const send = (method, params) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  const snapshot = async () => {
    chunks = [];
    await send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
    return JSON.parse(chunks.join(""));
  };
  return { send, snapshot };
}

/** The sum of the sizes in a snapshot, and what of it are array buffers: the wasm's memory. */
function weigh({ snapshot, nodes, strings }) {
  const { node_fields: fields } = snapshot.meta;
  const [name, size] = [fields.indexOf("name"), fields.indexOf("self_size")];
  let [live, buffers] = [0, 0];
  for (let node = 0; node < nodes.length; node += fields.length) {
    live += nodes[node + size];
    if (strings[nodes[node + name]].endsWith("JSArrayBufferData")) buffers += nodes[node + size];
  }
  return { live, buffers };
}

/** What Workers KV holds: every key and its metadata, and values by a sample of evenly spaced ones. */
async function stored() {
  const kv = await server.getKVNamespace("PARRAIN_KV");
  const keys = [];
  for (let cursor, complete = false; !complete; ) {
    const page = await kv.list({ cursor });
    keys.push(...page.keys);
    ({ cursor, list_complete: complete } = page);
  }
  const length = (text) => Buffer.byteLength(text ?? "");
  const beside = keys.reduce((sum, key) => sum + length(key.name) + length(key.metadata && JSON.stringify(key.metadata)), 0);
  const step = Math.ceil(keys.length / 500) || 1;
  const sample = keys.filter((_, index) => index % step === 0);
  let values = 0;
  for (const key of sample) values += length(await kv.get(key.name));
  return { keys: keys.length, bytes: beside + Math.round((values / sample.length) * keys.length) };
}

/** How often V8 looks what runs, in microseconds. */
const SAMPLING = 100;

/** What V8 calls the time in which no function of the isolate ran. */
const AT_REST = ["(idle)", "(program)", "(root)"];

/** For how long functions of the isolate ran in a profile, what they called and its garbage included, in microseconds. */
function busy({ nodes, samples, timeDeltas }) {
  const resting = new Set(nodes.filter(({ callFrame }) => AT_REST.includes(callFrame.functionName)).map(({ id }) => id));
  // A sample is what ran until the next one was taken; none is taken while nobody has entered the isolate.
  const most = 2 * SAMPLING;
  return samples.reduce((sum, id, index) => (resting.has(id) ? sum : sum + Math.min(timeDeltas[index + 1] ?? 0, most)), 0);
}

if (watch) {
  const { send, snapshot } = await inspector();
  let peak, looking;
  const look = async () => {
    const { usedSize } = await send("Runtime.getHeapUsage");
    peak = Math.max(peak, usedSize);
  };
  const answers = {
    // From here on the heap is looked at again and again; a snapshot first, since V8 collects its garbage for it.
    "/begin": async () => {
      peak = 0;
      await snapshot();
      looking = setInterval(look, EVERY);
      return {};
    },
    // The most that the isolate held since, what of it is not garbage, and what of that is the wasm's memory.
    "/end": async () => {
      clearInterval(looking);
      await look();
      const { live, buffers } = weigh(await snapshot());
      return { peak: peak + buffers, live, wasm: buffers };
    },
    "/profile": async () => {
      await send("Profiler.enable");
      await send("Profiler.setSamplingInterval", { interval: SAMPLING });
      await send("Profiler.start");
      return {};
    },
    // The CPU time within the isolate since then.
    "/profiled": async () => ({ busy: busy((await send("Profiler.stop")).profile) }),
    "/stored": stored,
  };
  createServer(async (request, response) => {
    try {
      response.end(JSON.stringify(await answers[request.url]()));
    } catch (error) {
      response.writeHead(500).end(String(error.stack));
    }
  }).listen(watch, "127.0.0.1");
}
