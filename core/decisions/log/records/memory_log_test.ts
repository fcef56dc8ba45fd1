/**
 * A decision log in memory, for tests: it really chains, and a test may touch its rows.
 *
 * @module
 */
import { sha256 } from "../../../domain/canonical.ts";
import type { LoggedRecord } from "../../../domain/decision.ts";
import type {
  DecisionLog,
  IdempotencyStore,
  IdempotentAnswer,
  LogEntry,
  LogSearch,
} from "../../../ports/decisions.ts";

/** A log whose rows a test may touch. */
export interface MemoryLog extends DecisionLog {
  readonly answers: IdempotencyStore;
  readonly rows: LoggedRecord[];
  /** Entities of each row, by its place. */
  readonly named: Map<number, readonly string[]>;
  readonly batches: number[];
  /** Forgets the answers under keys. */
  forget(): void;
  head$: { seq: number; hash: string } | null;
  /** Thrown by the next append, if set. */
  failure: unknown;
  /** Awaited by every append before anything is kept. */
  gate: Promise<void>;
}

/** Opens an empty log. */
export function createMemoryLog(): MemoryLog {
  const answers = new Map<string, IdempotentAnswer>();
  const log: MemoryLog = {
    rows: [],
    named: new Map(),
    batches: [],
    forget: () => answers.clear(),
    head$: null,
    failure: null,
    gate: Promise.resolve(),
    async append(entries) {
      await log.gate;
      if (log.failure !== null) throw log.failure;
      log.batches.push(entries.length);
      return entries.map((entry) => append(entry));
    },
    find: (_tenant, id) =>
      Promise.resolve(log.rows.find((row) => row.id === id) ?? null),
    answers: {
      find: (tenant, route, key) =>
        Promise.resolve(answers.get(`${tenant} ${route} ${key}`) ?? null),
    },
    read: (_tenant, after, limit) =>
      Promise.resolve(
        log.rows.filter(({ seq }) => seq > after)
          .sort((a, b) => a.seq - b.seq).slice(0, limit),
      ),
    search: (_tenant, asked) =>
      Promise.resolve(searchRows(log, asked).slice(0, asked.limit)),
    head: () => Promise.resolve(log.head$),
    anchor: () => Promise.resolve(null),
    tenants: () => Promise.resolve(["acme"]),
  };
  function append({ idempotent, ...entry }: LogEntry) {
    const { tenant, id, at, record, kind = "decision" } = entry;
    if (idempotent !== null) {
      const name = `${tenant} ${idempotent.route} ${idempotent.key}`;
      const first = answers.get(name);
      if (first) return { kind: "duplicate" as const, first };
      answers.set(name, idempotent);
    }
    const prev = log.head$?.hash ?? "0".repeat(64);
    const seq = (log.head$?.seq ?? 0) + 1;
    const hash = sha256(`${prev}\n${seq}\n${record}`);
    log.rows.push({ seq, id, at, kind, prev, hash, record });
    log.named.set(seq, entry.entities ?? []);
    log.head$ = { seq, hash };
    return { kind: "appended" as const, seq, hash };
  }
  return log;
}

function searchRows(log: MemoryLog, asked: LogSearch): LoggedRecord[] {
  const { entities, kind, from = "", until = "~", after } = asked;
  const place = ({ at, seq }: { at: string; seq: number }) =>
    `${at} ${String(seq).padStart(16, "0")}`;
  return log.rows.filter((row) =>
    log.named.get(row.seq)?.some((entity) => entities.includes(entity)) &&
    (kind === undefined || row.kind === kind) &&
    row.at >= from && row.at < until &&
    (after === undefined || place(row) > place(after))
  ).sort((a, b) => place(a) < place(b) ? -1 : 1);
}
