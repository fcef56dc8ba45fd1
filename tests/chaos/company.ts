/**
 * Two companies on one deployment whose right answers are known beforehand: the value of
 * what is bid for is in the request, and each version of each company's model multiplies
 * it by a number of its own, so that every score tells which of them made it.
 *
 * @module
 */
import type { Actor } from "../../core/domain/change.ts";
import type { PolicyDocument } from "../../core/domain/verdict.ts";
import { readConfiguration } from "../../core/commands/configuration.ts";
import { issueKey } from "../../core/commands/keys.ts";
import { type Opened, openEngine } from "../../core/commands/open.ts";
import { SCOPES } from "../../core/ports/access.ts";
import { importModel } from "../../core/scores/foreign/import_model.ts";
import { loadPolicies } from "../../core/verdicts/document/load.ts";
import { POLICIES } from "../../core/verdicts/in_force/policy_book.ts";
import { type BytesModel, onnxBytes } from "../features/onnx_bytes.ts";
import { budgetPolicy, plantOwnCurves } from "./planned.ts";

/** The companies. */
export const TENANTS = ["acme", "rival"] as const;

/** One of them. */
export type Tenant = (typeof TENANTS)[number];

/** What versions multiply by, the first version first. */
export const FACTORS: Readonly<Record<Tenant, readonly [number, number]>> = {
  acme: [2, 3],
  rival: [4, 5],
};

/** Highest bid of each, micros: the deployment's, and a lower one that acme set itself. */
export const CAPS: Readonly<Record<Tenant, number>> = {
  acme: 1_500_000,
  rival: 2_000_000,
};

/** Most bids for a person on the channel `display`. */
export const MOST_EACH = 5;

/** Name of the model, and of what the caller says to it. */
export const MODEL = "bidder";
export const VALUE = "request.value";

/** Keys by tenant. */
export type Keys = Readonly<Record<Tenant, string>>;

/**
 * Fills the stores: policies in force, two versions of each model, and a key each, of a
 * person who may do everything.
 *
 * @param env Variables of the engines.
 * @returns The keys.
 */
export async function fillCompanies(
  env: Readonly<Record<string, string>>,
): Promise<Keys> {
  await Deno.mkdir(env.MOE_POLICIES ?? "", { recursive: true });
  await Deno.writeTextFile(
    `${env.MOE_POLICIES}/chaos_bids.json`,
    JSON.stringify(bidPolicy("chaos_bids", CAPS.rival, true)),
  );
  await Deno.writeTextFile(
    `${env.MOE_POLICIES}/chaos_budgets.json`,
    JSON.stringify(budgetPolicy()),
  );
  const opened = await openEngine(readConfiguration((name) => env[name]));
  try {
    await agreeOnOwn(opened);
    for (const tenant of TENANTS) {
      for (const factor of FACTORS[tenant]) await teach(opened, tenant, factor);
      await plantOwnCurves(opened, tenant);
    }
    const [acme, rival] = await Promise.all(
      TENANTS.map((tenant) =>
        issueKey(opened, {
          ...{ tenant, name: "ann", scopes: SCOPES, days: 30, person: true },
        })
      ),
    );
    return { acme: acme ?? "", rival: rival ?? "" };
  } finally {
    await opened.close();
  }
}

function ownPolicies(): string {
  const document = bidPolicy("own_cap", CAPS.acme, false);
  const text = JSON.stringify(document);
  return loadPolicies([{ name: "own_cap.json", text }]).text;
}

/** By three people, as a tenant's own policies come into force. */
async function agreeOnOwn({ engine: { changes } }: Opened): Promise<void> {
  const ann = person("ann");
  const { id } = await changes.propose("acme", {
    ...{ kind: "policies", subject: POLICIES, content: ownPolicies() },
    ...{ title: "A lower cap", reason: "Bids are dear", by: ann },
  });
  const ref = { scope: "acme", id };
  await changes.check(ref, ann);
  let change = await changes.act(ref, { act: "submit", by: ann });
  for (const by of [person("bob"), person("fin")]) {
    const { signs } = changes.review(change);
    if (signs === null || change.state === "approved") break;
    change = await changes.act(ref, { act: "approve", by, signs });
  }
  await changes.act(ref, { act: "activate", by: ann });
}

