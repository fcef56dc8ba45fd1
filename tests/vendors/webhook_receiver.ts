/**
 * A receiver of changes, as an operator would write one: it checks signatures by the
 * rules of Standard Webhooks, with the web's own cryptography, remembers the ids of
 * changes, compares before it sets, and refuses what it will not have.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read on 2026-11-26
 * @module
 */
import type { EntityKey } from "../../core/domain/entity.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Vendor } from "../../plugins/conformance/vendor.ts";
import { createGate, type Gate, jsonAnswer } from "./gate.ts";
import {
  createMishapDesk,
  type MishapDesk,
  type WriteMishaps,
} from "./write_mishaps.ts";

/** What can be chosen of it. */
export interface ReceiverPlan {
  readonly clock: Clock;
  /** Secrets that it takes; the sender's own if absent. */
  readonly secrets?: readonly string[];
}

/** The receiver. */
export interface WebhookReceiver extends Vendor {
  readonly mishaps: WriteMishaps;
  /** How many changes had an effect. */
  changes(): number;
}

/** A write, as it comes. */
interface Operation {
  readonly key: string;
  readonly target: EntityKey;
  readonly field: string;
  readonly expect: string | null;
  readonly value: string | null;
}

type Body =
  & { readonly ["schema_version"]: number }
  & ({
    readonly type: "settings.read";
    readonly targets: readonly Pick<Operation, "target" | "field">[];
  } | {
    readonly type: "settings.write";
    readonly ["change_id"]: string;
    readonly operations: readonly Operation[];
  });

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw5RAW+/qzmA0=";
const CONFIG = {
  changesUrl: "https://budgets.example/changes",
  readUrl: "https://budgets.example/values",
  signingSecret: SECRET,
};
const WINDOW_SECONDS = 300;
const MOST_MICROS = 10_000_000_000n;

/** What it works with. */
interface Desk {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly secrets: readonly string[];
  /** Values by target and field. */
  readonly values: Map<string, string>;
  /** Answers by the id of the change. */
  readonly answers: Map<string, unknown>;
  readonly mishaps: MishapDesk;
}

/** Makes the receiver; it holds nothing at first. */
export function createWebhookReceiver(
  { clock, secrets = [SECRET] }: ReceiverPlan,
): WebhookReceiver {
  const values = new Map<string, string>();
  const gate = createGate(clock, []);
  const mishaps = createMishapDesk({
    held: (target) => {
      const value = values.get(nameOf({ target, field: FIELD }));
      return value === undefined ? null : BigInt(value);
    },
    set: (target, micros) =>
      values.set(nameOf({ target, field: FIELD }), String(micros)),
  });
  const answers = new Map<string, unknown>();
  const desk: Desk = { clock, gate, secrets, values, answers, mishaps };
  return {
    config: CONFIG,
    faults: [],
    mishaps: mishaps.played,
    changes: () => answers.size,
    answer: (request) => answer(request, desk),
    play: () => {},
    expectedRows: () => [],
    expectedEvents: () => [],
    ledger: () => gate.ledger(),
  };
}

const FIELD = "budget_micros_per_day";

function nameOf({ target, field }: Pick<Operation, "target" | "field">) {
  return `${target} ${field}`;
}

async function answer(request: Request, desk: Desk): Promise<Response> {
  const { pathname } = new URL(request.url);
  desk.gate.enter(pathname);
  const text = await request.text();
  if (request.method !== "POST") return jsonAnswer({}, { status: 405 });
  if (!await isSigned(request.headers, text, desk)) {
    return jsonAnswer({}, { status: 401 });
  }
  const body: Body = JSON.parse(text);
  if (body.schema_version !== 1) return jsonAnswer({}, { status: 400 });
  if (pathname === "/values" && body.type === "settings.read") {
    return jsonAnswer({
      settings: body.targets.map((one) => ({
        ...one,
        value: desk.values.get(nameOf(one)) ?? null,
      })),
    });
  }
  if (pathname !== "/changes" || body.type !== "settings.write") {
    return jsonAnswer({}, { status: 404 });
  }
  if (body.change_id !== request.headers.get("webhook-id")) {
    return jsonAnswer({}, { status: 400 });
  }
  return desk.mishaps.carry(() => jsonAnswer(take(body, desk)));
}

function take(
  { change_id: id, operations }: Extract<Body, { type: "settings.write" }>,
  { answers, values, mishaps }: Desk,
): unknown {
  const first = answers.get(id);
  if (first !== undefined) return first;
  const moved = operations.filter((one) => {
    const held = values.get(nameOf(one)) ?? null;
    return held !== one.expect && held !== one.value;
  });
  if (moved.length > 0) {
    return {
      operations: moved.map(({ key }) => ({ key, state: "drifted" })),
    };
  }
  const states = operations.map((one) => {
    if (mishaps.isRefused(one.target)) {
      return { key: one.key, state: "refused", reason: "not_allowed" };
    }
    if (one.value !== null && BigInt(one.value) > MOST_MICROS) {
      return { key: one.key, state: "refused", reason: "too_much" };
    }
    if (one.value === null) values.delete(nameOf(one));
    else values.set(nameOf(one), one.value);
    return { key: one.key, state: "written" };
  });
  // What was refused in part may be sent again whole.
  if (states.every(({ state }) => state === "written")) {
    answers.set(id, { operations: states });
  }
  return { operations: states };
}

async function isSigned(
  headers: Headers,
  body: string,
  { clock, secrets }: Desk,
): Promise<boolean> {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const now = Date.parse(clock.now()) / 1000;
  const recent = /^\d+$/.test(timestamp) &&
    Math.abs(now - Number(timestamp)) <= WINDOW_SECONDS;
  if (id === "" || !recent) return false;
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const given = (headers.get("webhook-signature") ?? "").split(" ")
    .filter((one) => one.startsWith("v1,"))
    .map((one) => Uint8Array.fromBase64(one.slice(3)));
  const checks = secrets.flatMap((secret) =>
    given.map((signature) => matches(secret, signature, signed))
  );
  return (await Promise.all(checks)).includes(true);
}

async function matches(
  secret: string,
  signature: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const bytes = Uint8Array.fromBase64(secret.replace(/^whsec_/, ""));
  const terms = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes, terms, false, [
    "verify",
  ]);
  return await crypto.subtle.verify("HMAC", key, signature, signed);
}
