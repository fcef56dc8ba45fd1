/**
 * Who decides, and who scores beside: found in the registry, and loaded before anybody
 * asks them.
 *
 * @module
 */
import { rolesAt } from "../domain/model_log.ts";
import type { ModelRecord } from "../domain/score.ts";
import type { Champion, ModelRegistry } from "../ports/models.ts";
import type { Beside } from "./beside.ts";
import type { OpenedScorer, Scorer } from "./scorer.ts";
import { type OpenedTrial, withTrial } from "./trial/on_trial.ts";

/** Opens a version. */
export type Open = (
  tenant: string,
  record: ModelRecord,
) => Promise<OpenedScorer>;

/** A model of a tenant. */
export interface NamedModel {
  readonly tenant: string;
  readonly name: string;
}

/** The version that decides, and the one before it, ready to score. */
export interface OpenedChampion {
  readonly champion: Scorer;
  readonly previous: Scorer | null;
  /** That they are who was in charge last, as the store does not say who is now. */
  readonly isUnconfirmed?: true;
  /** What is on trial beside it; nothing if absent. */
  readonly trial?: OpenedTrial | null;
}

/** Who is in charge; not opened if none could be, which may be tried again. */
export interface InCharge {
  readonly found: Champion;
  readonly opened: OpenedChampion | null;
}

/** How versions are loaded, and who is on trial found; null if nobody is. */
export interface Loading {
  readonly open: Open;
  findTrial(named: NamedModel): Promise<OpenedTrial | null>;
}

/** Finds and loads who is in charge, and who is on trial beside; null if nobody is. */
export async function findInCharge(
  models: Pick<ModelRegistry, "champion">,
  { tenant, name }: NamedModel,
  { open, findTrial }: Loading,
): Promise<InCharge | null> {
  const found = await models.champion(tenant, name);
  if (found === null) return null;
  const [opened, trial] = await Promise.all([
    openChampion(found, (record) => open(tenant, record)).catch(() => null),
    findTrial({ tenant, name }),
  ]);
  await Promise.allSettled([
    ...[opened?.champion, opened?.previous].map((scorer) =>
      scorer && warm(scorer)
    ),
    trial?.warm(warm),
  ]);
  return { found, opened: opened && { ...opened, trial } };
}

/**
 * Loads a champion; the version before it takes the place of one that is damaged.
 *
 * @throws {EngineError} `model_unavailable` if neither can be loaded.
 */
export async function openChampion(
  { champion, previous }: Champion,
  open: (record: ModelRecord) => Promise<Scorer>,
): Promise<OpenedChampion> {
  const [first, second] = await Promise.allSettled([
    open(champion),
    previous === null ? Promise.resolve(null) : open(previous),
  ]);
  const before = second.status === "fulfilled" ? second.value : null;
  if (first.status === "fulfilled") {
    return { champion: first.value, previous: before };
  }
  if (before !== null) return { champion: before, previous: null };
  throw first.reason;
}

/** The first run of a model takes longer than the next. */
async function warm({ record: { schema }, score }: Scorer): Promise<void> {
  const values = schema.inputs.map(({ typical }) => typical);
  await score([{ values, action: schema.actions[0] ?? null }]);
}

/**
 * Finds and loads who scores beside the champion, as the log stands, whatever this
 * node's clock says; those that cannot be loaded are left out.
 */
export async function findBeside(
  models: Pick<ModelRegistry, "find" | "events">,
  { tenant, name }: NamedModel,
  { open, findTrial }: Loading,
): Promise<readonly Beside[]> {
  const trial = await findTrial({ tenant, name });
  const roles = rolesAt(await models.events(tenant, name));
  const found = await Promise.allSettled(
    (["challenger", "shadow"] as const).map(async (alias) => {
      const version = roles[alias];
      const record = version === null
        ? null
        : await models.find(tenant, { name, version });
      if (record === null) return [];
      const { scoreAside } = await open(tenant, record);
      return [{ alias, record, score: scoreAside }];
    }),
  );
  return withTrial(
    found.flatMap((one) => one.status === "fulfilled" ? one.value : []),
    trial,
  );
}
