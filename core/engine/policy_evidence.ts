/**
 * Past decisions settled again under proposed policies, as evidence for reviewers: the
 * last four weeks of every tenant concerned, beside what else is in force for it.
 *
 * @module
 */
import {
  type Impact,
  IMPACT_GROUPS,
  type ImpactRow,
} from "../decisions/policy_replay/impact.ts";
import {
  readRecordsSince,
  replayPolicies,
} from "../decisions/policy_replay/replay_policies.ts";
import type { EvidenceItem } from "../domain/change.ts";
import { DAY_MS, type Instant } from "../domain/day.ts";
import type { DecisionRecord } from "../domain/decision.ts";
import { findContent, loadContent } from "../governance/evidence.ts";
import type { Clock } from "../ports/clock.ts";
import type { DecisionLog } from "../ports/decisions.ts";
import type { GovernanceStore, Scope } from "../ports/governance.ts";
import type { ModelRegistry } from "../ports/models.ts";
import { POLICIES } from "../verdicts/in_force/policy_book.ts";
import {
  parsePolicyContent,
  type PolicySet,
} from "../verdicts/judge/policy_set.ts";
import { joinOwn } from "../verdicts/in_force/join_own.ts";
import { NO_POLICIES } from "../verdicts/proposal/merge_contents.ts";
import type {
  PolicyAdapterParts,
  ReplayAsked,
} from "../verdicts/proposal/policy_adapter.ts";

const DAYS = 28;
/** Newest decisions that are settled again, of each tenant and of all together. */
const MOST_DECISIONS = 100_000;
const MOST_IN_ALL = 1_000_000;
/** Of each tenant so many at least, however many tenants there are. */
const LEAST_DECISIONS = 1000;
/** Tenants told of one by one: those of whom most comes out otherwise. */
const MOST_TENANTS = 20;
/** Rules, channels, campaigns and audiences kept, of each tenant. */
const MOST_ROWS = 20;
/** Flips kept for reviewers to look at, of each tenant. */
const SAMPLES = 10;

/** What it reads. */
export interface PolicyEvidenceScope {
  readonly stores: {
    readonly governance: Pick<GovernanceStore, "active" | "load">;
    readonly log: Pick<DecisionLog, "read" | "head" | "tenants">;
    readonly models: Pick<ModelRegistry, "find">;
  };
  readonly clock: Clock;
}

/** What the past and what is in force say of proposed policies. */
export function createPolicyEvidence(
  scope: PolicyEvidenceScope,
): Pick<PolicyAdapterParts, "replay" | "deployment"> {
  const { governance } = scope.stores;
  return {
    replay: (asked) => replay(scope, asked),
    deployment: async () => {
      const { content } = await governance.active(null, POLICIES);
      return content === null ? null : await loadContent(governance, content);
    },
  };
}

async function replay(
  scope: PolicyEvidenceScope,
  asked: ReplayAsked,
): Promise<EvidenceItem> {
  const { log } = scope.stores;
  const tenants = asked.scope === null ? await log.tenants() : [asked.scope];
  const impacts: TenantImpact[] = [];
  const most = Math.max(
    LEAST_DECISIONS,
    Math.min(MOST_DECISIONS, Math.floor(MOST_IN_ALL / tenants.length)),
  );
  let cut = false;
  for (const tenant of tenants) {
    const first = await findFirst(scope, tenant, most);
    const impact = await replayTenant(scope, {
      ...{ tenant, asked, since: first.since },
    });
    cut ||= first.cut;
    impacts.push({ tenant, impact });
  }
  return summarise(impacts, cut ? most : null);
}

interface TenantImpact {
  readonly tenant: string;
  readonly impact: Impact;
}

