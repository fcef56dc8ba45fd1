/**
 * Old decisions leave, with what came of them.
 *
 * @module
 */
import { EngineError } from "../../../domain/error.ts";
import { printRecord } from "../records/record.ts";
import { type RetentionGap, retireLog } from "./retire_log.ts";
import type { Kept, RetentionRun, RetentionScope, Retired } from "./run.ts";

/** Retires the decisions of a tenant, or says what would leave. */
export function retireDecisions(
  scope: RetentionScope,
  run: RetentionRun,
  kept: Kept,
): Promise<Retired> {
  const { log, retention } = scope;
  const { tenant } = kept;
  return retireLog(scope, run, {
    kept,
    log: {
      part: "decisions",
      chain: log,
      look: (after, { seq }) =>
        Promise.resolve({
          count: seq - after,
          tell: (gap) => tellGap(log, gap),
        }),
      retire: (upTo, limit) => retention.retire(tenant, upTo, limit),
    },
  });
}

async function tellGap(
  log: RetentionScope["log"],
  record: RetentionGap,
): Promise<void> {
  const { id, tenant, at } = record;
  const [kept] = await log.append([{
    ...{ tenant, id, at, kind: "gap", idempotent: null },
    record: printRecord(record),
  }]);
  if (kept?.kind === "appended") return;
  throw new EngineError(
    "store_unavailable",
    `Cannot retire decisions of "${tenant}": the log could not be told of it`,
  );
}
