/**
 * Effects in a database: each is kept with the id of its message, in one transaction.
 *
 * @module
 */
import type { StreamMessage } from "../../core/ports/stream.ts";
import type { Sql } from "../../core/store/sql.ts";

/** Makes the tables. */
export async function openEffects(sql: Sql): Promise<void> {
  await sql.query("create table effect (id text primary key)");
  await sql.query("create table effect_sum (spend int8, attempts int8)");
  await sql.query("insert into effect_sum values (0, 0)");
}

/** Has the effects of messages that were not seen before: adds up their spend. */
export async function haveEffects(
  sql: Sql,
  messages: readonly StreamMessage[],
): Promise<void> {
  await sql.transaction(async (tx) => {
    const fresh = await tx.query<{ id: string }>(REMEMBER, [
      messages.map(({ id }) => id),
    ]);
    const ids = new Set(fresh.map(({ id }) => id));
    const spend = messages.filter(({ id }) => ids.has(id))
      .reduce((sum, message) => sum + changeOf(message), 0n);
    await tx.query(ADD, [spend, messages.length]);
  });
}

/** What came of it. */
export async function readEffects(
  sql: Sql,
): Promise<{ ids: string[]; spend: bigint; attempts: number }> {
  const ids = await sql.query<{ id: string }>("select id from effect");
  const [sum] = await sql.query<{ spend: bigint; attempts: bigint }>(
    "select spend, attempts from effect_sum",
  );
  return {
    ids: ids.map(({ id }) => id).sort(),
    spend: sum?.spend ?? 0n,
    attempts: Number(sum?.attempts),
  };
}

function changeOf(message: StreamMessage): bigint {
  if (message.kind === "event") return 0n;
  const { before, after } = message;
  return (after.spend_micros ?? 0n) - (before?.spend_micros ?? 0n);
}

const REMEMBER = `
  insert into effect (id) select unnest($1::text[])
  on conflict do nothing
  returning id`;

const ADD = `
  update effect_sum
  set spend = spend + $1::int8, attempts = attempts + $2::int8`;
