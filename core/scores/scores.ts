/**
 * Registered models put to work: the champion of a name, any version for replay,
 * and curves for plans. Only an approved version is a champion.
 *
 * A version whose artifact is damaged is out of service by itself: the version
 * approved before it takes its place.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import type { EncodingRow } from "../domain/encoding.ts";
import { EngineError } from "../domain/error.ts";
import {
  type ModelRecord,
  type ModelRef,
  type ModelUse,
  printModelRef,
  type ResponseCurves,
} from "../domain/score.ts";
import type { Clock } from "../ports/clock.ts";
import type { Champion, ModelRegistry } from "../ports/models.ts";
import { parseCurves } from "./curves.ts";
import { createSessionCache, type SessionCache } from "./session.ts";

/** A version that is ready to score. */
export interface Scorer {
  readonly record: ModelRecord;
  /** One score for each row, shape [rows], in the unit of the record. */
  score(rows: readonly EncodingRow[]): Promise<Float64Array>;
}

/** Models at work. */
export interface Scores {
  /**
   * The version in charge and the one before it.
   *
   * @throws {EngineError} `model_unavailable` if no approved version can score.
   */
  champion(
    tenant: string,
    name: string,
  ): Promise<{ champion: Scorer; previous: Scorer | null }>;
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
    kind: ModelUse["kind"],
    name: string | null,
  ): Promise<ModelRecord>;
  /** Forgets who is champion, so that a review counts at once in this process. */
  invalidate?(tenant: string): void;
  close(): Promise<void>;
}

/** What scores stand on. */
export interface ScoreScope {
  readonly models: ModelRegistry;
  readonly clock: Clock;
}

/** For how long another process's review may go unseen. */
const LOOKUP_MS = 1000;
const CURVES_KEPT = 16;

/** Opens the models. */
export function createScores({ models, clock }: ScoreScope): Scores {
  const sessions = createSessionCache();
  const lookUp = createLookup(clock);
  const parsed = new Map<string, ResponseCurves>();
  const scorer = (tenant: string, record: ModelRecord) =>
    openScorer({ models, sessions }, tenant, record);
  const championOf = (tenant: string, name: string) =>
    lookUp(tenant, `champion ${name}`, () => models.champion(tenant, name));
  const named: Scores["named"] = async (tenant, kind, name) => {
    if (name !== null) {
      return ofKind(
        needed(await championOf(tenant, name), name).champion,
        kind,
      );
    }
    const all = await lookUp(tenant, "list", () => models.list(tenant));
    const only = onlyName(all, kind);
    return needed(await championOf(tenant, only), only).champion;
  };
  return {
    named,
    champion: async (tenant, name) => {
      const found = needed(await championOf(tenant, name), name);
      return await openChampion(found, (record) => scorer(tenant, record));
    },
    version: async (tenant, ref) => {
      const record = await models.find(tenant, ref);
      if (record !== null) return await scorer(tenant, record);
      throw unavailable(printModelRef(ref), "there is no such version");
    },
    curves: async (tenant, name) => {
      const asked = await named(tenant, "plan", name);
      const { champion, previous } = needed(
        await championOf(tenant, asked.name),
        asked.name,
      );
      return await firstSound(
        [champion, previous],
        (record) => loadCurves({ models, parsed }, tenant, record),
      );
    },
    invalidate: (tenant) => lookUp.forget(tenant),
    close: () => sessions.close(),
  };
}

/** Remembers answers for a moment, by tenant. */
function createLookup(clock: Clock) {
  const kept = new Map<string, Map<string, { at: Instant; answer: unknown }>>();
  async function lookUp<T>(
    tenant: string,
    question: string,
    ask: () => Promise<T>,
  ): Promise<T> {
    const answers = kept.get(tenant) ?? new Map();
    kept.set(tenant, answers);
    const now = clock.now();
    const known = answers.get(question);
    if (known && Math.abs(Date.parse(now) - Date.parse(known.at)) < LOOKUP_MS) {
      return known.answer as T;
    }
    const answer = await ask();
    answers.set(question, { at: now, answer });
    return answer;
  }
  return Object.assign(lookUp, {
    forget: (tenant: string) => void kept.delete(tenant),
  });
}

function needed(found: Champion | null, name: string): Champion {
  if (found !== null) return found;
  throw unavailable(name, "no version of it is approved");
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

async function openChampion(
  { champion, previous }: Champion,
  scorer: (record: ModelRecord) => Promise<Scorer>,
): Promise<{ champion: Scorer; previous: Scorer | null }> {
  const [first, second] = await Promise.allSettled([
    scorer(champion),
    previous === null ? Promise.resolve(null) : scorer(previous),
  ]);
  const before = second.status === "fulfilled" ? second.value : null;
  if (first.status === "fulfilled") {
    return { champion: first.value, previous: before };
  }
  if (before !== null) return { champion: before, previous: null };
  throw first.reason;
}

async function openScorer(
  { models, sessions }: { models: ModelRegistry; sessions: SessionCache },
  tenant: string,
  record: ModelRecord,
): Promise<Scorer> {
  if (record.artifactKind !== "onnx") {
    throw unavailable(printModelRef(record), "it has curves, not scores");
  }
  return await contained(record, async () => {
    const session = await sessions.open(
      record.artifactHash,
      record.schema,
      () => models.artifact(tenant, record),
    );
    return {
      record,
      score: (rows) => contained(record, () => session.run(rows)),
    };
  });
}

/** Any failure of one version, said in a way that names it. */
async function contained<T>(
  record: ModelRecord,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw unavailable(
      printModelRef(record),
      cause instanceof EngineError && cause.code === "artifact_corrupt"
        ? "its artifact is damaged; train it again"
        : "it cannot be run",
      cause,
    );
  }
}

async function firstSound<T>(
  records: readonly (ModelRecord | null)[],
  open: (record: ModelRecord) => Promise<T>,
): Promise<T> {
  let failure: unknown = null;
  for (const record of records) {
    if (record === null) continue;
    try {
      return await open(record);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function loadCurves(
  { models, parsed }: {
    models: ModelRegistry;
    parsed: Map<string, ResponseCurves>;
  },
  tenant: string,
  record: ModelRecord,
): Promise<{ record: ModelRecord; curves: ResponseCurves }> {
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

function unavailable(model: string, reason: string, cause?: unknown) {
  return new EngineError(
    "model_unavailable",
    `Cannot use model "${model}": ${reason}`,
    { cause },
  );
}
