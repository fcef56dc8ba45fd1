/**
 * Deliveries over HTTP: whoever signs as a source's vendor gets in without a key of
 * ours, to that source alone; everybody else is told nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openCaller } from "./caller.ts";
import {
  type Push,
  pushHubspot,
  pushKlaviyo,
  pushSegment,
  pushSendgrid,
} from "./pushed.ts";
import { SHARED, type WebhookDesk, withWebhooks } from "./webhook_desk.ts";
import {
  hubspotEvents,
  pushOf,
  type Source,
  SOURCES,
} from "./webhook_pushes.ts";

const HOUR_MS = 3_600_000;

Deno.test("deliveries of vendors", async (t) => {
  await withWebhooks(async (desk) => {
    for (const source of SOURCES) {
      await t.step(
        `${source} needs no key of ours`,
        () => admits(desk, source),
      );
      await t.step(
        `${source}: what comes twice changes nothing`,
        () => twice(desk, source),
      );
      await t.step(
        `${source}: the secret before is good, a stranger's is not`,
        () => rotates(desk, source),
      );
    }
    await t.step(
      "a wrong signature is told as if there were no source",
      () => tellsNothing(desk),
    );
    await t.step(
      "old deliveries are refused, late ones taken",
      () => knowsAge(desk),
    );
    await t.step(
      "HubSpot's address is the one that it called",
      () => knowsAddress(desk),
    );
    await t.step(
      "a name that two tenants have needs a key",
      () => sharesName(desk),
    );
    await t.step(
      "a key opens its own tenant's sources alone",
      () => keepsTenants(desk),
    );
    await t.step("too much is refused", () => refusesTooMuch(desk));
    await t.step(
      "what is refused is named by place and reason",
      () => namesRefused(desk),
    );
  });
});

async function admits(desk: WebhookDesk, source: Source): Promise<void> {
  const before = await desk.count("acme", source);
  const told = await desk.push(pushOf(source));
  assert.equal(told.status, 200, told.text);
  assert.deepEqual([told.body.events, told.body.dead_letters], [2, 1]);
  const [events, letters] = await desk.count("acme", source);
  assert.deepEqual([events, letters], [before[0] + 2, before[1] + 1]);
  assert.deepEqual(await desk.count("rival", source), [0, 0]);
  const { tenant, key } = desk.logged.at(-1) ?? {};
  assert.deepEqual([tenant, key], ["acme", "sender"]);
}

async function twice(desk: WebhookDesk, source: Source): Promise<void> {
  const push = pushOf(source);
  await desk.push(push);
  const before = await desk.count("acme", source);
  const again = await desk.push(push);
  assert.equal(again.status, 200, again.text);
  assert.deepEqual([again.body.events, again.body.duplicates], [0, 2]);
  assert.deepEqual(await desk.count("acme", source), before);
}

async function rotates(desk: WebhookDesk, source: Source): Promise<void> {
  const told = await desk.push(pushOf(source, { by: "before" }));
  assert.deepEqual([told.status, told.body.events], [200, 2], told.text);
  const before = await desk.count("acme", source);
  const stranger = await desk.push(pushOf(source, { by: "stranger" }));
  assert.equal(stranger.status, 401, stranger.text);
  const push = pushOf(source);
  const body = push.body.with(push.body.length - 2, 0x20);
  if (source !== "segment") {
    assert.equal((await desk.push({ ...push, body })).status, 401);
  }
  assert.deepEqual(await desk.count("acme", source), before);
}

async function tellsNothing(desk: WebhookDesk): Promise<void> {
  const key = await desk.grant("acme", ["ingest"]);
  for (const source of SOURCES) {
    const push = pushOf(source, { by: "stranger" });
    const wrong = await desk.push(push);
    const unknown = await desk.push({
      ...push,
      path: `/webhooks/${source}/none`,
    });
    const bare = await desk.push({ ...push, headers: {} });
    for (const told of [wrong, unknown, bare]) {
      assert.equal(told.status, 401);
      assert.match(
        told.headers.get("content-type") ?? "",
        /^application\/problem\+json/,
      );
      assert.equal(told.text, wrong.text);
      assert.deepEqual([...told.headers.keys()], [...wrong.headers.keys()]);
      assert.doesNotMatch(told.text, /acme|hubspot|sendgrid|klaviyo|segment/i);
    }
    // Segment's write key and a key of ours cannot both be in one header.
    const told = await desk.push(push, { key });
    assert.equal(told.body.code, "signature_invalid", told.text);
    assert.match(told.body.detail, /^Cannot accept delivery: /);
  }
}

async function knowsAge(desk: WebhookDesk): Promise<void> {
  const minutes = (count: number) => ({ ageMs: count * HOUR_MS / 60 });
  for (const source of ["hubspot", "klaviyo"] as const) {
    for (const wrong of [6, -6]) {
      assert.equal(
        (await desk.push(pushOf(source, minutes(wrong)))).status,
        401,
      );
    }
    assert.equal((await desk.push(pushOf(source, minutes(4)))).status, 200);
  }
  const late = await desk.push(pushOf("sendgrid", { ageMs: 23 * HOUR_MS }));
  assert.deepEqual([late.status, late.body.events], [200, 2], late.text);
  for (const ageMs of [25 * HOUR_MS, -HOUR_MS / 2]) {
    assert.equal((await desk.push(pushOf("sendgrid", { ageMs }))).status, 401);
  }
}

async function knowsAddress(desk: WebhookDesk): Promise<void> {
  const now = new Date().toISOString();
  const url = "https://hooks.example.com/webhooks/hubspot/hubspot?to=moe%2F1";
  const push = pushHubspot(hubspotEvents("proxied", now), now, { url });
  const called = { ...push, path: "/webhooks/hubspot/hubspot?to=moe%2F1" };
  const origin = "http://10.0.0.5:8080";
  const proxied = {
    "x-forwarded-proto": "https",
    "x-forwarded-host": "hooks.example.com",
  };
  const listed = {
    "x-forwarded-proto": "https, http",
    "x-forwarded-host": "hooks.example.com, inner.example",
  };
  for (
    const headers of [proxied, listed, {
      ...proxied,
      "x-forwarded-host": "",
      host: "hooks.example.com",
    }]
  ) {
    const told = await desk.push(called, { origin, headers });
    assert.equal(told.status, 200, JSON.stringify(headers));
  }
  const direct = await desk.push(called, {
    origin: "https://hooks.example.com",
  });
  assert.equal(direct.status, 200, direct.text);
  for (
    const headers of [{}, {
      ...proxied,
      "x-forwarded-host": "elsewhere.example",
    }]
  ) {
    assert.equal((await desk.push(called, { origin, headers })).status, 401);
  }
}

async function sharesName(desk: WebhookDesk): Promise<void> {
  const batch = [{
    type: "track",
    event: "Seen",
    messageId: "s-1",
    userId: "u",
  }];
  for (const tenant of ["acme", "rival"] as const) {
    const push = {
      ...pushSegment({ batch }, SHARED[tenant]),
      path: "/webhooks/segment/shared",
    };
    assert.equal((await desk.push(push)).status, 401);
    const key = await desk.grant(tenant, ["ingest"]);
    const signed = {
      ...pushSegment({ batch, writeKey: SHARED[tenant] }),
      path: push.path,
    };
    const told = await desk.push(signed, { key });
    assert.deepEqual([told.status, told.body.events], [200, 1], told.text);
    assert.deepEqual(await desk.count(tenant, "shared"), [1, 0]);
    const others = SHARED[tenant === "acme" ? "rival" : "acme"];
    const crossed = {
      ...pushSegment({ batch, writeKey: others }),
      path: push.path,
    };
    assert.equal((await desk.push(crossed, { key })).status, 401);
  }
}

async function keepsTenants(desk: WebhookDesk): Promise<void> {
  const key = await desk.grant("rival", ["ingest"]);
  for (const source of SOURCES) {
    const before = await desk.count("acme", source);
    const told = await desk.push(pushOf(source), { key });
    assert.deepEqual([told.status, told.body.code], [404, "not_found"]);
    assert.doesNotMatch(told.text, /acme/);
    assert.deepEqual(await desk.count("acme", source), before);
  }
  const reader = await desk.grant("acme", ["read"]);
  const told = await desk.push(pushOf("sendgrid"), { key: reader });
  assert.deepEqual([told.status, told.body.code], [403, "access_denied"]);
}

async function refusesTooMuch(desk: WebhookDesk): Promise<void> {
  const now = new Date().toISOString();
  const many = (count: number) => Array.from({ length: count }, () => null);
  const large = (bytes: number) => ({ batch: ["x".repeat(bytes)] });
  const pushes: readonly Push[] = [
    pushSegment(large(500_000)),
    pushSegment(large(1_100_000)),
    pushSegment({ batch: many(2501) }),
    pushSendgrid(many(10_001).map(() => ({})), now),
    pushHubspot(many(101), now),
    pushKlaviyo(many(1001), now),
  ];
  for (const push of pushes) {
    const told = await desk.push(push);
    assert.deepEqual([told.status, told.body.code], [413, "body_too_large"]);
  }
}

async function namesRefused(desk: WebhookDesk): Promise<void> {
  const seen = { type: "track", event: "Seen", userId: "u-1" };
  const batch = [
    { ...seen, messageId: "named-0" },
    { ...seen, properties: { revenue: "much" } },
    { ...seen, messageId: "named-2" },
    { ...seen, type: "sold" },
    "no message",
    { ...seen, messageId: "named-5", timestamp: "1960-01-01T00:00:00.000Z" },
  ];
  const { status, body } = await desk.push(pushSegment({ batch }));
  assert.equal(status, 200);
  assert.equal(body.events, 2);
  const rejected: { index: number; reason: string }[] = body.rejected;
  assert.deepEqual(rejected.map(({ index, reason }) => [index, reason]), [
    [1, "number_invalid"],
    [3, "type_unsupported"],
    [4, "message_invalid"],
    [5, "instant_invalid"],
  ]);
  for (const source of ["sendgrid", "hubspot", "klaviyo"] as const) {
    const told = await desk.push(pushOf(source));
    const [{ index, reason, detail }, ...others] = told.body.rejected;
    assert.deepEqual([index, others], [2, []]);
    assert.match(`${reason} ${detail}`, /^[a-z_]+ ./);
  }
}

Deno.test("a connector is handed the sender's headers, and no key of ours", async () => {
  const { ask, stub, key } = openCaller();
  const line = "POST /webhooks/segment/shop";
  const sender = { "x-signature": "right", "x-other": "kept" };
  for (const scheme of ["Bearer", "bearer", "BEARER "]) {
    await ask(line, {
      key: null,
      raw: "{}",
      headers: {
        ...sender,
        authorization: `${scheme} ${key}`,
        cookie: "session=1",
        "proxy-authorization": "Basic eA==",
      },
    });
    const headers = stub.delivered.at(-1)?.delivery.headers ?? {};
    assert.equal(headers["x-other"], "kept");
    assert.doesNotMatch(JSON.stringify(headers), /moe_|session|eA==/);
  }
  assert.equal(stub.delivered.length, 3);
});
