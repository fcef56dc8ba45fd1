/**
 * No text that is parsed, whoever wrote it, changes what other objects inherit.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseHolders } from "../../core/commands/configured_access.ts";
import { parseDestinations } from "../../core/commands/configured_destinations.ts";
import { parseQuotas } from "../../core/commands/configured_quotas.ts";
import { parseSources } from "../../core/commands/configured_sources.ts";
import { parseNightlyPlans } from "../../core/commands/nightly_plans.ts";
import { parseExactJson } from "../../core/domain/exact_json.ts";
import { parseSealed } from "../../core/domain/sealed_record.ts";
import { parsePolicyFile } from "../../core/verdicts/document/load.ts";
import { parsePolicySet } from "../../core/verdicts/judge/policy_set.ts";
import { openCaller } from "../http/caller.ts";
import { askedOf, KEYED, lineOf } from "../http/every_route.ts";

const INHERITED = '{"polluted":true,"scopes":["administer"],"person":true}';
const POISONS: readonly string[] = [
  `{"__proto__":${INHERITED}}`,
  `{"constructor":{"prototype":${INHERITED}}}`,
  `{"\\u005f_proto__":${INHERITED}}`,
  `[{"__proto__":${INHERITED}}]`,
  `{"a":{"__proto__":${INHERITED}},"__proto__":[]}`,
  `{"prototype":${INHERITED},"__proto__":null}`,
];
const secrets = {
  variable: () => "secret",
  file: () => Promise.resolve("secret"),
  sealed: () => Promise.resolve("secret"),
};
const source = (config: string) =>
  `[{"tenant":"acme","source":"shop","connector":"segment","config":${config}}]`;

/** What parses a text, which it may refuse. */
const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  sources: (text) => parseSources(JSON.parse(text), secrets),
  "a source's configuration": async (text) => {
    const [parsed] = await parseSources(JSON.parse(source(text)), secrets);
    assert.equal((parsed?.config as { polluted?: true }).polluted, undefined);
  },
  destinations: (text) =>
    parseDestinations(JSON.parse(text), {
      ...{ connectors: [], sources: [], secrets },
    }),
  quotas: (text) => parseQuotas(JSON.parse(text)),
  "nightly plans": (text) => parseNightlyPlans(JSON.parse(text)),
  holders: (text) => parseHolders(JSON.parse(text)),
  "a policy": (text) => parsePolicyFile({ name: "policy.json", text }),
  "a set of policies": parsePolicySet,
  "a sealed record": parseSealed,
  "a vendor's answer": parseExactJson,
};

Deno.test.each(Object.keys(PARSERS))(
  "%s changes no other object",
  async (name) => {
    for (const poison of POISONS) {
      try {
        await PARSERS[name]?.(poison);
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.ok(!(error instanceof assert.AssertionError), String(error));
      }
      demandClean(`${name} of ${poison}`);
    }
  },
);

Deno.test("no route lets a body in that reaches into prototypes", async () => {
  const { ask } = openCaller();
  let refused = 0;
  for (const endpoint of KEYED.filter(({ body }) => body && body !== "raw")) {
    const sent = JSON.stringify({ ...askedOf(endpoint).body as object });
    for (const poison of POISONS.filter((text) => text.startsWith("{"))) {
      const { status } = await ask(lineOf(endpoint), {
        raw: sent === "{}" ? poison : `${poison.slice(0, -1)},${sent.slice(1)}`,
        headers: {
          "content-type": "application/json",
          "idempotency-key": crypto.randomUUID(),
        },
      });
      assert.ok([400, 422].includes(status), `${lineOf(endpoint)} ${status}`);
      refused += 1;
    }
    demandClean(lineOf(endpoint));
  }
  assert.ok(refused > 100, String(refused));
});

Deno.test("no query lets in what reaches into prototypes", async () => {
  const { ask } = openCaller();
  for (const name of ["__proto__", "__proto__[polluted]", "constructor"]) {
    const { status } = await ask(`GET /changes?${encodeURIComponent(name)}=1`);
    assert.equal(status, 422, name);
    demandClean(name);
  }
});

function demandClean(said: string): void {
  const fresh: Readonly<Record<string, unknown>> = {};
  for (const name of ["polluted", "scopes", "person"]) {
    assert.equal(fresh[name], undefined, said);
    assert.equal(Object.hasOwn(Object.prototype, name), false, said);
  }
}
