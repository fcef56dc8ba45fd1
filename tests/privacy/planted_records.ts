/**
 * What else an engine keeps of a person: a logged decision with its answer, and models
 * that were trained on what people did.
 *
 * @module
 */
import { sha256 } from "../../core/domain/canonical.ts";
import type { Opened } from "../../core/commands/open.ts";
import { TENANT } from "./planted_engine.ts";

const ARTIFACT = new Uint8Array([1]);

/** Logs a decision about a person, and keeps the answer. */
export async function plantDecision(
  { stores, clock }: Opened,
  subject: string,
): Promise<void> {
  await stores.log.append([{
    tenant: TENANT,
    id: "dec_1",
    at: clock.now(),
    entities: [`subject:${subject}`, "campaign:c-1"],
    record: JSON.stringify({ entities: { subject } }),
    idempotent: {
      route: "POST /optimization/score",
      key: "k-1",
      requestHash: "h",
      status: 200,
      answer: JSON.stringify({ about: `subject:${subject}` }),
    },
  }]);
}

/** Models of which the labels asked for something that she did. */
export const SHE_TAUGHT: readonly string[] = ["opens@1"];

/** Registers one model that learnt from opened mails, and others that did not. */
export async function plantModel(
  { stores }: Opened,
  now: string,
): Promise<void> {
  const later = new Date(Date.parse(now) + 7 * 86_400_000).toISOString();
  await register(stores, { name: "calls", start: "Called", asOf: later });
  await register(stores, { name: "early", start: "Email Opened", asOf: now });
  await register(stores, { name: "opens", start: "Email Opened", asOf: later });
}

async function register(
  stores: Opened["stores"],
  { name, start, asOf }: {
    readonly name: string;
    readonly start: string;
    readonly asOf: string;
  },
): Promise<void> {
  const spec = {
    grain: "rows",
    model: name,
    family: "propensity_logistic",
    use: {
      kind: "bid",
      valueMicros: "1",
      currency: "EUR",
      targetReturnPermille: 1,
    },
    label: { start, outcome: "Order", matchOn: "subject", withinDays: 1 },
    features: ["audience.zip"],
    asOf,
  };
  await stores.models.register(TENANT, {
    name,
    family: "propensity_logistic@1.0.0",
    use: {
      kind: "bid",
      valueMicros: 1n,
      currency: "EUR",
      targetReturnPermille: 1,
    },
    schema: { inputs: [], actions: [], crossed: false },
    unit: "probability",
    metrics: {},
    lineage: {
      asOf,
      code: "1",
      seed: 1,
      rows: 1,
      datasetHash: "d",
      views: [],
      spec: JSON.stringify(spec),
    },
    artifactKind: "onnx",
    artifactHash: sha256(ARTIFACT),
    createdBy: "ann",
    createdAt: asOf,
  }, ARTIFACT);
}
