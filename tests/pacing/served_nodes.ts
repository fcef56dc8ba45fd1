/**
 * Engines that share one database and bid over HTTP, on a clock that the test sets: the
 * whole path from a request to a reserved bid, and from a notice to the account.
 *
 * @module
 */
import { issueKey } from "../../core/commands/keys.ts";
import { createEngine, type OperatedEngine } from "../../core/engine.ts";
import { type App, createApp } from "../../core/http/app.ts";
import { importModel } from "../../core/scores/foreign/import_model.ts";
import { SCOPES } from "../../core/ports/access.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { createIds } from "../../core/store/ids.ts";
import { openStores } from "../../core/store/open.ts";
import {
  createPolicyBook,
  type PolicyBook,
} from "../../core/verdicts/in_force/policy_book.ts";
import type { HttpClient } from "../../plugins/contract.ts";
import { type BytesModel, onnxBytes } from "../features/onnx_bytes.ts";
import { START_MS } from "./auctions.ts";

/** Whose budgets they are. */
export const TENANT = "acme";

/** The time that all nodes and the store tell, milliseconds. */
export interface TestClock {
  ms: number;
}

/** A node. */
export interface ServedNode {
  readonly engine: OperatedEngine;
  /** Asks it over HTTP; the body of the answer, which must be as wanted. */
  // deno-lint-ignore no-explicit-any -- tests look into answers of any shape
  ask(line: string, body?: unknown, want?: number): Promise<any>;
  /** The policies in force at it. */
  readonly book: PolicyBook;
  close(): Promise<void>;
}

/** Value in micros is what the request says, so that the truth of auctions is bid on. */
const VALUE: BytesModel = {
  inputs: [{ name: "X", type: "float32", width: 1 }],
  outputs: [{ name: "value", type: "float32", width: 1 }],
  nodes: [{ operator: "MatMul", inputs: ["X", "w"], outputs: ["value"] }],
  constants: [{ name: "w", shape: [1, 1], floats: [1] }],
};
const ROWS = [1000, 2000, 3000, 4000];

/** Opens a node on a server's database; without policies, unless some are put into force. */
export async function openNode(
  databaseUrl: string,
  clock: TestClock,
): Promise<ServedNode> {
  const dataFolder = await Deno.makeTempDir({ prefix: "node_" });
  const time = { now: () => new Date(clock.ms).toISOString() };
  const stores = onClock(
    await openStores({ databaseUrl, dataFolder, clock: time }),
    clock,
  );
  const book = createPolicyBook(stores.governance);
  const ids = createIds(time);
  const unused = () => {
    throw new TypeError("Nothing is lent here");
  };
  const engine = createEngine({
    ...{ stores, clock: time, ids, code: "1", leftOut: {} },
    ...{ connectors: [], families: [], sources: [], quota: () => [] },
    ...{ policies: book.active, choosePolicies: book.choose },
    switchBoard: {
      list: () => Promise.resolve([]),
      replace: () => Promise.resolve(),
    },
    destinations: () => [],
    lendFiles: unused,
    lendHttp: (): HttpClient => unused(),
    pseudonyms: unused,
  });
  await teach(stores);
  const key = await issueKey({ stores, clock: time }, {
    ...{ tenant: TENANT, name: "bidder", scopes: SCOPES, days: 365 },
  });
  return {
    ...{ engine, book },
    ask: askerOf(createApp(engine, { version: "1", deadlineMs: 20_000 }), key),
    close: async () => {
      await engine.close();
      await Deno.remove(dataFolder, { recursive: true });
    },
  };
}

/** The store's clock is the test's too. */
function onClock(stores: Stores, clock: TestClock): Stores {
  const { budgets } = stores;
  return {
    ...stores,
    budgets: {
      ...budgets,
      change: (tenant, id, apply) =>
        budgets.change(tenant, id, (budget) => apply(budget, clock.ms)),
    },
  };
}

/** Brings the model, unless another node has. */
export async function teach(
  { models }: Pick<Stores, "models">,
): Promise<void> {
  if ((await models.list(TENANT)).length > 0) return;
  const at = new Date(START_MS).toISOString();
  const record = await importModel({ models, views: [], code: "1" }, {
    ...{ tenant: TENANT, name: "bidder", by: "ann", at },
    onnx: onnxBytes(VALUE),
    declaration: {
      inputs: [{ name: "request.value", kind: "number", fill: 0 }],
      ports: { input: "X" },
      output: { name: "value", unit: "value_micros" },
    },
    sample: ROWS.map((value) => ({
      ["request.value"]: value,
      expected: value,
    })),
    use: {
      kind: "bid",
      valueMicros: null,
      currency: "EUR",
      targetReturnPermille: 1000,
    },
  });
  await models.review(TENANT, record, { by: "bob", at, approve: true });
}

function askerOf(app: App, key: string): ServedNode["ask"] {
  return async (line, body, want = 200) => {
    const [method = "GET", path = "/"] = line.split(" ");
    const response = await app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === want) return JSON.parse(text);
    throw new Error(`${line} answered ${response.status}: ${text}`);
  };
}
