/**
 * Whom a run computes next, as many entities as a piece holds.
 *
 * A vector changes for one of three reasons: signals of the entity came or were
 * restated, one entered a window, or one left it. The first are in batches after those
 * that the last run saw; the others are told by `valid_until`.
 *
 * @module
 */
import type { DayRange, Instant } from "../domain/day.ts";
import type { FeatureView } from "../domain/feature.ts";
import type { Touched } from "../ports/features.ts";
import { type Grain, grainOf } from "./feature_fields.ts";
import type { Watermark } from "./feature_run_rows.ts";
import type { Session } from "./sql.ts";
import { startStatement, type Statement } from "./statement.ts";
import { entityColumn } from "./tables/columns.ts";

/** Whose signals, after which entity, and how many of them at most. */
export interface Ahead {
  readonly tenant: string;
  /** Last entity that is done, id without type; null if none is. */
  readonly after: string | null;
  /** Signals of a piece, but for those of its last entity. */
  readonly signals: number;
}

/** Entities of a piece. */
export interface Cover {
  readonly after: string | null;
  /** The last of them; null for all that follow. */
  readonly until: string | null;
  /** Who of them; null for everybody. */
  readonly ids: readonly string[] | null;
}

/** What came after one run, up to another. */
export interface Since {
  readonly base: Watermark;
  readonly watermark: Watermark;
  /** End of the windows of the other run. */
  readonly at: Instant;
}

/** Everybody up to the entity with which the piece is full. */
export async function coverAll(
  sql: Session,
  view: FeatureView,
  ahead: Ahead,
): Promise<Cover> {
  const statement = startStatement();
  const { id, from } = signalsOf(view, ahead, statement);
  const [last] = await sql.query<{ id: string }>(
    `select ${id} as id ${from}
    order by ${id} offset ${statement.typed(ahead.signals, "int8")} limit 1`,
    statement.params,
  );
  return { after: ahead.after, until: last?.id ?? null, ids: null };
}

/** Of everybody in a piece those with signals of some days. */
export async function coverDays(
  sql: Session,
  view: FeatureView,
  { days, ...ahead }: Ahead & { readonly days: DayRange },
): Promise<Cover> {
  const { after, until } = await coverAll(sql, view, ahead);
  const statement = startStatement();
  const { id, from, grain } = signalsOf(view, ahead, statement);
  const type = grain.table === "event" ? "timestamptz" : "date";
  const rows = await sql.query<{ id: string }>(
    `select distinct ${id} as id ${from}
      and ${grain.time} >= ${statement.typed(days.from, type)}
      and ${grain.time} < ${statement.typed(days.until, type)}
      ${upTo(id, until, statement)}`,
    statement.params,
  );
  return { after, until, ids: rows.map(({ id }) => id) };
}

/** Those whose vectors may have changed, the next of them by id; none is the end. */
export async function coverChanges(
  sql: Session,
  view: FeatureView,
  { since, ...ahead }: Ahead & { readonly since: Since },
): Promise<Cover> {
  const statement = startStatement();
  const changes = changedSql(view, { ...ahead, ...since }, statement);
  const { grain, id, conditions } = sourceOf(view, ahead.tenant, statement);
  const most = statement.typed(ahead.signals, "int8");
  const rows = await sql.query<{ id: string }>(
    `select distinct piece.id from (
      select c.id
      from (${changes}) c
      left join lateral (
        select from ${grain.table} s
        where ${conditions} and ${id} = c.id limit ${most}
      ) signal on true
      order by c.id limit ${most}
    ) piece
    order by piece.id`,
    statement.params,
  );
  const ids = rows.map(({ id }) => id);
  return { after: ahead.after, until: ids.at(-1) ?? null, ids };
}

/** How many entities may have changed. */
export async function countChanges(
  sql: Session,
  view: FeatureView,
  { tenant, since }: { readonly tenant: string; readonly since: Since },
): Promise<number> {
  const statement = startStatement();
  const changes = changedSql(
    view,
    { tenant, after: null, ...since },
    statement,
  );
  const [row] = await sql.query<{ entities: number }>(
    `select count(*)::float8 as entities from (${changes}) c`,
    statement.params,
  );
  return row?.entities ?? 0;
}