function person(name: string): Actor {
  return { name, human: true, groups: ["growth-finance"] };
}

async function teach(
  { stores: { models }, clock }: Opened,
  tenant: Tenant,
  factor: number,
): Promise<void> {
  const at = clock.now();
  const record = await importModel({ models, views: [], code: "1" }, {
    ...{ tenant, name: MODEL, by: "ann", at },
    onnx: onnxBytes(multiplying(factor)),
    declaration: {
      inputs: [{ name: VALUE, kind: "number", fill: 0 }],
      ports: { input: "X" },
      output: { name: "value", unit: "value_micros" },
    },
    sample: [1000, 2000, 3000].map((value) => ({
      [VALUE]: value,
      expected: value * factor,
    })),
    use: {
      kind: "bid",
      valueMicros: null,
      currency: "EUR",
      targetReturnPermille: 1000,
    },
  });
  await models.review(tenant, record, { by: "bob", at, approve: true });
}

function multiplying(factor: number): BytesModel {
  return {
    inputs: [{ name: "X", type: "float32", width: 1 }],
    outputs: [{ name: "value", type: "float32", width: 1 }],
    nodes: [{ operator: "MatMul", inputs: ["X", "w"], outputs: ["value"] }],
    constants: [{ name: "w", shape: [1, 1], floats: [factor] }],
  };
}

/** A cap, and for the deployment consent and a limit as well. */
function bidPolicy(
  policy: string,
  capMicros: number,
  isWhole: boolean,
): PolicyDocument {
  const cap = {
    ...{ id: "high", effect: "cap" as const, to: capMicros },
    reason: "Bids stay below the cap",
  };
  const facts = (micros: number, more = {}) => ({
    amount: { micros },
    ...isWhole && {
      compliance: { consent_ads: true },
      context: { channel: "search" },
    },
    ...more,
  });
  return {
    ...{ policy, version: 1, owner: "growth-finance", on: ["bid"] },
    about: "What a bid must keep.",
    ...isWhole && { onMissing: "deny" as const },
    rules: isWhole ? [cap, ...STRICT] : [cap],
    cases: [
      {
        ...{ note: "a higher bid is lowered", facts: facts(capMicros + 5) },
        ...{ want: ["high"], wantMicros: capMicros },
      },
      {
        ...{ note: "a lower bid stays", facts: facts(capMicros - 5) },
        ...{ want: ["high"], wantMicros: capMicros - 5 },
      },
      ...isWhole ? strictCases(facts) : [],
    ],
  };
}

const STRICT: PolicyDocument["rules"] = [
  {
    ...{ id: "no_consent", effect: "deny", reason: "No consent to ads" },
    when: { "!": { var: "compliance.consent_ads" } },
  },
  {
    ...{ id: "often", effect: "limit", reason: "Shown often enough" },
    ...{ most: MOST_EACH, per: ["tenant", "subject"], within: "7d" },
    when: { "==": [{ var: "context.channel" }, "display"] },
  },
];

function strictCases(
  facts: (micros: number, more: object) => object,
): PolicyDocument["cases"] {
  const refused = { compliance: { consent_ads: false } };
  const shown = (often: number) => ({
    context: { channel: "display" },
    counts: { chaos_bids: { often } },
  });
  return [
    {
      ...{ note: "refused consent stops it", facts: facts(9, refused) },
      ...{ want: ["high", "no_consent"] },
    },
    {
      ...{ note: "the last one may be shown", facts: facts(9, shown(4)) },
      ...{ want: ["high"], wantMicros: 9 },
    },
    {
      ...{ note: "one more may not", facts: facts(9, shown(5)) },
      ...{ want: ["high", "often"] },
    },
  ] as PolicyDocument["cases"];
}
