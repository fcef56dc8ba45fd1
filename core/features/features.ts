/**
 * The features of all tenants: views as declared, vectors as read by decisions, and the
 * batch and the stream that keep them online.
 *
 * @module
 */
import type { Instant } from "../domain/day.ts";
import { EngineError } from "../domain/error.ts";
import type { FeatureReadings, FeatureView } from "../domain/feature.ts";
import { type Soon, whenThere } from "../domain/soon.ts";
import type { Clock } from "../ports/clock.ts";
import type { ErasureStore } from "../ports/erasure.ts";
import type {
  DeclaredView,
  FeatureHistory,
  MaterializeRun,
  OnlineFeatures,
  RunScope,
  ViewRef,
  ViewStore,
} from "../ports/features.ts";
import type { StreamMessage } from "../ports/stream.ts";
import type { Report } from "../../plugins/contract.ts";
import { BUILTIN_VIEWS } from "./builtin_views.ts";
import { keepCatalogues } from "./catalogue.ts";
import { keepErasedOut } from "./erased_online.ts";
import { followChanges } from "./follow_changes.ts";
import { materialize, rebuildOnline } from "./materialize.ts";
import { parseView } from "./parse_view.ts";
import { type FeatureQuery, type OnServed, readFeatures } from "./read.ts";
import { keepRecent, type RecentVectors } from "./recent_vectors.ts";
import { materialised, printViewRef, serving } from "./versions.ts";

/** What to compute. */
export interface Materialization {
  readonly at: Instant;
  /** `changes` unless given. */
  readonly scope?: RunScope;
  readonly report: Report;
}

