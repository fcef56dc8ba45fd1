/**
 * Whose deliveries are taken: each way of signing, and what is near a signature.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import {
  assertRefused,
  deliver,
  EVENT,
  HEADERS,
  ORDER,
  receive,
  SECONDS,
  SECRETS,
} from "./fixtures/sender.ts";
import { SCHEMES } from "./signature.ts";

const ALL = SCHEMES.map((scheme) => ({ scheme }));

Deno.test.each(ALL)("webhook: $scheme brings an event", ({ scheme }) => {
  const { signals, rejects } = receive(deliver(scheme, [ORDER]), { scheme });
  assert.deepEqual(signals, [EVENT]);
  assert.deepEqual(rejects, []);
});

Deno.test.each(ALL)(
  "webhook: $scheme takes the secret before",
  ({ scheme }) => {
    const older = deliver(scheme, [ORDER], SECRETS.previousSecret);
    assert.equal(receive(older, { scheme }).signals.length, 1);
    assertRefused(older, { scheme, previousSecret: undefined });
  },
);

Deno.test.each(ALL)(
  "webhook: $scheme takes no second spelling of a signature",
  ({ scheme }) => {
    const delivery = deliver(scheme, ORDER);
    const name = HEADERS[scheme];
    const given = delivery.headers[name] ?? "";
    for (let at = 0; at < given.length; at++) {
      for (const bit of [1, 2, 32]) {
        const letter = String.fromCharCode(given.charCodeAt(at) ^ bit);
        const flipped = given.slice(0, at) + letter + given.slice(at + 1);
        const headers = { ...delivery.headers, [name]: flipped };
        assertRefused({ ...delivery, headers }, { scheme });
      }
    }
    for (const cut of ["", given.slice(0, -1), `${given}=`]) {
      const headers = { ...delivery.headers, [name]: cut };
      assertRefused({ ...delivery, headers }, { scheme });
    }
  },
);

Deno.test.each([
  { note: "right after", receivedAt: "2026-11-05T12:05:00.000Z", taken: true },
  { note: "too late", receivedAt: "2026-11-05T12:05:00.001Z", taken: false },
  { note: "too early", receivedAt: "2026-11-05T11:54:59.999Z", taken: false },
])("webhook: a standard webhook that comes $note", ({ receivedAt, taken }) => {
  const scheme = "standard_webhooks";
  const delivery = { ...deliver(scheme, ORDER), receivedAt };
  if (taken) assert.equal(receive(delivery, { scheme }).signals.length, 1);
  else assertRefused(delivery, { scheme }, /five minutes/);
});

Deno.test.each([
  { header: "webhook-id", value: "msg_2" },
  { header: "webhook-id", value: "" },
  { header: "webhook-timestamp", value: String(Number(SECONDS) + 1) },
  { header: "webhook-timestamp", value: `${SECONDS} ` },
])("webhook: $header is signed", ({ header, value }) => {
  const scheme = "standard_webhooks";
  const { headers, ...delivery } = deliver(scheme, ORDER);
  assertRefused({ ...delivery, headers: { ...headers, [header]: value } }, {
    scheme,
  });
});

Deno.test("webhook: one good signature among several is enough", () => {
  const scheme = "standard_webhooks";
  const { headers, ...delivery } = deliver(scheme, ORDER);
  const bad = deliver(scheme, ORDER, `whsec_${btoa("another ".repeat(3))}`)
    .headers["webhook-signature"];
  const good = headers["webhook-signature"];
  const sent = (signature: string) => ({
    ...delivery,
    headers: { ...headers, "webhook-signature": signature },
  });
  const several = sent(`v1a,aGVsbG8= ${bad} ${good}`);
  assert.equal(receive(several, { scheme }).signals.length, 1);
  assertRefused(sent(`v1a,aGVsbG8= ${bad}`), { scheme });
});

Deno.test("webhook: Mandrill signs the address that it has", () => {
  const scheme = "mandrill";
  const { url, ...delivery } = deliver(scheme, ORDER);
  assert.equal(receive(delivery, { scheme, url }).signals.length, 1);
  const proxied = { ...delivery, url: "http://10.0.0.7/hook" };
  assert.equal(receive(proxied, { scheme, url }).signals.length, 1);
  assertRefused(proxied, { scheme });
  assertRefused(delivery, { scheme }, /set url/);
});

Deno.test("webhook: Mandrill sorts the members that it signs", () => {
  const scheme = "mandrill";
  const { body, headers, ...delivery } = deliver(scheme, [ORDER]);
  const form = new TextDecoder().decode(body);
  const events = new URLSearchParams(form).get("mandrill_events");
  const signature = createHmac("sha1", SECRETS.secret)
    .update(`${delivery.url}a1mandrill_events${events}zz2`).digest("base64");
  const sent = (text: string) => ({
    ...delivery,
    body: new TextEncoder().encode(text),
    headers: { ...headers, [HEADERS[scheme]]: signature },
  });
  const several = sent(`zz=2&${form}&a=1`);
  assert.deepEqual(receive(several, { scheme }).signals, [EVENT]);
  assertRefused(sent(`zz=3&${form}&a=1`), { scheme });
});

Deno.test("webhook: Mandrill may ask with a public key whether anybody is there", () => {
  const scheme = "mandrill";
  const trial = (events: unknown) => deliver(scheme, events, "test-webhook");
  const { signals, rejects } = receive(trial([]), { scheme });
  assert.deepEqual([signals, rejects], [[], []]);
  assertRefused(trial([ORDER]), { scheme });
  assertRefused(trial(" []"), { scheme });
});
