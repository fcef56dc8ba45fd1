/**
 * A tenant with a bidder in charge and another to be tried, on an embedded database under
 * a clock that the test sets; nodes that share it, and people whose conversions are known.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../core/domain/canonical.ts";
import type { Actor, Change, Rollout } from "../../core/domain/change.ts";
import { AT_ONCE } from "../../core/domain/change.ts";
import type { Decision } from "../../core/domain/decision.ts";
import { printModelContent } from "../../core/domain/model_role.ts";
import type { TrialMeasure } from "../../core/domain/model_trial.ts";
import { createEngine, type OperatedEngine } from "../../core/engine.ts";
import { signatureOf } from "../../core/governance/approval.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { createIds } from "../../core/store/ids.ts";
import { openStores } from "../../core/store/open.ts";
import { createPolicyBook } from "../../core/verdicts/in_force/policy_book.ts";
import { type BytesNode, onnxBytes } from "../features/onnx_bytes.ts";

/** Whose. */
export const TENANT = "acme";
const NAME = "bidder";
const HOUR_MS = 3_600_000;
const FEW = 25;
const [ANN, BOB, CAROL] = ["ann", "bob", "carol"].map((name) => ({
  ...{ name, human: true, groups: [] },
})) satisfies Actor[] as unknown as [Actor, Actor, Actor];

/** Conversions within a day, told by a trial of two days. */
export const MEASURE: TrialMeasure = {
  ...{ outcome: "conversion", unit: "count", windowHours: 24, most: 1 },
  ...{ alphaPermille: 50, promote: true },
};

/** An hour in shadow, two days for a tenth. */
export const ROLLOUT: Rollout = {
  ...AT_ONCE,
  ...{ shadowHours: 1, canaryHours: 48, canaryPermille: 100 },
  measure: MEASURE,
};

/** What a version makes of `x`. */
export const VERSIONS = {
  plain: [scaled("X", "value")],
  broken: [scaled("X", "less"), {
    ...{ operator: "Sqrt", inputs: ["less"], outputs: ["value"] },
  }],
} satisfies Record<string, readonly BytesNode[]>;

/** A stage on which trials are played. */
export interface TrialScene {
  readonly stores: Stores;
  /** A process that decides; another one at each call. */
  open(): OperatedEngine;
  /** Moves the clock on. */
  pass(hours: number): void;
  close(): Promise<void>;
}

/** Opens a tenant whose first version decides. */
export async function openScene(): Promise<TrialScene> {
  const dataFolder = await Deno.makeTempDir({ prefix: "trial_" });
  let now = Date.parse("2026-03-01T00:00:00.000Z");
  const clock = { now: () => new Date(now).toISOString() };
  const stores = await openStores({ databaseUrl: null, dataFolder, clock });
  const scene = {
    stores,
    open: () => openNode(stores, clock),
    pass: (hours: number) => void (now += hours * HOUR_MS),
    close: async () => {
      await stores.close();
      await Deno.remove(dataFolder, { recursive: true });
    },
  };
  await register(scene, VERSIONS.plain, 1);
  return scene;
}

function openNode(
  stores: Stores,
  clock: { now(): string },
): OperatedEngine {
  const book = createPolicyBook(stores.governance);
  const unused = () => {
    throw new TypeError("Nothing is lent here");
  };
  return createEngine({
    stores: { ...stores, close: () => Promise.resolve() },
    ...{ clock, ids: createIds(clock), code: "1", leftOut: {} },
    ...{ connectors: [], families: [], sources: [], quota: () => [] },
    ...{ policies: book.active, choosePolicies: book.choose },
    switchBoard: {
      list: () => Promise.resolve([]),
      replace: () => Promise.resolve(),
    },
    destinations: () => [],
    ...{ lendFiles: unused, lendHttp: unused, pseudonyms: unused },
  });
}

function scaled(from: string, to: string): BytesNode {
  return { operator: "MatMul", inputs: [from, "w"], outputs: [to] };
}

