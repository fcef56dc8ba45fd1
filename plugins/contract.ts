/**
 * Everything an author of a plugin needs; imported as `@moe/plugin`.
 *
 * A **connector** reports signals: totals asked for by days (`reports`), records
 * asked for page by page (`pull`), or what a source pushes (`receive`); and it may
 * write budgets back (`destination`). A **model family** learns from a dataset:
 * `rows` (one label for each row, served as ONNX) or `series` (spend and outcome by
 * day, served as response curves).
 *
 * Plugins are lent what they may use and take nothing else: no `fetch`, no `Deno`,
 * no clock, no `Math.random`. The engine owns keys, cursors, retries, quota, dead
 * letters, pseudonyms, seeds and storage.
 *
 * @module
 */
export type { RatePlan } from "../core/domain/change_set.ts";
export type { RowDataset, SeriesDataset } from "../core/domain/dataset.ts";
export type { ActionsTaken, OutcomeDelays } from "../core/domain/dataset.ts";
export type { Day, DayRange, Instant } from "../core/domain/day.ts";
export type { EntityIds, EntityKey } from "../core/domain/entity.ts";
export type { EntityType } from "../core/domain/entity.ts";
export type { Estimate, Finding, Interval } from "../core/domain/evidence.ts";
export type { MixChannel, MixEvidence } from "../core/domain/evidence.ts";
export type { Random } from "../core/domain/random.ts";
export type { FittedCurve, ResponseCurve } from "../core/domain/score.ts";
export type { EventSignal, Metric, Metrics } from "../core/domain/signal.ts";
export type { PerformanceSignal, Reject } from "../core/domain/signal.ts";
export type { Consent, Scalar, Signal } from "../core/domain/signal.ts";
export type { AccessToken, CallLimit } from "../core/domain/source.ts";
export type { HttpAnswer, Outcome } from "../core/domain/source.ts";
export type { Quality, QuotaHint } from "../core/domain/source.ts";
export type { QuotaScope, ReportRow } from "../core/domain/source.ts";
export type { SourceAccount } from "../core/domain/source.ts";
export { addDays, isDay, isZone, parseInstant } from "../core/domain/day.ts";
export { countDays, localTime } from "../core/domain/day.ts";
export { canonicalJson, digest, sha256 } from "../core/domain/canonical.ts";
export { ENTITY_TYPES, entityKey, isEntityId } from "../core/domain/entity.ts";
export { parseExactJson } from "../core/domain/exact_json.ts";
export { EngineError } from "../core/domain/error.ts";
export { decimalFromMicros, isCurrency } from "../core/domain/money.ts";
export { microsFromDecimal, scaledFromDecimal } from "../core/domain/money.ts";
export { suggestName } from "../core/domain/nearest_name.ts";
export { holdsEmail } from "../core/domain/personal_data.ts";
export { METRICS } from "../core/domain/signal.ts";
export * from "./contract/lent.ts";
export * from "./contract/report.ts";
export * from "./contract/connector.ts";
export { demandExpected } from "./contract/expected.ts";
export * from "./contract/model.ts";
export {
  describeFault,
  mapRecord,
  mapRecords,
  RecordFault,
} from "./contract/records.ts";
