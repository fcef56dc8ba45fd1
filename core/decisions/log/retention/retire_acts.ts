/**
 * Old acts of people and services leave. What is told of changes stays: what is in force
 * is compared with it for as long as it is.
 *
 * @module
 */
import { type AuditWalk, startAuditWalk } from "../../../domain/audit_log.ts";
import type { ChainHead } from "../../../ports/decisions.ts";
import { chainOfActs, scopeOf } from "../records/acts_chain.ts";
import { type Leaving, retireLog } from "./retire_log.ts";
import type { Kept, RetentionRun, RetentionScope, Retired } from "./run.ts";

/** Records that are read at once. */
const PAGE = 500;

/** Retires the acts of an owner, or says what would leave. */
export function retireActs(
  scope: RetentionScope,
  run: RetentionRun,
  kept: Kept,
): Promise<Retired> {
  const { governance, retention } = scope;
  const { tenant } = kept;
  return retireLog(scope, run, {
    kept,
    log: {
      part: "acts",
      chain: chainOfActs(governance),
      look: (_after, signed) => look(governance, tenant, signed),
      retire: (upTo, limit) => retention.retireActs(tenant, upTo, limit),
    },
  });
}

/** All up to there follows from what was signed: what stays is not vouched for anew. */
async function look(
  governance: RetentionScope["governance"],
  tenant: string,
  signed: ChainHead,
): Promise<Leaving | string> {
  const scope = scopeOf(tenant);
  const walk = startAuditWalk(await governance.anchor(scope));
  for (let after = 0; after < signed.seq;) {
    const limit = Math.min(PAGE, signed.seq - after);
    const page = await governance.records(scope, { after, limit });
    for (const one of page) if (one.seq <= signed.seq) walk.take(one);
    after = page.at(-1)?.seq ?? signed.seq;
  }
  if (!isSigned(walk, signed)) {
    return "the log is not the one that was signed; run verify-log";
  }
  const { leaving, stayed } = walk;
  const proof = { anchor: signed.hash, stayed };
  return {
    count: leaving,
    tell: (gap) => governance.record(scope, [{ ...gap, ...proof }]),
  };
}

function isSigned({ end, head }: AuditWalk, signed: ChainHead): boolean {
  return end().length === 0 && head.seq === signed.seq &&
    head.hash === signed.hash;
}
