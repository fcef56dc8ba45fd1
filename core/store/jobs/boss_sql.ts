/**
 * pg-boss over our own sessions, so that it works on the embedded database too and opens
 * no connection of its own.
 *
 * It sends scripts of several statements, and expects what node-postgres answers: moments
 * as dates, whole numbers of 64 bits as text.
 *
 * @see https://pgboss.io/api/constructor (`db`), read on 2026-11-26
 * @module
 */
import type { Param } from "../codec.ts";
import type { Session, Sql } from "../sql.ts";

/** What pg-boss asks of a database. */
export interface BossSql {
  executeSql(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Record<string, unknown>[] }>;
}

/** One statement of a script; quoted text, function bodies and comments may hold semicolons. */
const STATEMENT =
  /(?:'(?:[^']|'')*'|"[^"]*"|(\$\w*\$)[\s\S]*?\1|--[^\n]*|[^;])+/g;
const COMMENTS = /--[^\n]*/g;
/** Of a script that is a transaction, as it runs in one of ours. */
const BRACKETS = /^(?:begin|commit)$/i;

/** Runs what pg-boss sends. */
export function overSql(sql: Sql): BossSql {
  return {
    executeSql: (text, values = []) => {
      const script = values.length > 0 ? [text] : splitScript(text);
      return script.length === 1
        ? run(sql, [text], values)
        : sql.transaction((tx) => run(tx, script, []));
    },
  };
}

/** As {@link overSql}, within a transaction that is open. */
export function overSession(session: Session): BossSql {
  return {
    executeSql: (text, values = []) =>
      run(session, values.length > 0 ? [text] : splitScript(text), values),
  };
}

/**
 * Takes a script apart.
 *
 * @param text Statements, with `begin` and `commit` around them or not.
 * @returns The statements in order, without those two.
 */
export function splitScript(text: string): string[] {
  if (!text.includes(";")) return [text];
  return (text.match(STATEMENT) ?? [])
    .map((statement) => statement.trim())
    .filter((statement) => {
      const bare = statement.replace(COMMENTS, "").trim();
      return bare !== "" && !BRACKETS.test(bare);
    });
}

async function run(
  session: Session,
  statements: readonly string[],
  values: readonly unknown[],
): Promise<{ rows: Record<string, unknown>[] }> {
  const rows: Record<string, unknown>[] = [];
  for (const statement of statements) {
    rows.push(...await session.query(statement, values.map(toParam)));
  }
  return { rows: rows.map(toRow) };
}

function toParam(value: unknown): Param {
  return value instanceof Date ? value.toISOString() : value as Param;
}

function toRow(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === "bigint" ? String(value) : value,
    ]),
  );
}
