/**
 * Views, features and erasures of the stub engine: tenant acme has a view of campaigns,
 * no other has any.
 *
 * @module
 */
import type { Engine } from "../../core/engine.ts";
import { EngineError } from "../../core/domain/error.ts";
import type { FeatureReading, FeatureView } from "../../core/domain/feature.ts";
import type { Erasure } from "../../core/ports/erasure.ts";
import type { DeclaredView } from "../../core/ports/features.ts";
import { AT, VIEW } from "./stub_records.ts";

type StubFeatures = Engine["features"];
type Asked = Parameters<StubFeatures["read"]>[1] & { readonly tenant: string };

/** Features, with what was asked of them. */
export interface FeatureDesk {
  readonly features: StubFeatures;
  readonly read: Asked[];
}

const DECLARED: DeclaredView = {
  view: VIEW,
  state: "serving",
  declaredAt: AT,
  promotedAt: null,
};

/** Opens the desk: the first feature is missing, those of a view `secret` withheld. */
export function openFeatureDesk(): FeatureDesk {
  const read: Asked[] = [];
  const own = new Map<string, DeclaredView[]>([["acme", [DECLARED]]]);
  return {
    read,
    features: {
      views: () => Promise.resolve([VIEW]),
      declared: (tenant) => Promise.resolve(own.get(tenant) ?? []),
      declare: (tenant, given) => {
        const view = given as FeatureView;
        const state = view.version === 1 ? "serving" : "candidate";
        const made = { ...DECLARED, view, state } as const;
        own.set(tenant, [...own.get(tenant) ?? [], made]);
        return Promise.resolve(view);
      },
      promote: (tenant, { name, version }) => {
        own.set(
          tenant,
          (own.get(tenant) ?? []).map((one): DeclaredView =>
            one.view.name !== name ? one : {
              ...one,
              state: one.view.version === version ? "serving" : "superseded",
            }
          ),
        );
        return Promise.resolve();
      },
      read: (tenant, query) => {
        read.push({ tenant, ...query });
        return Promise.resolve(
          Object.fromEntries(
            query.ids.map((id, place) => [id, readingOf(id, place, query.at)]),
          ),
        );
      },
      lineage: () =>
        Promise.resolve({
          run: "stream",
          at: AT,
          sources: [{
            source: "shop",
            connector: "csv",
            signals: 2,
            firstAt: AT,
            lastAt: AT,
            lastObservedAt: AT,
            batches: [1, 2],
            keys: ["k-1", "k-2"],
          }],
        }),
      statistics: (_tenant, { features }) =>
        Promise.resolve(features.map(({ name }, place) => ({
          feature: name,
          rows: 4,
          nulls: 1,
          numbers: place > 0
            ? null
            : { min: 0, max: 2, mean: 1, deviation: 1, quantiles: [0, 1, 2] },
          categories: place > 0 ? { distinct: 1, top: [["a", 3]] } : null,
        }))),
    },
  };
}

function readingOf(id: string, place: number, at: string): FeatureReading {
  if (id.startsWith("secret")) {
    return { value: null, status: "withheld", at: null };
  }
  return place === 0
    ? { value: null, status: "missing", at: null }
    : { value: 3, status: "fresh", at };
}

/** Erasures of tenant acme, with what was asked of them. */
export interface ErasureDesk extends Pick<Engine, "erase" | "erasures"> {
  readonly jobs: Parameters<Engine["erase"]>[0][];
}

/** Opens the desk. */
export function openErasureDesk(): ErasureDesk {
  const jobs: ErasureDesk["jobs"] = [];
  const recordOf = (
    { by, subjects }: ErasureDesk["jobs"][number],
  ): Erasure => ({
    id: "era_1",
    at: AT,
    finishedAt: AT,
    askedBy: by,
    subjects: subjects.length,
    erased: {
      events: 1,
      performance: 2,
      claims: 3,
      deadLetters: 4,
      answers: 5,
      vectors: 6,
      keys: 1,
    },
    models: [{ model: "email_visit@1", rows: 7 }],
  });
  return {
    jobs,
    erase: (job) => {
      if (job.subjects.includes("nobody")) {
        return Promise.reject(
          new EngineError("request_invalid", "Cannot erase 0 subjects"),
        );
      }
      jobs.push(job);
      return Promise.resolve(recordOf(job));
    },
    erasures: {
      list: (tenant, limit) =>
        Promise.resolve(
          jobs.filter((job) => job.tenant === tenant).map(recordOf)
            .slice(0, limit),
        ),
    },
  };
}
