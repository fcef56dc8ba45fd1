/**
 * The models that serve, of every tenant.
 *
 * @module
 */
import type { Concern } from "../../jobs/job.ts";
import type { ModelRecord } from "../../domain/score.ts";
import type { ModelRegistry } from "../../ports/models.ts";
import type { SignalStore } from "../../ports/signals.ts";

/** Where models are found. */
export interface ChampionScope {
  readonly models: Pick<ModelRegistry, "champion" | "list">;
  readonly signals: Pick<SignalStore, "tenants">;
}

/** Names of models that have a champion, by tenant. */
export async function championNames(
  { models, signals }: ChampionScope,
): Promise<readonly Concern[]> {
  const concerns: Concern[] = [];
  for (const tenant of await signals.tenants()) {
    const names = new Set((await models.list(tenant)).map(({ name }) => name));
    for (const subject of names) {
      const found = await models.champion(tenant, subject);
      if (found !== null) concerns.push({ tenant, subject });
    }
  }
  return concerns;
}

/** The champion of a name; null if there is none any more. */
export async function championOf(
  { models }: ChampionScope,
  { tenant, subject }: Concern,
): Promise<ModelRecord | null> {
  return (await models.champion(tenant, subject))?.champion ?? null;
}
