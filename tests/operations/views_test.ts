/**
 * `moe views`: versions come, serve and go, and ratios are fitted to everybody.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FeatureView } from "../../core/domain/feature.ts";
import type { DeclaredView } from "../../core/ports/features.ts";
import { openStores } from "../../core/store/open.ts";
import { systemClock } from "../../core/store/clock.ts";
import { type Ran, runMoe } from "../engine/moe.ts";
import { batch, subjectEvent } from "../stores/cases.ts";
import { eventView, feature } from "../stores/views.ts";

const TENANT = "default";

const VIEW: FeatureView = {
  ...eventView(
    feature("open_share", {
      how: "ratio",
      of: "count",
      over: "count",
      ofWhere: { types: ["Email Opened"] },
    }, { about: "Share of opened", unit: "share" }),
  ),
  name: "mails",
  about: "Mails of a person",
};

Deno.test("moe views declares, promotes, retires and fits", async () => {
  const folder = await Deno.makeTempDir({ prefix: "views_" });
  const env = { MOE_DATA: `${folder}/data` };
  const file = `${folder}/views.json`;
  const declared = [VIEW, { ...VIEW, version: 2 }, { ...VIEW, version: 3 }];
  await Deno.writeTextFile(file, JSON.stringify(declared));
  const views = (...args: string[]) => runMoe(env, ["views", ...args]);
  try {
    assert.deepEqual(
      statesOf(await views("--add", file, "--promote", "mails@2", "--json")),
      ["mails@1 superseded", "mails@2 serving", "mails@3 candidate"],
    );
    const listed = await views("--retire", "mails@3");
    assert.match(listed.text, /mails@3 +retired +subject +1 +tests +Mails/);
    assert.match(listed.text, /seasonality@1 +serving/);
    const refused = await views("--retire", "mails@2");
    assert.equal(refused.code, 1);
    assert.match(refused.errors, /it serves; promote another version first/);
    await fill(`${folder}/data`);
    const fitted = await views("--fit", "mails");
    assert.equal(fitted.code, 0, fitted.errors);
    assert.match(fitted.text, /open_share +share +3 +0\.\d{5} +\d/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function statesOf({ text, errors }: Ran): string[] {
  assert.equal(errors, "");
  const known = JSON.parse(text) as DeclaredView[];
  return known.filter(({ view }) => view.name === VIEW.name)
    .map(({ view, state }) => `${view.name}@${view.version} ${state}`);
}

/** Three people with 1 of 10, 6 of 10 and 3 of 20 mails opened. */
async function fill(dataFolder: string): Promise<void> {
  const events = [[1, 10], [6, 10], [3, 20]].flatMap((
    [opened = 0, sent = 0],
    who,
  ) =>
    Array.from(
      { length: sent },
      (_, place) =>
        subjectEvent(`${who}-${place}`, "2026-02-01T00:00:00.000Z", {
          type: place < opened ? "Email Opened" : "Email Sent",
          entities: { subject: `s-${who}` },
        }),
    )
  );
  const clock = systemClock;
  const stores = await openStores({ databaseUrl: null, dataFolder, clock });
  try {
    await stores.signals.write(batch(TENANT, { events }));
    await stores.history.materialize(TENANT, { ...VIEW, version: 2 }, {
      at: clock.now(),
      scope: "all",
    });
  } finally {
    await stores.close();
  }
}
