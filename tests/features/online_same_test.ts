/**
 * What is read online equals the specification as of the moment at which it was put
 * there, and the point-in-time join at that moment.
 *
 * @module
 */
import fc from "fast-check";
import type { FeatureView } from "../../core/domain/feature.ts";
import { createFeatures, type Features } from "../../core/features/features.ts";
import { trainingRows } from "../../core/features/point_in_time.ts";
import type { Stores } from "../../core/ports/stores.ts";
import { AT, batches, IDS, moment } from "./boundary_signals.ts";
import { eventViews, performanceViews } from "./boundary_views.ts";
import { withStores } from "./embedded_stores.ts";
import type { ObservedSignal } from "./evaluate.ts";
import { assertValues, write } from "./written_signals.ts";

const MOMENTS = [moment(-1), AT];

/** Several views, for what takes long is to put any online. */
const views = fc.array(fc.oneof(eventViews, performanceViews), {
  minLength: 8,
  maxLength: 8,
}).map((views) =>
  views.map((view, place) => ({ ...view, name: `${view.name}_${place}` }))
);

Deno.test("evaluate() = online read = point-in-time join", () =>
  withStores(AT, async (stores, clock) => {
    const features = createFeatures({ ...stores, clock });
    let tenants = 0;
    await fc.assert(
      fc.asyncProperty(batches, views, async (all, views) => {
        const tenant = `online-${tenants++}`;
        const observed: ObservedSignal[] = [];
        for (const view of views) await features.declare(tenant, view);
        for (const [place, at] of MOMENTS.entries()) {
          const batch = all[place];
          if (batch) {
            observed.push(...await write(stores.signals, tenant, batch));
          }
          await features.materialize(tenant, { at, report: () => {} });
          for (const view of views) {
            const subject = { tenant, view, observed, at };
            await compare({ features, stores }, subject);
          }
        }
      }),
      { numRuns: 3, endOnFailure: true },
    );
  }));

interface Subject {
  readonly tenant: string;
  readonly view: FeatureView;
  readonly observed: readonly ObservedSignal[];
  readonly at: string;
}

async function compare(
  { features, stores }: {
    readonly features: Features;
    readonly stores: Stores;
  },
  { tenant, view, observed, at }: Subject,
): Promise<void> {
  const ids = view.features.map(({ name }) => `${view.name}.${name}`);
  const { columns } = await trainingRows(stores.history, {
    tenant,
    labels: IDS.map((id) => ({ entities: { [view.entity]: id }, at })),
    ids,
    views: await features.declared(tenant),
    knownAt: null,
  });
  for (const [row, id] of IDS.entries()) {
    const readings = await features.read(tenant, {
      ids,
      entities: { [view.entity]: id },
      at,
      purpose: "tests",
    });
    const absent = ids.every((id) =>
      ["missing", "withheld"].includes(readings[id]?.status ?? "")
    );
    const online = ids.map((id) => readings[id]?.value ?? null);
    const point = { observed, point: { id, at } };
    assertValues(view, absent ? undefined : online, point);
    assertValues(view, columns.map((column) => column[row] ?? null), point);
  }
}
