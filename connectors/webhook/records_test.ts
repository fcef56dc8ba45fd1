/**
 * Where records are found in what came, whatever else came with them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Delivery, EventSignal } from "@moe/plugin";
import {
  deliver,
  EVENT,
  HEADERS,
  MAPPING,
  ORDER,
  parse,
  receive,
  RECEIVED,
  SECRETS,
  take,
  URL_CALLED,
} from "./fixtures/sender.ts";
import connector from "./connector.ts";
import { type Scheme, sign } from "./signature.ts";

Deno.test.each([
  { note: "a list", content: [ORDER], records: undefined },
  { note: "one record", content: ORDER, records: undefined },
  { note: "a member", content: { data: ORDER }, records: "data" },
  { note: "a path", content: { a: { b: [ORDER] } }, records: "a.b" },
  { note: "dots in a name", content: { "a.b": [ORDER] }, records: "a.b" },
  {
    note: "lists in a list",
    content: { entry: [{ changes: [] }, { changes: [ORDER] }] },
    records: "entry.*.changes",
  },
  { note: "each member", content: { orders: [ORDER] }, records: "*" },
])("webhook: finds records: $note", ({ content, records }) => {
  assert.deepEqual(take(content, { records }).signals, [EVENT]);
});

Deno.test("webhook: Mautic's records say under which type they came", () => {
  const scheme = "mautic";
  const { type: _, ...order } = ORDER;
  const [signal] = MAPPING.signals;
  const content = { "mautic.order": [order], "mautic.lead": [{ id: 1 }] };
  const { signals, rejects } = receive(deliver(scheme, content), {
    scheme,
    mapping: { signals: [{ ...signal, type: "{event_type}" }] },
  });
  assert.deepEqual(signals, [{ ...EVENT, type: "mautic.order" }]);
  assert.match(rejects[0]?.original ?? "", /"event_type":"mautic.lead"/);
});

Deno.test("webhook: a part of the body without records is kept, and read again", () => {
  const records = "entry.*.changes";
  const entry = [{ changes: [ORDER] }, { messaging: [1] }];
  const { signals, rejects } = take({ entry }, { records });
  assert.deepEqual(signals, [EVENT]);
  const { reason, detail, original, context = "" } = rejects[0] ?? {};
  assert.equal(reason, "records_missing");
  assert.equal(detail, 'records.1: it has no "changes"');
  assert.equal(original, '{"messaging":[1]}');
  const again = (original: string) =>
    connector.reread?.({
      ...{ config: parse({ records }), context, original },
      receivedAt: RECEIVED,
    });
  assert.equal(again(original)?.rejects[0]?.reason, reason);
  const told = again(JSON.stringify({ changes: [ORDER] }));
  assert.deepEqual(told?.signals, [EVENT]);
});

Deno.test("webhook: ids and amounts keep every digit", () => {
  const text = JSON.stringify(ORDER).replace('"o-1"', "9007199254740993123")
    .replace('"19.99"', "90071992547.409931");
  const [event] = take(text).signals as EventSignal[];
  assert.equal(event?.eventId, "9007199254740993123");
  assert.equal(event?.valueMicros, 90_071_992_547_409_931n);
});

Deno.test("webhook: nothing hides in depth, and costs no other record", () => {
  const id = "9007199254740993123";
  const order = JSON.stringify(ORDER).replace('"o-1"', id);
  for (const depth of [21, 70, 150_000]) {
    const deep = '{"a":'.repeat(depth) + '"}]ann@example.com"' +
      "}".repeat(depth);
    const { signals, rejects } = take(`[${deep},${order}]`);
    assert.equal((signals[0] as EventSignal).eventId, id);
    assert.deepEqual(rejects.map(({ reason }) => reason), ["nested_too_deep"]);
    if (depth > 64) assert.ok(!rejects[0]?.original.includes("ann@"));
  }
  const { signals } = take({
    ...ORDER,
    a: JSON.parse("[".repeat(19) + "]".repeat(19)),
  });
  assert.equal(signals.length, 1);
});

Deno.test.each([
  { note: "not JSON", text: "[{", code: "body_invalid" },
  { note: "nothing", text: "", code: "body_invalid" },
  {
    note: "a list that does not end",
    text: "[".repeat(90),
    code: "body_invalid",
  },
  {
    note: "too many records",
    text: `[${Array(10_001).fill("1")}]`,
    code: "body_too_large",
  },
  {
    note: "too many bytes",
    text: `"${"x".repeat(1_048_575)}"`,
    code: "body_too_large",
  },
])("webhook: a delivery of $note is refused as $code", ({ text, code }) => {
  assert.throws(() => take(text), { code });
});

Deno.test("webhook: a body is UTF-8, a form has Mandrill's member", () => {
  const scheme = "mandrill";
  const signed = (body: Uint8Array, scheme: Scheme): Delivery => {
    const { secret } = SECRETS;
    const url = URL_CALLED;
    const signature = sign(scheme, secret, { headers: {}, body, url });
    const headers = { [HEADERS[scheme]]: signature };
    return { headers, body, url, receivedAt: RECEIVED };
  };
  const refusal = { code: "body_invalid" };
  const latin = Uint8Array.of(0x22, 0xe4, 0x22);
  assert.throws(
    () => receive(signed(latin, "x_hub_signature_256")),
    { ...refusal, message: /UTF-8/ },
  );
  const form = new TextEncoder().encode("?mandrill_events=[]");
  assert.throws(
    () => receive(signed(form, scheme), { scheme }),
    { ...refusal, message: /mandrill_events/ },
  );
});

Deno.test("webhook: of a record only the members of its own signals are looked at", () => {
  const [signal] = MAPPING.signals;
  const [order, visit] = ["Order Completed", "Page Viewed"].map((type) => ({
    when: [{ column: "type", equals: type }],
  }));
  const mapping = {
    signals: [
      { ...signal, ...order },
      { ...signal, ...visit, entities: {}, value: undefined },
    ],
  };
  const viewed = { ...ORDER, id: "v-1", type: "Page Viewed", total: [1, 2] };
  const { signals, rejects } = take([ORDER, viewed], { mapping });
  assert.deepEqual(rejects, []);
  assert.equal(signals.length, 2);
});
