/**
 * Budgets over HTTP, on two engines and one database: never overspent, whoever dies and
 * whatever is lost, and spent nearly as well as can be.
 *
 * @module
 */
import assert from "node:assert/strict";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import {
  type Auctions,
  drawAuctions,
  START_MS,
  type World,
} from "./auctions.ts";
import { PROMPT } from "./bidding.ts";
import { Market, type Run, type Setting } from "./market.ts";
import { hindsight } from "./hindsight.ts";
import { capsFor } from "./scenarios.ts";
import { openNode, type ServedNode } from "./served_nodes.ts";

const HOUR_MS = 3_600_000;

const WORLD: World = {
  seed: 12,
  days: 1 / 4,
  perHour: 500,
  trafficSwing: 0.2,
  priceSwing: 0.1,
  shocks: [],
};

async function serve(
  world: World,
  given: Omit<Setting, "capMicros">,
  check: (run: Run, auctions: Auctions, capMicros: number) => Promise<void>,
): Promise<void> {
  const postgres = await startPostgres();
  const auctions = drawAuctions(world);
  const caps = { share: 0.15, days: 1, daily: false };
  const { capMicros } = capsFor(auctions, caps);
  const market = new Market(postgres.url, auctions, { ...given, capMicros });
  try {
    await check(await market.run(), auctions, capMicros);
  } finally {
    await market.close();
    await postgres.stop();
  }
}

Deno.test({
  ...needingPostgres(
    "two engines on one database win 97 % of hindsight in a calm world, within the cap",
  ),
  fn: () =>
    serve(
      WORLD,
      { telling: PROMPT, reports: false, startMultiplier: 3.5 },
      async (run, auctions, capMicros) => {
        assert.ok(run.spentMicros <= capMicros);
        const best = hindsight(auctions, { capMicros, dayCapMicros: null });
        const share = run.value / best;
        assert.ok(share >= 0.97 && share <= 1.01, `won ${share}`);
        assert.equal(run.budget.stopped, null);
        for (const id of run.decisions.slice(-3)) {
          const replay = await run.last.ask(`POST /decisions/${id}/replay`);
          assert.deepEqual(replay.differences, []);
          const why = await run.last.ask(`GET /decisions/${id}/explanation`);
          assert.match(why.summary, /Budget b /);
        }
      },
    ),
});

Deno.test({
  ...needingPostgres(
    "with a killed node, lost and doubled notices and a surge, the cap holds and the rest is spent",
  ),
  fn: () =>
    serve(
      {
        ...WORLD,
        seed: 13,
        shocks: [{ fromHour: 3, untilHour: 4, traffic: 3 }],
      },
      {
        telling: { noticeMs: 60_000, lost: 0.1, twice: 0.1, reportMs: 900_000 },
        dies: 2,
        reports: true,
      },
      async (run, _auctions, capMicros) => {
        assert.ok(run.spentMicros <= capMicros);
        assert.ok(run.spentMicros >= 0.9 * capMicros, `${run.spentMicros}`);
        assert.equal(run.budget.stopped, null);
        assert.ok(run.wins > 100);
        assert.ok(
          run.budget.slices.length <= 2,
          "the dead node's is reclaimed",
        );
        const verified = await run.last.engine.decisions.verify("acme");
        assert.equal(verified.sound, true);
      },
    ),
});

Deno.test({
  ...needingPostgres(
    "a node that stops gives back what no bid is out for, and the next spends it",
  ),
  fn: async () => {
    const postgres = await startPostgres();
    const clock = { ms: START_MS };
    const first = await openNode(postgres.url, clock);
    const second = await openNode(postgres.url, clock);
    try {
      await stopAndGoOn(first, second);
    } finally {
      await first.close();
      await second.close();
      await postgres.stop();
    }
  },
});

async function stopAndGoOn(first: ServedNode, second: ServedNode) {
  const score = (node: ServedNode) =>
    node.ask("POST /optimization/score", {
      context: { model: "bidder", campaign: "c-1" },
      features: { "request.value": 4000 },
    });
  await first.ask("PUT /optimization/budgets/b", {
    currency: "EUR",
    ["cap_micros"]: 10_000,
    from: new Date(START_MS).toISOString(),
    until: new Date(START_MS + HOUR_MS).toISOString(),
    ["pays_for"]: ["campaign:c-1"],
    bids: { ["most_micros"]: 10_000 },
  });
  assert.equal((await score(first)).budget.refusal, "not_leased");
  await first.engine.budgets.sync();
  const bid = await score(first);
  assert.equal(bid.recommended_bid.micros, "4000");
  assert.match(bid.budget.bid, /^b\.node_\w+-0\.0$/);
  const metrics = await first.engine.budgets.held();
  assert.equal(metrics[0]?.standing.lentMicros, 10_000);
  await second.engine.budgets.sync();
  assert.equal((await score(second)).budget.refusal, "not_leased");
  await second.engine.budgets.sync();
  assert.equal((await score(second)).recommended_bid.micros, "0");
  assert.deepEqual(await first.engine.budgets.release(), []);
  assert.equal((await score(first)).budget.refusal, "not_leased");
  const notices = [{ event: "loss", bid: bid.budget.bid }];
  const path = "POST /optimization/bids/notices";
  const counts = { taken: 0, routed: 1, unknown: 0 };
  assert.deepEqual(await second.ask(path, { notices }), counts);
  await first.engine.budgets.release();
  await first.engine.budgets.release();
  const { lent_micros: lent, slices } = await second.ask(
    "GET /optimization/budgets/b",
  );
  assert.equal(lent, "0");
  assert.equal(slices.length, 1);
}