/** Registers a version that makes `weight` of `x`, approved by another; the first decides. */
export async function register(
  { stores: { models } }: Pick<TrialScene, "stores">,
  nodes: readonly BytesNode[],
  weight: number,
): Promise<number> {
  const onnx = onnxBytes({
    inputs: [{ name: "X", type: "float32", width: 1 }],
    outputs: [{ name: "value", type: "float32", width: 1 }],
    nodes,
    constants: [{ name: "w", shape: [1, 1], floats: [weight] }],
  });
  const at = "2026-03-01T00:00:00.000Z";
  const { version } = await models.register(TENANT, {
    ...{ name: NAME, family: "imported", unit: "value", createdBy: "trainer" },
    ...{ createdAt: at, metrics: { logloss: 0.4 }, artifactKind: "onnx" },
    artifactHash: sha256(onnx),
    schema: {
      inputs: [{ name: "request.x", kind: "number", fill: 1, typical: 1 }],
      ...{ actions: [], crossed: false },
      ports: {
        inputs: [{ name: "X", type: "float32" }],
        output: { name: "value", column: 0 },
      },
    },
    use: {
      ...{ kind: "bid", valueMicros: 1n, currency: "EUR" },
      targetReturnPermille: 1000,
    },
    lineage: {
      ...{ asOf: at, code: "1", seed: 1, rows: 1, datasetHash: "d" },
      ...{ views: [], spec: "{}" },
    },
  }, onnx);
  await models.review(TENANT, { name: NAME, version }, {
    ...{ by: "grace", at, approve: true },
    alias: version === 1 ? "champion" : null,
  });
  return version;
}

/** Proposes a version, has two agree, and starts its trial. */
export async function startTrial(
  { changes }: OperatedEngine,
  version: number,
  rollout: Rollout = ROLLOUT,
): Promise<Change> {
  const { id } = await changes.propose(TENANT, {
    ...{ kind: "model", subject: `model:${NAME}/champion`, rollout, by: ANN },
    ...{ title: "Better bids", reason: "It loses less" },
    content: printModelContent(version),
  });
  const ref = { scope: TENANT, id };
  await changes.check(ref, ANN);
  let change = await changes.act(ref, { act: "submit", by: ANN });
  for (const by of [BOB, CAROL]) {
    const signs = signatureOf(change);
    assert.ok(signs);
    change = await changes.act(ref, { act: "approve", by, signs });
  }
  return await changes.act(ref, { act: "activate", by: ANN });
}

/** Bids for people by number, a few at a time. */
export async function bidFor(
  engine: OperatedEngine,
  people: readonly number[],
): Promise<Decision[]> {
  const decisions: Decision[] = [];
  for (let from = 0; from < people.length; from += FEW) {
    const some = people.slice(from, from + FEW);
    decisions.push(...await bidAtOnce(engine, some));
  }
  return decisions;
}

function bidAtOnce(
  engine: OperatedEngine,
  people: readonly number[],
): Promise<Decision[]> {
  return Promise.all(people.map(async (person) => {
    const { decision } = await engine.decisions.decide(TENANT, {
      ...{ model: NAME, entities: { subject: `u-${person}` }, zone: null },
      actions: null,
      features: { "request.x": 1_000_000 + person % 7 },
      constraints: {
        ...{ maxBidMicros: null, minBidMicros: null, contactsDay: null },
        ...{ budgetRemainingMicros: null, contactsWeek: null, compliance: {} },
      },
    }, { by: "tester", idempotent: null, render: ({ id }) => id });
    assert.ok(decision);
    return decision;
  }));
}

/** Tells a conversion of every decision that brings one. */
export async function tellConversions(
  engine: OperatedEngine,
  decisions: readonly Decision[],
  converts: (decision: Decision, place: number) => boolean,
): Promise<void> {
  await Promise.all(
    decisions.filter(converts).map(({ id, at }) =>
      engine.decisions.outcomes.tell(TENANT, {
        by: "shop",
        outcome: {
          ...{ id: `order-${id}`, decision: id, at, kind: "conversion" },
          ...{ value: null, money: null },
        },
      })
    ),
  );
}

/** Numbers from one up to another, without it. */
export function range(from: number, until: number): number[] {
  return Array.from({ length: until - from }, (_, place) => from + place);
}
