/**
 * Erased people online: each node takes them out of its own online store, and what was
 * read of them before they were erased is not left there by a write that came later.
 *
 * That a person is erased is kept as a hash before anything of them is removed. So
 * whoever looks for hashes after a write sees every erasure that this write may have
 * passed; and what was computed after an erasure stays, for it is of later signals.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { parseEntityKey } from "../domain/entity.ts";
import type { FeatureVector } from "../domain/feature.ts";
import { findKeyedHashes, subjectHash } from "../domain/keyed_hash.ts";
import type { Clock } from "../ports/clock.ts";
import type { ErasedSubject, ErasureStore } from "../ports/erasure.ts";
import type { OnlineFeatures, VectorKey } from "../ports/features.ts";

/** What it works with. */
export interface ErasedScope {
  readonly online: Pick<
    OnlineFeatures,
    "write" | "remove" | "all" | "through" | "setThrough"
  >;
  readonly erasures: Pick<ErasureStore, "erasedSince">;
  readonly clock: Clock;
}

/** An online store without erased people. */
export interface ErasedOnline {
  /** Writes vectors, but those of people who were erased since they were read. */
  write(tenant: string, vectors: readonly FeatureVector[]): Promise<void>;
  /**
   * Takes out whoever was erased since it was last done here.
   *
   * @returns Vectors that are gone.
   */
  sweep(): Promise<number>;
}

type Dated = VectorKey & { readonly at: Instant };

/** Longest from reading vectors to writing them, and by which nodes' clocks differ. */
const MARGIN_MS = 10 * 60_000;
/** How far a store is, kept as the moments of views are; no tenant has this name. */
const NOBODY = "";
const SWEPT = { name: "erased", version: 1 } as const;
const BEGINNING = "1970-01-01T00:00:00.000Z";

/** Keeps erased people out of an online store. */
export function keepErasedOut(
  { online, erasures, clock }: ErasedScope,
): ErasedOnline {
  /** Those of the last sweep, which the next is told of again while they are recent. */
  let swept = new Set<string>();
  return {
    write: async (tenant, vectors) => {
      await online.write(tenant, vectors);
      const since = before(clock.now());
      const erased = (await erasures.erasedSince(since))
        .filter((one) => one.tenant === tenant);
      await removeErased(online, tenant, { erased, vectors });
    },
    sweep: async () => {
      const now = clock.now();
      const through = await online.through(NOBODY, SWEPT);
      const erased = await erasures.erasedSince(before(through ?? BEGINNING));
      const news = erased.filter((one) => !swept.has(nameOf(one)));
      let removed = 0;
      for (const [tenant, erased] of byTenant(news)) {
        for await (const vectors of online.all(tenant)) {
          removed += await removeErased(online, tenant, { erased, vectors });
        }
      }
      swept = new Set(erased.map(nameOf));
      await online.setThrough(NOBODY, SWEPT, now);
      return removed;
    },
  };
}

function before(at: Instant): Instant {
  return new Date(Math.max(0, Date.parse(at) - MARGIN_MS)).toISOString();
}

function nameOf({ tenant, hash, at }: ErasedSubject): string {
  return `${tenant}\n${hash}\n${at}`;
}

function byTenant(
  erased: readonly ErasedSubject[],
): Map<string, ErasedSubject[]> {
  return Map.groupBy(erased, ({ tenant }) => tenant);
}

async function removeErased(
  online: Pick<OnlineFeatures, "remove">,
  tenant: string,
  { erased, vectors }: {
    readonly erased: readonly ErasedSubject[];
    readonly vectors: readonly Dated[];
  },
): Promise<number> {
  if (erased.length === 0) return 0;
  const until = new Map(erased.map(({ hash, at }) => [hash, at]));
  const gone = vectors.filter(({ entity, at }) =>
    hashesOf(tenant, entity).some((hash) => at <= (until.get(hash) ?? ""))
  );
  if (gone.length > 0) await online.remove(tenant, gone);
  return gone.length;
}

/** Of whoever an entity is or names. */
function hashesOf(tenant: string, entity: VectorKey["entity"]): string[] {
  const { id } = parseEntityKey(entity);
  return [...new Set([id, ...findKeyedHashes(id)])]
    .map((one) => subjectHash(tenant, one));
}
