/**
 * Who may send: signatures, write keys, and what holds while they are changed over.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Delivery } from "@moe/plugin";
import {
  type Proof,
  type SenderTerms,
  sign,
  signSha1,
  verifySender,
} from "./sender.ts";

const NEW = "a-secret-of-the-sender";
const OLD = "the-secret-before-that";
const KEY = "a-write-key-of-the-site";
const RECEIVED = "2026-03-01T12:00:00.000Z";
const ORDER = { type: "track", event: "Order Completed", messageId: "m-1" };
const REFUSAL = { code: "signature_invalid" };

function verify(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  terms: Partial<SenderTerms>,
): Proof {
  const delivery: Delivery = { headers, body, receivedAt: RECEIVED };
  return verifySender(delivery, { requireTimestamp: false, ...terms });
}

function bytes(content: unknown): Uint8Array {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return new TextEncoder().encode(text);
}

function hex(signature: Uint8Array): string {
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function signed(secret: string, timestamp?: string): Record<string, string> {
  return {
    "x-signature": hex(sign(secret, timestamp, bytes(ORDER))),
    ...(timestamp !== undefined && { "x-timestamp": timestamp }),
  };
}

function basic(name: string): Record<string, string> {
  return { authorization: `Basic ${btoa(`${name}:`)}` };
}

Deno.test("verifySender() knows the published HMAC-SHA256", () => {
  assert.equal(
    hex(sign("It's a Secret to Everybody", undefined, bytes("Hello, World!"))),
    "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
  );
});

Deno.test("verifySender() takes both secrets while they are changed over", () => {
  const body = bytes(ORDER);
  const both = { secret: NEW, previousSecret: OLD };
  assert.equal(verify(body, signed(NEW), both), "signature");
  assert.equal(verify(body, signed(OLD), both), "signature");
  assert.throws(() => verify(body, signed(OLD), { secret: NEW }), REFUSAL);
  const shared = { sharedSecret: NEW, previousSharedSecret: OLD };
  const headers = { "x-signature": hex(signSha1(OLD, body)) };
  assert.equal(verify(body, headers, shared), "shared_secret");
  const over = { sharedSecret: NEW };
  assert.throws(() => verify(body, headers, over), REFUSAL);
});

Deno.test("verifySender() takes a signed timestamp for five minutes", () => {
  const terms = { secret: NEW };
  const at = (seconds: number) =>
    signed(NEW, String(Date.parse(RECEIVED) / 1000 + seconds));
  for (const seconds of [-300, 0, 300]) {
    assert.equal(verify(bytes(ORDER), at(seconds), terms), "signature");
  }
  for (const seconds of [-301, 301]) {
    assert.throws(() => verify(bytes(ORDER), at(seconds), terms), REFUSAL);
  }
  const { "x-signature": stripped = "" } = at(0);
  const bare = { "x-signature": stripped };
  assert.throws(() => verify(bytes(ORDER), bare, terms), REFUSAL);
  const strict = { ...terms, requireTimestamp: true };
  assert.throws(() => verify(bytes(ORDER), signed(NEW), strict), REFUSAL);
});

Deno.test.each([
  { note: "Basic", headers: basic(KEY), body: ORDER, taken: true },
  { note: "Basic, the one before", headers: basic(OLD), taken: true },
  { note: "the body", body: { ...ORDER, writeKey: KEY }, taken: true },
  { note: "the batch", body: { batch: [ORDER], writeKey: KEY }, taken: true },
  { note: "Basic, another's", headers: basic(`${KEY}x`), taken: false },
  { note: "Basic, empty", headers: basic(""), taken: false },
  {
    note: "another scheme",
    headers: { authorization: `Bearer ${KEY}` },
    taken: false,
  },
  {
    note: "a message of the batch",
    body: { batch: [{ ...ORDER, writeKey: KEY }] },
    taken: false,
  },
  {
    note: "the body, with a wrong one in the header",
    headers: basic(NEW),
    body: { ...ORDER, writeKey: KEY },
    taken: false,
  },
  { note: "no JSON", body: "{", taken: false },
])("verifySender() with a write key in $note: $taken", (given) => {
  const { headers = {}, body = ORDER, taken } = given;
  const terms = { writeKey: KEY, previousWriteKey: OLD };
  const check = () => verify(bytes(body), { ...headers } as Headers, terms);
  if (taken) assert.equal(check(), "write_key");
  else assert.throws(check, REFUSAL);
});

type Headers = Record<string, string>;

Deno.test("verifySender() lets no write key make up for a wrong signature", () => {
  const headers = { ...signed(OLD), ...basic(KEY) };
  const body = bytes(ORDER);
  const both = { secret: NEW, writeKey: KEY };
  assert.throws(() => verify(body, headers, both), REFUSAL);
  assert.equal(verify(body, headers, { writeKey: KEY }), "write_key");
});

Deno.test("verifySender() says why a batch of Segment's is refused", () => {
  const first = { "x-signature": hex(signSha1(NEW, bytes(ORDER))) };
  const terms = { sharedSecret: NEW };
  assert.equal(verify(bytes(ORDER), first, terms), "shared_secret");
  assert.throws(() => verify(bytes([ORDER, ORDER]), first, terms), {
    ...REFUSAL,
    message: /only its first message/,
  });
  assert.throws(() => verify(bytes({ ...ORDER, a: 1 }), first, terms), {
    ...REFUSAL,
    message: /does not match/,
  });
});

Deno.test("verifySender() takes no kind of signature that is not configured", () => {
  const body = bytes(ORDER);
  const sha1 = { "x-signature": hex(signSha1(NEW, body)) };
  assert.throws(() => verify(body, sha1, { secret: NEW }), REFUSAL);
  assert.throws(
    () => verify(body, signed(NEW), { sharedSecret: NEW }),
    REFUSAL,
  );
});