/** The features of all tenants. */
export interface Features
  extends Pick<FeatureHistory, "lineage" | "statistics"> {
  /** Versions that serve: built-in ones, and those of the tenant. */
  views(tenant: string): Promise<readonly FeatureView[]>;
  /** Every version, built-in ones first. */
  declared(tenant: string): Promise<readonly DeclaredView[]>;
  /**
   * Declares a view, or its next version.
   *
   * @throws {EngineError} `view_invalid`, naming the member and the fix.
   */
  declare(tenant: string, view: unknown): Promise<FeatureView>;
  /**
   * Makes a version serve, and the one before superseded.
   *
   * @throws {EngineError} `not_found`; `view_invalid` if it is retired, or not online
   * while the one before is.
   */
  promote(tenant: string, view: ViewRef): Promise<void>;
  /**
   * Retires a version and forgets its vectors.
   *
   * @throws {EngineError} `not_found`; `view_invalid` if it serves.
   */
  retire(tenant: string, view: ViewRef): Promise<void>;
  /** Reads features; they are at hand where their vectors are. */
  read(tenant: string, query: FeatureQuery): Soon<FeatureReadings>;
  /** Computes every version that is kept and puts it online; repeated, it changes nothing. */
  materialize(
    tenant: string,
    job: Materialization,
  ): Promise<readonly MaterializeRun[]>;
  /**
   * Brings the vectors up to date with changed signals.
   *
   * @param signal Ends it early; it then throws its reason.
   */
  refreshFrom(
    messages: readonly StreamMessage[],
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Puts online what is kept and is not there; until then {@link Features.rebuilding}
   * says so.
   *
   * @returns Vectors written.
   */
  rebuild(tenant: string, report: Report): Promise<number>;
  /** Whether what was online is lost, and not all there again; of any tenant unless given. */
  rebuilding(tenant?: string): boolean;
  /** Takes people who were erased, here or on another node, out of what is online. */
  sweepErased(): Promise<number>;
  /** Identity of the online store; another one than before is empty. */
  identity(): Promise<string>;
}

/** What features stand on. */
export interface FeatureScope {
  readonly history: FeatureHistory;
  readonly online: OnlineFeatures;
  readonly views: ViewStore;
  readonly clock: Clock;
  /** Told of every vector that a read used. */
  readonly onServed?: OnServed;
  /** Who was erased; nobody is looked for unless given. */
  readonly erasures?: Pick<ErasureStore, "erasedSince">;
  /** Whether the kept values of a view may be put online; they may unless given. */
  admit?(tenant: string, view: FeatureView): Promise<boolean>;
  /** Whether they may not, as was last found; they may unless given. */
  holdsBack?(tenant: string, view: FeatureView): boolean;
}

const ALL_GO_ONLINE = {
  admit: () => Promise.resolve(true),
  holdsBack: () => false,
};
const NOBODY_ERASED = { erasedSince: () => Promise.resolve([]) };

/** Opens the features. */
export function createFeatures(scope: FeatureScope): Features {
  const { history, views, clock, onServed } = scope;
  const lost = new Set<string>();
  const catalogues = keepCatalogues(views);
  const recent = keepRecent(scope.online, {
    onLost: (tenant) => lost.add(tenant),
  });
  const { identity, through } = scope.online;
  const erased = keepErasedOut({
    online: { ...scope.online, write: recent.write, remove: recent.remove },
    erasures: scope.erasures ?? NOBODY_ERASED,
    clock,
  });
  const online = { ...recent, through, write: erased.write };
  const stores = { ...ALL_GO_ONLINE, ...scope, online };
  const declared = async (tenant: string) =>
    (await catalogues.of(tenant)).declared;
  const kept = async (tenant: string) => materialised(await declared(tenant));
  return {
    ...openViews(scope, { declared, recent, forget: catalogues.forget }),
    read: (tenant, query) =>
      whenThere(catalogues.of(tenant), (catalogue) => {
        const read = { tenant, catalogue, recent, onServed };
        return readFeatures(read, query);
      }),
    materialize: async (tenant, { scope = "changes", ...job }) => {
      const views = await kept(tenant);
      return await materialize(stores, tenant, { ...job, scope, views });
    },
    refreshFrom: async (messages, signal) => {
      for (const [tenant, some] of byTenant(messages)) {
        const changes = { tenant, messages: some, now: clock.now(), signal };
        await followChanges(stores, { ...changes, views: await kept(tenant) });
      }
    },
    rebuild: async (tenant, report) => {
      const views = await kept(tenant);
      if (await isLost(through, tenant, views)) lost.add(tenant);
      const written = await rebuildOnline(stores, tenant, { views, report });
      lost.delete(tenant);
      return written;
    },
    rebuilding: (tenant) =>
      tenant === undefined ? lost.size > 0 : lost.has(tenant),
    sweepErased: erased.sweep,
    identity,
    lineage: history.lineage,
    statistics: history.statistics,
  };
}

/** Whether a view was never put online here. */
async function isLost(
  through: OnlineFeatures["through"],
  tenant: string,
  views: readonly FeatureView[],
): Promise<boolean> {
  const moments = await Promise.all(views.map((view) => through(tenant, view)));
  return moments.includes(null);
}

function byTenant(
  messages: readonly StreamMessage[],
): Map<string, StreamMessage[]> {
  return Map.groupBy(messages, ({ tenant }) => tenant);
}

type Views = Pick<
  Features,
  "views" | "declared" | "declare" | "promote" | "retire"
>;

function openViews(
  { history, online, views, clock }: FeatureScope,
  { declared, recent, forget }: {
    declared(tenant: string): Promise<readonly DeclaredView[]>;
    readonly recent: Pick<RecentVectors, "remove">;
    forget(tenant: string): void;
  },
): Views {
  return {
    declared,
    views: async (tenant) => serving(await declared(tenant)),
    declare: async (tenant, given) => {
      const view = parseView(given);
      refuseBuiltin(view);
      await views.save(tenant, view, clock.now()).finally(() => forget(tenant));
      return view;
    },
    promote: async (tenant, ref) => {
      const known = materialised(await declared(tenant));
      await refuseUnready(online, tenant, { known, ref });
      await views.promote(tenant, ref, clock.now())
        .finally(() => forget(tenant));
    },
    retire: async (tenant, ref) => {
      await views.retire(tenant, ref).finally(() => forget(tenant));
      const retired = (await declared(tenant)).find(({ view }) =>
        view.name === ref.name && view.version === ref.version
      );
      if (retired === undefined) return;
      const { view } = retired;
      for await (const page of history.vectors(tenant, view, null)) {
        await recent.remove(tenant, page);
      }
      await history.drop(tenant, view);
    },
  };
}

/** Readers of a version that was not computed yet would be told that all is missing. */
async function refuseUnready(
  online: Pick<OnlineFeatures, "through">,
  tenant: string,
  { known, ref }: {
    readonly known: readonly FeatureView[];
    readonly ref: ViewRef;
  },
): Promise<void> {
  const versions = known.filter(({ name }) => name === ref.name);
  const view = versions.find(({ version }) => version === ref.version);
  if (view === undefined || await online.through(tenant, view) !== null) return;
  const throughs = await Promise.all(
    versions.map((one) => online.through(tenant, one)),
  );
  if (throughs.every((through) => through === null)) return;
  throw new EngineError(
    "view_invalid",
    `Cannot promote feature view "${
      printViewRef(ref)
    }": it is not online yet, and another version is; materialise it first`,
    { facts: { view: ref.name, version: ref.version } },
  );
}

function refuseBuiltin({ name }: FeatureView): void {
  if (!BUILTIN_VIEWS.some((builtin) => builtin.name === name)) return;
  throw new EngineError(
    "view_invalid",
    `Cannot declare feature view "${name}": name: a built-in view has it; choose another`,
  );
}
