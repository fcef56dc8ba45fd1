/**
 * The server as its task starts it: with no more permissions than it needs, and with
 * secrets in every place where an operator or a caller may put one. None of them is found
 * in what it says, and nothing that callers send ends a line of its log.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../architecture/paths.ts";
import { runMoe } from "../engine/moe.ts";
import { askedOf, KEYED, lineOf } from "../http/every_route.ts";

const PASSWORD = "password-that-nobody-sees";
const MASTER_KEY = "7e57".repeat(16);
const IDENTITY_KEY = "1d".repeat(32);
const WRITE_KEY = "write-key-that-nobody-sees";
const TOKEN = [
  ...[{ alg: "RS256" }, { sub: "token-that-nobody-sees" }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")),
  Buffer.from("signature-that-nobody-sees").toString("base64url"),
].join(".");

/** Of a terminal, of a line, and of what reorders text. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const CONTROLS = /[\0-\x1f\x7f-\x9f\u2028-\u202e]/;
/** Routes whose bodies or paths hold what callers write. */
const ASKED = KEYED.filter(({ method, path }) =>
  method === "post" && /switches|jobs|keys|erasures|score|rollback/.test(path)
);
const STARTING = 60_000;

Deno.test("what the server says holds no secret and obeys nobody", async () => {
  const folder = await Deno.makeTempDir({ prefix: "served_" });
  try {
    const env = await configure(folder);
    const made = await runMoe(env, [
      ...["keys", "create", "reader", "--role", "operator"],
    ]);
    const key = made.text.trim();
    assert.match(key, /^moe_/, made.errors);
    const secrets = [PASSWORD, MASTER_KEY, IDENTITY_KEY, WRITE_KEY, TOKEN, key]
      .concat(key.split("_").at(-1) ?? "");
    const said = await attack(env, { folder, key });
    const checked = await runMoe({
      ...env,
      DATABASE_URL: `postgres://moe:${PASSWORD}@127.0.0.1:1/moe`,
    }, ["config"]);
    assert.match(checked.text, /127\.0\.0\.1:1\/moe/);
    said.push(checked.text, checked.errors);
    for (const text of said) {
      for (const secret of secrets) {
        assert.ok(!text.includes(secret), `${secret} in ${text}`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function configure(folder: string): Promise<Record<string, string>> {
  const sources = [{
    ...{ tenant: "default", source: "shop", connector: "segment" },
    config: { writeKey: { env: "SITE_WRITE_KEY" } },
  }];
  await Deno.writeTextFile(`${folder}/sources.json`, JSON.stringify(sources));
  await Deno.writeTextFile(`${folder}/master.key`, MASTER_KEY, { mode: 0o600 });
  return {
    ...{ MOE_DATA: `${folder}/data`, MOE_SOURCES: `${folder}/sources.json` },
    ...{ MOE_MASTER_KEY_FILE: `${folder}/master.key`, NO_COLOR: "1" },
    ...{ MOE_IDENTITY_KEY: IDENTITY_KEY, SITE_WRITE_KEY: WRITE_KEY },
    ...{ MOE_PORT: "0", MOE_MATERIALIZE_MINUTES: "0" },
  };
}

/** Arguments of the task `start`, with the data folder of the test. */
function startArgs(folder: string): string[] {
  const [program, ...args] = config.tasks.start
    .replace("--allow-write=data", `--allow-write=${folder}/data`).split(" ");
  assert.equal(program, "deno");
  assert.ok(args.includes(`--allow-write=${folder}/data`));
  for (const broad of ["-A", "--allow-all", "--allow-run", "--allow-write"]) {
    assert.ok(!args.includes(broad), broad);
  }
  return args;
}

/** Everything that was answered and logged. */
async function attack(
  env: Readonly<Record<string, string>>,
  { folder, key }: { readonly folder: string; readonly key: string },
): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: startArgs(folder),
    ...{ cwd: ROOT, env, stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  const errors = new Response(child.stderr).text();
  const [shown, rest] = child.stdout.tee();
  const output = new Response(rest).text();
  const said: string[] = [];
  const timer = setTimeout(() => child.kill("SIGKILL"), STARTING);
  try {
    const url = await readUrl(shown, errors);
    said.push(...await askAll(url, key));
  } finally {
    stop(child);
    await child.status;
    clearTimeout(timer);
  }
  const log = await errors;
  const requests = log.split("\n").filter((line) => line.startsWith("{"));
  assert.ok(requests.length > ASKED.length, log);
  for (const line of requests) {
    assert.doesNotMatch(line, CONTROLS);
    assert.equal(typeof JSON.parse(line), "object");
  }
  assert.doesNotMatch(log, /forged|NotCapable/);
  return [...said, log, await output];
}

/** It may have ended by itself. */
function stop(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

async function readUrl(
  stdout: ReadableStream<Uint8Array>,
  errors: Promise<string>,
): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  // Not cancelled: one side of a stream in two waits for the other to be.
  const reader = stdout.getReader();
  while (true) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    const url = /listening on (\S+)\n/.exec(text)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`The server ended before it listened: ${await errors}`);
}

const FORGED = 'x\n{"level":"error","event":"forged"}\x1b[2J';

async function askAll(url: string, key: string): Promise<string[]> {
  const answers: string[] = [];
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(`${url}${path}`, init);
    answers.push(JSON.stringify([...response.headers]), await response.text());
    assert.notEqual(response.status, 500, `${path} ${answers.at(-1)}`);
  };
  for (const path of ["/metrics", "/healthz", "/readyz", "/docs"]) {
    await ask(path, {});
  }
  for (const text of [TOKEN, `${key}0`, `${key} ${PASSWORD}`]) {
    await ask("/jobs", { headers: { authorization: `Bearer ${text}` } });
  }
  for (const endpoint of ASKED) {
    const [method = "", path = ""] = lineOf(endpoint).split(" ");
    await ask(path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        "x-request-id": encodeURIComponent(FORGED),
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
      },
      ...(method === "GET" ? {} : { body: hostileBody(endpoint) }),
    });
  }
  await ask(`/decisions/${encodeURIComponent(FORGED)}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  await ask("/webhooks/segment/shop", {
    method: "POST",
    body: JSON.stringify({ type: "track", writeKey: WRITE_KEY, event: FORGED }),
    headers: { "x-signature": WRITE_KEY },
  });
  return answers;
}

function hostileBody(endpoint: typeof KEYED[number]): string {
  const { body } = askedOf(endpoint);
  const text = JSON.stringify({ ...body as object });
  return text.replaceAll(
    /"reason":"[^"]*"/g,
    `"reason":${JSON.stringify(FORGED)}`,
  );
}
