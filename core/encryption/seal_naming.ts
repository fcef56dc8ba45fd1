/**
 * What records are found by, made blind.
 *
 * @module
 */
import type { LogNaming } from "../ports/log.ts";
import type { DataKeys } from "./data_keys.ts";

/** Makes names blind, as those of sealed records are. */
export function sealNaming(
  naming: LogNaming,
  keys: Pick<DataKeys, "blind">,
): LogNaming {
  return {
    ...naming,
    name: async (tenant, names) => {
      const blind = await keys.blind(tenant, names.map(({ entity }) => entity));
      await naming.name(
        tenant,
        names.map((name, place) => {
          const entity = blind[place];
          if (entity === undefined) throw new Error("A name has no blind one");
          return { ...name, entity };
        }),
      );
    },
  };
}
