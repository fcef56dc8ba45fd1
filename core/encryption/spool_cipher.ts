/**
 * Seals what lies in a node's spool under the keys of its tenants that are at hand, so
 * that it needs no store while that does not answer.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { EngineError } from "../domain/error.ts";
import type { SpoolCipher } from "../ports/spool.ts";
import type { DataKeys } from "./data_keys.ts";
import { open, seal } from "./envelope.ts";
import type { TenantRing } from "./tenant_keys.ts";

const ID_BYTES = 16;

/** Opens the cipher of a spool. */
export function createSpoolCipher(
  keys: Pick<DataKeys, "atHand">,
): SpoolCipher {
  const rings = new Map<string, TenantRing>();
  return {
    async prepare(tenants) {
      for (const tenant of tenants) {
        rings.set(tenant, await keys.atHand(tenant));
      }
    },
    seal(tenant, text) {
      const { newest } = demand(rings, tenant);
      const place = placeOf(tenant, newest.id);
      return Buffer.concat([
        Buffer.from(newest.id),
        seal(newest.seal, place, text),
      ]);
    },
    open(tenant, sealed) {
      const id = Buffer.from(sealed.subarray(0, ID_BYTES)).toString();
      const key = demand(rings, tenant).byId.get(id);
      if (key === undefined) throw erased(tenant);
      const place = placeOf(tenant, id);
      const opened = open(key.seal, place, sealed.subarray(ID_BYTES));
      if (opened !== null) return opened.toString("utf8");
      throw new EngineError(
        "log_tampered",
        `Cannot open spooled record of tenant "${tenant}": it is not what was sealed`,
        { facts: { tenant } },
      );
    },
  };
}

function placeOf(tenant: string, id: string) {
  return [tenant, "spool", id];
}

function demand(
  rings: ReadonlyMap<string, TenantRing>,
  tenant: string,
): TenantRing {
  const ring = rings.get(tenant);
  if (ring !== undefined) return ring;
  throw new Error("A tenant's keys were not prepared");
}

function erased(tenant: string): EngineError {
  return new EngineError(
    "record_erased",
    `Cannot open spooled record of tenant "${tenant}": its key was destroyed`,
    { facts: { tenant } },
  );
}
