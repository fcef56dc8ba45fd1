/**
 * A node that takes one step with a plan, and tells of each write, to be killed.
 * Its arguments are the server's URL or `-`, the folder, the step and the plan.
 *
 * @module
 */
import type { ChangeOperation } from "../../core/domain/change_set.ts";
import type { Plan } from "../../core/domain/plan.ts";
import { openDestination } from "../../core/plans/destinations/destination.ts";
import { invert } from "../../core/plans/changes/change_set.ts";
import { createPlans } from "../../core/plans/plans.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { lendFiles } from "../../core/signals/lend/files.ts";
import { systemClock } from "../../core/store/clock.ts";
import { createIds } from "../../core/store/ids.ts";
import { openStores } from "../../core/store/open.ts";
import { compilePolicySet } from "../../core/verdicts/judge/policy_set.ts";
import file from "../../connectors/file/connector.ts";
import type { HttpClient } from "../../plugins/contract.ts";

/** Whose plan it is. */
export const TENANT = "acme";
/** How many budgets it sets, a few at a time. */
export const BUDGETS = 30;
const BATCH = 3;
/** Between two writes, so that there is a time to be killed at. */
const PAUSE_MS = 40;
/** For how long a killed node keeps others waiting. */
export const LEASE_MS = 1500;

/** Opens the stores of a place. */
export function openAt(databaseUrl: string, folder: string): Promise<Stores> {
  return openStores({
    databaseUrl: databaseUrl === "-" ? null : databaseUrl,
    dataFolder: folder,
    clock: systemClock,
  });
}

/** Where the budgets are written: the `file` connector in a folder. */
export function openBudgets(folder: string, written: () => void = () => {}) {
  const config = { folder };
  const destination = openDestination(file, config, () => ({
    ...{ config, now: systemClock.now() },
    files: lendFiles([config.folder]),
    http: null as unknown as HttpClient,
  }));
  return {
    ...destination,
    write: async (change: Parameters<typeof destination.write>[0]) => {
      await destination.write(change);
      written();
    },
  };
}

/** An approved plan that sets many budgets, as their change set says. */
export function approvedPlan(id: string): Plan {
  const operations: readonly ChangeOperation[] = Array.from(
    { length: BUDGETS },
    (_, at) => ({
      id: `${id}/${at}`,
      target: `campaign:c-${at}` as const,
      field: "budget_micros_per_day",
      expect: null,
      set: `${(at + 1) * 1_000_000}`,
    }),
  );
  const now = systemClock.now();
  return {
    ...{ id, state: "validated", createdBy: "ann", createdAt: now },
    validity: { from: now, until: "2999-01-01T00:00:00.000Z" },
    period: { from: "2998-12-25", until: "2999-01-01" },
    ...{ currency: "EUR", totalMicros: 0n, modelVersion: "mix@1" },
    policySet: "p",
    objective: {
      unit: "orders",
      outcome: 1,
      currentOutcome: 1,
      upperBound: 1,
      gap: 0,
    },
    ...{ binding: [], recommendations: [] },
    changeSet: {
      ...{ id: `changes of ${id}`, destination: "file", operations },
      inverse: invert(operations),
      rate: { batch: BATCH, pauseMs: PAUSE_MS },
    },
    ...{ approvedBy: null, findings: [] },
  };
}

/** Plans over the stores of a place. */
export function openPlans(
  stores: Stores,
  folder: string,
  written?: () => void,
) {
  const policies = compilePolicySet([]);
  const record = { name: "mix", version: 1 };
  return createPlans({
    scores: {
      curves: () =>
        Promise.resolve(
          { record, curves: { outcome: "orders", curves: [] } } as never,
        ),
    },
    ...{ policies: () => policies, history: stores.history },
    models: stores.models,
    ...{ archive: stores.policies, store: stores.plans },
    ...{ journal: stores.changes, leases: stores.leases },
    ...{ idempotency: stores.idempotency, leaseMs: LEASE_MS },
    destination: () => openBudgets(`${folder}/destination`, written),
    ...{ clock: systemClock, ids: createIds(systemClock) },
  });
}

if (import.meta.main) {
  const [databaseUrl = "-", folder = "", step = "apply", id = ""] = Deno.args;
  const tell = (line: string) =>
    Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  const stores = await openAt(databaseUrl, folder);
  const plans = openPlans(stores, folder, () => tell("written"));
  const verb = step === "rollback" ? "rollback" : "apply";
  await plans[verb](TENANT, id, "cy").then(
    ({ state }) => tell(`state ${state}`),
    (error: { code?: string }) => tell(`failed ${error.code ?? error}`),
  );
  await stores.close();
}
