/**
 * Policies whose text somebody alters in the database, past the workflow, while two nodes
 * decide by them: both say so and go on by what was approved; a tenant that another node
 * stops at its start is decided for again once the text is right, or another in force.
 *
 * @module
 */
import assert from "node:assert/strict";
import { keepPolicies } from "../../core/commands/keep_policies.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";
import { openPostgres } from "../../core/store/postgres.ts";
import { compilePolicySet } from "../../core/verdicts/judge/policy_set.ts";
import { START_MS } from "../pacing/auctions.ts";
import { openNode, type ServedNode, TENANT } from "../pacing/served_nodes.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import { ANN, putInForce } from "./agreed_change.ts";
import { eventually } from "./served.ts";

const ROUND_MS = 50;
const VALUE = 5000;

Deno.test({
  ...needingPostgres(
    "altered policies are noticed by nodes that run, and those that start recover",
  ),
  async fn() {
    const postgres = await startPostgres();
    const nodes: ServedNode[] = [];
    const open = async () => {
      const node = await openKept(postgres.url);
      nodes.push(node);
      return node;
    };
    const replace = (from: number, to: number) =>
      replaceText(postgres.url, `"to":${from}`, `"to":${to}`);
    try {
      const [one, two] = [await open(), await open()];
      await adopt(one, compilePolicySet([cap("most", 1000)]).text);
      await changeTo(one, compilePolicySet([cap("own_most", 700)]).text);
      await told([one, two], 700, []);

      await replace(700, 900);
      await told([one, two], 700, [/^tenant "acme" goes on as approved/]);
      const late = await open();
      await late.book.renew();
      await told([late], 0, [
        /^tenant "acme" is stopped: .*not what was approved/,
      ]);
      await replace(900, 700);
      await told([one, two, late], 700, []);

      await replace(700, 900);
      const later = await open();
      await told([later], 0, [/^tenant "acme" is stopped/]);
      const id = await changeTo(
        later,
        compilePolicySet([cap("own_most", 800)]).text,
      );
      await told([one, two, late, later], 800, []);
      const { evidence } = await one.engine.changes.find({ scope: TENANT, id });
      assert.equal(evidence?.class, "mixed", "nobody knows what it replaces");
    } finally {
      for (const node of nodes) await node.close();
      await postgres.stop();
    }
  },
});

/** A node that keeps its policies in step. */
async function openKept(url: string): Promise<ServedNode> {
  const node = await openNode(url, { ms: START_MS });
  const { engine, book, close } = node;
  const background = keepPolicies({
    ...{ book, clock: engine.clock, ids: engine.ids, roundMs: ROUND_MS },
    leases: { take: () => Promise.resolve(false) },
    tick: () => Promise.resolve([]),
    watch: () => Promise.resolve([]),
    log: () => {},
  });
  return {
    ...node,
    close: async () => {
      background.stop();
      await background.ended;
      await close();
    },
  };
}

/** Waits until each node tells of these problems, and then bids that much; 0 for no bid. */
async function told(
  nodes: readonly ServedNode[],
  micros: number,
  problems: readonly RegExp[],
): Promise<void> {
  for (const { book, ask } of nodes) {
    await eventually(`${micros} is bid, with ${problems}`, async () => {
      const answer = await ask("POST /optimization/score", {
        context: { model: "bidder", campaign: "c-1", subject: "u-1" },
        features: { "request.value": VALUE },
      });
      const bid = Number(answer.recommended_bid?.micros ?? 0);
      const found = book.problems();
      return bid === micros && found.length === problems.length &&
        problems.every((one, place) => one.test(found[place] ?? ""));
    });
  }
}

async function replaceText(
  url: string,
  from: string,
  to: string,
): Promise<void> {
  const sql = openPostgres(url);
  try {
    await sql.query(
      "update change_content set text = replace(text, $1, $2)",
      [from, to],
    );
  } finally {
    await sql.close();
  }
}

async function adopt({ engine }: ServedNode, content: string) {
  await engine.changes.adopt(null, {
    ...{ kind: "policies", subject: "policies", content },
    ...{ title: "First", reason: "Nothing was in force", by: ANN },
  });
}

/** Takes a change of the tenant's own policies the whole way. */
async function changeTo(
  { engine: { changes } }: ServedNode,
  content: string,
): Promise<string> {
  return await putInForce(changes, TENANT, { content });
}

function cap(policy: string, most: number): PolicyDocument {
  return {
    ...{ policy, version: 1, owner: "growth", about: "No bid is higher." },
    on: ["bid"],
    rules: [{ id: "most", effect: "cap", to: most, reason: "Enough" }],
    cases: [[most + 1, "one micro above is cut"], [most, "the most is left"]]
      .map(([micros, note]) => ({
        ...{ note: `${note}`, facts: { amount: { micros: Number(micros) } } },
        ...{ want: ["most"], wantMicros: most },
      })),
  };
}
