/**
 * Outcomes of decisions, told later: each is a record of the chain, once by its id, and
 * found by the decision that it came of.
 *
 * @module
 */
import { canonicalJson, sha256 } from "../../../domain/canonical.ts";
import type { DecisionRecord, LoggedRecord } from "../../../domain/decision.ts";
import { entityKey, type EntityType } from "../../../domain/entity.ts";
import { EngineError } from "../../../domain/error.ts";
import type {
  DecisionOutcome,
  OutcomeRecord,
} from "../../../domain/log_record.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { DecisionLog } from "../../../ports/decisions.ts";
import type { Keys } from "../../idempotent.ts";
import { parseOutcomes, parseRecord, printRecord } from "./record.ts";
import type { Writer } from "../writing/writer.ts";

/** An outcome as somebody tells it. */
export interface ToldOutcome {
  readonly outcome: DecisionOutcome;
  /** Name of the key that tells it. */
  readonly by: string;
}

/** What comes of decisions. */
export interface Outcomes {
  /**
   * Keeps an outcome; durable when it resolves.
   *
   * @returns Whether it is new; false if it was told before, in the same words.
   * @throws {EngineError} `not_found` if the tenant has no such decision;
   * `idempotency_key_reused` if one of that id was told otherwise; `record_erased`.
   */
  tell(tenant: string, told: ToldOutcome): Promise<boolean>;
  /** What came of decisions, in the order in which it was told. */
  of(
    tenant: string,
    decisions: readonly string[],
  ): Promise<readonly DecisionOutcome[]>;
}

const ROUTE = "/decisions/outcomes";
const PAGE = 1000;

/** Opens the outcomes of a log. */
export function createOutcomes(
  { log, writer, keys, clock }: {
    readonly log: Pick<DecisionLog, "find" | "search">;
    readonly writer: Writer;
    readonly keys: Keys;
    readonly clock: Clock;
  },
): Outcomes {
  return {
    async tell(tenant, { outcome, by }) {
      const record: OutcomeRecord = {
        ...{ v: 1, kind: "outcome", tenant, outcome, by },
        id: outcomeId(outcome),
        at: clock.now(),
      };
      const { id, at } = record;
      const requestHash = sha256(canonicalJson(outcome));
      const idempotent = { route: ROUTE, key: id, requestHash };
      const { made } = await keys.once(tenant, idempotent, async () => {
        const entities = await entitiesOf(log, tenant, outcome);
        const first = { ...idempotent, status: 200, answer: id };
        if (await isKnown(log, tenant, { id, outcome })) return { first };
        const kept = await writer.append({
          ...{ tenant, id, at, entities, idempotent: first },
          kind: "outcome",
          record: printRecord(record),
        });
        return kept.kind === "duplicate" ? kept : { made: id, answer: id };
      });
      return made !== null;
    },
    of: async (tenant, decisions) =>
      decisions.length === 0 ? [] : await readOutcomes(log, tenant, decisions),
  };
}

/**
 * Entities that a decision is found by.
 *
 * @returns `type:id` of each, in the order of the request.
 */
export function entitiesNamed(
  { request }: Pick<DecisionRecord, "request">,
): string[] {
  const { entities } = request;
  const named: string[] = [];
  for (const type in entities) {
    const id = entities[type as EntityType] as string;
    named.push(entityKey(type as EntityType, id));
  }
  return named;
}

/** Entity under which what came of a decision is found. */
function decisionKey(id: string): string {
  return `decision:${id}`;
}

/** One outcome of a decision has one place in the log, however often it is told. */
function outcomeId({ decision, id }: DecisionOutcome): string {
  return `out_${sha256(JSON.stringify([decision, id])).slice(0, 32)}`;
}

/** Found as its decision is, and sealed with it. */
async function entitiesOf(
  log: Pick<DecisionLog, "find">,
  tenant: string,
  { decision }: DecisionOutcome,
): Promise<readonly string[]> {
  const logged = await log.find(tenant, decision);
  if (logged?.kind === "decision") {
    return [decisionKey(decision), ...entitiesNamed(parseRecord(logged))];
  }
  throw new EngineError(
    "not_found",
    `Cannot find decision "${decision}": the tenant has none of that id`,
    { facts: { decision } },
  );
}

/** An answer under a key is forgotten one day, the record is not. */
async function isKnown(
  log: Pick<DecisionLog, "find">,
  tenant: string,
  { id, outcome }: { readonly id: string; readonly outcome: DecisionOutcome },
): Promise<boolean> {
  const logged = await log.find(tenant, id);
  if (logged === null) return false;
  const [known] = parseOutcomes([logged]);
  if (known && canonicalJson(known) === canonicalJson(outcome)) return true;
  throw new EngineError(
    "idempotency_key_reused",
    `Cannot take outcome of decision "${outcome.decision}": one of its id was told before, and otherwise`,
    { facts: { decision: outcome.decision } },
  );
}

async function readOutcomes(
  log: Pick<DecisionLog, "search">,
  tenant: string,
  decisions: readonly string[],
): Promise<readonly DecisionOutcome[]> {
  const entities = decisions.map(decisionKey);
  const found: DecisionOutcome[] = [];
  let last: LoggedRecord | undefined;
  for (;;) {
    const page = await log.search(tenant, {
      ...{ entities, kind: "outcome", limit: PAGE },
      ...last && { after: last },
    });
    found.push(...parseOutcomes(page));
    last = page.at(-1);
    if (page.length < PAGE) return found;
  }
}
