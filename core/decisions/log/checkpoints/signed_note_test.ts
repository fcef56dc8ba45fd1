/**
 * Signed notes open with the key that signed them, and with no other text or key.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  makeSigningKey,
  openNote,
  parseSigningKey,
  parseVerifiers,
  publicLines,
  splitNotes,
} from "./signed_note.ts";

/** The example of Go's note package, which others verify. */
const GO_VERIFIER =
  "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_NOTE =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

function makeKey(name: string) {
  const signer = parseSigningKey(makeSigningKey(name), "a test");
  return { signer, verifiers: parseVerifiers(signer.verifier, "a test") };
}

const text = fc.array(
  fc.string({ minLength: 1 }).filter((line) => !line.includes("\n")),
  { minLength: 1, maxLength: 4 },
).map((lines) => lines.map((line) => `${line}\n`).join(""));

Deno.test("a note that others signed opens", () => {
  const verifiers = parseVerifiers(GO_VERIFIER, "a test");
  const opened = openNote(GO_NOTE, verifiers);
  assert.ok("text" in opened && opened.text.startsWith("If you think"));
});

Deno.test("what is signed opens, and any change of one character does not", () => {
  const { signer, verifiers } = makeKey("eu-1");
  fc.assert(fc.property(text, fc.nat(), fc.nat(), (text, place, code) => {
    const note = signer.sign(text);
    assert.deepEqual(openNote(note, verifiers), { text });
    const at = place % note.length;
    const other = String.fromCharCode(32 + code % 90);
    if (note[at] === other) return;
    const changed = note.slice(0, at) + other + note.slice(at + 1);
    assert.ok("fault" in openNote(changed, verifiers), changed);
  }));
});

Deno.test("another key of the same name does not open it", () => {
  const { signer, verifiers } = makeKey("eu-1");
  const note = signer.sign("a\n");
  const ids = verifiers.map(({ id }) => id);
  const other = makeKey("eu-1");
  assert.deepEqual(openNote(note, other.verifiers), { fault: "key", ids });
  assert.deepEqual(openNote(note, []), { fault: "key", ids });
});

Deno.test("several keys are trusted where one was changed for another", () => {
  const [first, second] = [makeKey("eu-1"), makeKey("eu-1")];
  const both = parseVerifiers(
    `${first.signer.verifier}\n${second.signer.verifier}\n`,
    "a test",
  );
  for (const { signer } of [first, second]) {
    assert.deepEqual(openNote(signer.sign("a\n"), both), { text: "a\n" });
  }
});

Deno.test("a file of keys signs with its first, and those after it are read by their public lines", () => {
  const texts = ["eu-1", "eu-1", "eu-0"].map(makeSigningKey);
  const [now, before, first] = texts.map((text) =>
    parseSigningKey(text, "a test")
  );
  assert.ok(now && before && first);
  const file = `${texts[0]}\n${before.verifier}\n\n${texts[2]}\n`;
  assert.equal(parseSigningKey(file, "a test").verifier, now.verifier);
  assert.deepEqual(
    publicLines(file, "a test"),
    [now, before, first].map(({ verifier }) => verifier),
  );
  assert.throws(() => publicLines(`${file}rubbish`, "the file"), /the file/);
});

Deno.test("notes of a file come apart as they were put in", () => {
  const { signer } = makeKey("eu-1");
  fc.assert(fc.property(fc.array(text), (texts) => {
    const notes = texts.map((text) => signer.sign(text));
    const file = notes.map((note) => `\n\n${note}`).join("");
    assert.deepEqual(splitNotes(file), notes);
  }));
});

Deno.test("a torn note does not spoil those after it", () => {
  const { signer, verifiers } = makeKey("eu-1");
  const [one, two] = [signer.sign("one\n"), signer.sign("two\n")];
  for (let length = 1; length < one.length; length++) {
    const notes = splitNotes(`\n\n${one.slice(0, length)}\n\n${two}`);
    const opened = notes.map((note) => openNote(note, verifiers));
    assert.deepEqual(opened.at(-1), { text: "two\n" });
  }
});

Deno.test.each([
  { note: "nothing", key: "" },
  { note: "a public key", key: GO_VERIFIER },
  {
    note: "another id",
    key: makeSigningKey("a").replace(/\+[0-9a-f]{8}\+/, "+00000000+"),
  },
])("$note is no private key, and the message does not show it", ({ key }) => {
  assert.throws(() => parseSigningKey(key, "the file"), (error: Error) => {
    assert.match(error.message, /the file/);
    assert.ok(key === "" || !error.message.includes(key.slice(-20)));
    return true;
  });
});
