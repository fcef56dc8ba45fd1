/**
 * A folder of logs, and `moe` run on it in this process.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Configuration,
  readConfiguration,
} from "../../core/commands/configuration.ts";
import { runCommand } from "../../core/commands/run.ts";
import { hashRecord } from "../../core/decisions/log/records/record.ts";
import { openPglite } from "../../core/store/pglite.ts";

/** A folder, and what runs on it. */
export interface LogDesk {
  readonly folder: string;
  readonly configuration: Configuration;
  /** Runs a command and returns what it printed; it must end with this code. */
  moe(args: string, code?: number): Promise<string>;
}

/** Opens a desk, with its data, its second place and its rules of retention below it. */
export async function withLogDesk(
  run: (desk: LogDesk) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "log_commands_" });
  const variables: Record<string, string> = {
    MOE_DATA: `${folder}/data`,
    MOE_CHECKPOINTS: `${folder}/second`,
    MOE_RETENTION: `${folder}/rules.json`,
  };
  const configuration = readConfiguration((name) => variables[name]);
  async function moe(args: string, code = 0): Promise<string> {
    const lines: string[] = [];
    const line = (text: string) => void lines.push(text);
    const terminal = { line, warn: line, progress: () => {}, done: () => {} };
    const ended = await runCommand(
      { configuration, terminal },
      args.split(" "),
    );
    assert.equal(ended, code, lines.join("\n"));
    return lines.join("\n");
  }
  try {
    await run({ folder, configuration, moe });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What whoever owns the database does to chains of acts: their text, and all hashes. */
export async function rewriteActs({ folder }: LogDesk): Promise<void> {
  const sql = await openPglite({ folder: `${folder}/data/postgres` });
  const rows = await sql.query<
    { tenant: string; seq: bigint; prev: string; record: string }
  >("select tenant, seq, prev, record from audit_event order by tenant, seq");
  let [of, prev] = ["", ""];
  for (const row of rows) {
    if (row.tenant !== of) prev = row.prev;
    of = row.tenant;
    const seq = Number(row.seq);
    const record = row.record.replace('"ann"', '"bob"');
    const hash = hashRecord({ seq, prev, record });
    await sql.query(
      "update audit_event set prev = $3, hash = $4, record = $5 where tenant = $1 and seq = $2::int8",
      [row.tenant, seq, prev, hash, record],
    );
    prev = hash;
  }
  await sql.close();
}