/** The moment from which on decisions are settled again. */
async function findFirst(
  { stores: { log }, clock }: PolicyEvidenceScope,
  tenant: string,
  most: number,
): Promise<{ readonly since: Instant; readonly cut: boolean }> {
  const since = new Date(Date.parse(clock.now()) - DAYS * DAY_MS).toISOString();
  const head = await log.head(tenant);
  if (head === null || head.seq <= most) return { since, cut: false };
  const [oldest] = await log.read(tenant, head.seq - most, 1);
  return oldest && oldest.at > since
    ? { since: oldest.at, cut: true }
    : { since, cut: false };
}

async function replayTenant(
  { stores }: PolicyEvidenceScope,
  { tenant, asked, since }: {
    readonly tenant: string;
    readonly asked: ReplayAsked;
    readonly since: Instant;
  },
): Promise<Impact> {
  const { log, models, governance } = stores;
  const other = await readActive(
    governance,
    asked.scope === null ? tenant : null,
  );
  const join = (text: string | null) =>
    joinScopes(tenant, asked.scope, [text, other]);
  return await replayPolicies(
    models,
    {
      ...{ tenant, samples: SAMPLES },
      after: join(asked.after),
      before: join(asked.before),
    },
    inTurns(log, { tenant, since }),
  );
}

/** One scope's text, and what the other scope has in force, as decisions see them. */
function joinScopes(
  tenant: string,
  scope: Scope,
  [asked, other]: readonly [string | null, string | null],
): PolicySet {
  const parse = (text: string | null) =>
    parsePolicyContent(text ?? NO_POLICIES);
  return scope === null
    ? joinOwn(parse(asked), parse(other), tenant)
    : joinOwn(parse(other), parse(asked), tenant);
}

/** Records page by page, with time for others in between. */
async function* inTurns(
  log: Pick<DecisionLog, "read" | "head">,
  from: { readonly tenant: string; readonly since: Instant },
): AsyncGenerator<readonly DecisionRecord[]> {
  for await (const page of readRecordsSince(log, from)) {
    yield page;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
}

/** What is lost is none: it holds up no change of another scope. */
async function readActive(
  governance: PolicyEvidenceScope["stores"]["governance"],
  scope: Scope,
): Promise<string | null> {
  const { content } = await governance.active(scope, POLICIES);
  return content === null ? null : await findContent(governance, content);
}

function summarise(
  impacts: readonly TenantImpact[],
  most: number | null,
): EvidenceItem {
  const sum = (of: (impact: Impact) => number) =>
    impacts.reduce((total, { impact }) => total + of(impact), 0);
  const decisions = sum((impact) => impact.decisions);
  const totals = {
    decisions,
    flips: sum(({ flips }) => flips),
    tighter: sum(({ tighter }) => tighter),
    looser: sum(({ looser }) => looser),
  };
  const skipped = sum((impact) =>
    Object.values(impact.skipped).reduce((total, one) => total + one, 0)
  );
  const window = most === null
    ? `the last ${DAYS} days`
    : `the newest ${most} of a tenant at most`;
  const told = impacts.toSorted((a, b) => b.impact.flips - a.impact.flips)
    .slice(0, MOST_TENANTS);
  const summary = decisions === 0
    ? `no decision of ${window} to settle again`
    : `${totals.flips} of ${decisions} decisions come out otherwise (${totals.tighter} tighter, ${totals.looser} looser); ${window}`;
  return {
    ...{ name: "replay", passed: true },
    summary: skipped === 0
      ? summary
      : `${summary}; ${skipped} could not be settled again`,
    report: JSON.parse(JSON.stringify({
      ...totals,
      tenants: told.map(({ tenant, impact }) => ({
        ...{ tenant, ...impact },
        by: Object.fromEntries(
          IMPACT_GROUPS.map((group) => [group, keepRows(impact.by[group])]),
        ),
      })),
    })),
  };
}

/** What flips most: evidence is kept with the change, and read whenever that is. */
function keepRows(rows: readonly ImpactRow[]): readonly ImpactRow[] {
  return rows.filter(({ flips }) => flips > 0).slice(0, MOST_ROWS);
}
