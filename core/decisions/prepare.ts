/**
 * What the first decision of a tenant would wait for, done before anybody asks for one.
 *
 * @module
 */
import type { ModelRecord } from "../domain/score.ts";
import { rescued, type Soon } from "../domain/soon.ts";
import type { PolicySet } from "../verdicts/judge/policy_set.ts";
import type { Scores } from "../scores/scores.ts";
import type { Archived } from "./archive.ts";

/** What it works with. */
export interface PreparingScope {
  readonly archive: Pick<Archived, "keep">;
  readonly scores: Pick<Scores, "champion" | "named">;
  policies(tenant: string): PolicySet;
}

/**
 * Compiles and archives a tenant's policies, and loads the models that decide for it. What
 * fails is left to the decisions, which step down for it.
 *
 * @param tenant Whose.
 * @param models Its models, whatever their status; those for plans decide nothing.
 */
export async function prepare(
  { archive, scores, policies }: PreparingScope,
  tenant: string,
  models: readonly Pick<ModelRecord, "name" | "use">[],
): Promise<void> {
  const deciding = models.filter(({ use }) => use.kind !== "plan");
  const names = new Set(deciding.map(({ name }) => name));
  const kinds = new Set(deciding.map(({ use }) => use.kind));
  const attempt = (work: () => Soon<unknown>) => rescued(work, () => null);
  await Promise.all([
    attempt(() => archive.keep(policies(tenant))),
    ...[...names].map((name) => attempt(() => scores.champion(tenant, name))),
    ...[...kinds].map((kind) =>
      attempt(() => scores.named(tenant, { kind, name: null }))
    ),
  ]);
}
