/**
 * `moe serve` as an operator runs it: what it says, what it answers, how it ends.
 *
 * @module
 */
import { spawnMoe } from "../engine/moe.ts";

/** A server under observation. */
export interface Served {
  readonly url: string;
  /** Lines of standard error so far. */
  readonly log: readonly string[];
  /** Lines of standard output so far. */
  readonly out: readonly string[];
  /** Asks it to stop, twice as a terminal and a runner together do; its exit code. */
  stop(): Promise<number>;
  /** Ends it at once. */
  kill9(): Promise<void>;
}

/** Starts a server and waits until it listens, on any port unless one is given. */
export async function serveMoe(
  env: Readonly<Record<string, string>>,
  port = 0,
): Promise<Served> {
  const child = spawnMoe(env, ["serve", "--port", String(port)]);
  const log: string[] = [];
  const out: string[] = [];
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  const reading = [
    each(child.stderr, (line) => log.push(line)),
    each(child.stdout, (line) => {
      out.push(line);
      const url = /^listening on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    }),
  ];
  Promise.all(reading).then(() => reject(new Error(log.join("\n"))));
  return {
    url: await url,
    log,
    out,
    stop: async () => {
      child.kill("SIGINT");
      child.kill("SIGTERM");
      const { code } = await child.status;
      await Promise.all(reading);
      return code;
    },
    kill9: async () => {
      child.kill("SIGKILL");
      await child.status;
      await Promise.all(reading);
    },
  };
}

async function each(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split("\n");
    text = lines.pop() ?? "";
    lines.forEach(take);
  }
}

/** Waits until something holds. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const until = performance.now() + 30_000;
  while (!await holds()) {
    if (performance.now() > until) throw new Error(`Never: ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/** An answer: status, headers and body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** Asks for a page. */
export async function get(
  { url }: Served,
  key: string,
  path: string,
): Promise<Answer> {
  return await answerOf(
    fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } }),
  );
}

/** Asks for a decision about a subject. */
export async function score(
  { url }: Served,
  key: string,
  subject: string,
): Promise<Answer> {
  return await answerOf(fetch(`${url}/optimization/score`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ context: { model: "email_visit", subject } }),
  }));
}

async function answerOf(asked: Promise<Response>): Promise<Answer> {
  const response = await asked;
  const { status, headers } = response;
  return { status, headers, body: await response.json() };
}
