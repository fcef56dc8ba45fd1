/**
 * A trace that is kept: what was done, when, and in which stages. No ids of people, no
 * values, no SQL.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/, read on 2026-11-26
 * @see https://opentelemetry.io/docs/specs/semconv/feature-flags/, read on 2026-11-26
 * @module
 */
import { STAGES, type StageTimes } from "../domain/stages.ts";

/** Part of a trace. */
export interface TraceStage {
  readonly name: string;
  /** After the trace began. */
  readonly begunMs: number;
  readonly tookMs: number;
}

/** Facts of a trace, by semantic convention where there is one; null is left out. */
export type TraceFacts = Readonly<Record<string, string | number | null>>;

/** A kept trace. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  /** The caller's span; null if it begins here. */
  readonly parentId: string | null;
  /** What was done, such as `POST /optimization/score`. */
  readonly name: string;
  /** `server` for what a caller asked, `internal` for work in the background. */
  readonly kind: "server" | "internal";
  /** When it began, milliseconds since 1970. */
  readonly startedMs: number;
  readonly durationMs: number;
  readonly isWrong: boolean;
  readonly facts: TraceFacts;
  readonly stages: readonly TraceStage[];
}

/**
 * Stages that a request passed through.
 *
 * @param times Where its time went.
 * @returns The stages, in the order in which they began.
 */
export function stagesOf(
  { begunMs, tookMs }: Pick<StageTimes, "begunMs" | "tookMs">,
): readonly TraceStage[] {
  return STAGES.map((name, place) => ({
    name,
    begunMs: begunMs[place] ?? 0,
    tookMs: tookMs[place] ?? 0,
  })).filter((stage) => stage.tookMs > 0)
    .sort((one, other) => one.begunMs - other.begunMs);
}

/**
 * Facts of a decision's model: which was asked, which answered, and why that one.
 *
 * @param decided Rung that it stands on, and version that answered, or null.
 * @returns Facts by the convention for feature flags.
 */
export function factsOfModel(
  { rung, model }: { readonly rung: string; readonly model: string | null },
): TraceFacts {
  const [key, version] = model?.split("@") ?? [];
  return {
    "moe.rung": rung,
    "feature_flag.key": key ?? null,
    "feature_flag.result.variant": version ?? null,
    "feature_flag.result.reason": REASONS[rung] ?? "fallback",
  };
}

const REASONS: Readonly<Record<string, string>> = {
  champion: "champion",
  challenger: "canary",
};
