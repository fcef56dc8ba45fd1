/**
 * The decision log: one chain of hashes per tenant. Whoever appends holds the
 * chain's head until the commit, so two nodes never fork a chain.
 *
 * @module
 */
import { and, asc, eq, gt } from "drizzle-orm";
import { sha256 } from "../../domain/canonical.ts";
import type { LoggedRecord } from "../../domain/decision.ts";
import {
  type Appended,
  type ChainHead,
  type DecisionLog,
  type IdempotentAnswer,
  type LogEntry,
  SealingKeyDestroyed,
} from "../../ports/decisions.ts";
import { keepAnswers, type KeyedAnswer } from "../idempotency.ts";
import { orm } from "../orm.ts";
import type { Session, Sql } from "../sql.ts";
import { chainHead, decision } from "../tables/decisions.ts";
import { logAnchor } from "../tables/log.ts";
import { ownersIn } from "./owners.ts";
import { appendUnknown, isKnownEntry } from "./known.ts";
import { LOGGED, searchLog } from "./search.ts";

const GENESIS = "0".repeat(64);

/** Keeps the log in a database. */
export function createDecisionLog(sql: Sql): DecisionLog {
  const db = orm(sql);
  const left: Heads = new Map();
  return {
    append: async (entries) => {
      try {
        const growth = growFrom(left, entries);
        if (growth === null || !await write(sql, growth)) {
          return await sql.transaction((tx) => append(tx, entries, left));
        }
        remember(left, growth);
        return growth.outcomes;
      } catch (error) {
        if (!isKnownEntry(error)) throw error;
        return await sql.transaction(async (tx) => {
          await lockHeads(tx, entries);
          return await appendUnknown(
            tx,
            entries,
            (unknown) => append(tx, unknown, left),
          );
        });
      }
    },
    find: async (tenant, id) => {
      const [row] = await db.select(LOGGED).from(decision)
        .where(and(eq(decision.tenant, tenant), eq(decision.id, id)));
      return row ?? null;
    },
    read: (tenant, after, limit) =>
      db.select(LOGGED).from(decision)
        .where(and(eq(decision.tenant, tenant), gt(decision.seq, after)))
        .orderBy(asc(decision.seq)).limit(limit),
    search: (tenant, asked) => searchLog(sql, tenant, asked),
    head: async (tenant) => {
      const [row] = await db.select(HEAD).from(chainHead)
        .where(and(eq(chainHead.tenant, tenant), gt(chainHead.seq, 0)));
      return row ?? null;
    },
    anchor: async (tenant) => {
      const [row] = await db.select(ANCHOR).from(logAnchor)
        .where(eq(logAnchor.tenant, tenant));
      return row ?? null;
    },
    tenants: async () => {
      const rows = await sql.query<{ tenant: string }>(TENANTS);
      return rows.map(({ tenant }) => tenant);
    },
  };
}

const HEAD = { seq: chainHead.seq, hash: chainHead.hash };

const ANCHOR = { seq: logAnchor.seq, hash: logAnchor.hash };

type Heads = Map<string, ChainHead>;

interface Link extends LoggedRecord {
  readonly entry: LogEntry;
}

/** How chains are to grow: from which heads, by which links, to which heads. */
interface Growth {
  readonly from: Heads;
  readonly to: Heads;
  readonly links: readonly Link[];
  readonly outcomes: readonly Appended[];
}

/**
 * Growth from the heads that this process left, which holds unless another node
 * wrote since. Null where a head is not known, or a key is to be kept.
 */
function growFrom(left: Heads, entries: readonly LogEntry[]): Growth | null {
  const from: Heads = new Map();
  for (const { tenant, idempotent } of entries) {
    const head = left.get(tenant);
    if (head === undefined || idempotent !== null) return null;
    from.set(tenant, head);
  }
  return grow(from, entries, []);
}

async function append(
  tx: Session,
  entries: readonly LogEntry[],
  left: Heads,
): Promise<readonly Appended[]> {
  const from = await lockHeads(tx, entries);
  const firsts = await keepAnswers(tx, entries.flatMap(keyedAnswer));
  const growth = grow(from, entries, firsts);
  if (!await write(tx, growth)) {
    throw new Error("A head moved under its lock");
  }
  remember(left, growth);
  return growth.outcomes;
}

/** Only a guess: it may be rolled back, or another node may write. */
function remember(left: Heads, { to }: Growth): void {
  for (const [tenant, head] of to) left.set(tenant, head);
}

function keyedAnswer({ tenant, at, idempotent }: LogEntry): KeyedAnswer[] {
  return idempotent === null ? [] : [{ tenant, at, answer: idempotent }];
}

