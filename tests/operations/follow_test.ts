/**
 * Online features follow the signals by themselves: what is ingested is served soon
 * after, and what was deleted online is put there again.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Opened } from "../../core/commands/open.ts";
import type { FeatureReading } from "../../core/domain/feature.ts";
import { openCompany, TENANT } from "../company.ts";
import { following } from "./following.ts";
import { eventually } from "./served.ts";

const ORDERS = "subject_engagement.orders_count_28d";

async function withCompany(
  work: (opened: Opened, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "follow_" });
  try {
    const opened = await openCompany({ databaseUrl: null, folder });
    try {
      await work(opened, folder);
    } finally {
      await opened.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** One order of each row: id, person, moment. */
async function bring(
  { engine }: Opened,
  folder: string,
  rows: readonly (readonly [id: string, subject: string, at: string])[],
): Promise<void> {
  const file = `${folder}/${crypto.randomUUID()}.csv`;
  const lines = rows.map((row) => row.join(","));
  await Deno.writeTextFile(file, `id,who,at\n${lines.join("\n")}\n`);
  await engine.ingest({
    ...{ tenant: TENANT, source: "shop", connector: "csv", range: null },
    config: {
      file,
      mapping: {
        signals: [{
          grain: "event",
          eventId: "{id}",
          type: "Order Completed",
          occurredAt: { column: "at", format: "iso" },
          entities: { subject: "{who}" },
        }],
      },
    },
    report: () => {},
  });
}

/** Orders as a decision would read them; null as well if the store is too busy to say. */
async function read(
  { engine, clock }: Opened,
  subject: string,
): Promise<FeatureReading | null> {
  const reading = async () =>
    await engine.features.read(TENANT, {
      ids: [ORDERS],
      entities: { subject },
      at: clock.now(),
    });
  const found = await reading().catch(() => null);
  return found?.[ORDERS] ?? null;
}

function ago(milliseconds: number): string {
  return new Date(Date.now() - milliseconds).toISOString();
}

Deno.test("an event is online soon after it was ingested, late ones and those of the next seconds as well", () =>
  withCompany((opened, folder) =>
    following(opened, async (entries) => {
      await bring(opened, folder, [["o-1", "ann", ago(1000)]]);
      await eventually("the order counts", async () => {
        const reading = await read(opened, "ann");
        return reading?.value === 1 && reading.status === "fresh";
      });
      await bring(opened, folder, [
        ["o-2", "ann", ago(20 * 86_400_000)],
        ["o-3", "ann", ago(40 * 86_400_000)],
        ["o-4", "bob", ago(-3000)],
      ]);
      await eventually(
        "late orders count if they are in the window",
        async () => (await read(opened, "ann"))?.value === 2,
      );
      await eventually(
        "an order of a clock that is ahead counts",
        async () => (await read(opened, "bob"))?.value === 1,
      );
      assert.deepEqual(entries.filter(({ level }) => level === "error"), []);
    })
  ));
