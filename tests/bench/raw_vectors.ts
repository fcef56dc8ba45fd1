/**
 * The least that vectors cost which are kept in both stores: they are written as they
 * are, with nothing computed, looked up or compared.
 *
 * @module
 */
import type { FeatureVector } from "../../core/domain/feature.ts";
import { chunks } from "../../core/store/chunks.ts";
import type { Sql } from "../../core/store/sql.ts";

/** Keys of one commit. */
const COMMIT_KEYS = 100;

/** A table and a key-value store of vectors. */
export interface RawVectors {
  write(vectors: readonly FeatureVector[]): Promise<void>;
  close(): void;
}

/** Makes the table, and opens a file beside those that there are. */
export async function openRawVectors(
  sql: Sql,
  folder: string,
): Promise<RawVectors> {
  await sql.query(
    `create table raw_vector (view text, entity text, vector jsonb,
      primary key (view, entity))`,
  );
  const kv = await Deno.openKv(`${folder}/raw.kv`);
  return {
    write: async (vectors) => {
      await sql.query(UPSERT, [
        vectors.map(({ view }) => view),
        vectors.map(({ entity }) => entity),
        vectors.map(({ values }) => JSON.stringify(values)),
      ]);
      for (const some of chunks(vectors, COMMIT_KEYS)) {
        const commit = kv.atomic();
        for (const { view, entity, at, values } of some) {
          commit.set([view, entity], { at, values });
        }
        await commit.commit();
      }
    },
    close: () => kv.close(),
  };
}

const UPSERT = `
  insert into raw_vector
  select * from unnest($1::text[], $2::text[], $3::jsonb[])
  on conflict (view, entity) do update set vector = excluded.vector`;
