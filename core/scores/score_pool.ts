/**
 * A few workers that score batches. They start when the first batch comes, stay, and
 * are replaced when one is lost; each keeps the models that it was asked for last.
 *
 * @module
 */
import type { ModelPorts } from "../domain/model_ports.ts";
import type { EncodedRows } from "./runtime.ts";
import { type ScoreThread, startThread, ThreadLost } from "./score_thread.ts";

/** More than this do not make batches faster where other work is done as well. */
const MOST_THREADS = 4;
/** Models that a worker keeps, and the sum of their artifacts' sizes. */
const MODELS_KEPT = 8;
const BYTES_KEPT = 16 * 2 ** 20;
/** Batches that may wait; each comes from a request that waits for it. */
const MOST_WAITING = 256;

/** A model, and where its bytes come from. */
export interface PooledModel {
  /** Same for the same bytes and ports. */
  readonly key: string;
  readonly ports: ModelPorts;
  load(): Promise<Uint8Array>;
}

/** Workers that score. */
export interface ScorePool {
  /**
   * Scores a batch on any worker; once more on another if the worker is lost.
   *
   * @throws {Error} If the model fails, too many wait, or the pool is closed.
   */
  run(model: PooledModel, encoded: EncodedRows): Promise<Float64Array>;
  /** Waits for the batches that run, and ends the workers. */
  close(): Promise<void>;
}

interface Member {
  readonly thread: ScoreThread;
  /** Sizes of the models that it has loaded by key, the latest used last. */
  readonly held: Map<string, number>;
}

/** Opens a pool; no worker starts before it is needed. */
export function createScorePool(
  size: number = Math.min(
    MOST_THREADS,
    Math.max(1, navigator.hardwareConcurrency - 1),
  ),
  start: () => ScoreThread = startThread,
): ScorePool {
  const turns = createTurns(size, start);
  const running = new Set<Promise<unknown>>();
  async function attempt(
    model: PooledModel,
    encoded: EncodedRows,
  ): Promise<Float64Array> {
    const member = await turns.take(model.key);
    let lost = false;
    try {
      await hold(member, model);
      const { key } = model;
      return await member.thread.ask({ kind: "run", key, encoded }) ??
        new Float64Array();
    } catch (error) {
      lost = error instanceof ThreadLost;
      throw error;
    } finally {
      turns.giveBack(member, lost);
    }
  }
  async function retried(model: PooledModel, encoded: EncodedRows) {
    try {
      return await attempt(model, encoded);
    } catch (error) {
      if (!(error instanceof ThreadLost)) throw error;
      return await attempt(model, encoded);
    }
  }
  return {
    run: async (model, encoded) => {
      const run = retried(model, encoded);
      running.add(run);
      return await run.finally(() => running.delete(run));
    },
    close: async () => {
      const idle = turns.close();
      await Promise.allSettled(running);
      await Promise.all([...idle, ...turns.close()].map(end));
    },
  };
}

/** Who works, who is free, and who waits. */
function createTurns(size: number, start: () => ScoreThread) {
  const idle: Member[] = [];
  const waiting: PromiseWithResolvers<Member>[] = [];
  let members = 0;
  let closed = false;
  function begin(): Member {
    members++;
    return { thread: start(), held: new Map() };
  }
  return {
    take: async (key: string): Promise<Member> => {
      if (closed) throw new TypeError("Cannot score: scores are closed");
      const place = idle.findIndex(({ held }) => held.has(key));
      const [member] = idle.splice(Math.max(place, 0), 1);
      if (member !== undefined) return member;
      if (members < size) return begin();
      if (waiting.length >= MOST_WAITING) {
        throw new RangeError("Cannot score: too many batches are waiting");
      }
      const turn = Promise.withResolvers<Member>();
      waiting.push(turn);
      return await turn.promise;
    },
    giveBack: (member: Member, lost: boolean): void => {
      if (lost) {
        member.thread.end();
        members--;
      }
      const next = waiting.shift();
      if (next !== undefined) next.resolve(lost ? begin() : member);
      else if (!lost) idle.push(member);
    },
    /** Lets nobody in any more; returns who is free. */
    close: (): Member[] => {
      closed = true;
      for (const turn of waiting.splice(0)) {
        turn.reject(new TypeError("Cannot score: scores are closed"));
      }
      return idle.splice(0);
    },
  };
}

/** Has the worker load the model, unless it did; the models used longest ago give way. */
async function hold(
  { thread, held }: Member,
  { key, ports, load }: PooledModel,
): Promise<void> {
  let size = held.get(key);
  if (size === undefined) {
    const onnx = await load();
    await thread.ask({ kind: "open", key, onnx, ports });
    size = onnx.length;
  }
  held.delete(key);
  held.set(key, size);
  let bytes = held.values().reduce((sum, one) => sum + one, 0);
  for (const [oldest, freed] of held) {
    const over = held.size > MODELS_KEPT || bytes > BYTES_KEPT;
    if (!over || oldest === key) return;
    held.delete(oldest);
    bytes -= freed;
    await thread.ask({ kind: "drop", key: oldest });
  }
}

async function end({ thread }: Member): Promise<void> {
  await thread.ask({ kind: "close" }).catch(() => null);
  thread.end();
}
