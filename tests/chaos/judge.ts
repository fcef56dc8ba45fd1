/**
 * What must hold of every answer, whatever was disturbed, and of what is kept afterwards.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseRecord } from "../../core/decisions/log/records/record.ts";
import { verifyChain } from "../../core/decisions/log/verifying/verify.ts";
import type { Decision } from "../../core/domain/decision.ts";
import { CODES } from "../../core/domain/error.ts";
import { decisionToJson } from "../../core/http/wire/decision_json.ts";
import { parseSealed } from "../../core/domain/sealed_record.ts";
import type { DecisionLog } from "../../core/ports/decisions.ts";
import { CAPS, FACTORS, MOST_EACH, type Tenant, TENANTS } from "./company.ts";
import type { Asked, Sent, Told } from "./load.ts";

/** Kill switch of a tenant whose own policies an engine could never read. */
export const UNREADABLE = "policies_unreadable";

/** What a decision or a plan may be refused with while things are disturbed. */
const REFUSALS: readonly string[] = [
  ...["store_unavailable", "deadline_exceeded", "overloaded"],
  ...["idempotency_key_in_flight"],
];

/**
 * Judges an answer by itself.
 *
 * @throws {AssertionError} If it is wrong.
 */
export function judgeAnswer({ asked, told }: Sent): void {
  if (told === null) return;
  const about = `${JSON.stringify(asked)} ${JSON.stringify(told)}`;
  if (told.status === 200) judgeDecision(asked, told, about);
  else judgeRefusal(told, about);
}

/**
 * Judges a refusal.
 *
 * @throws {AssertionError} If it is none that comes of disturbances, or does not say when to
 * come back.
 */
export function judgeRefusal(
  { status, retryAfter, body }: Told,
  about: string,
): void {
  assert.ok(REFUSALS.includes(body.code), about);
  const { status: wanted } = CODES[body.code as keyof typeof CODES];
  assert.equal(status, wanted, about);
  assert.ok(Number(retryAfter) >= 1, about);
}

function judgeDecision(asked: Asked, told: Told, about: string): void {
  const { body } = told;
  const micros = Number(body.recommended_bid?.micros ?? 0);
  const cap = CAPS[asked.tenant];
  if (body.score === null) {
    assert.ok(["static_rule", "no_action"].includes(body.rung), about);
    assert.ok(micros <= cap, about);
  } else {
    const version = Number(/^bidder@([12])$/.exec(body.model_version)?.[1]);
    assert.equal(version, body.rung === "champion" ? 2 : 1, about);
    const factor = FACTORS[asked.tenant][version - 1] ?? NaN;
    assert.equal(body.score, asked.value * factor, about);
    const whole = Math.min(asked.value * factor, cap);
    if (isStoppedByPolicies({ told })) assert.equal(micros, 0, about);
    else judgeBid(asked, { micros, whole }, about);
  }
  if (asked.purpose === "refused") assert.equal(micros, 0, about);
  assert.equal(body.rung === "champion" || body.falls.length > 0, true, about);
}

/** Whether an answer does nothing because the engine knows no policies of the tenant. */
export function isStoppedByPolicies({ told }: Pick<Sent, "told">): boolean {
  const applied: readonly { rule: string }[] = told?.body.policy_applied ?? [];
  return applied.some(({ rule }) => rule.includes(UNREADABLE));
}

/** A bid is whole, or none where something else may stop it; a budget's is no more. */
function judgeBid(
  { purpose }: Asked,
  { micros, whole }: { readonly micros: number; readonly whole: number },
  about: string,
): void {
  if (purpose === "plain") assert.equal(micros, whole, about);
  else if (purpose === "paid") assert.ok(micros <= whole, about);
  else assert.ok(micros === 0 || micros === whole, about);
}

/** What the log holds of a tenant. */
export interface Kept {
  readonly tenant: Tenant;
  /** Answers of the decisions as they would be printed from their records, by id. */
  readonly answers: ReadonlyMap<string, unknown>;
  /** Decisions, in order. */
  readonly decisions: readonly {
    readonly subject: string;
    readonly decision: Decision;
  }[];
}

