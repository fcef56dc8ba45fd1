/**
 * Every signature vector at hand, through the `receive` of the connector whose it
 * is: what is signed is let in, what was changed is not.
 *
 * Bodies of vectors need not mean anything: a delivery is let in when its connector
 * comes to reading it. Secrets of some are shorter than a configuration takes, and
 * are put into it afterwards.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Case, READERS } from "./signature_vectors.ts";
import { type Delivery, EngineError } from "../../plugins/contract.ts";

const FOLDER = new URL("../../../shared/vectors/ingest/", import.meta.url);
const DAY_MS = 24 * 60 * 60_000;
const files = listVectors();

if (files === null) {
  const ignore = Deno.env.get("REQUIRE_ALL") !== "1";
  const because = "(skipped: ../shared/vectors/ingest is absent)";
  const fn = () => assert.fail("../shared/vectors/ingest is absent");
  Deno.test({ name: `signature vectors ${because}`, ignore, fn });
}

for (const file of files ?? []) {
  const read = READERS.get(file);
  if (read === undefined) {
    Deno.test(`vectors: ${file} belongs to a connector`, () => {
      assert.fail(`no connector covers ${file}: add it to READERS`);
    });
    continue;
  }
  const cases = read(JSON.parse(Deno.readTextFileSync(new URL(file, FOLDER))));
  for (const [at, one] of cases.entries()) {
    const verb = one.valid ? "lets in" : "refuses";
    const name = `vectors: ${one.connector.name} ${verb} ${file} ${at}`;
    Deno.test(`${name} (${one.note})`, () => {
      assert.equal(isLetIn(one), one.valid);
    });
    if (one.valid) {
      Deno.test(`${name}, and nothing that is near it`, () => {
        for (const [note, delivery] of changed(one, cases)) {
          assert.equal(isLetIn({ ...one, delivery }), false, note);
        }
      });
    }
  }
}

Deno.test({
  name: "vectors: those that are known are all there",
  ignore: files === null,
  fn: () => assert.deepEqual(files, [...READERS.keys()].sort()),
});

/** Names of the files with vectors; null where the folder is not. */
function listVectors(): string[] | null {
  try {
    return [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
      .filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function isLetIn({ connector, config, delivery }: Case): boolean {
  try {
    const receipt = connector.receive?.({ config, delivery });
    assert.ok(receipt);
    return true;
  } catch (error) {
    assert.ok(error instanceof EngineError, String(error));
    if (error.code === "signature_invalid") return false;
    assert.equal(error.code, "body_invalid");
    return true;
  }
}

/** Deliveries that differ from a good one in what was signed, or in the signature. */
function* changed(
  { delivery, signature, timestamp }: Case,
  others: readonly Case[],
): Generator<readonly [note: string, delivery: Delivery]> {
  const { headers, body } = delivery;
  for (const at of placesIn(body.length)) {
    yield [`bit of byte ${at}`, { ...delivery, body: flipByte(body, at) }];
  }
  const longer = Uint8Array.of(...body, 0x20);
  yield ["a space more", { ...delivery, body: longer }];
  if (body.length > 0) {
    yield ["a byte less", { ...delivery, body: body.slice(0, -1) }];
  }
  for (const other of others) {
    if (sameBytes(other.delivery.body, body)) continue;
    yield ["another body", { ...delivery, body: other.delivery.body }];
  }
  const given = headers[signature] ?? "";
  for (const at of placesIn(given.length)) {
    const text = flipLetter(given, at);
    yield [`signature ${text}`, withHeader(delivery, signature, text)];
  }
  if (delivery.url !== undefined) {
    yield ["another address", { ...delivery, url: `${delivery.url}x` }];
  }
  yield ["no signature", withHeader(delivery, signature, "")];
  yield ["half of it", withHeader(delivery, signature, given.slice(0, 20))];
  if (timestamp === null) return;
  const said = headers[timestamp] ?? "";
  for (const at of placesIn(said.length)) {
    const text = flipLetter(said, at);
    yield [`timestamp ${text}`, withHeader(delivery, timestamp, text)];
  }
  yield ["no timestamp", withHeader(delivery, timestamp, "")];
  for (const days of [-2, 2]) {
    const at = Date.parse(delivery.receivedAt) + days * DAY_MS;
    const receivedAt = new Date(at).toISOString();
    yield [`${days} days later`, { ...delivery, receivedAt }];
  }
}

/** Some places of a text: its beginning, its middle and near its end. */
function placesIn(length: number): number[] {
  const places = [0, 1, Math.floor(length / 2), length - 3];
  return [...new Set(places)].filter((at) => at >= 0 && at < length);
}

function flipByte(body: Uint8Array, at: number): Uint8Array {
  return body.map((byte, place) => place === at ? byte ^ 1 : byte);
}

function flipLetter(text: string, at: number): string {
  const letter = String.fromCharCode(text.charCodeAt(at) ^ 1);
  return text.slice(0, at) + letter + text.slice(at + 1);
}

function withHeader(
  delivery: Delivery,
  name: string,
  value: string,
): Delivery {
  return { ...delivery, headers: { ...delivery.headers, [name]: value } };
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length &&
    left.every((byte, at) => byte === right[at]);
}
