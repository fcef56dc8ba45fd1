/**
 * Registered models put to work: the champion of a name, any version for replay,
 * and curves for plans. Only an approved version is a champion.
 *
 * A version whose artifact is damaged is out of service by itself: the version
 * that was champion before it takes its place.
 *
 * @module
 */
import type { Deadline } from "../domain/deadline.ts";
import { EngineError } from "../domain/error.ts";
import { type Soon, whenThere } from "../domain/soon.ts";
import {
  type ModelRecord,
  type ModelRef,
  type ModelUse,
  printModelRef,
  type ResponseCurves,
} from "../domain/score.ts";
import type { Clock } from "../ports/clock.ts";
import type { Champion, ModelRegistry } from "../ports/models.ts";
import {
  type Comparison,
  createBesideQueue,
  type FindBeside,
} from "./beside.ts";
import { createAtWork, guarded, type Guarding } from "./at_work.ts";
import { parseCurves } from "./curves.ts";
import {
  findBeside,
  findInCharge,
  type Loading,
  type Open,
  openChampion,
  type OpenedChampion,
} from "./in_charge.ts";
import { createLookup, createQuestions, type Lookup } from "./lookup.ts";
import { contained, openScorer, type Scorer, unavailable } from "./scorer.ts";
import { createSessionCache } from "./session.ts";
import { findOnTrial, type TrialScope } from "./trial/on_trial.ts";

/** Models at work. */
export interface Scores {
  /**
   * The version in charge and the one before it. A new one is loaded before it takes
   * over. What the first scores, challenger and shadow score too, aside.
   *
   * @param deadline Until when it is waited for who is in charge now, where it is known who
   * was.
   * @throws {EngineError} `model_unavailable` if no approved version can score.
   */
  champion(
    tenant: string,
    name: string,
    deadline?: Deadline,
  ): Soon<OpenedChampion>;
  /** Any version, approved or not, as replay needs it. */
  version(tenant: string, ref: ModelRef): Promise<Scorer>;
  /** Curves of a name's champion; of the only plan model for null. */
  curves(
    tenant: string,
    name: string | null,
  ): Promise<{ record: ModelRecord; curves: ResponseCurves }>;
  /** The champion of a name, or the only approved model of a kind. */
  named(
    tenant: string,
    asked: { readonly kind: ModelUse["kind"]; readonly name: string | null },
    deadline?: Deadline,
  ): Soon<ModelRecord>;
  /** Loads who is in charge now, then lets them take over: a change counts at once here. */
  renew(tenant: string): Promise<void>;
  /** How challengers and shadows compare with the champions, in this process. */
  compared(): readonly Comparison[];
  close(): Promise<void>;
}

/** What scores stand on. */
export interface ScoreScope extends Guarding {
  readonly models: Pick<
    ModelRegistry,
    "artifact" | "champion" | "events" | "find" | "list"
  >;
  readonly clock: Clock;
  /** Where trials are found and counted; nothing is on trial unless given. */
  readonly trials?: TrialScope;
}

const CURVES_KEPT = 16;

/** Opens the models. */
export function createScores(scope: ScoreScope): Scores {
  const { models } = scope;
  const sessions = createSessionCache();
  const lookUp = createLookup(scope.clock);
  const open: Open = (tenant, record) =>
    openScorer({ models, sessions }, tenant, record);
  const loading = createLoading(scope, open);
  const beside = createBesideQueue(findingBeside(models, lookUp, loading));
  const { inCharge, named, isUnconfirmed } = finding(models, lookUp, loading);
  const atWork = createAtWork(scope, beside);
  const readCurves = createCurvesReader(models);
  return {
    named,
    champion: (tenant, name, deadline) =>
      whenThere(inCharge(tenant, name, deadline), ({ found, opened }) => {
        const isOld = isUnconfirmed(tenant, name);
        return whenThere(
          opened ?? openChampion(found, (record) => open(tenant, record)),
          (opened) => {
            const working = atWork(tenant, opened);
            return isOld ? { ...working, isUnconfirmed: true } : working;
          },
        );
      }),
    version: async (tenant, ref) => {
      const record = await models.find(tenant, ref);
      if (record !== null) return await open(tenant, record);
      throw unavailable(printModelRef(ref), "there is no such version");
    },
    curves: async (tenant, name) => {
      const asked = await named(tenant, { kind: "plan", name });
      return await readCurves(
        tenant,
        (await inCharge(tenant, asked.name)).found,
      );
    },
    renew: lookUp.renew,
    compared: beside.compared,
    close: async () => {
      await beside.close();
      await lookUp.settle();
      await sessions.close();
    },
  };
}

