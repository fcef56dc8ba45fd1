/**
 * The push connector on Segment's published examples and signatures, where they
 * are at hand.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { EventSignal, Receipt } from "@moe/plugin";
import connector from "./connector.ts";
import { verifySender } from "./sender.ts";

const FOLDER = new URL("../../../shared/vectors/ingest/", import.meta.url);
const RECEIVED = "2026-03-01T12:00:00.000Z";
const KEY = "a-write-key-of-the-site";

/** Parsed JSON of a file; null where the folder is not, unless all is required. */
function readVectors(name: string) {
  try {
    return JSON.parse(Deno.readTextFileSync(new URL(name, FOLDER)));
  } catch (error) {
    if (Deno.env.get("REQUIRE_ALL") === "1") throw error;
    return null;
  }
}

function vectorTest(
  { name, file }: { readonly name: string; readonly file: string },
  // deno-lint-ignore no-explicit-any -- files of several shapes
  run: (vectors: any) => void,
): void {
  const vectors = readVectors(file);
  const ignore = vectors === null;
  const title = ignore ? `${name} (skipped: no ${file})` : name;
  Deno.test({ name: title, ignore, fn: () => run(vectors) });
}

function receive(message: unknown): Receipt {
  const receipt = connector.receive?.({
    config: connector.config.parse({ writeKey: KEY, currency: "USD" }),
    delivery: {
      headers: { authorization: `Basic ${btoa(`${KEY}:`)}` },
      body: new TextEncoder().encode(JSON.stringify(message)),
      receivedAt: RECEIVED,
    },
  });
  assert.ok(receipt);
  return receipt;
}

function receiveAll(message: unknown): EventSignal[] {
  const { signals, rejects } = receive(message);
  assert.deepEqual(rejects, []);
  return signals as EventSignal[];
}

vectorTest({
  name: "segment: published signatures hold, and changed ones do not",
  file: "segment-x-signature-hmac-sha1.json",
}, ({ vectors }) => {
  for (const { secret, signature, body, batchBody, signedPart } of vectors) {
    const check = (text: string, given = signature) =>
      verifySender({
        headers: { "x-signature": given },
        body: new TextEncoder().encode(text),
        receivedAt: RECEIVED,
      }, { sharedSecret: secret, requireTimestamp: false });
    const refusal = { code: "signature_invalid" };
    assert.equal(check(body ?? signedPart), "shared_secret");
    assert.throws(() => check(`${body ?? signedPart} `), refusal);
    const flipped = signature.replace(/^./, signature[0] === "0" ? "1" : "0");
    assert.throws(() => check(body ?? signedPart, flipped), refusal);
    assert.throws(() => check(body ?? signedPart, signature.slice(1)), refusal);
    if (batchBody) assert.throws(() => check(batchBody), refusal);
  }
});

vectorTest({
  name: "segment: the example of common fields is read",
  file: "fixtures/segment/common-fields-example.json",
}, (message) => {
  const [event] = receiveAll(message);
  assert.equal(event?.type, "Report Submitted");
  assert.equal(event?.eventId, message.messageId);
  assert.equal(event?.occurredAt, message.timestamp);
  assert.deepEqual(event?.entities, {
    subject: "97980cfea0067",
    channel: "email",
    campaign: "TPS Innovation Newsletter",
  });
});

vectorTest({
  name: "segment: the examples of e-mail events are read",
  file: "fixtures/segment/email-events-examples.json",
}, (messages) => {
  const events = receiveAll({ batch: messages });
  assert.equal(events.length, messages.length);
  assert.equal(new Set(events.map(({ eventId }) => eventId)).size, 6);
  for (const [at, { type, entities, occurredAt }] of events.entries()) {
    assert.equal(type, messages[at].event);
    assert.deepEqual(entities, { subject: "019mr8mf4r", campaign: "123" });
    assert.equal(occurredAt, RECEIVED);
  }
  assert.ok(
    !JSON.stringify(events.map(({ entities }) => entities)).includes("@"),
  );
});

vectorTest({
  name: "segment: the examples of the HTTP API are read",
  file: "fixtures/segment/http-api-examples.json",
}, ({ screen, batch, ...singles }) => {
  const types = {
    identify: "Identified",
    track: "Item Purchased",
    page: "Page Viewed",
    group: "Group Joined",
    alias: "Aliased",
  };
  for (const [name, type] of Object.entries(types)) {
    const [event] = receiveAll(singles[name]);
    assert.equal(event?.type, type);
    assert.equal(event?.entities.subject, "019mr8mf4r");
    assert.equal(event?.occurredAt, singles[name].timestamp);
  }
  assert.equal(
    receiveAll({ ...screen, type: "screen" })[0]?.type,
    "Screen Viewed",
  );
  const [aliased] = receiveAll(singles.alias);
  assert.equal(aliased?.properties.previousId, singles.alias.previousId);
  const [identified] = receiveAll(singles.identify);
  assert.deepEqual(identified?.properties, {
    email: singles.identify.traits.email,
    industry: "Technology",
  });
  const events = receiveAll(batch);
  assert.equal(events.length, 4);
  assert.equal(events[2]?.occurredAt, "2015-02-02T00:30:08.276Z");
});
