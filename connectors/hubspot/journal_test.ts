/**
 * How the journal is gone through: from offset to offset, across a gap, and to no host
 * that was not named.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Page } from "@moe/plugin";
import { openVendor } from "@moe/plugin/test";
import { createHubspotVendor } from "../../tests/vendors/hubspot.ts";
import { STORAGE_HOST } from "../../tests/vendors/hubspot_journal.ts";
import { journalEvent } from "../../tests/vendors/hubspot_journal_events.ts";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import connector from "./connector.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const DAY_MS = 86_400_000;
const TOKEN_CALL = "POST /oauth/2026-03/token";
const CHANGE = {
  occurredAt: NOW,
  action: "UPDATE",
  objectTypeId: "0-1",
  objectId: "301",
  propertyChanges: { lifecyclestage: "customer" },
};

/** Looks at requests on their way, and may answer in the vendor's place. */
type Instead = (request: Request) => Response | null;

function open(instead: Instead = () => null, hosts?: readonly string[]) {
  const requests: Request[] = [];
  const run = openVendor(connector, {
    now: NOW,
    vendor: (clock) => {
      const vendor = createHubspotVendor({ clock });
      return {
        ...vendor,
        config: { ...vendor.config, ...(hosts && { journal: { hosts } }) },
        answer: async (request: Request) => {
          requests.push(request.clone());
          return instead(request) ?? await vendor.answer(request);
        },
      };
    },
  });
  const files = () =>
    requests.filter(({ url }) => new URL(url).hostname === STORAGE_HOST);
  const reasons = () =>
    [...run.store.letters.values()].map(({ reason }) => reason);
  return { run, requests, files, reasons };
}

const isNext = ({ url }: Request) => new URL(url).pathname.endsWith("/next");

Deno.test("hubspot: files of the journal are fetched without a token", async () => {
  const { run, requests, files } = open();
  await run.sync();
  assert.equal(files().length, 3);
  for (const { headers } of files()) {
    assert.equal(headers.get("authorization"), null);
  }
  for (const { url, headers } of requests) {
    if (!url.includes("/webhooks-journal/")) continue;
    assert.match(headers.get("authorization") ?? "", /^Bearer app-/);
    assert.equal(new URL(url).searchParams.get("installPortalId"), "62515");
  }
  // One for the account, one for the app.
  assert.equal(run.calls.filter((call) => call === TOKEN_CALL).length, 2);
});

Deno.test("hubspot: the journal is gone on with after the last entry", async () => {
  const { run, files } = open();
  await run.sync();
  run.vendor.journal.write([journalEvent(CHANGE, [])]);
  const before = files().length;
  const { written } = await run.sync();
  assert.equal(files().length, before + 1);
  assert.equal(written.events, 1);
});

Deno.test.each([
  { note: "entries", entries: 2 },
  { note: "none", entries: 0 },
])(
  "hubspot: an offset that expired is told, with $note behind it",
  async ({ entries }) => {
    const { run, reasons } = open();
    await run.sync();
    const held = run.store.events.size;
    run.advance(4 * DAY_MS);
    for (let hour = 0; hour < entries; hour++) {
      const occurredAt = `2026-11-24T0${hour}:00:00.000Z`;
      run.vendor.journal.write([journalEvent({ ...CHANGE, occurredAt }, [])]);
    }
    const { written } = await run.sync();
    assert.deepEqual(written.rejects, { ["journal_gap"]: 1 });
    assert.deepEqual(reasons(), ["journal_gap"]);
    assert.equal(run.store.events.size, held + entries);
    assert.deepEqual((await run.sync()).written.rejects, {});
  },
);

Deno.test("hubspot: a 404 behind the latest entry is its end, and no gap", async () => {
  let isEnd = false;
  const { run, reasons } = open((request) =>
    isEnd && isNext(request)
      ? Response.json({ category: "OBJECT_NOT_FOUND" }, { status: 404 })
      : null
  );
  await run.sync();
  isEnd = true;
  const { written } = await run.sync();
  assert.equal(written.events, 0);
  assert.deepEqual(reasons(), []);
});

Deno.test("hubspot: a journal that forgets what it gave ends the sync", async () => {
  const { run } = open((request) =>
    isNext(request)
      ? Response.json({ category: "OBJECT_NOT_FOUND" }, { status: 404 })
      : null
  );
  await assert.rejects(() => run.sync(), { code: "source_unavailable" });
});

Deno.test("hubspot: a 404 that is not HubSpot's own is no answer", async () => {
  const { run } = open((request) =>
    isNext(request) ? new Response(null, { status: 404 }) : null
  );
  await assert.rejects(() => run.sync(), { code: "source_refused" });
});

Deno.test("hubspot: journal events of another account are kept aside", async () => {
  const { run, reasons } = open();
  run.vendor.journal.write([
    journalEvent({ ...CHANGE, portalId: 1 }, []),
    journalEvent(CHANGE, []),
  ]);
  await run.sync();
  assert.deepEqual(reasons(), ["account_unknown"]);
  const accounts = [...run.store.events.values()].map((event) =>
    event.entities.account
  );
  assert.deepEqual(new Set(accounts), new Set(["62515"]));
});

