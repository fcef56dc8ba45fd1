/**
 * The replay that reviewers see: past decisions of whom a change concerns, beside all
 * else that is in force for them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createDecisions } from "../decisions/decisions.ts";
import {
  AT,
  policyOf,
  REQUEST,
  type World,
  worldOf,
} from "../decisions/memory_ports_test.ts";
import { bidder } from "../decisions/replaying_test.ts";
import { sha256 } from "../domain/canonical.ts";
import type { ModelRef } from "../domain/score.ts";
import type { PolicyDocument } from "../domain/verdict.ts";
import type { DecisionLog } from "../ports/decisions.ts";
import type { Scope } from "../ports/governance.ts";
import { compilePolicySet } from "../verdicts/judge/policy_set.ts";
import {
  createPolicyEvidence,
  type PolicyEvidenceScope,
} from "./policy_evidence.ts";

const TENANTS = ["acme", "blue"] as const;

Deno.test("a change of the deployment's is replayed for every tenant, beside the tenant's own", async () => {
  const { evidence, own } = await deskOf();
  const tighter = await evidence.replay({
    ...{ scope: null, before: textOf([]), after: textOf([cap(600)]) },
  });
  assert.deepEqual(tallyOf(tighter), {
    decisions: 4,
    flips: 4,
    tighter: 4,
    looser: 0,
  });
  assert.match(tighter.summary, /^4 of 4 decisions come out otherwise/);
  own("acme", [cap(100, "own_cap")]);
  const beside = await evidence.replay({
    ...{ scope: null, before: textOf([]), after: textOf([cap(600)]) },
  });
  assert.equal(
    tallyOf(beside).flips,
    2,
    "for acme its own cap is lower, before and after",
  );
});

Deno.test("a change of a tenant's own is replayed for it alone, beside the deployment's", async () => {
  const { evidence, own } = await deskOf();
  const after = textOf([cap(600, "own_cap")]);
  const asked = { scope: "acme", before: null, after };
  const alone = await evidence.replay(asked);
  assert.deepEqual(tallyOf(alone), {
    decisions: 2,
    flips: 2,
    tighter: 2,
    looser: 0,
  });
  own(null, [cap(500)]);
  const beside = await evidence.replay(asked);
  assert.equal(tallyOf(beside).flips, 0, "the deployment's cap is lower");
});

Deno.test("only the last four weeks are replayed, and it is said if there is nothing", async () => {
  const { evidence } = await deskOf("2026-03-31T09:00:00.000Z");
  const item = await evidence.replay({
    ...{ scope: null, before: textOf([]), after: textOf([cap(600)]) },
  });
  assert.equal(item.passed, true);
  assert.equal(tallyOf(item).decisions, 0);
  assert.match(item.summary, /^no decision of the last 28 days/);
});

Deno.test("of a long log the newest decisions are replayed, and it is said", async () => {
  const { evidence } = await deskOf(AT, 150_000);
  const item = await evidence.replay({
    ...{ scope: null, before: textOf([]), after: textOf([cap(600)]) },
  });
  assert.equal(tallyOf(item).decisions, 4);
  assert.match(item.summary, /; the newest 100000 of a tenant at most$/);
});

Deno.test("of many tenants all are replayed, and those of whom most flips are told of", async () => {
  const many = Array.from({ length: 25 }, (_, at) => `tenant-${at}`);
  const { evidence } = await deskOf(AT, 0, many);
  const item = await evidence.replay({
    ...{ scope: null, before: textOf([]), after: textOf([cap(600)]) },
  });
  assert.equal(tallyOf(item).decisions, 50);
  const { tenants } = item.report as { readonly tenants: readonly unknown[] };
  assert.equal(tenants.length, 20);
});

/** Two decisions of each tenant, each a bid of 1000 micros, behind `older` ones that are gone. */
async function deskOf(
  now = AT,
  older = 0,
  tenants: readonly string[] = TENANTS,
) {
  const worlds = new Map<string, World>();
  for (const tenant of tenants) {
    const world = worldOf({ scores: bidder });
    worlds.set(tenant, world);
    for (let time = 0; time < 2; time++) {
      await createDecisions(world).decide(tenant, REQUEST, {
        ...{ by: "tester", idempotent: null },
        render: ({ id }) => id,
      });
    }
  }
  const logOf = (tenant: string) => worlds.get(tenant)?.log ?? worldOf().log;
  const log: Pick<DecisionLog, "read" | "head" | "tenants"> = {
    read: async (tenant, after, limit) => {
      const from = Math.max(0, after - older);
      const found = await logOf(tenant).read(tenant, from, limit);
      return found.map((one) => ({ ...one, seq: one.seq + older }));
    },
    head: async (tenant) => {
      const head = await logOf(tenant).head(tenant);
      return head && { ...head, seq: head.seq + older };
    },
    tenants: () => Promise.resolve(tenants),
  };
  const texts = new Map<Scope, string>();
  const governance: PolicyEvidenceScope["stores"]["governance"] = {
    active: (scope, subject) => {
      const text = texts.get(scope) ?? null;
      const content = text === null ? null : sha256(text);
      return Promise.resolve({
        ...{ subject, seq: 1, content, change: null, trial: null },
      });
    },
    load: (hash) =>
      Promise.resolve(
        [...texts.values()].find((text) => sha256(text) === hash) ?? null,
      ),
  };
  const models = {
    find: async (tenant: string, ref: ModelRef) =>
      (await bidder.version(tenant, ref)).record,
  };
  return {
    evidence: createPolicyEvidence({
      stores: { governance, log, models },
      clock: { now: () => now },
    }),
    /** Puts policies into force. */
    own: (scope: Scope, documents: readonly PolicyDocument[]) =>
      void texts.set(scope, textOf(documents)),
  };
}

function tallyOf({ report }: { readonly report?: unknown }) {
  const { decisions, flips, tighter, looser } = report as Record<
    string,
    number
  >;
  return { decisions, flips, tighter, looser };
}

function textOf(documents: readonly PolicyDocument[]): string {
  return compilePolicySet(documents).text;
}

function cap(to: number, policy = "cap"): PolicyDocument {
  const rule = { id: policy, effect: "cap", to, reason: "Most" } as const;
  return policyOf(rule, ["bid"]);
}
