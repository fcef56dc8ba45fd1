/**
 * The decision log: one chain of hashes per tenant. Whoever appends holds the
 * chain's head until the commit, so two nodes never fork a chain.
 *
 * @module
 */
import { and, asc, eq, gt } from "drizzle-orm";
import { sha256 } from "../domain/canonical.ts";
import type { LoggedRecord } from "../domain/decision.ts";
import type {
  Appended,
  ChainHead,
  DecisionLog,
  LogEntry,
} from "../ports/decisions.ts";
import { keepAnswers, type KeyedAnswer } from "./idempotency.ts";
import { orm } from "./orm.ts";
import type { Session, Sql } from "./sql.ts";
import { chainHead, decision } from "./tables/decisions.ts";

const GENESIS = "0".repeat(64);

/** Keeps the log in a database. */
export function createDecisionLog(sql: Sql): DecisionLog {
  const db = orm(sql);
  return {
    append: async (entries) =>
      entries.length === 0
        ? []
        : await sql.transaction((tx) => append(tx, entries)),
    find: async (tenant, id) => {
      const [row] = await db.select(LOGGED).from(decision)
        .where(and(eq(decision.tenant, tenant), eq(decision.id, id)));
      return row ?? null;
    },
    read: (tenant, after, limit) =>
      db.select(LOGGED).from(decision)
        .where(and(eq(decision.tenant, tenant), gt(decision.seq, after)))
        .orderBy(asc(decision.seq)).limit(limit),
    head: async (tenant) => {
      const [row] = await db.select(HEAD).from(chainHead)
        .where(and(eq(chainHead.tenant, tenant), gt(chainHead.seq, 0)));
      return row ?? null;
    },
    tenants: async () => {
      const rows = await sql.query<{ tenant: string }>(TENANTS);
      return rows.map(({ tenant }) => tenant);
    },
  };
}

const LOGGED = {
  seq: decision.seq,
  id: decision.id,
  prev: decision.prev,
  hash: decision.hash,
  record: decision.record,
};

const HEAD = { seq: chainHead.seq, hash: chainHead.hash };

interface Link extends LoggedRecord {
  readonly entry: LogEntry;
}

async function append(
  tx: Session,
  entries: readonly LogEntry[],
): Promise<Appended[]> {
  const heads = await lockHeads(tx, entries);
  const firsts = await keepAnswers(tx, entries.flatMap(keyedAnswer));
  let keyed = 0;
  const links: Link[] = [];
  const outcomes = entries.map((entry): Appended => {
    const first = entry.idempotent === null ? null : firsts[keyed++] ?? null;
    if (first !== null) return { kind: "duplicate", first };
    const link = chain(heads, entry);
    links.push(link);
    return { kind: "appended", seq: link.seq, hash: link.hash };
  });
  await insertLinks(tx, links);
  await moveHeads(tx, heads);
  return outcomes;
}

function keyedAnswer({ tenant, at, idempotent }: LogEntry): KeyedAnswer[] {
  return idempotent === null ? [] : [{ tenant, at, answer: idempotent }];
}

/** In order of the tenants, so that two writers never wait for each other in a circle. */
async function lockHeads(
  tx: Session,
  entries: readonly LogEntry[],
): Promise<Map<string, ChainHead>> {
  const tenants = [...new Set(entries.map(({ tenant }) => tenant))].sort();
  await tx.query(START_CHAINS, [tenants, GENESIS]);
  const rows = await tx.query<{ tenant: string; seq: bigint; hash: string }>(
    LOCK_HEADS,
    [tenants],
  );
  return new Map(
    rows.map(({ tenant, seq, hash }) => [tenant, { seq: Number(seq), hash }]),
  );
}

function chain(heads: Map<string, ChainHead>, entry: LogEntry): Link {
  const { tenant, id, record } = entry;
  const head = heads.get(tenant) ?? { seq: 0, hash: GENESIS };
  const prev = head.hash;
  const seq = head.seq + 1;
  const hash = sha256(`${prev}\n${seq}\n${record}`);
  heads.set(tenant, { seq, hash });
  return { entry, seq, id, prev, hash, record };
}

async function insertLinks(tx: Session, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return;
  await tx.query(INSERT_LINKS, [
    links.map(({ entry }) => entry.tenant),
    links.map(({ seq }) => seq),
    links.map(({ id }) => id),
    links.map(({ entry }) => entry.at),
    links.map(({ prev }) => prev),
    links.map(({ hash }) => hash),
    links.map(({ record }) => record),
  ]);
}

async function moveHeads(
  tx: Session,
  heads: ReadonlyMap<string, ChainHead>,
): Promise<void> {
  await tx.query(MOVE_HEADS, [
    [...heads.keys()],
    [...heads.values()].map(({ seq }) => seq),
    [...heads.values()].map(({ hash }) => hash),
  ]);
}

/** From the rows too: a head that was removed hides no chain. */
const TENANTS = `
  select tenant from chain_head where seq > 0
  union select tenant from decision
  order by tenant`;

const START_CHAINS = `
  insert into chain_head (tenant, seq, hash)
  select tenant, 0, $2 from unnest($1::text[]) as given(tenant)
  on conflict do nothing`;

const LOCK_HEADS = `
  select tenant, seq, hash from chain_head
  where tenant = any($1::text[])
  order by tenant
  for update`;

const INSERT_LINKS = `
  insert into decision (tenant, seq, id, at, prev, hash, record)
  select * from unnest($1::text[], $2::int8[], $3::text[], $4::timestamptz[],
    $5::text[], $6::text[], $7::text[])`;

const MOVE_HEADS = `
  update chain_head set seq = given.seq, hash = given.hash
  from unnest($1::text[], $2::int8[], $3::text[]) as given(tenant, seq, hash)
  where chain_head.tenant = given.tenant`;