Deno.test("hubspot: a host that is not named is asked for nothing, and told", async () => {
  const { run, files } = open(undefined, []);
  await assert.rejects(() => run.sync(), {
    code: "configuration_invalid",
    message:
      `Cannot read the journal of HubSpot account "62515": its files are at "${STORAGE_HOST}", add it to journal.hosts if you trust it`,
  });
  assert.equal(files().length, 0);
});

Deno.test.each([
  { note: "refused", status: 403 },
  { note: "sent elsewhere", status: 302 },
])(
  "hubspot: a file that is $note is told without its signature",
  async ({ status }) => {
    const location = "https://api.hubapi.com/elsewhere";
    const { run, requests } = open(({ url }) =>
      url.includes(STORAGE_HOST)
        ? new Response("<Error/>", { status, headers: { location } })
        : null
    );
    const error = await run.sync().then(
      () => assert.fail(),
      (thrown) => thrown,
    );
    assert.equal(error.code, "source_refused");
    assert.match(error.message, /amazonaws\.com\/journal-files\/[\w-]+\.json"/);
    const told = `${error.stack} ${JSON.stringify(error)} ${error.cause}`;
    assert.doesNotMatch(told, /X-Amz|Signature|app-\d/);
    assert.ok(requests.every(({ url }) => url !== location));
  },
);

Deno.test("hubspot: an address that has expired is asked for anew by the next sync", async () => {
  let waits = 1;
  const { run } = open(({ url }) => {
    if (url.includes(STORAGE_HOST) && waits-- > 0) run.advance(DAY_MS);
    return null;
  });
  await assert.rejects(() => run.sync(), { code: "source_refused" });
  assert.deepEqual((await run.sync()).written.rejects, {});
  const expected = run.vendor.expectedEvents(null);
  assert.equal(run.store.events.size, expected.length);
});

Deno.test("hubspot: a token of the app that is refused is renewed once", async () => {
  const { run } = open(({ url }) =>
    url.includes("/webhooks-journal/")
      ? Response.json({ category: "MISSING_SCOPES" }, { status: 403 })
      : null
  );
  await assert.rejects(() => run.sync(), {
    code: "source_refused",
    message: /earliest": MISSING_SCOPES$/,
  });
  assert.equal(run.calls.filter((call) => call === TOKEN_CALL).length, 2);
});

Deno.test("hubspot: each cursor goes on in the journal and in the deals", async () => {
  const whole = await pull(null);
  const offsets = whole.slice(0, 3).map(({ cursor }) => offsetIn(cursor));
  assert.equal(new Set(offsets).size, 3);
  for (const [at, { cursor, resume }] of whole.entries()) {
    const place = cursor ?? resume ?? null;
    const rest = await pull(place);
    if (cursor !== null) assert.deepEqual(rest, whole.slice(at + 1));
    else assert.equal(offsetIn(place), offsets.at(-1));
  }
});

Deno.test("hubspot: a cursor from before the journal was read begins it", async () => {
  const old = '{"since":"2026-11-20T11:50:00.000Z"}';
  const [first] = await pull(old);
  assert.equal(first?.signals[0]?.grain, "event");
  const { since } = JSON.parse(first?.cursor ?? "{}");
  assert.equal(since, JSON.parse(old).since);
});

async function pull(cursor: string | null): Promise<Page[]> {
  const { run } = open();
  const { config, ...lent } = run.lent;
  const pages = connector.pull?.({
    ...lent,
    config: connector.config.parse(config),
    range: null,
    cursor,
    report: () => {},
  });
  return await Array.fromAsync(pages ?? []);
}

function offsetIn(cursor: string | null): string {
  return JSON.parse(cursor ?? "{}").journal;
}

Deno.test.each([
  { wrong: {}, names: "journal.hosts" },
  { wrong: { hosts: ["*.amazonaws.com"] }, names: "journal.hosts.0" },
  { wrong: { hosts: ["https://s3.amazonaws.com"] }, names: "journal.hosts.0" },
  { wrong: { hosts: ["s3.amazonaws.com:8443"] }, names: "journal.hosts.0" },
  { wrong: { hosts: ["s3.amazonaws.com/x"] }, names: "journal.hosts.0" },
  { wrong: { hosts: ["169.254.169.254"] }, names: "journal.hosts.0" },
  { wrong: { hosts: ["localhost"] }, names: "journal.hosts.0" },
  { wrong: { hosts: [STORAGE_HOST] }, names: "journal", clientSecret: "" },
])(
  "hubspot: a journal of $wrong is refused",
  ({ wrong, names, clientSecret }) => {
    const { config } = createHubspotVendor({ clock: manualClock(NOW) });
    const { clientSecret: _, refreshToken: __, ...rest } = config;
    const given = { ...rest, journal: wrong };
    const whole = clientSecret === "" ? given : { ...config, journal: wrong };
    assert.throws(
      () => connector.config.parse(whole),
      ({ issues }) => issues[0].path.join(".") === names,
    );
  },
);
