/**
 * No version of a view is retired while a model that serves, or that one falls back on,
 * reads it: it would be given the values of another version under the same names.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import { type ModelRecord, printModelRef } from "../domain/score.ts";
import type { ViewRef } from "../ports/features.ts";
import type { ModelRegistry } from "../ports/models.ts";
import type { Features } from "./features.ts";
import { printViewRef } from "./versions.ts";

/**
 * Features of which only versions are retired that no model in charge reads.
 *
 * @returns Features whose `retire` also throws `view_invalid` for such a version.
 */
export function guardRetirement(
  features: Features,
  models: Pick<ModelRegistry, "list" | "champion">,
): Features {
  return {
    ...features,
    retire: async (tenant, ref) => {
      const reader = (await inCharge(models, tenant)).find(({ lineage }) =>
        lineage.views.includes(printViewRef(ref))
      );
      if (reader !== undefined) throw refused(ref, reader);
      await features.retire(tenant, ref);
    },
  };
}

/** Of each name the version that serves and the one before it. */
async function inCharge(
  models: Pick<ModelRegistry, "list" | "champion">,
  tenant: string,
): Promise<readonly ModelRecord[]> {
  const listed = await models.list(tenant);
  const names = new Set(listed.map(({ name }) => name));
  const champions = await Promise.all(
    [...names].map((name) => models.champion(tenant, name)),
  );
  return champions.flatMap((one) => [one?.champion, one?.previous])
    .filter((record) => record !== undefined && record !== null);
}

function refused(view: ViewRef, model: ModelRecord): EngineError {
  return new EngineError(
    "view_invalid",
    `Cannot retire feature view "${printViewRef(view)}": model "${
      printModelRef(model)
    }" reads it; approve one that reads another version first`,
    { facts: { view: view.name, version: view.version } },
  );
}
