/**
 * Signed checkpoints in the database, beside the logs that they are of.
 *
 * @module
 */
import type { ChainHead } from "../../ports/decisions.ts";
import {
  type CheckpointStore,
  DEPLOYMENT,
  type KeptCheckpoint,
  type LogStanding,
} from "../../ports/log.ts";
import type { Sql } from "../sql.ts";
import { ownerOf } from "../wall/owner.ts";
import { ownersIn } from "./owners.ts";

interface CheckpointRow {
  readonly number: number;
  readonly at: string;
  readonly note: string;
  readonly decisions: bigint;
  readonly acts: bigint;
}

interface StandingRow {
  readonly owner: string;
  readonly seq: bigint | null;
  readonly hash: string | null;
  readonly actsSeq: bigint | null;
  readonly actsHash: string | null;
}

/** Keeps checkpoints in a database. */
export function createCheckpointStore(sql: Sql): CheckpointStore {
  return {
    owners: async () =>
      (await sql.query<{ tenant: string }>(OWNERS))
        .map(({ tenant }) => tenant),
    standings: async () => {
      const rows = await sql.query<StandingRow & CheckpointRow>(STANDINGS);
      return rows.map(standingOf);
    },
    keep: async (owner, { number, at, note, sizes }) => {
      const { decisions, acts } = sizes;
      const kept = await sql.query(KEEP, [
        ...[owner, number, at, note, decisions, acts],
      ]);
      return kept.length === 1;
    },
    list: async (owner, after, limit) => {
      const asked = owner === DEPLOYMENT ? ownerOf(sql) : sql;
      return (await asked.query<CheckpointRow>(LIST, [owner, after, limit]))
        .map(checkpointOf);
    },
    lastBefore: async (owner, at) => {
      const [row] = await sql.query<CheckpointRow>(LAST_BEFORE, [owner, at]);
      return row === undefined ? null : checkpointOf(row);
    },
  };
}

function standingOf(row: StandingRow & CheckpointRow): LogStanding {
  return {
    owner: row.owner,
    heads: {
      decisions: headOf(row.seq, row.hash),
      acts: headOf(row.actsSeq, row.actsHash),
    },
    last: row.number === null ? null : checkpointOf(row),
  };
}

function headOf(seq: bigint | null, hash: string | null): ChainHead {
  return { seq: Number(seq ?? 0), hash: hash ?? NO_HASH };
}

function checkpointOf(
  { number, at, note, decisions, acts }: CheckpointRow,
): KeptCheckpoint {
  const sizes = { decisions: Number(decisions), acts: Number(acts) };
  return { number, at, note, sizes };
}

const NO_HASH = "0".repeat(64);

const OWNERS = `
  select tenant from chain_head where seq > 0
  union ${ownersIn("decision")}
  union ${ownersIn("audit_event")}
  union ${ownersIn("checkpoint")}
  order by tenant`;

const STANDINGS = `
  with owner as (
    select tenant from chain_head where seq > 0
    union ${ownersIn("audit_event")}
  )
  select owner.tenant as owner, head.seq, head.hash,
    act.seq as "actsSeq", act.hash as "actsHash",
    last.number, last.at, last.note, last.decisions, last.acts
  from owner
  left join chain_head as head on head.tenant = owner.tenant
  left join lateral (
    select seq, hash from audit_event where tenant = owner.tenant
    order by seq desc limit 1
  ) as act on true
  left join lateral (
    select * from checkpoint where tenant = owner.tenant
    order by number desc limit 1
  ) as last on true
  order by owner.tenant`;

const KEEP = `
  insert into checkpoint (tenant, number, at, note, decisions, acts)
  values ($1, $2::int4, $3::timestamptz, $4, $5::int8, $6::int8)
  on conflict do nothing
  returning 1`;

const LIST = `
  select number, at, note, decisions, acts from checkpoint
  where tenant = $1 and number > $2::int4
  order by number limit $3::int4`;

const LAST_BEFORE = `
  select number, at, note, decisions, acts from checkpoint
  where tenant = $1 and at < $2::timestamptz
  order by number desc limit 1`;
