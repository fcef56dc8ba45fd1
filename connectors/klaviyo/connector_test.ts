/**
 * Klaviyo beyond what the kit checks: where pulls begin, what they ask, and what its
 * answers mean.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EventSignal, HttpAnswer, Page } from "@moe/plugin";
import { testConnector } from "@moe/plugin/test";
import { createKlaviyoVendor } from "../../tests/vendors/klaviyo.ts";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import connector from "./connector.ts";

const NOW = "2026-04-01T12:00:00.000Z";
const VENDOR = createKlaviyoVendor({ clock: manualClock(NOW) });
const DELIVERY = VENDOR.deliver("2026-03-31");
const CONFIG = connector.config.parse(structuredClone(VENDOR.config));

testConnector(connector, {
  config: VENDOR.config,
  vendor: (clock) => createKlaviyoVendor({ clock }),
  now: NOW,
  delivery: DELIVERY,
});

/** Pulls once from the vendor as it is at a moment. */
async function pull(
  at: string,
  { cursor = null, range = null, calls = [] }: {
    readonly cursor?: string | null;
    readonly range?: { readonly from: string; readonly until: string } | null;
    readonly calls?: URL[];
  } = {},
): Promise<{ readonly ids: Set<string>; readonly pages: readonly Page[] }> {
  const vendor = createKlaviyoVendor({ clock: manualClock(at) });
  const json = async (url: string, { query = {}, headers = {} } = {}) => {
    const target = new URL(url);
    Object.entries(query).forEach(([name, value]) =>
      target.searchParams.set(name, String(value))
    );
    calls.push(target);
    const answer = await vendor.answer(new Request(target, { headers }));
    assert.equal(answer.status, 200, await answer.clone().text());
    return await answer.json();
  };
  const pages: Page[] = [];
  const scope = { config: CONFIG, range, cursor, now: at };
  const lent = { http: { json, text: fail }, files: NO_FILES };
  const source = connector.pull?.({ ...scope, ...lent, report: () => {} });
  for await (const page of source ?? []) pages.push(page);
  const signals = pages.flatMap(({ signals }) => signals) as EventSignal[];
  return { ids: new Set(signals.map(({ eventId }) => eventId)), pages };
}

const fail = () => Promise.reject(new Error("not lent"));
const NO_FILES = { read: fail as never, write: fail, text: fail };

function expected(at: string): Set<string> {
  const vendor = createKlaviyoVendor({ clock: manualClock(at) });
  return new Set(vendor.expectedEvents(null).map(({ eventId }) => eventId));
}

Deno.test("klaviyo: what becomes known late is caught by the next pull", async () => {
  const hour = (at: number) =>
    new Date(Date.parse("2026-03-01T00:00:00Z") + at * 1_200_000).toISOString();
  const seen = new Set<string>();
  let cursor: string | null = null;
  for (let at = 0; at < 72 * 7; at++) {
    const { ids, pages } = await pull(hour(at), { cursor });
    ids.forEach((id) => seen.add(id));
    cursor = pages.at(-1)?.resume ?? null;
    assert.ok(cursor !== null && pages.length < 9);
  }
  assert.deepEqual(seen, expected(hour(72 * 7 - 1)));
});

Deno.test("klaviyo: an event dated ahead waits for its time", async () => {
  const { ids, pages } = await pull(NOW);
  assert.ok(!ids.has("4FDzzzzzzzz"));
  const { since } = JSON.parse(pages.at(-1)?.resume ?? "");
  assert.ok(since < NOW && since > "2026-03-31", since);
  const later = await pull("2026-12-24T00:02:00.000Z");
  assert.ok(later.ids.has("4FDzzzzzzzz"));
});

Deno.test("klaviyo: goes on from any page, and asks the same question", async () => {
  const { pages } = await pull(NOW);
  assert.ok(pages.length > 5);
  for (const [at, { cursor }] of pages.slice(0, -1).entries()) {
    const rest = await pull(NOW, { cursor });
    assert.deepEqual(rest.pages, pages.slice(at + 1));
  }
});

Deno.test("klaviyo: days that are asked for are read whole each time", async () => {
  const range = { from: "2026-03-10", until: "2026-03-12" };
  const calls: URL[] = [];
  const { ids, pages } = await pull(NOW, { range, calls });
  const vendor = createKlaviyoVendor({ clock: manualClock(NOW) });
  const want = vendor.expectedEvents(range).map(({ eventId }) => eventId);
  assert.ok(want.length > 2);
  assert.deepEqual([...ids].sort(), want.sort());
  assert.equal(pages.at(-1)?.resume, undefined);
  assert.equal(
    calls[0]?.searchParams.get("filter"),
    "greater-or-equal(datetime,2026-03-10T00:00:00.000Z)," +
      "less-than(datetime,2026-03-12T00:00:00.000Z)",
  );
});

Deno.test("klaviyo: nothing of a profile but its id is asked for or kept", async () => {
  const calls: URL[] = [];
  const { pages } = await pull(NOW, { calls });
  for (const { searchParams } of calls) {
    assert.equal(searchParams.get("fields[profile]"), "id");
  }
  const text = JSON.stringify(
    pages,
    (_, value) => typeof value === "bigint" ? String(value) : value,
  );
  assert.doesNotMatch(text, /Mason|42nd St|Hi Sarah|"Sarah"/);
});

Deno.test("klaviyo: a link that leads nowhere is no end", async () => {
  const page = { data: [], links: { next: "https://evil.example/api/events" } };
  const http = { json: () => Promise.resolve(page), text: fail };
  const scope = { config: CONFIG, range: null, cursor: null, now: NOW };
  const lent = { http, files: NO_FILES, report: () => {} };
  const source = connector.pull?.({ ...scope, ...lent });
  await assert.rejects(async () => {
    for await (const _ of source ?? []);
  }, { code: "source_inconsistent" });
});

function answerOf(status: number, body: unknown): HttpAnswer {
  return { status, headers: {}, body, path: "/api/events" };
}

Deno.test("klaviyo: a refusal is told by its code and where it points", () => {
  const error = {
    code: "invalid",
    title: "Invalid input.",
    detail: "ann@example.com is not a cursor",
    source: { parameter: "page[cursor]" },
  };
  const judge = (status: number, body: unknown) =>
    connector.judge?.(answerOf(status, body));
  assert.deepEqual(judge(400, { errors: [error, error] }), {
    kind: "refused",
    reason: "invalid: Invalid input. (page[cursor])",
  });
  for (const status of [429, 500, 503]) {
    assert.equal(judge(status, { errors: [error] }), null);
  }
  assert.equal(judge(400, "Bad Gateway"), null);
  assert.equal(judge(200, { data: [] }), null);
});

Deno.test("klaviyo: headers tell what is left of the minute", () => {
  const headers = { "ratelimit-remaining": "12", "ratelimit-reset": "43" };
  const hints = connector.quota?.({ ...answerOf(200, {}), headers });
  assert.deepEqual(hints, [
    { scope: "endpoint", remaining: 12, resetSeconds: 43 },
  ]);
  assert.deepEqual(connector.quota?.(answerOf(200, {})), []);
});

Deno.test("klaviyo: a delivery tells the same events as a pull", async () => {
  const range = { from: "2026-03-31", until: "2026-04-01" };
  const pulled = (await pull(NOW, { range })).pages[0]?.signals;
  const receipt = connector.receive?.({ config: CONFIG, delivery: DELIVERY });
  assert.deepEqual(receipt, { signals: pulled, rejects: [] });
});