/** Everybody in a piece. */
export async function idsIn(
  sql: Session,
  view: FeatureView,
  { tenant, after, until, ids }: Cover & { readonly tenant: string },
): Promise<readonly string[]> {
  if (ids !== null) return ids;
  const statement = startStatement();
  const { id, from } = signalsOf(view, { tenant, after }, statement);
  const rows = await sql.query<{ id: string }>(
    `select distinct ${id} as id ${from} ${upTo(id, until, statement)}`,
    statement.params,
  );
  return rows.map(({ id }) => id);
}

/** Of some entities the moments of the signals that came. */
export async function touchedSince(
  sql: Session,
  view: FeatureView,
  { tenant, ids, since }: {
    readonly tenant: string;
    readonly ids: readonly string[];
    readonly since: Since;
  },
): Promise<Touched[]> {
  const statement = startStatement();
  const { typed } = statement;
  const { id, grain, from } = broughtSql(view, { tenant, ...since }, statement);
  const rows = await sql.query<{ id: string; moment: Instant }>(
    `select distinct ${id} as id, ${grain.moment(grain.time)} as moment ${from}
      and ${id} = any(${typed(ids, "text[]")})`,
    statement.params,
  );
  return rows.map(({ id, moment }) => ({ id, moments: [moment] }));
}

interface Source {
  readonly grain: Grain;
  /** Column of the entity's id. */
  readonly id: string;
  /** Of the tenant, and of the view's level. */
  readonly conditions: string;
}

function sourceOf(
  view: FeatureView,
  tenant: string,
  { typed }: Statement,
): Source {
  const { source } = view;
  const level = source.grain === "performance"
    ? ` and s.level = ${typed(source.level, "text")}`
    : "";
  return {
    grain: grainOf(view),
    id: `s.${entityColumn(view.entity)}`,
    conditions: `s.tenant = ${typed(tenant, "text")}${level}`,
  };
}

function signalsOf(
  view: FeatureView,
  { tenant, after }: Pick<Ahead, "tenant" | "after">,
  statement: Statement,
): Source & { readonly from: string } {
  const source = sourceOf(view, tenant, statement);
  const { grain, id, conditions } = source;
  const following = after === null
    ? `${id} is not null`
    : `${id} > ${statement.typed(after, "text")}`;
  return {
    ...source,
    from: `from ${grain.table} s where ${conditions} and ${following}`,
  };
}

function upTo(
  id: string,
  until: string | null,
  { typed }: Statement,
): string {
  return until === null ? "" : `and ${id} <= ${typed(until, "text")}`;
}

type Scope = Omit<Since, "at"> & Pick<Ahead, "tenant">;

/**
 * Signals that batches brought after those that the other run saw: by the index of
 * batches, source by source, whatever the planner thinks of batches that it does not
 * know yet.
 */
function broughtSql(
  view: FeatureView,
  { tenant, base, watermark }: Scope,
  statement: Statement,
): Source & { readonly from: string } {
  const source = sourceOf(view, tenant, statement);
  const news = Object.entries(watermark)
    .map(([name, last]) => ({ name, last, first: (base[name] ?? 0) + 1 }))
    .filter(({ first, last }) => first <= last);
  const sources = JSON.stringify(news);
  return {
    ...source,
    from: `from jsonb_to_recordset(${statement.typed(sources, "jsonb")})
        as news(name text, first int8, last int8)
      cross join lateral (
        select s.* from ${source.grain.table} s
        where ${source.conditions} and s.source = news.name
          and s.batch between news.first and news.last
        offset 0
      ) s
      where ${source.id} is not null`,
  };
}

function changedSql(
  view: FeatureView,
  scope: Scope & Pick<Ahead, "after"> & Pick<Since, "at">,
  statement: Statement,
): string {
  const { typed } = statement;
  const { tenant, after, at } = scope;
  const { id, from } = broughtSql(view, scope, statement);
  const prefix = `${view.entity}:`;
  const following = (id: string, last: string) =>
    after === null ? "" : `and ${id} > ${typed(last, "text")}`;
  return `select ${id} as id ${from} ${following(id, after ?? "")}
    union
    select substr(v.entity, ${prefix.length + 1}) as id
    from feature_vector v
    where v.tenant = ${typed(tenant, "text")}
      and v.view = ${typed(view.name, "text")}
      and v.version = ${typed(view.version, "int4")}
      and v.valid_until < ${typed(at, "timestamptz")}
      ${following("v.entity", `${prefix}${after}`)}`;
}
