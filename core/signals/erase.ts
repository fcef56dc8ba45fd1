/**
 * Takes a person out of what the engine keeps: their signals and dead letters, kept
 * answers, tiles and vectors, online as well. Others' features that counted their
 * signals are computed again without them. Training sets are never kept, so what is left
 * of them is the models that they taught: those are named.
 *
 * That they are erased is kept first, as a hash, so that what a source delivers again is
 * not taken in a second time; what happens later is. Interrupted, it ends when it is
 * asked for again; repeated, it changes nothing.
 *
 * The log of decisions stays as it is: a hash chain with a piece taken out proves
 * nothing. Where it is sealed, the keys of the erased are destroyed, and what it says of
 * them with those; where it is not, it holds their pseudonyms, as a legal record.
 *
 * @module
 */
import { type EntityKey, parseEntityKey } from "../domain/entity.ts";
import { needsSignals } from "../domain/feature.ts";
import { EngineError } from "../domain/error.ts";
import { findKeyedHashes } from "../domain/keyed_hash.ts";
import type { Clock, Ids } from "../ports/clock.ts";
import type {
  Erasure,
  ErasureStore,
  ErasureTarget,
  LabelledModel,
} from "../ports/erasure.ts";
import type {
  DeclaredView,
  FeatureHistory,
  OnlineFeatures,
} from "../ports/features.ts";
import type { Report } from "../../plugins/contract.ts";
import {
  holdsIdentifier,
  pseudonymizeId,
  type Pseudonyms,
} from "./pseudonym.ts";

/** What erasing stands on. */
export interface EraseScope {
  readonly erasures: ErasureStore;
  readonly history: Pick<FeatureHistory, "erase" | "refresh">;
  readonly online: Pick<OnlineFeatures, "remove" | "write">;
  /** Every version of every view. */
  views(tenant: string): Promise<readonly DeclaredView[]>;
  /** Models that learnt from events, each with what its labels asked for. */
  models(tenant: string): Promise<readonly LabelledModel[]>;
  pseudonyms(tenant: string): Promise<Pseudonyms>;
  /** Keys that what is about them is sealed under; null where nothing is sealed. */
  readonly sealed: SubjectKeyring | null;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Keys by which what is about people is sealed and found. */
export interface SubjectKeyring {
  /** Blind names of entities, in order. */
  blind(
    tenant: string,
    entities: readonly string[],
  ): Promise<readonly string[]>;
  /** Lets go of keys that were destroyed. */
  forget(tenant: string): void;
}

/** Whom to erase. */
export interface EraseJob {
  readonly tenant: string;
  /** Identifiers or pseudonyms, as a caller knows them, 1 to {@link MOST_SUBJECTS}. */
  readonly subjects: readonly string[];
  /** Id of the key that asks, or `cli:<name>`. */
  readonly by: string;
  readonly report: Report;
}

/** Subjects that one erasure takes. */
export const MOST_SUBJECTS = 100;

/**
 * Erases people.
 *
 * @param scope Where they are kept.
 * @param job Who.
 * @returns The record of the erasure, with the models that were trained on them.
 * @throws {EngineError} `request_invalid` for nobody or too many,
 * `configuration_invalid` if there is no key for pseudonyms.
 */
export async function erase(
  scope: EraseScope,
  { tenant, subjects, by, report }: EraseJob,
): Promise<Erasure> {
  const { erasures, clock, ids } = scope;
  const known = await knownAs(scope, tenant, subjects);
  const asked = { tenant, id: ids.next("era"), subjects: known };
  const { id } = await erasures.begin(asked, { at: clock.now(), askedBy: by });
  const models = await scope.models(tenant);
  const target = { ...asked, id };
  const sources = await erasures.sources(tenant);
  for (const [place, source] of sources.entries()) {
    report("signals", place / sources.length);
    await erasures.eraseSource(target, source, models);
  }
  report("answers", null);
  await erasures.eraseAnswers(target);
  await eraseSealed(scope, target);
  const views = await scope.views(tenant);
  await computeAgain(scope, target, { views, report });
  report("vectors", null);
  const vectors = await eraseVectors(scope, target, views);
  return await erasures.finish(target, { at: clock.now(), vectors });
}

/** What is about them in the log of decisions is unreadable without their keys. */
async function eraseSealed(
  { erasures, sealed, clock }: EraseScope,
  target: ErasureTarget,
): Promise<void> {
  if (sealed === null) return;
  const { tenant, subjects } = target;
  const names = await sealed.blind(
    tenant,
    subjects.map((id) => `subject:${id}`),
  );
  await erasures.eraseSealed(target, names, clock.now());
  sealed.forget(tenant);
}

/** The ids by which the engine knows them: where one holds a pseudonym, that is it. */
async function knownAs(
  { pseudonyms }: EraseScope,
  tenant: string,
  subjects: readonly string[],
): Promise<string[]> {
  const own = subjects.some(holdsIdentifier) ? await pseudonyms(tenant) : null;
  const known = subjects.filter((text) => text.trim() !== "").flatMap(
    (text) => {
      const id = own === null ? text : pseudonymizeId(text, own);
      const hashes = findKeyedHashes(id);
      return hashes.length > 0 ? hashes : [id];
    },
  );
  const once = [...new Set(known)];
  if (once.length > 0 && once.length <= MOST_SUBJECTS) return once;
  throw new EngineError(
    "request_invalid",
    `Cannot erase ${once.length} subjects: give 1 to ${MOST_SUBJECTS} at a time`,
    { facts: { subjects: once.length } },
  );
}

/** Features of others, of which signals are gone. */
async function computeAgain(
  { erasures, history, online, clock }: EraseScope,
  target: ErasureTarget,
  { views, report }: {
    readonly views: readonly DeclaredView[];
    readonly report: Report;
  },
): Promise<void> {
  const { tenant } = target;
  const bereft = await erasures.bereft(target);
  const kept = views.filter(isKept).map(({ view }) => view);
  for (const [place, view] of kept.entries()) {
    report(`features: ${view.name}`, place / kept.length);
    const touched = bereft[view.entity] ?? [];
    if (touched.length === 0) continue;
    const at = clock.now();
    const vectors = await history.refresh(tenant, view, { touched, at });
    await online.write(tenant, vectors);
  }
}

function isKept({ state, view: { features } }: DeclaredView): boolean {
  return state !== "retired" &&
    features.some(({ aggregation }) => needsSignals(aggregation));
}

/** Online first: what is kept offline tells, after an interruption, whom it is about. */
async function eraseVectors(
  { erasures, history, online }: EraseScope,
  target: ErasureTarget,
  views: readonly DeclaredView[],
): Promise<number> {
  let vectors = 0;
  for (const entity of await erasures.namingEntities(target)) {
    await online.remove(target.tenant, keysOf(views, entity));
    vectors += await history.erase(target.tenant, entity);
  }
  return vectors;
}

function keysOf(views: readonly DeclaredView[], entity: EntityKey) {
  const { type } = parseEntityKey(entity);
  return views.filter(({ view }) => view.entity === type)
    .map(({ view: { name, version } }) => ({ view: name, version, entity }));
}
