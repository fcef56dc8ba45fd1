/**
 * What each act of the demonstration plays with: the terminal, the engine, the
 * company, and a caller of the HTTP interface.
 *
 * @module
 */
import { EngineError } from "../../domain/error.ts";
import type { Opened } from "../open.ts";
import type { Terminal } from "../terminal.ts";
import type { World } from "./world.ts";

/** The demonstration's tenant. */
export const TENANT = "demo";

/** Who calls: the company's systems, or the colleague who approves. */
export type Caller = "systems" | "approver";

/** What each act plays with. */
export interface Stage {
  readonly terminal: Terminal;
  readonly opened: Opened;
  readonly world: World;
  /** Calls the HTTP interface and answers its JSON. */
  call(caller: Caller, request: Request): Promise<Json>;
}

/** A JSON object as the interface answers it. */
// deno-lint-ignore no-explicit-any -- answers are read by name and shown
export type Json = any;

/** A request to the interface. */
export interface Request {
  readonly path: string;
  /** JSON, or raw text to be sent as it is; absent for reads. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Makes a caller of a server.
 *
 * @param url Where it listens.
 * @param keys Key of each caller.
 * @returns The function that calls.
 */
export function createCaller(
  url: string,
  keys: Readonly<Record<Caller, string>>,
): Stage["call"] {
  return async (caller, { path, body, headers = {} }) => {
    const response = await fetch(`${url}${path}`, {
      headers: {
        authorization: `Bearer ${keys[caller]}`,
        "content-type": "application/json",
        ...headers,
      },
      ...(body !== undefined && {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    throw new EngineError(
      "internal_error",
      `Cannot go on: ${path} answered ${response.status}: ${answer.detail}`,
    );
  };
}

/**
 * Ends the demonstration where it does not show what it should.
 *
 * @param holds Whether it does.
 * @param promise What should hold.
 * @throws {EngineError} `internal_error`, with the promise.
 */
export function demand(holds: boolean, promise: string): void {
  if (holds) return;
  throw new EngineError(
    "internal_error",
    `Cannot go on: it does not hold that ${promise}`,
  );
}

/**
 * Prints the heading of an act.
 *
 * @param stage Where.
 * @param title What follows.
 */
export function announce({ terminal }: Stage, title: string): void {
  terminal.line("");
  terminal.line(`── ${title} ${"─".repeat(Math.max(0, 74 - title.length))}`);
}
