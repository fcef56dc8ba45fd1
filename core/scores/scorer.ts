/**
 * A registered version, opened to score.
 *
 * @module
 */
import type { EncodingRow } from "../domain/encoding.ts";
import { EngineError } from "../domain/error.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import type { Soon } from "../domain/soon.ts";
import type { ModelRegistry } from "../ports/models.ts";
import type { RowScores, SessionCache } from "./session.ts";

/** A version that is ready to score. */
export interface Scorer {
  readonly record: ModelRecord;
  /** One score for each row, shape [rows], in the unit of the record. */
  score(rows: readonly EncodingRow[]): Soon<RowScores>;
  /** The model's bytes, for explanations. */
  artifact(): Promise<Uint8Array>;
}

/** A scorer that can also score off the thread that answers. */
export interface OpenedScorer extends Scorer {
  /** As `score`, never on this thread. */
  scoreAside: Scorer["score"];
}

/**
 * Loads a version, or finds it loaded.
 *
 * @throws {EngineError} `model_unavailable`, naming the version.
 */
export async function openScorer(
  { models, sessions }: {
    readonly models: Pick<ModelRegistry, "artifact">;
    readonly sessions: SessionCache;
  },
  tenant: string,
  record: ModelRecord,
): Promise<OpenedScorer> {
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
      score: (rows) => {
        try {
          const scores = session.run(rows);
          return scores instanceof Promise
            ? contained(record, () => scores)
            : scores;
        } catch (cause) {
          throw uncontained(record, cause);
        }
      },
      scoreAside: (rows) => contained(record, () => session.runAside(rows)),
      artifact: () => contained(record, () => models.artifact(tenant, record)),
    };
  });
}

/** Any failure of one version, said in a way that names it. */
export async function contained<T>(
  record: ModelRecord,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw uncontained(record, cause);
  }
}

function uncontained(record: ModelRecord, cause: unknown): EngineError {
  return unavailable(
    printModelRef(record),
    cause instanceof EngineError && cause.code === "artifact_corrupt"
      ? "its artifact is damaged; train it again"
      : "it cannot be run",
    cause,
  );
}

/** A model cannot be used. */
export function unavailable(model: string, reason: string, cause?: unknown) {
  return new EngineError(
    "model_unavailable",
    `Cannot use model "${model}": ${reason}`,
    { cause },
  );
}
