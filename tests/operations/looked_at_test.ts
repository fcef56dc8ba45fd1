/**
 * A model that serves is looked at: what it answers for the people it was trained on
 * raises no alarm; what it answers for others is named, with the money.
 *
 * @module
 */
import assert from "node:assert/strict";
import { REQUEST } from "../../core/decisions/memory_ports_test.ts";
import type { Opened } from "../../core/commands/open.ts";
import { fillCompany, openCompany, type Place, TENANT } from "../company.ts";

const PEOPLE = 1500;
const RECENCY = "audience.recency_months";

async function withCompany(
  work: (opened: Opened) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "looked_at_" });
  const place: Place = { databaseUrl: null, folder };
  try {
    await fillCompany(place, PEOPLE);
    const opened = await openCompany(place);
    try {
      await work(opened);
    } finally {
      await opened.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A decision for each of many people; months since their last order moved by some. */
async function decideFor(
  { engine }: Opened,
  { people, later }: { readonly people: number; readonly later: number },
): Promise<void> {
  for (let person = 1; person <= people; person++) {
    const subject = `s-${person}`;
    const readings = await engine.features.read(TENANT, {
      ids: [RECENCY],
      entities: { subject },
      at: engine.clock.now(),
    });
    const months = Number(readings[RECENCY]?.value ?? 0);
    await engine.decisions.decide(TENANT, {
      ...REQUEST,
      entities: { channel: "email", subject },
      features: later === 0 ? {} : { [RECENCY]: months + later },
      constraints: { ...REQUEST.constraints, compliance: { consent: true } },
    }, { by: "caller", idempotent: null, render: () => "" });
  }
}

Deno.test("a model is looked at where it serves, and alarms when people are others", () =>
  withCompany(async (opened) => {
    const { engine, stores } = opened;
    const record = (await stores.models.champion(TENANT, "email_visit"))
      ?.champion;
    assert.ok(record);
    await decideFor(opened, { people: 400, later: 0 });
    const usual = await engine.lookAt(TENANT, record);
    assert.equal(usual.rows, 400);
    assert.deepEqual(usual.findings, []);

    await decideFor(opened, { people: 400, later: 6 });
    const moved = await engine.lookAt(TENANT, record);
    assert.equal(moved.rows, 400, "the latest answer for each");
    assert.equal(moved.answers, 800);
    const found = moved.findings.find(({ name }) => name === RECENCY);
    assert.ok(found, JSON.stringify(moved.findings));
    assert.ok(found.atRiskMicrosPerDay > 0);

    const [latest, first] = await engine.looks.latest(TENANT, "email_visit", {
      kind: "look",
      limit: 5,
    });
    assert.deepEqual(
      [latest?.findings, first?.findings].map((one) =>
        JSON.parse(JSON.stringify(one)).findings.length > 0
      ),
      [true, false],
    );
  }));
