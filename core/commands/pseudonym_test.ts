/**
 * What the command prints is what the door keeps.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CLOCK, event, PSEUDONYMS } from "../../tests/ingest/memory_signals.ts";
import { normalize } from "../signals/normalize.ts";
import { pseudonymOf, splitLines } from "./pseudonym.ts";

function kept(also: Parameters<typeof Object.assign>[1]) {
  const { events: [signal] } = normalize({
    source: "src",
    emits: ["event"],
    observedAt: CLOCK.now(),
    settlesDays: 0,
    pseudonyms: PSEUDONYMS,
  }, { signals: [{ ...event("e-1"), ...also }], rejects: [] });
  return signal;
}

Deno.test.each([
  { subject: "jane@example.com" },
  { subject: " Jane@Example.COM " },
  { subject: "mailto:jane@example.com" },
  { subject: "+49 171 555-0123" },
  { subject: "203.0.113.7" },
  { subject: "u-48151623" },
  { subject: "491715550123" },
  { subject: PSEUDONYMS.of("email", "jane@example.com") },
  { subject: "a@b.co ".repeat(40).trim() },
])("the pseudonym of “$subject” is the subject's", ({ subject }) => {
  const known = kept({ entities: { subject: subject.slice(0, 200) } });
  assert.equal(
    pseudonymOf(subject.slice(0, 200), null, PSEUDONYMS),
    known?.entities.subject,
  );
});

Deno.test.each(
  [
    { kind: "phone", text: "491715550123" },
    { kind: "phone", text: "+49 (0)171 5550123" },
    { kind: "email", text: "jane@example.com" },
    { kind: "ip", text: "203.0.113.7" },
  ] as const,
)("“$text” as $kind is what a source's member is", (given) => {
  const { kind, text } = given;
  const known = kept({ properties: { [kind]: text } });
  const printed = pseudonymOf(text, kind, PSEUDONYMS);
  assert.equal(printed, known?.properties[kind]);
  assert.match(printed, new RegExp(`^${kind}_[0-9a-f]{32}$`));
});

Deno.test("every line has its own, wherever it comes from", () => {
  assert.deepEqual(splitLines("a\r\n\nb\n"), ["a", "", "b"]);
  assert.deepEqual(splitLines("a"), ["a"]);
  assert.deepEqual(splitLines(""), []);
  assert.equal(pseudonymOf("", null, PSEUDONYMS), "");
});
