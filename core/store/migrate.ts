/**
 * Brings a database to the present tables, once, however many nodes start at once.
 * Indexes are built in the same transaction: whoever writes to a large table waits
 * until they are.
 *
 * @module
 */
import journal from "./migrations/meta/_journal.json" with { type: "json" };
import type { Session, Sql } from "./sql.ts";

/** Any number that no other lock of ours uses. */
const LOCK = 7_301_946;
const BREAKPOINT = "--> statement-breakpoint";

/** Applies the migrations that are missing, all in one transaction. */
export async function migrate(sql: Sql): Promise<void> {
  await sql.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1::int8)", [LOCK]);
    await tx.query(
      "create table if not exists migration (tag text primary key, applied_at timestamptz not null default now())",
    );
    const applied = new Set(
      (await tx.query<{ tag: string }>("select tag from migration"))
        .map(({ tag }) => tag),
    );
    for (const { tag } of journal.entries) {
      if (!applied.has(tag)) await apply(tx, tag);
    }
  });
}

async function apply(tx: Session, tag: string): Promise<void> {
  const file = new URL(`./migrations/${tag}.sql`, import.meta.url);
  for (const statement of (await Deno.readTextFile(file)).split(BREAKPOINT)) {
    await tx.query(statement);
  }
  await tx.query("insert into migration (tag) values ($1)", [tag]);
}
