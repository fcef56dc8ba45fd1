/**
 * `moe migrate`: brings the database to the tables of this release, or says what that
 * would do.
 *
 * @module
 */
import { migrate, pendingMigrations } from "../store/migrate.ts";
import { withDatabase } from "../store/upgrade/with_database.ts";
import type { Command } from "./command.ts";

/** Migrates. */
export const migrateCommand: Command = {
  name: "migrate",
  about: "bring the database to the tables of this release, beside who serves",
  operands: [],
  options: {
    "check!": "say what would be applied, and change nothing; 1 if anything",
  },
  run: ({ configuration, terminal }, _operands, options) =>
    withDatabase(configuration, async (sql) => {
      if (options.check !== true) {
        const applied = await migrate(sql);
        for (const tag of applied) terminal.line(`applied ${tag}`);
        if (applied.length === 0) terminal.line("nothing to apply");
        return 0;
      }
      const pending = await pendingMigrations(sql);
      for (const { tag, statements, indexes } of pending) {
        terminal.line(
          `${tag}: ${statements.length} statements, and ${indexes.length} indexes beside the traffic`,
        );
      }
      if (pending.length === 0) terminal.line("nothing to apply");
      return pending.length === 0 ? 0 : 1;
    }),
};
