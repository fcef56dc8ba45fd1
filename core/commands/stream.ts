/**
 * `moe stream`: what changed in the signals, for whoever reads lines.
 *
 * The position is kept after the lines of a batch were written, so that a reader who
 * goes away, or a process that is killed, sees the last lines again and misses none:
 * each has an id that never changes.
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { Following, StreamMessage } from "../ports/stream.ts";
import { follow } from "../signals/follow.ts";
import { printMessage } from "../store/message_json.ts";
import type { Command, CommandScope, Options } from "./command.ts";
import { type Opened, withEngine } from "./open.ts";
import { parseName, tenantOption } from "./option.ts";
import { hearStop } from "./serve.ts";
import { type Output, printTable } from "./terminal.ts";

const LEASE_MS = 15_000;

/** Follows the stream, or lists who does. */
export const stream: Command = {
  name: "stream",
  about:
    "what changed in the signals, each change once to a consumer; without one, who follows",
  operands: [],
  options: {
    consumer: "name under which its position is kept",
    tenant: "only this tenant's changes; others are passed over",
    "follow!": "wait for more",
    "forget!": "forget the consumer, so that nothing is kept for it",
    "json!": "print JSON, a line each",
  },
  run: (scope, _operands, options) =>
    withEngine(scope, async (opened) => {
      const { consumer } = options;
      if (typeof consumer !== "string") {
        return await listConsumers(scope, opened);
      }
      const name = parseName("consumer", consumer);
      if (options.forget) return await forget(opened, name);
      await tell(scope, opened, { consumer: name, options });
      return 0;
    }),
};

async function listConsumers(
  { terminal }: CommandScope,
  { stores }: Opened,
): Promise<number> {
  printTable(
    [
      { heading: "consumer" },
      { heading: "position", numeric: true },
      { heading: "batches waiting", numeric: true },
    ],
    (await stores.stream.lag()).map(({ consumer, position, waiting }) => [
      consumer,
      String(position),
      String(waiting),
    ]),
  ).forEach(terminal.line);
  return 0;
}

async function forget({ stores }: Opened, consumer: string): Promise<number> {
  if (await stores.stream.forget(consumer)) return 0;
  throw new EngineError(
    "not_found",
    `Cannot forget consumer "${consumer}": there is none`,
  );
}

async function tell(
  { terminal }: CommandScope,
  { stores, ids }: Opened,
  { consumer, options }: { consumer: string; options: Options },
): Promise<void> {
  const tenant = options.tenant === undefined ? null : tenantOption(options);
  const print = options.json ? printMessage : printChange;
  const following = { consumer, holder: ids.next("run"), leaseMs: LEASE_MS };
  const stopping = new AbortController();
  using stop = hearStop();
  stop.told.then(() => stopping.abort());
  if (!options.follow) await refuseHeld(stores, following);
  const failures: unknown[] = [];
  await follow(stores.stream, following, {
    handle: ({ messages }) => {
      const lines = messages
        .filter((message) => tenant === null || message.tenant === tenant)
        .map((message) => `${print(message)}\n`);
      writeOrFail(Deno.stdout, new TextEncoder().encode(lines.join("")));
      return Promise.resolve();
    },
    onFailure: (error) => {
      const gone = error instanceof Deno.errors.BrokenPipe;
      if (gone || !options.follow) stopping.abort();
      if (!gone) failures.push(error);
      if (!gone && options.follow) terminal.warn(String(error));
    },
    signal: stopping.signal,
    untilEmpty: !options.follow,
  });
  if (!options.follow && failures.length > 0) throw failures[0];
}

/** Nothing to tell and another at work look alike; only the first is an answer. */
async function refuseHeld(
  { stream }: Opened["stores"],
  following: Following,
): Promise<void> {
  if (await stream.next(following) || await stream.renew(following)) return;
  throw new EngineError(
    "store_locked",
    `Cannot follow as consumer "${following.consumer}": another process of that name is at work`,
  );
}

function writeOrFail(output: Output, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length;) {
    from += output.writeSync(bytes.subarray(from));
  }
}

/** One line for people: when, whose, and by how much. */
function printChange(message: StreamMessage): string {
  const { observedAt, tenant, source } = message;
  const origin = `${observedAt}  ${tenant}/${source}`;
  if (message.kind === "event") {
    const { type, occurredAt, entities } = message.event;
    return `${origin}  ${type}  ${occurredAt}  ${printEntities(entities)}`;
  }
  const { change, row, before, after } = message;
  const steps = Object.entries({ ...before, ...after }).map(([metric]) => {
    const name = metric as keyof typeof after;
    const step = (after[name] ?? 0n) - (before?.[name] ?? 0n);
    return `${metric} ${step < 0n ? "" : "+"}${step}`;
  });
  return `${origin}  ${change}  ${row.report} ${row.day}  ${
    printEntities(row.entities)
  }  ${steps.join(" ")}`;
}

function printEntities(entities: Readonly<Record<string, string>>): string {
  return Object.entries(entities).map(([type, id]) => `${type}:${id}`)
    .join(" ");
}
