/**
 * Whatever hangs, a decision is answered within its deadline or refused as late, and says
 * which rung it stands on and why.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openDeadlines } from "../domain/deadline.ts";
import { EngineError } from "../domain/error.ts";
import { createDecisions } from "./decisions.ts";
import type { LimitDesk } from "./limits/limits.ts";
import {
  ACTION,
  policyOf,
  REQUEST,
  scorerOf,
  scoresOf,
  type World,
  worldOf,
} from "./memory_ports_test.ts";
import { mailer } from "./replaying_test.ts";

const BUDGET_MS = 60;

/** Time that passes by turns of this thread, so that a stall of the machine costs none. */
let now = 0;
const deadlines = openDeadlines(() => now);

async function passing<T>(run: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => now += 1, 1);
  return await run().finally(() => clearInterval(timer));
}

function hang(): Promise<never> {
  return new Promise(() => {});
}

/** Decides, for each request anew, with so much time. */
function decider(world: World, budgetMs = BUDGET_MS) {
  const { decide } = createDecisions(world);
  return async (key: string | null = null) => {
    const { decision, answer } = await passing(() =>
      decide("acme", REQUEST, {
        by: "tester",
        deadline: deadlines.start(budgetMs),
        idempotent: key === null
          ? null
          : { route: "POST /score", key, requestHash: "1" },
        render: ({ id }) => id,
      })
    );
    return { answer, rung: decision?.rung, falls: decision?.falls ?? [] };
  };
}

const HANGING: LimitDesk = {
  read: hang,
  claim: hang,
  release: hang,
  close: hang,
};

const daily = policyOf({
  ...{ id: "daily", effect: "limit", reason: "Enough" },
  ...{ most: 2, within: "24h", per: ["subject"] },
}, ["action"]);

/** A champion whose features the store alone knows, and one that reads none. */
const [reading, blind] = [scorerOf(ACTION, { version: 2 }), scorerOf(ACTION)]
  .map((scorer, place) => ({
    ...scorer,
    record: {
      ...scorer.record,
      schema: {
        ...scorer.record.schema,
        inputs: place === 0 ? scorer.record.schema.inputs : [],
      },
    },
  }));

const FALLS = [
  {
    note: "who is in charge",
    rung: "no_action",
    world: { scores: { ...scoresOf(), champion: hang, named: hang } },
    want: [["champion", "deadline"], ["static_rule", "model_unknown"]],
  },
  {
    note: "the store of features",
    rung: "previous",
    world: {
      scores: scoresOf(...[reading, blind].filter((one) => one !== undefined)),
      features: { read: hang, rebuilding: () => false },
    },
    want: [["champion", "features: deadline"]],
  },
  {
    note: "the champion",
    rung: "previous",
    world: {
      scores: scoresOf(
        { ...scorerOf(ACTION, { version: 2 }), score: hang },
        scorerOf(ACTION),
      ),
    },
    want: [["champion", "deadline"]],
  },
  {
    note: "every model",
    rung: "static_rule",
    world: {
      scores: scoresOf(
        { ...scorerOf(ACTION, { version: 2 }), score: hang },
        { ...scorerOf(ACTION), score: hang },
      ),
    },
    want: [["champion", "deadline"], ["previous", "deadline"]],
  },
  {
    note: "the counts of limits",
    rung: "champion",
    world: { documents: [daily], limits: HANGING },
    want: [["champion", "limits: deadline"]],
  },
] as const;

Deno.test.each([...FALLS])(
  "where $note hangs, the answer says so in time",
  async ({ world, rung, want }) => {
    const made = await decider(worldOf(world as Partial<World>), 120)();
    assert.equal(made.rung, rung);
    assert.deepEqual(made.falls.map(({ from, cause }) => [from, cause]), want);
  },
);

Deno.test("what a guard refuses is named by what does not answer", async () => {
  const open = new EngineError("store_unavailable", "Cannot use", {
    facts: { breaker: "kv" },
  });
  const slow = new EngineError("store_unavailable", "Cannot use", {
    facts: { late: "onnx" },
  });
  const features = () => Promise.reject(open);
  const { rung, falls } = await decider(worldOf({
    features: { read: features, rebuilding: () => false },
  }))();
  assert.equal(rung, "static_rule");
  assert.deepEqual(falls, [
    { from: "champion", cause: "features: breaker_open:kv" },
  ]);
  const score = () => Promise.reject(slow);
  const scores = scoresOf({ ...scorerOf(ACTION), score });
  const made = await decider(worldOf({ scores }))();
  assert.deepEqual(made.falls, [{ from: "champion", cause: "late:onnx" }]);
});

