/**
 * Policies that change under load, on two nodes of one database: no decision is dropped
 * or torn, each names the one set that it was taken under, and replays from it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { keepPolicies } from "../../core/commands/keep_policies.ts";
import type { Rollout } from "../../core/domain/change.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";
import { compilePolicySet } from "../../core/verdicts/judge/policy_set.ts";
import { START_MS } from "../pacing/auctions.ts";
import { openNode, type ServedNode, TENANT } from "../pacing/served_nodes.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { ANN, putInForce } from "./agreed_change.ts";
import { eventually } from "./served.ts";

const VALUE = 5000;
const ROUND_MS = 50;

interface Answered {
  readonly startedAt: number;
  readonly subject: string;
  readonly id: string;
  readonly bid: number;
  readonly set: string;
}

Deno.test({
  ...needingPostgres(
    "policies change under load on two nodes, and no decision is torn",
  ),
  async fn() {
    const postgres = await startPostgres();
    const clock = { ms: START_MS };
    const nodes = await openNodes(postgres.url, clock);
    try {
      const sets = [1000, 700].map((most) => compilePolicySet([cap(most)]));
      await adopt(nodes, sets[0]?.text ?? "");
      const load = startLoad(nodes);
      await eventually("both nodes answer", () => load.all.length > 40);
      await changeTo(nodes, sets[1]?.text ?? "");
      const activeAt = performance.now();
      await eventually(
        "both nodes took it over",
        () =>
          nodes.every(({ book }) => book.active(TENANT).hash === sets[1]?.hash),
      );
      const tookMs = performance.now() - activeAt;
      const seen = load.all.length;
      await eventually("both go on", () => load.all.length > seen + 40);
      await load.stop();
      const bidUnder = new Map(
        sets.map(({ hash }, at) => [hash, at === 0 ? 1000 : 700]),
      );
      for (const answered of load.byNode.flat()) {
        assert.equal(answered.bid, bidUnder.get(answered.set), "one set only");
      }
      for (const answers of load.byNode) {
        const first = answers.findIndex(({ set }) => set === sets[1]?.hash);
        assert.ok(first > 0, "the node answered under both");
        const late = activeAt + tookMs + 10 * ROUND_MS;
        assert.ok(
          answers.filter(({ startedAt }) => startedAt > late)
            .every(({ set }) => set === sets[1]?.hash),
          "once in force, the new set decides",
        );
      }
      const drawn = load.byNode.flat().filter((_, at) => at % 7 === 0);
      for (const { id } of drawn) {
        const replay = await nodes[0]?.engine.decisions.replay(TENANT, id);
        assert.equal(replay?.same, true, id);
      }
    } finally {
      for (const node of nodes) await node.close();
      await postgres.stop();
    }
  },
});

Deno.test({
  ...needingPostgres(
    "a canary decides for the same people on each node",
  ),
  async fn() {
    const postgres = await startPostgres();
    const clock = { ms: START_MS };
    const nodes = await openNodes(postgres.url, clock);
    const [one, two] = nodes;
    assert.ok(one && two);
    try {
      await adopt(nodes, compilePolicySet([cap(1000)]).text);
      const id = await changeTo(nodes, compilePolicySet([cap(700)]).text, {
        ...{ startAt: null, expiresAt: null },
        ...{ shadowHours: 1, canaryPermille: 300, canaryHours: 24 },
      });
      await renew(nodes);
      const people = Array.from({ length: 300 }, (_, at) => `u-${at}`);
      const inShadow = await bidsOf(one, people);
      assert.ok(inShadow.every((bid) => bid === 1000), "without effect");
      clock.ms += 2 * 3_600_000;
      await one.engine.keepTime();
      await renew(nodes);
      const [here, there] = [
        await bidsOf(one, people),
        await bidsOf(two, people),
      ];
      assert.deepEqual(
        here,
        there,
        "the same people, whichever node they meet",
      );
      const decided = here.filter((bid) => bid === 700).length;
      assert.ok(decided > 50 && decided < 130, `${decided} of 300`);
      const change = await one.engine.changes.find({ scope: null, id });
      assert.equal(change.state, "canary");
    } finally {
      for (const node of nodes) await node.close();
      await postgres.stop();
    }
  },
});

Deno.test({
  ...needingPostgres(
    "a trial that flips more than the replay showed is ended by itself",
  ),
  async fn() {
    const postgres = await startPostgres();
    const nodes = await openNodes(postgres.url, { ms: START_MS });
    const [one, two] = nodes;
    try {
      assert.ok(one && two);
      await adopt(nodes, compilePolicySet([cap(1000)]).text);
      const people = Array.from({ length: 120 }, (_, at) => `u-${at}`);
      await bidsOf(one, people, 500);
      const id = await changeTo(nodes, compilePolicySet([cap(700)]).text, {
        ...{ startAt: null, expiresAt: null, shadowHours: 24 },
        ...{ canaryPermille: 0, canaryHours: 0 },
      });
      const ref = { scope: null, id };
      await renew(nodes);
      await bidsOf(one, people);
      assert.deepEqual(await one.engine.watchTrials(), [], "too few to tell");
      await bidsOf(two, people);
      const [told] = await two.engine.watchTrials();
      assert.match(told ?? "", /240 of 240 decisions .* the replay showed 0/);
      assert.equal((await one.engine.changes.find(ref)).state, "suspended");
      await renew(nodes);
      assert.ok((await bidsOf(one, people)).every((bid) => bid === 1000));
      const seen = await one.engine.changes.history(ref);
      assert.equal(seen.at(-1)?.act, "breach");
    } finally {
      for (const node of nodes) await node.close();
      await postgres.stop();
    }
  },
});

type Reloading = ServedNode & { readonly stop: () => Promise<void> };

async function openNodes(url: string, clock: { ms: number }) {
  const nodes: Reloading[] = [];
  for (let count = 0; count < 2; count++) {
    const node = await openNode(url, clock);
    const { engine, book, close } = node;
    const background = keepPolicies({
      ...{ book, clock: engine.clock, ids: engine.ids },
      ...{ roundMs: ROUND_MS, log: () => {} },
      leases: { take: () => Promise.resolve(false) },
      tick: () => Promise.resolve([]),
      watch: () => Promise.resolve([]),
    });
    const stop = () => {
      background.stop();
      return background.ended;
    };
    const closeAll = async () => {
      await stop();
      await close();
    };
    nodes.push({ ...node, stop, close: closeAll });
  }
  return nodes;
}

async function adopt(nodes: readonly ServedNode[], content: string) {
  await nodes[0]?.engine.changes.adopt(null, {
    ...{ kind: "policies", subject: "policies", content },
    ...{ title: "First", reason: "Nothing was in force", by: ANN },
  });
  await renew(nodes);
}

async function renew(nodes: readonly ServedNode[]): Promise<void> {
  for (const { book } of nodes) await book.renew();
}

/** Takes a change the whole way. */
async function changeTo(
  [node]: readonly ServedNode[],
  content: string,
  rollout?: Rollout,
): Promise<string> {
  assert.ok(node);
  const proposed = { content, ...rollout && { rollout } };
  return await putInForce(node.engine.changes, null, proposed);
}

