/**
 * An engine that bids over HTTP under policies that people change, with a key for each of
 * them: real stores, a real server on loopback.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { keepPolicies } from "../../core/commands/keep_policies.ts";
import { issueKey } from "../../core/commands/keys.ts";
import { openEngine } from "../../core/commands/open.ts";
import { listen } from "../../core/commands/listen.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";
import { SCOPES } from "../../core/ports/access.ts";
import { teach, TENANT } from "../pacing/served_nodes.ts";

/** Bids that no policy lowers come to this. */
const UNBOUND = 5_000_000;
/** The bid under the policy that is in force at first. */
export const FIRST_CAP = 2_000_000;
const ROUND_MS = 20;
const MOST_LOOKS = 500;

/** Who has a key, and what it says of them. */
const PEOPLE = {
  ann: {},
  bob: {},
  cy: {},
  fin: { groups: ["growth-finance"] },
  bot: { person: false, groups: ["growth-finance"] },
  local: { scopes: SCOPES.filter((scope) => scope !== "govern") },
  rival: {
    tenant: "rival",
    scopes: SCOPES.filter((scope) => scope !== "govern"),
  },
} as const;

/** Somebody with a key; `bot` is a service, `local` and `rival` do not govern. */
export type Who = keyof typeof PEOPLE;

/** What came back. */
export interface Told {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- tests look into answers of any shape
  readonly body: any;
}

/** The engine, as people meet it. */
export interface Served {
  ask(who: Who, line: string, body?: unknown): Promise<Told>;
  /** The same, which must be answered as wanted; its body. */
  get(who: Who, line: string, body?: unknown): Promise<Told["body"]>;
  /** Bids until the bid is as wanted: what was activated is in force soon. */
  bidsUntil(micros: number, who?: Who): Promise<void>;
}

/** Opens it, and closes it whatever happens. */
export async function withServed(
  work: (served: Served) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "governed_" });
  await Deno.mkdir(`${folder}/policies`);
  await Deno.writeTextFile(
    `${folder}/policies/bid_cap.json`,
    JSON.stringify(capAt(FIRST_CAP)),
  );
  const variables: Record<string, string> = {
    MOE_DATA: folder,
    MOE_POLICIES: `${folder}/policies`,
    MOE_DEADLINE_MS: "20000",
  };
  const configuration = readConfiguration((name) => variables[name]);
  const opened = await openEngine(configuration);
  const { engine, stores, clock, ids, book } = opened;
  await teach(stores);
  const keys = new Map<Who, string>();
  for (const [name, grant] of Object.entries(PEOPLE)) {
    const key = await issueKey(opened, {
      ...{ tenant: TENANT, name, scopes: SCOPES, days: 1, person: true },
      ...grant,
    });
    keys.set(name as Who, key);
  }
  const background = keepPolicies({
    ...{ book, clock, ids, leases: stores.leases, roundMs: ROUND_MS },
    ...{ tick: engine.keepTime, watch: engine.watchTrials },
    log: ({ level, detail }) => assert.notEqual(level, "error", detail),
  });
  const terminal = {
    ...{ line: () => {}, warn: () => {}, progress: () => {}, done: () => {} },
  };
  const listening = await listen({ configuration, terminal }, opened, {
    ...{ port: 0, quiet: true },
  });
  try {
    await work(servedAt(listening.url, keys));
  } finally {
    background.stop();
    await listening.stop(background.ended);
    await Deno.remove(folder, { recursive: true });
  }
}

function servedAt(url: string, keys: ReadonlyMap<Who, string>): Served {
  const ask: Served["ask"] = async (who, line, body) => {
    const [method = "GET", path = "/"] = line.split(" ");
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${keys.get(who)}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  };
  const get: Served["get"] = async (who, line, body) => {
    const told = await ask(who, line, body);
    const wrong = `${line}: ${told.status} ${told.body.detail ?? ""}`;
    assert.ok(told.status < 300, wrong);
    return told.body;
  };
  const bid = async (who: Who) => {
    const told = await get(who, "POST /optimization/score", {
      context: { model: "bidder", campaign: "c-1", channel: "display" },
      features: { "request.value": UNBOUND },
    });
    return Number(told["recommended_bid"].micros);
  };
  return {
    ...{ ask, get },
    async bidsUntil(micros, who = "bot") {
      let last = await bid(who);
      for (let n = 0; n < MOST_LOOKS && last !== micros; n++) {
        await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
        last = await bid(who);
      }
      assert.equal(last, micros);
    },
  };
}

/** A policy that lowers bids to an amount. */
export function capAt(micros: number, policy = "bid_cap"): PolicyDocument {
  const facts = (of: number) => ({ amount: { micros: of } });
  return {
    ...{ policy, version: 1, owner: "growth-finance", on: ["bid"] },
    about: "No bid is higher than this.",
    rules: [{
      ...{ id: "high", effect: "cap", to: micros },
      reason: "Bids stay below the cap",
    }],
    cases: [
      {
        ...{ note: "a higher bid is lowered", facts: facts(micros + 5) },
        ...{ want: ["high"], wantMicros: micros },
      },
      {
        ...{ note: "a lower bid stays", facts: facts(micros - 5) },
        ...{ want: ["high"], wantMicros: micros - 5 },
      },
    ],
  };
}
