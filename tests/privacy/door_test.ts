/**
 * No e-mail address, phone number or IP address of a person gets past the door,
 * whichever connector it comes through and wherever a sender puts it; and the person
 * stays one person.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EventMessage, StreamMessage } from "../../core/ports/stream.ts";
import { openPseudonyms } from "../../core/signals/pseudonym.ts";
import { findPlanted, JANE } from "./planted.ts";
import {
  type Door,
  dumpFolder,
  openDoor,
  plantFolder,
  readBytes,
  readStream,
  TENANT,
} from "./planted_engine.ts";
import { CONSENT, plantedPushes } from "./planted_pushes.ts";

const KEY = new Uint8Array(32).fill(0x5b);
const PSEUDONYM = openPseudonyms(KEY, TENANT).of("email", JANE.email);

/** Sources that tell Jane by her e-mail address, each that she opened one. */
const TELLING = ["airbyte", "csv", "klaviyo", "segment", "sendgrid", "singer"];
const SOURCES = [...TELLING, "hubspot"].sort();

Deno.test("nobody gets past the door, and one person stays one", async (t) => {
  const now = new Date().toISOString();
  await using folder = await plantFolder(now);
  await folder.configure();
  const opened = await folder.open();
  const door = await openDoor(opened);
  const said: string[] = [];
  const messages: StreamMessage[] = [];
  try {
    await t.step("deliveries are taken, or refused as a whole", async () => {
      said.push(...await pushAll(door, now));
    });
    await t.step("sources are pulled", async () => {
      for (const source of SOURCES) {
        const found = opened.engine.findSource(TENANT, source);
        const { connector } = found;
        if (!connector.pull && !connector.reports) continue;
        const report = await opened.engine.sources.sync(
          found,
          (step) => said.push(step),
        );
        assert.deepEqual(report.failures, [], source);
        said.push(JSON.stringify(report));
      }
    });
    await t.step("decisions about her are about the same person", async () => {
      for (const spelt of [JANE.email, JANE.email.toUpperCase(), PSEUDONYM]) {
        assert.equal(await opened.engine.pseudonymOf(TENANT, spelt), PSEUDONYM);
      }
      assert.equal(await opened.engine.pseudonymOf(TENANT, "u-1"), "u-1");
    });
    await t.step("features join what every source told of her", async () => {
      const at = opened.clock.now();
      await opened.engine.features.materialize(TENANT, {
        at,
        report: (step) => said.push(step),
      });
      const path = `/features/subject_engagement/subject:${PSEUDONYM}`;
      const answer = await door.read(path);
      said.push(answer);
      const { features } = JSON.parse(answer);
      const opens = features.emails_opened_count_7d;
      assert.equal(opens?.value, TELLING.length, answer);
    });
    said.push(
      await door.read("/dead-letters?limit=1000"),
      await door.read("/signals/counts"),
      await door.read("/metrics"),
    );
    messages.push(...await readStream(opened));
  } finally {
    await opened.close();
  }
  said.push(
    await folder.run(
      ...["dead-letters", "--tenant", TENANT, "--json", "--limit", "1000"],
    ),
    await folder.run("dead-letters", "--tenant", TENANT),
    await folder.run("sources", "--tenant", TENANT, "--json"),
  );
  await t.step("what was told and logged holds nobody", () => {
    assert.deepEqual(said.flatMap(findPlanted), []);
    assert.ok(door.logged.length > 10);
    assert.deepEqual(findPlanted(JSON.stringify(door.logged)), []);
  });
  await t.step("the stream holds nobody, and consent", () => {
    checkStream(messages);
  });
  await t.step("tables and files hold nobody", async () => {
    await checkKept(folder);
  });
  await t.step("dead letters that can be read now are hers", async () => {
    await folder.configure("EUR");
    const replayed = await folder.run(
      ...["dead-letters", "--tenant", TENANT, "--source", "segment"],
      ...["--replay", "--json"],
    );
    assert.equal(JSON.parse(replayed).sources[0].revived, 1, replayed);
    const { event = [] } = await dumpFolder(folder);
    const order = event.map((row) => JSON.parse(row))
      .find(({ event_id: id }) => id === "order-1");
    assert.equal(order.subject_id, PSEUDONYM);
    assert.match(order.properties.phone, /^phone_[0-9a-f]{32}$/);
    assert.deepEqual(event.flatMap(findPlanted), []);
  });
});

async function pushAll(door: Door, now: string): Promise<string[]> {
  const { taken, refused } = plantedPushes(now);
  const said: string[] = [];
  for (const push of taken) {
    const { status, text } = await door.push(push);
    assert.equal(status, 200, `${push.path} ${text}`);
    const { events, rejected } = JSON.parse(text);
    assert.ok(events > 0 && rejected.length > 0, `${push.path} ${text}`);
    said.push(text);
  }
  for (const push of refused) {
    const { status, text } = await door.push(push);
    assert.ok(status >= 400 && status < 500, `${status} ${text}`);
    said.push(text);
  }
  return said;
}

function checkStream(messages: readonly StreamMessage[]): void {
  const sources = new Set(messages.map(({ source }) => source));
  assert.deepEqual([...sources].sort(), SOURCES);
  const printed = messages.map((message) =>
    JSON.stringify(
      message,
      (_, value) => typeof value === "bigint" ? String(value) : value,
    )
  );
  assert.deepEqual(printed.flatMap(findPlanted), []);
  const opened = messages.filter((message): message is EventMessage =>
    message.kind === "event" && message.event.type === "Email Opened" &&
    message.event.entities.subject === PSEUDONYM
  );
  assert.deepEqual(opened.map(({ source }) => source).sort(), TELLING);
  const consent = opened.find(({ source }) => source === "segment")
    ?.event.consent;
  assert.deepEqual(consent, { ...CONSENT, [PSEUDONYM]: true });
}

async function checkKept(
  folder: Parameters<typeof dumpFolder>[0],
): Promise<void> {
  const dump = await dumpFolder(folder);
  for (const [table, rows] of Object.entries(dump)) {
    assert.deepEqual(rows.flatMap(findPlanted), [], table);
  }
  const sourcesOf = (table: string) =>
    [
      ...new Set(dump[table]?.map((row) => JSON.parse(row).source)),
    ].sort();
  assert.deepEqual(sourcesOf("dead_letter"), SOURCES);
  assert.deepEqual(sourcesOf("event"), SOURCES);
  assert.deepEqual(
    sourcesOf("performance"),
    ["airbyte", "csv", "hubspot", "sendgrid", "singer"],
  );
  assert.ok((dump["features.kv"] ?? []).length > 0);
  const consents = dump.event?.map((row) => JSON.parse(row))
    .filter(({ consent }) => consent !== null) ?? [];
  assert.ok(consents.some(({ consent }) => consent.analytics === false));
  for await (const { path, text } of readBytes(folder.folder)) {
    assert.deepEqual(findPlanted(text), [], path);
  }
}
