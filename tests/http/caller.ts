/**
 * Calls the app in the process, as a client would over the wire.
 *
 * @module
 */
import type { Engine } from "../../core/engine.ts";
import { type AppOptions, createApp } from "../../core/http/app.ts";
import type { AccessEntry } from "../../core/http/access_log.ts";
import { createStub, type Stub } from "./stub_engine.ts";

/** One call; JSON unless `raw`. */
export interface Asked {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly raw?: BodyInit;
  readonly headers?: Record<string, string>;
}

/** What came back. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- tests look into answers of any shape
  readonly body: any;
}

/** An app over a stub, and what it logged. */
export interface Caller {
  readonly stub: Stub;
  readonly logged: AccessEntry[];
  /** Text of a key of `acme` with every scope. */
  readonly key: string;
  ask(line: string, asked?: Asked): Promise<Told>;
}

/**
 * Opens an app over a new stub.
 *
 * @param parts Of the engine, in place of the stub's.
 * @param options Of the app, beside these.
 */
export function openCaller(
  bodyLimitBytes = 10_000,
  parts: Partial<Engine> = {},
  options: Partial<AppOptions> = {},
): Caller {
  const stub = createStub();
  const key = stub.grant();
  const logged: AccessEntry[] = [];
  const app = createApp({ ...stub.engine, ...parts }, {
    version: "1.2.3",
    bodyLimitBytes,
    log: (entry) => logged.push(entry),
    ...options,
  });
  return {
    stub,
    logged,
    key,
    async ask(line, { key: own = key, body, raw, headers } = {}) {
      const [method = "GET", path = "/"] = line.split(" ");
      const response = await app.request(path, {
        method,
        headers: {
          ...(own === null ? {} : { authorization: `Bearer ${own}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined && raw === undefined
          ? {}
          : { body: raw ?? JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.includes("json");
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: isJson && text !== "" ? JSON.parse(text) : null,
      };
    },
  };
}
