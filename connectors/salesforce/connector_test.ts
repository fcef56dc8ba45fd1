/**
 * Salesforce as the kit checks it, where syncs begin and go on, and how access is
 * renewed.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { HttpClient, PerformanceSignal } from "@moe/plugin";
import { recordHttp, rememberFiles, testConnector } from "@moe/plugin/test";
import { manualClock } from "../../tests/vendors/manual_clock.ts";
import {
  createSalesforceVendor,
  type SalesforceVendor,
} from "../../tests/vendors/salesforce.ts";
import connector from "./connector.ts";
import { Config } from "./config.ts";

const NOW = "2026-11-20T12:00:00.000Z";
const CLOCK = manualClock(NOW);
const ORGANIZATION = { id: "00D5g000004XyzAEAS", zone: "America/Los_Angeles" };
const { config: CONFIG } = createSalesforceVendor({ clock: CLOCK });

testConnector(connector, {
  config: CONFIG,
  vendor: (clock) => createSalesforceVendor({ clock }),
  now: NOW,
});

/** Lent HTTP in the plainest form: it signs in once and takes what is good. */
function lendTo(vendor: SalesforceVendor): HttpClient & { calls: string[] } {
  let token: string | null = null;
  const calls: string[] = [];
  const config = Config.parse(vendor.config);
  async function text(url: string, call: Parameters<HttpClient["json"]>[1]) {
    if (call?.signedIn && token === null) {
      const renewed = await connector.renew?.({
        config,
        http: client,
        refreshToken: null,
        now: NOW,
      });
      token = renewed?.accessToken ?? "";
    }
    calls.push(url);
    const answer = await vendor.answer(
      new Request(url, {
        headers: { authorization: `Bearer ${token}` },
        ...(call?.form && {
          method: "POST",
          body: new URLSearchParams(call.form),
        }),
      }),
    );
    assert.ok(answer.ok, await answer.clone().text());
    return await answer.text();
  }
  const client = {
    calls,
    text,
    json: async (url: string, call: Parameters<HttpClient["json"]>[1]) =>
      JSON.parse(await text(url, call)),
  };
  return client;
}

async function pull(
  http: HttpClient,
  { cursor = null, config = CONFIG, most = Infinity }: {
    cursor?: string | null;
    config?: Readonly<Record<string, unknown>>;
    most?: number;
  } = {},
) {
  const rows: PerformanceSignal[] = [];
  let next = cursor;
  let pages = 0;
  for await (
    const page of connector.pull?.({
      config: Config.parse(config),
      http,
      files: rememberFiles(),
      now: NOW,
      range: null,
      cursor,
      report: () => {},
    }) ?? []
  ) {
    rows.push(...page.signals as PerformanceSignal[]);
    next = page.cursor ?? page.resume ?? null;
    if (++pages >= most) break;
  }
  return { rows, next };
}

Deno.test("salesforce: a sync that was broken off goes on behind its last record", async () => {
  const vendor = createSalesforceVendor({ clock: CLOCK });
  const http = lendTo(vendor);
  const whole = await pull(http);
  for (const most of [1, 2, 3]) {
    vendor.play("reordered");
    const begun = await pull(http, { most });
    vendor.forgetLocators();
    const rest = await pull(http, { cursor: begun.next });
    assert.deepEqual(
      recordsOf([...begun.rows, ...rest.rows]),
      recordsOf(whole.rows),
    );
  }
});

function recordsOf(rows: readonly PerformanceSignal[]): string[] {
  return rows.map(({ record = "" }) => record).sort();
}

Deno.test("salesforce: the next sync begins ten minutes before the last stamp", async () => {
  const http = lendTo(createSalesforceVendor({ clock: CLOCK }));
  const first = await pull(http);
  assert.deepEqual(JSON.parse(first.next ?? ""), {
    stamp: "2026-11-15T08:59:00.000Z",
    id: null,
  });
  const second = await pull(http, { cursor: first.next });
  assert.equal(second.rows.length, 3);
  assert.equal(second.next, first.next);
  const idle = '{"stamp":"2026-11-19T00:00:00.000Z","id":null}';
  assert.equal((await pull(http, { cursor: idle })).next, idle);
});

Deno.test("salesforce: an org of one currency is not asked for that of a record", async () => {
  const vendor = createSalesforceVendor({ clock: CLOCK, oneCurrency: true });
  const { rows } = await pull(lendTo(vendor), { config: vendor.config });
  assert.equal(rows.length, 10);
  assert.deepEqual(
    new Set(rows.map(({ currency }) => currency)),
    new Set(["EUR"]),
  );
});

Deno.test.each([
  { next: "https://elsewhere.example/services/data/v66.0/query/x" },
  { next: "//elsewhere.example/services/data/v66.0/query/x" },
  { next: "@elsewhere.example/services/data/v66.0/query/x" },
  { next: undefined },
])("salesforce: the next page is not asked for at $next", async ({ next }) => {
  const http = recordHttp((url) =>
    url.includes("Organization")
      ? {
        done: true,
        records: [{ Id: ORGANIZATION.id, TimeZoneSidKey: ORGANIZATION.zone }],
      }
      : { done: false, nextRecordsUrl: next, records: [] }
  );
  await assert.rejects(() => pull(http), { code: "source_inconsistent" });
  const hosts = new Set(http.calls.map((url) => new URL(url).hostname));
  assert.deepEqual(hosts, new Set(["acme.my.salesforce.com"]));
});

Deno.test("salesforce: a refresh token that was replaced is used no more", async () => {
  const vendor = createSalesforceVendor({ clock: CLOCK, rotates: true });
  const http = lendTo(vendor);
  const config = Config.parse(vendor.config);
  const renew = async (refreshToken: string | null) =>
    await connector.renew?.({ config, http, refreshToken, now: NOW });
  const first = await renew(null);
  assert.notEqual(first?.refreshToken, undefined);
  assert.equal(first?.expiresInSeconds, null);
  const second = await renew(first?.refreshToken ?? "");
  assert.notEqual(second?.refreshToken, first?.refreshToken);
  await assert.rejects(() => renew(null), /invalid_grant/);
});

Deno.test.each(["acme.example", "acme.my.salesforce.com.evil.example", "../x"])(
  "salesforce: the org's host cannot be %s",
  (instanceHost) => {
    assert.throws(
      () => Config.parse({ ...CONFIG, instanceHost }),
      /instanceHost/,
    );
  },
);
