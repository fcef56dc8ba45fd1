/**
 * What changes on trial were seen to do, added up by all nodes.
 *
 * @module
 */
import { and, eq, sql as text } from "drizzle-orm";
import type {
  RolloutCounts,
  RolloutStage,
  RolloutStore,
} from "../ports/rollouts.ts";
import { orm } from "./orm.ts";
import type { Sql } from "./sql.ts";
import { rolloutCount } from "./tables/governance.ts";

const NOTHING: RolloutCounts = {
  decisions: 0,
  flips: 0,
  tighter: 0,
  looser: 0,
};
const COLUMNS = ["decisions", "flips", "tighter", "looser"] as const;

/** Keeps counts in a database. */
export function createRolloutStore(sql: Sql): RolloutStore {
  const db = orm(sql);
  return {
    add: async (of, counts) => {
      const sums = COLUMNS.map((name) =>
        [name, text`${rolloutCount[name]} + ${counts[name]}`] as const
      );
      await db.insert(rolloutCount).values({ ...keyOf(of), ...counts })
        .onConflictDoUpdate({
          target: [
            rolloutCount.tenant,
            rolloutCount.change,
            rolloutCount.cycle,
            rolloutCount.stage,
          ],
          set: Object.fromEntries(sums),
        });
    },
    seen: async (of) => {
      const { tenant, change, cycle, stage } = keyOf(of);
      const [row] = await db.select().from(rolloutCount).where(and(
        eq(rolloutCount.tenant, tenant),
        eq(rolloutCount.change, change),
        eq(rolloutCount.cycle, cycle),
        eq(rolloutCount.stage, stage),
      ));
      if (row === undefined) return NOTHING;
      const { decisions, flips, tighter, looser } = row;
      return { decisions, flips, tighter, looser };
    },
  };
}

/** In place of a tenant, `*` for what belongs to the whole deployment. */
function keyOf({ scope, change, cycle, stage }: RolloutStage) {
  return { tenant: scope ?? "*", change, cycle, stage };
}
