/**
 * A role of a model as a change: agreed upon by two, given in the registry by the author
 * and one of them, and taken back by one person.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { type Opened, openEngine } from "../../core/commands/open.ts";
import { sha256 } from "../../core/domain/canonical.ts";
import type { Actor, Change } from "../../core/domain/change.ts";
import { signatureOf } from "../../core/governance/approval.ts";
import { printModelContent } from "../../core/domain/model_role.ts";

const TENANT = "acme";
const SUBJECT = "model:bidder/champion";
const ARTIFACT = new Uint8Array([7, 8, 9]);
const [ANN, BOB, CAROL] = ["ann", "bob", "carol"].map(person) as [
  Actor,
  Actor,
  Actor,
];

Deno.test("a model takes a role as two people agreed, and loses it as one decides", async (t) => {
  await withEngine(async (opened) => {
    await t.step("what may not serve is not reviewed", () => refuse(opened));
    await t.step("the registry follows what is agreed", () => agree(opened));
    await t.step("and a rollback", () => goBack(opened));
    await t.step(
      "a role that somebody gives away afterwards stays so",
      () => promoteBeside(opened),
    );
  });
});

async function refuse(opened: Opened) {
  await register(opened, {});
  await register(opened, { logloss: 0.4 });
  await approve(opened, 1, "champion");
  const pending = await propose(opened, 2);
  assert.equal(pending.state, "draft");
  assert.deepEqual(failuresOf(pending), [
    'bidder@2 is pending; a person lets it serve with "moe models approve bidder@2 --role none"',
  ]);
  const unmeasured = await propose(opened, 1);
  assert.match(failuresOf(unmeasured).join(), /^nothing was measured/);
  const unknown = await propose(opened, 9);
  assert.deepEqual(unknown.evidence?.problems, [
    'there is no version "bidder@9"',
  ]);
  const everywhere = await propose(opened, 2, null);
  assert.deepEqual(everywhere.evidence?.problems, [
    "models are a tenant's; name the tenant",
  ]);
}

async function agree(opened: Opened) {
  await approve(opened, 2, null);
  const change = await settle(opened, await propose(opened, 2));
  assert.equal(await championOf(opened), 1, "not before the engine follows");
  assert.deepEqual(
    await opened.engine.keepTime(),
    [`bidder@2 is champion: ${change.id}`],
  );
  assert.equal(await championOf(opened), 2);
  const [proposed, assigned] = (await opened.engine.models.events(
    TENANT,
    "bidder",
  )).slice(-2);
  assert.deepEqual([proposed?.by, assigned?.by], ["ann", "bob"]);
  assert.match(proposed?.reason ?? "", new RegExp(change.id));
  assert.deepEqual(await opened.engine.keepTime(), [], "once");
}

async function goBack(opened: Opened) {
  await register(opened, { logloss: 0.3 });
  await approve(opened, 3, null);
  await settle(opened, await propose(opened, 3));
  await opened.engine.keepTime();
  assert.equal(await championOf(opened), 3);
  await opened.engine.changes.rollBack(TENANT, {
    ...{ kind: "model", subject: SUBJECT, by: CAROL, reason: "It bids high" },
    to: sha256(printModelContent(2)),
  });
  await opened.engine.keepTime();
  assert.equal(await championOf(opened), 2);
}

async function promoteBeside({ engine, clock }: Opened) {
  const { seq } = await engine.models.propose(TENANT, {
    ...{ name: "bidder", alias: "champion", version: 3, by: "dave" },
    ...{ at: clock.now(), reason: "It was right" },
  });
  await engine.models.settle(TENANT, { name: "bidder", seq }, {
    ...{ by: "erin", at: clock.now(), approve: true },
  });
  assert.deepEqual(await engine.keepTime(), []);
  const { champion } = await engine.models.roles(
    ...[TENANT, "bidder", clock.now()] as const,
  );
  assert.equal(champion, 3);
}

async function propose(
  { engine: { changes } }: Opened,
  version: number,
  scope: string | null = TENANT,
): Promise<Change> {
  const { id } = await changes.propose(scope, {
    ...{ kind: "model", subject: SUBJECT, title: "Better bids", by: ANN },
    ...{ reason: "It loses less", content: printModelContent(version) },
  });
  return await changes.check({ scope, id }, ANN);
}

/** Two agree, and it is in force. */
async function settle(
  { engine: { changes } }: Opened,
  { id }: Change,
): Promise<Change> {
  const ref = { scope: TENANT, id };
  let change = await changes.act(ref, { act: "submit", by: ANN });
  for (const by of [BOB, CAROL]) {
    const signs = signatureOf(change);
    assert.ok(signs);
    change = await changes.act(ref, { act: "approve", by, signs });
  }
  return await changes.act(ref, { act: "activate", by: ANN });
}

function failuresOf({ evidence }: Change): string[] {
  return (evidence?.items ?? []).filter(({ passed }) => !passed)
    .map(({ summary }) => summary);
}

async function championOf({ engine, clock }: Opened): Promise<number | null> {
  const at = clock.now();
  return (await engine.models.roles(TENANT, "bidder", at)).champion;
}

async function register(
  { engine, clock }: Opened,
  metrics: Readonly<Record<string, number>>,
) {
  await engine.models.register(TENANT, {
    ...{ name: "bidder", family: "bidder@1", unit: "probability", metrics },
    use: { kind: "plan", currency: "EUR" },
    schema: { inputs: [], actions: [], crossed: false },
    lineage: {
      ...{ asOf: "2026-03-01T00:00:00.000Z", code: "1", seed: 7, rows: 10 },
      ...{ datasetHash: "d", views: [], spec: "{}" },
    },
    ...{ artifactKind: "curves", artifactHash: sha256(ARTIFACT) },
    ...{ createdBy: "trainer", createdAt: clock.now() },
  }, ARTIFACT);
}

async function approve(
  { engine, clock }: Opened,
  version: number,
  alias: "champion" | null,
) {
  await engine.models.review(TENANT, { name: "bidder", version }, {
    ...{ by: "grace", at: clock.now(), approve: true, alias },
  });
}

function person(name: string): Actor {
  return { name, human: true, groups: [] };
}

async function withEngine(work: (opened: Opened) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "model_changes_" });
  const variables: Record<string, string> = {
    MOE_DATA: folder,
    MOE_IDENTITY_KEY: "5a".repeat(32),
  };
  const opened = await openEngine(readConfiguration((name) => variables[name]));
  try {
    await work(opened);
  } finally {
    await opened.close();
    await Deno.remove(folder, { recursive: true });
  }
}
