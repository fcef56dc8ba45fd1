/**
 * A million logged decisions replayed under a proposed policy set, from their texts as
 * the log keeps them, against reading those texts alone.
 *
 * The decisions are a few thousand that were taken under the shipped policies, each
 * told apart by its id alone after the first round.
 *
 * @module
 */
import {
  ACTION,
  REQUEST,
  scorerOf,
  scoresOf,
  worldOf,
} from "../../core/decisions/memory_ports_test.ts";
import { createDecisions } from "../../core/decisions/decisions.ts";
import { replayPolicies } from "../../core/decisions/policy_replay/replay_policies.ts";
import { parseRecord } from "../../core/decisions/log/records/record.ts";
import { readPolicies } from "../../core/commands/files.ts";
import type { LoggedRecord } from "../../core/domain/decision.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";
import { loadPolicies } from "../../core/verdicts/document/load.ts";
import {
  compilePolicySet,
  type PolicySet,
} from "../../core/verdicts/judge/policy_set.ts";
import type { Bench, Row } from "./bench.ts";

const DISTINCT = 4000;
const DECISIONS = 1_000_000;
const PAGE = 1000;

type World = ReturnType<typeof worldOf>;

/** Decisions under a set, with what a mail programme is told. */
async function takeDecisions(policies: PolicySet): Promise<World> {
  const scorer = scorerOf(ACTION, {
    score: ({ action }) => action === "none" ? 0.1 : 0.2,
  });
  const world = worldOf({
    scores: scoresOf(scorer),
    policies: () => policies,
  });
  const decisions = createDecisions(world);
  for (let at = 0; at < DISTINCT; at++) {
    const channel = ["email", "sms", "push"][at % 3] ?? "email";
    await decisions.decide("acme", {
      ...REQUEST,
      entities: { channel, subject: `u-${at}`, campaign: `c-${at % 40}` },
      constraints: {
        ...REQUEST.constraints,
        contactsDay: at % 4,
        contactsWeek: at % 9,
        compliance: {
          ["consent_email"]: at % 10 > 0,
          ["consent_sms"]: at % 7 > 0,
          ["consent_channel"]: at % 5 > 0,
        },
      },
    }, { by: "bench", idempotent: null, render: ({ id }) => id });
  }
  return world;
}

/** One contact a day and four a week in place of two and six. */
function tighten(set: PolicySet): PolicySet {
  const text = JSON.stringify(
    set.documents,
    (key, value) =>
      key === ">=" && Array.isArray(value) && value[1] === 2
        ? [value[0], 1]
        : key === ">=" && Array.isArray(value) && value[1] === 6
        ? [value[0], 4]
        : value,
  );
  return compilePolicySet(JSON.parse(text) as PolicyDocument[]);
}

async function readAll(world: World): Promise<readonly LoggedRecord[]> {
  return await world.log.read("acme", 0, DISTINCT);
}

async function* pagesOf(logged: readonly LoggedRecord[]) {
  for (let done = 0; done < DECISIONS; done += PAGE) {
    const from = done % DISTINCT;
    yield await logged.slice(from, from + PAGE).map(parseRecord);
  }
}

const bench: Bench = {
  name: "policy-replay",
  async run(): Promise<readonly Row[]> {
    const shipped = loadPolicies(await readPolicies("policies"));
    const world = await takeDecisions(shipped);
    const logged = await readAll(world);
    const started = performance.now();
    let parsed = 0;
    for await (const page of pagesOf(logged)) parsed += page.length;
    const reading = performance.now() - started;
    const from = performance.now();
    const impact = await replayPolicies(
      {
        find: async (tenant, ref) =>
          (await world.scores.version(tenant, ref)).record,
      },
      { tenant: "acme", before: null, after: tighten(shipped), samples: 10 },
      pagesOf(logged),
    );
    const seconds = (performance.now() - from) / 1000;
    if (impact.decisions !== parsed || impact.flips === 0) {
      throw new Error(`Replayed ${impact.decisions}, ${impact.flips} flips`);
    }
    return [{
      name: "policy-replay",
      value: seconds,
      unit: "s for a million decisions",
      against: "reading their texts",
      ratio: seconds * 1000 / reading,
    }];
  },
};

export default bench;