/** The log, as who has its keys reads it. */
export interface ReadLog {
  readonly log: DecisionLog;
  readonly isSealed: boolean;
}

/**
 * Reads a tenant's log and verifies it.
 *
 * @throws {AssertionError} If a record is damaged, missing, there twice, or not sealed where
 * all are; or if one is that is none to be.
 * @throws {EngineError} If one does not open.
 */
async function readKept(
  { log, isSealed }: ReadLog,
  tenant: Tenant,
): Promise<Kept> {
  const { damages, sound, told } = await verifyChain(log, tenant);
  assert.ok(sound, JSON.stringify(damages));
  assert.equal(told.count, 0, "nothing is told to be lost");
  const rows = await log.read(tenant, 0, 1_000_000);
  for (const { id, record } of rows) {
    assert.equal(parseSealed(record) !== null, isSealed, `${id}: sealed`);
  }
  const records = rows.filter(({ kind }) => kind === "decision")
    .map((row) => parseRecord(row));
  const answers = new Map(records.map(({ decision }) => [
    decision.id,
    JSON.parse(JSON.stringify(decisionToJson(decision))),
  ]));
  assert.equal(answers.size, records.length, "each is in the log once");
  return {
    ...{ tenant, answers },
    decisions: records.map(({ request, decision }) => ({
      subject: request.entities.subject ?? "",
      decision,
    })),
  };
}

/**
 * Judges the log against all answers. What the log holds and nobody heard of has no effect,
 * and does not count towards limits.
 *
 * @returns Ids of the acknowledged decisions.
 * @throws {AssertionError} If one is lost, differs from its answer, was made twice for one
 * key, or is one too many for a limit.
 */
export function judgeKept(
  { tenant, answers, decisions }: Kept,
  sent: readonly Sent[],
): ReadonlySet<string> {
  const told = sent.filter(({ asked, told }) =>
    asked.tenant === tenant && told?.status === 200
  );
  for (const { asked, told: answer } of told) {
    const id = answer?.body.decision_id;
    assert.deepEqual(answer?.body, answers.get(id), `${id} ${asked.subject}`);
  }
  const bySubject = Map.groupBy(decisions, ({ subject }) => subject);
  for (const { asked: { key, subject } } of sent) {
    if (key === null) continue;
    const made = bySubject.get(subject)?.length ?? 0;
    assert.ok(made <= 1, `${key} has ${made} effects`);
  }
  const heard = new Set(told.map(({ told }) => told?.body.decision_id));
  for (const [subject, made] of bySubject) {
    const shown = made.filter(({ decision: { id, countsTowards = [] } }) =>
      heard.has(id) && countsTowards.length > 0
    );
    assert.ok(shown.length <= MOST_EACH, `${subject} was shown too often`);
  }
  return heard;
}

/** Answers to one key are one answer. */
export function judgeKeys(sent: readonly Sent[]): void {
  const keyed = sent.filter(({ asked, told }) =>
    asked.key !== null && told?.status === 200
  );
  const firsts = new Map<string, unknown>();
  for (const { asked, told } of keyed) {
    const key = `${asked.tenant} ${asked.key}`;
    const first = firsts.get(key) ?? told?.body;
    assert.deepEqual(told?.body, first, key);
    firsts.set(key, first);
  }
}

/** What was bid for a budget, all bids won, micros; of the decisions that were heard of. */
export function bidFor(
  decisions: Kept["decisions"],
  heard: ReadonlySet<string>,
): number {
  return decisions.reduce(
    (sum, { decision: { id, pacing, recommendation } }) =>
      heard.has(id) && pacing && recommendation.kind === "bid"
        ? sum + recommendation.bidMicros
        : sum,
    0,
  );
}

/** Every tenant's log. */
export function readAllKept(log: ReadLog): Promise<readonly Kept[]> {
  return Promise.all(TENANTS.map((tenant) => readKept(log, tenant)));
}