function startLoad(nodes: readonly ServedNode[]) {
  const byNode: Answered[][] = nodes.map(() => []);
  const all: Answered[] = [];
  let going = true;
  const loops = nodes.map(async (node, place) => {
    for (let at = 0; going; at++) {
      const startedAt = performance.now();
      const subject = `u-${place}-${at}`;
      const { id, bid, set } = await score(node, subject);
      const answered = { startedAt, subject, id, bid, set };
      byNode[place]?.push(answered);
      all.push(answered);
    }
  });
  const stop = async () => {
    going = false;
    await Promise.all(loops);
  };
  return { byNode, all, stop };
}

async function score(node: ServedNode, subject: string, value = VALUE) {
  const answer = await node.ask("POST /optimization/score", {
    context: { model: "bidder", campaign: "c-1", subject },
    features: { "request.value": value },
  });
  return {
    id: answer.decision_id as string,
    bid: Number(answer.recommended_bid.micros),
    set: answer.policy_set as string,
  };
}

async function bidsOf(
  node: ServedNode,
  people: readonly string[],
  value = VALUE,
): Promise<number[]> {
  const bids: number[] = [];
  for (const subject of people) {
    bids.push((await score(node, subject, value)).bid);
  }
  return bids;
}

function cap(most: number): PolicyDocument {
  return {
    policy: "most",
    version: 2000 - most,
    owner: "growth",
    about: "No bid is higher.",
    on: ["bid"],
    rules: [{ id: "most", effect: "cap", to: most, reason: "Enough" }],
    cases: [
      {
        note: "one micro above is cut",
        facts: { amount: { micros: most + 1 } },
        want: ["most"],
        wantMicros: most,
      },
      {
        note: "the most is left",
        facts: { amount: { micros: most } },
        want: ["most"],
        wantMicros: most,
      },
    ],
  };
}