Deno.test("a champion that the store does not confirm decides, and the answer says so", async () => {
  const champion = scorerOf(ACTION);
  const scores = {
    ...scoresOf(champion),
    champion: () =>
      Promise.resolve({
        champion,
        previous: null,
        isUnconfirmed: true as const,
      }),
  };
  const { rung, falls } = await decider(worldOf({ scores }))();
  assert.equal(rung, "champion");
  assert.deepEqual(falls, [
    { from: "champion", cause: "champion_unconfirmed" },
  ]);
});

Deno.test("a request without time is answered by the static rule if it can be kept", async () => {
  const world = worldOf();
  const decide = decider(world, 100);
  let then = 0;
  const slow = openDeadlines(() => then);
  const { decision } = await createDecisions(worldOf({
    scores: {
      ...scoresOf(scorerOf(ACTION)),
      named: (...asked) => {
        then = 40;
        return scoresOf(scorerOf(ACTION)).named(...asked);
      },
    },
  })).decide("acme", REQUEST, {
    ...{ by: "tester", idempotent: null, render: ({ id }) => id },
    deadline: slow.start(50),
  });
  assert.equal(decision?.rung, "static_rule");
  assert.deepEqual(decision?.falls, [{ from: "champion", cause: "deadline" }]);
  assert.equal((await decide()).rung, "champion");
});

Deno.test("what cannot be kept in time is refused, and is answered under its key later", async () => {
  const world = worldOf();
  const opening = Promise.withResolvers<void>();
  world.log.gate = opening.promise;
  const decide = decider(world, 30);
  await assert.rejects(decide("k-1"), {
    code: "deadline_exceeded",
    message: /Idempotency-Key/,
  });
  opening.resolve();
  await new Promise((turn) => setTimeout(turn));
  assert.equal(world.log.rows.length, 1);
  const again = await decide("k-1");
  assert.equal(again.answer, world.log.rows[0]?.id);
  assert.equal(world.log.rows.length, 1);
});

Deno.test("what is not kept gives back what was counted, also under a key", async () => {
  let then = 0;
  const released: unknown[] = [];
  const world = worldOf({
    ...{ scores: mailer, documents: [daily] },
    limits: {
      ...HANGING,
      read: () => Promise.resolve({ "daily.daily": 0 }),
      claim: () => Promise.resolve(new Set()),
      release: (counted) => Promise.resolve(void released.push(...counted)),
    },
  });
  const deciding = createDecisions(world).decide("acme", REQUEST, {
    by: "tester",
    deadline: openDeadlines(() => then).start(50),
    idempotent: { route: "POST /score", key: "k-1", requestHash: "1" },
    render: ({ id }) => {
      then = 100;
      return id;
    },
  });
  await assert.rejects(deciding, {
    ...{ code: "deadline_exceeded", facts: { kept: "no" } },
  });
  assert.equal(world.log.rows.length, 0);
  assert.equal(released.length, 1);
});

Deno.test("what has no time left at all is not kept", async () => {
  const world = worldOf();
  await assert.rejects(decider(world, 0)(), {
    code: "deadline_exceeded",
    message: /nothing was kept/,
  });
  assert.equal(world.log.rows.length, 0);
});

Deno.test("whatever hangs, every request ends in time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        champion: fc.boolean(),
        named: fc.boolean(),
        score: fc.boolean(),
        features: fc.boolean(),
        limits: fc.boolean(),
        log: fc.boolean(),
        archive: fc.boolean(),
        key: fc.boolean(),
      }),
      async (hangs) => {
        const scorer = scorerOf(ACTION);
        const scores = scoresOf(
          hangs.score ? { ...scorer, score: hang } : scorer,
        );
        const world = worldOf({
          documents: [daily],
          scores: {
            ...scores,
            ...hangs.champion && { champion: hang },
            ...hangs.named && { named: hang },
          },
          ...hangs.features &&
            { features: { read: hang, rebuilding: () => false } },
          ...hangs.limits && { limits: HANGING },
          ...hangs.archive && { archive: { save: hang, load: hang } },
        });
        if (hangs.log) world.log.gate = hang();
        const outcome = await decider(world, 40)(hangs.key ? "k" : null)
          .then(({ rung }) => rung, ({ code }) => code);
        const isKept = !hangs.log && !hangs.archive;
        const late = outcome === "deadline_exceeded";
        assert.equal(!late, isKept && outcome !== undefined);
        assert.equal(world.log.rows.length, isKept ? 1 : 0);
      },
    ),
    { numRuns: 40 },
  );
});
