/**
 * Who acts at the command line: a person by name, and never the engine itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { actorOption } from "./actor.ts";

Deno.test("an actor is a person who speaks for the groups that are named", () => {
  const [alone, spelt] = [
    { as: " ann " },
    { as: "Zoe\u0308", groups: "growth-finance, privacy,privacy" },
  ].map(actorOption);
  assert.deepEqual(alone, { name: "ann", human: true, groups: [] });
  assert.deepEqual(spelt, {
    ...{ name: "Zo\u00eb", human: true },
    groups: ["growth-finance", "privacy"],
  });
});

Deno.test.each([
  { options: { as: "engine" }, want: /acts by that name; give another/ },
  { options: { as: "Installation" }, want: /acts by that name/ },
  { options: {}, want: /--as ""/ },
  { options: { as: "ann", groups: "a,,b" }, want: /"" is no group's name/ },
  { options: { as: "ann", groups: "a\n" + "b" }, want: /no group's name/ },
])("$options is refused", ({ options, want }) => {
  assert.throws(() => actorOption(options), {
    code: "request_invalid",
    message: want,
  });
});