/** In order of the tenants, so that two writers never wait for each other in a circle. */
async function lockHeads(
  tx: Session,
  entries: readonly LogEntry[],
): Promise<Heads> {
  const tenants = [...new Set(entries.map(({ tenant }) => tenant))].sort();
  const lock = () =>
    tx.query<{ tenant: string; seq: bigint; hash: string }>(
      LOCK_HEADS,
      [tenants],
    );
  let rows = await lock();
  if (rows.length < tenants.length) {
    await tx.query(START_CHAINS, [tenants, GENESIS]);
    rows = await lock();
  }
  return new Map(
    rows.map(({ tenant, seq, hash }) => [tenant, { seq: Number(seq), hash }]),
  );
}

/** `firsts` has a member for each entry with a key: the answer that was first. */
function grow(
  from: Heads,
  entries: readonly LogEntry[],
  firsts: readonly (IdempotentAnswer | null)[],
): Growth {
  const to = new Map(from);
  const links: Link[] = [];
  let keyed = 0;
  const outcomes = entries.map((entry): Appended => {
    const first = entry.idempotent === null ? null : firsts[keyed++] ?? null;
    if (first !== null) return { kind: "duplicate", first };
    const link = chain(to, entry);
    links.push(link);
    return { kind: "appended", seq: link.seq, hash: link.hash };
  });
  return { from, to, links, outcomes };
}

function chain(heads: Heads, entry: LogEntry): Link {
  const { tenant, id, at, record, kind = "decision" } = entry;
  const head = heads.get(tenant) ?? { seq: 0, hash: GENESIS };
  const prev = head.hash;
  const seq = head.seq + 1;
  const hash = sha256(`${prev}\n${seq}\n${record}`);
  heads.set(tenant, { seq, hash });
  return { entry, seq, id, at, kind, prev, hash, record };
}

/**
 * Writes all, or nothing if a head is not where the growth begins.
 *
 * @throws {SealingKeyDestroyed} If a key that some of it is sealed under is.
 */
async function write(
  session: Session,
  { from, to, links }: Growth,
): Promise<boolean> {
  if (links.length === 0) return true;
  const [row] = await session.query<{ held: boolean; living: boolean }>(GROW, [
    [...from.keys()],
    [...from.values()].map(({ seq }) => seq),
    [...from.values()].map(({ hash }) => hash),
    [...to.values()].map(({ seq }) => seq),
    [...to.values()].map(({ hash }) => hash),
    links.map(({ entry }) => entry.tenant),
    links.map(({ seq }) => seq),
    links.map(({ id }) => id),
    links.map(({ entry }) => entry.at),
    links.map(({ prev }) => prev),
    links.map(({ hash }) => hash),
    links.map(({ record }) => record).join("\n"),
    links.map(({ kind }) => kind),
    links.map(({ entry }) => entry.entities?.join("\t") ?? "").join("\n"),
    links.map(({ entry }) => entry.sealedBy ?? ""),
  ]);
  if (row?.living === false) throw new SealingKeyDestroyed();
  return row?.held === true;
}

/** From the rows too: a head that was removed hides no chain. */
const TENANTS = `
  select tenant from chain_head where seq > 0
  union ${ownersIn("decision")}
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

/**
 * One statement, so one transaction and one round trip: heads that are where they
 * are expected are locked, in order, and moved, and the links are inserted. Text
 * of JSON has no line break, so records travel as lines, without escapes; neither have
 * the names of entities, nor tabs, so those of a record travel as one line. A key that was
 * destroyed when the statement began is seen; one that is destroyed later was not yet.
 */
const GROW = `
  with held as materialized (
    select head.tenant from chain_head as head
    join unnest($1::text[], $2::int8[], $3::text[]) as given(tenant, seq, hash)
      on head.tenant = given.tenant and head.seq = given.seq
      and head.hash = given.hash
    order by head.tenant
    for update of head
  ),
  sealing as materialized (
    select not exists (
      select from data_key
      where (tenant, id) in (select * from unnest($6::text[], $15::text[]))
        and destroyed_at is not null
    ) as living
  ),
  sound as materialized (
    select from (select count(*) as heads from held) as counted, sealing
    where heads = cardinality($1::text[]) and living
  ),
  moved as (
    update chain_head set seq = given.seq, hash = given.hash
    from unnest($1::text[], $4::int8[], $5::text[]) as given(tenant, seq, hash)
    where chain_head.tenant = given.tenant and exists (select from sound)
  ),
  linked as (
    insert into decision (tenant, seq, id, at, prev, hash, record, kind)
    select * from unnest($6::text[], $7::int8[], $8::text[], $9::timestamptz[],
      $10::text[], $11::text[], string_to_array($12, E'\\n'), $13::text[])
    where exists (select from sound)
  ),
  named as (
    insert into decision_entity (tenant, entity, at, seq)
    select tenant, entity, at, seq
    from unnest($6::text[], $7::int8[], $9::timestamptz[],
      string_to_array($14, E'\\n')) as given(tenant, seq, at, entities),
      unnest(string_to_array(entities, E'\\t')) as entity
    where exists (select from sound)
    on conflict do nothing
  )
  select exists (select from sound) as held, living from sealing`;
