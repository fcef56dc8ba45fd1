/**
 * The second wall between tenants: statements that run for a tenant go as a role that
 * has no other rows, whatever they ask for.
 *
 * A single statement takes a transaction for that. On a server the role is taken in the
 * same round trip; what is embedded takes one statement at a time.
 *
 * @module
 */
import type { CopyRows, Driver } from "../sql.ts";
import { actingTenant } from "./acting.ts";

/** The role of statements that run for a tenant. */
export const ROLE = "moe_tenant";
/** The setting that says for which. */
export const SETTING = "moe.tenant";

const ACT =
  `select set_config('${SETTING}', $1, true), set_config('role', '${ROLE}', true)`;

/** A driver whose statements go as the tenant that is worked for. */
export function behindWall(driver: Driver): Driver {
  function walled<T>(
    tenant: string,
    work: (run: Driver["run"], copy: CopyRows) => Promise<T>,
  ): Promise<T> {
    return driver.transaction(async (run, copy) => {
      const acting = run(ACT, [tenant], "array");
      acting.catch(() => {});
      if (driver.embedded) await acting;
      try {
        return await work(run, copy);
      } finally {
        await acting;
      }
    });
  }
  return {
    ...driver,
    run: (text, params, mode) => {
      const tenant = actingTenant();
      return tenant === null
        ? driver.run(text, params, mode)
        : walled(tenant, (run) => run(text, params, mode));
    },
    transaction: (work) => {
      const tenant = actingTenant();
      return tenant === null ? driver.transaction(work) : walled(tenant, work);
    },
  };
}