/** Versions are loaded as they are, those on trial counted and guarded. */
function createLoading(scope: ScoreScope, open: Open): Loading {
  const { models, trials } = scope;
  const openGuarded: Open = async (tenant, record) => {
    const opened = await open(tenant, record);
    return { ...opened, ...guarded(scope, opened) };
  };
  return {
    open,
    findTrial: async (named) =>
      trials === undefined
        ? null
        : await findOnTrial(trials, models, { ...named, open: openGuarded }),
  };
}

/** Finds who has a role beside the champion of a name. */
function findingBeside(
  models: ScoreScope["models"],
  lookUp: Lookup,
  loading: Loading,
): FindBeside {
  const questionOf = createQuestions("beside");
  return (tenant, name) =>
    lookUp(tenant, {
      question: questionOf(name),
      ask: () => findBeside(models, { tenant, name }, loading),
    });
}

/** Finds who is in charge, of a name or of the only model of a kind. */
function finding(
  models: ScoreScope["models"],
  lookUp: Lookup,
  loading: Loading,
) {
  const questionOf = createQuestions("champion");
  const isUnconfirmed = (tenant: string, name: string) =>
    lookUp.isUnconfirmed(tenant, questionOf(name));
  function inCharge(tenant: string, name: string, deadline?: Deadline) {
    const asked = lookUp(tenant, {
      question: questionOf(name),
      ask: () => findInCharge(models, { tenant, name }, loading),
      deadline,
    });
    return whenThere(asked, (found) => {
      if (found !== null) return found;
      throw unavailable(name, "no version of it is approved");
    });
  }
  const named: Scores["named"] = (tenant, { kind, name }, deadline) => {
    const champion = (name: string) =>
      whenThere(
        inCharge(tenant, name, deadline),
        ({ found }) => found.champion,
      );
    if (name !== null) {
      return whenThere(champion(name), (record) => ofKind(record, kind));
    }
    const ask = () => models.list(tenant);
    const asked = lookUp(tenant, { question: "list", ask, deadline });
    return whenThere(asked, (all) => champion(onlyName(all, kind)));
  };
  return { inCharge, named, isUnconfirmed };
}

function ofKind(record: ModelRecord, kind: ModelUse["kind"]): ModelRecord {
  if (record.use.kind === kind) return record;
  throw unavailable(
    record.name,
    `it is for use "${record.use.kind}", not "${kind}"`,
  );
}

function onlyName(
  records: readonly ModelRecord[],
  kind: ModelUse["kind"],
): string {
  const names = [
    ...new Set(
      records.filter(({ use, status }) =>
        use.kind === kind && status === "approved"
      ).map(({ name }) => name),
    ),
  ].sort();
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw new EngineError(
    "model_unavailable",
    names.length === 0
      ? `Cannot choose a model for use "${kind}": none is approved; train one and have it approved`
      : `Cannot choose a model for use "${kind}": name one of ${
        names.join(", ")
      }`,
  );
}

/** Reads the curves of a champion, or of the version before it, and remembers them. */
function createCurvesReader(models: Pick<ModelRegistry, "artifact">) {
  const parsed = new Map<string, ResponseCurves>();
  async function load(tenant: string, record: ModelRecord) {
    const known = parsed.get(record.artifactHash);
    if (known) return { record, curves: known };
    const curves = await contained(
      record,
      async () => parseCurves(await models.artifact(tenant, record)),
    );
    parsed.set(record.artifactHash, curves);
    for (const hash of parsed.keys()) {
      if (parsed.size > CURVES_KEPT) parsed.delete(hash);
    }
    return { record, curves };
  }
  return async (tenant: string, { champion, previous }: Champion) => {
    try {
      return await load(tenant, champion);
    } catch (error) {
      if (previous === null) throw error;
      return await load(tenant, previous).catch(() => {
        throw error;
      });
    }
  };
}
