/**
 * HubSpot as the kit checks it, how its searches go on, and what its answers mean.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { HttpAnswer } from "@moe/plugin";
import { recordHttp, rememberFiles, testConnector } from "@moe/plugin/test";
import { createHubspotVendor } from "../../tests/vendors/hubspot.ts";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import connector from "./connector.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const BIG_ID = "9007199254740993";
const vendor = createHubspotVendor({ clock: manualClock(NOW) });
const { journal: _, ...WITHOUT_JOURNAL } = vendor.config;
const CREATED = {
  eventId: 1,
  subscriptionId: 12345,
  portalId: 62515,
  occurredAt: 1564113600000,
  subscriptionType: "contact.creation",
  attemptNumber: 0,
  objectId: 123,
  changeSource: "CRM",
  changeFlag: "NEW",
  appId: 54321,
};

testConnector(connector, {
  config: vendor.config,
  vendor: (clock) => createHubspotVendor({ clock }),
  now: NOW,
  delivery: vendor.push([CREATED]),
});

Deno.test("hubspot: a search goes on by id, never by offset", async () => {
  const asked: unknown[] = [];
  const ids = ["9007199254740995", BIG_ID, "9007199254740994"];
  const http = recordHttp((url, { body }) => {
    if (url.includes("account-info")) {
      return { portalId: 62515, timeZone: "UTC", companyCurrency: "USD" };
    }
    if (!url.endsWith("/search")) return { results: [] };
    asked.push((body as { filterGroups: unknown }).filterGroups);
    const results = asked.length > 1 ? [] : ids.map((id) => ({
      id,
      properties: { createdate: NOW },
    }));
    const paging = results.length > 0 ? { next: { after: "3" } } : undefined;
    return { results, paging };
  });
  await pullAll(http, '{"since":"2026-11-20T11:00:00.000Z"}');
  const since = {
    propertyName: "hs_lastmodifieddate",
    operator: "GTE",
    value: "1795172400000",
  };
  const above = (value: string) => ({
    propertyName: "hs_object_id",
    operator: "GT",
    value,
  });
  assert.deepEqual(asked, [
    [{ filters: [above("0"), since] }],
    [{ filters: [above("9007199254740995"), since] }],
  ]);
});

Deno.test.each([
  { note: "new", cursor: null, since: "2026-11-20T11:50:00.000Z" },
  {
    note: "broken off",
    cursor: '{"since":null,"began":"2026-11-20T10:00:00.000Z","after":"7"}',
    since: "2026-11-20T09:50:00.000Z",
  },
])(
  "hubspot: behind a sync that is $note the next begins ten minutes before it",
  async ({ cursor, since }) => {
    const http = recordHttp((url) =>
      url.includes("account-info")
        ? { portalId: 62515, timeZone: "UTC", companyCurrency: "USD" }
        : { results: [] }
    );
    assert.equal(await pullAll(http, cursor), JSON.stringify({ since }));
  },
);

Deno.test("hubspot: access to another account is not taken for this one's", async () => {
  const http = recordHttp(() => ({
    portalId: 1,
    timeZone: "UTC",
    companyCurrency: "USD",
  }));
  await assert.rejects(() => pullAll(http, null), {
    code: "configuration_invalid",
  });
});

async function pullAll(
  http: ReturnType<typeof recordHttp>,
  cursor: string | null,
): Promise<string | undefined> {
  let resume: string | undefined;
  const pages = connector.pull?.({
    config: connector.config.parse(WITHOUT_JOURNAL),
    http,
    files: rememberFiles(),
    now: NOW,
    range: null,
    cursor,
    report: () => {},
  });
  for await (const page of pages ?? []) {
    assert.deepEqual(page.rejects, []);
    resume = page.resume;
  }
  return resume;
}

Deno.test.each([
  { note: "a second's limit", status: 429, policy: "SECONDLY", wait: 1 },
  {
    note: "ten seconds' limit",
    status: 429,
    policy: "TEN_SECONDLY_ROLLING",
    wait: 10,
  },
  { note: "the day's limit", status: 429, policy: "DAILY", wait: 3600 },
  { note: "a lock", status: 423, policy: undefined, wait: 2 },
  { note: "a move", status: 477, policy: undefined, wait: 86_400 },
])("hubspot: $note is waited for $wait seconds", ({ status, policy, wait }) => {
  const outcome = connector.judge?.({
    status,
    headers: { "retry-after": "86400" },
    body: { status: "error", errorType: "RATE_LIMIT", policyName: policy },
    path: "/crm/objects/2026-03/deals",
  });
  assert.deepEqual(outcome, {
    kind: "throttled",
    scope: "account",
    waitSeconds: wait,
  });
});

Deno.test.each([
  {
    note: "207 with errors",
    status: 207,
    body: { errors: [{}] },
    want: "again",
  },
  { note: "207 without", status: 207, body: { errors: [] }, want: undefined },
  {
    note: "missing scopes",
    status: 403,
    body: { category: "MISSING_SCOPES" },
    want: "refused",
  },
  { note: "an expired token", status: 401, body: {}, want: undefined },
])("hubspot: $note is judged", ({ status, body, want }) => {
  const answer: HttpAnswer = { status, body, headers: {}, path: "/crm" };
  assert.equal(connector.judge?.(answer)?.kind, want);
});

Deno.test("hubspot: quota headers are read in their units", () => {
  const headers = {
    "x-hubspot-ratelimit-daily": "250000",
    "x-hubspot-ratelimit-daily-remaining": "50000",
    "x-hubspot-ratelimit-interval-milliseconds": "10000",
    "x-hubspot-ratelimit-remaining": "98",
  };
  const answer = { status: 200, headers, body: {}, path: "/" };
  assert.deepEqual(connector.quota?.(answer), [
    { scope: "account", usedShare: 0.8, resetSeconds: 3600 },
    { scope: "account", remaining: 98, resetSeconds: 10 },
  ]);
  assert.deepEqual(connector.quota?.({ ...answer, headers: {} }), []);
});

Deno.test("hubspot: a private app's token needs no renewal", async () => {
  const http = recordHttp(() => assert.fail("nothing is called"));
  const renew = async (access: Record<string, string>) => {
    const config = connector.config.parse({ portalId: "1", ...access });
    return await connector.renew?.({
      config,
      http,
      refreshToken: null,
      now: NOW,
    });
  };
  assert.deepEqual(await renew({ accessToken: "pat" }), {
    accessToken: "pat",
    expiresInSeconds: null,
  });
  await assert.rejects(() => renew({}), { code: "configuration_invalid" });
});
