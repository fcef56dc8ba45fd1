/**
 * Whatever is sent to a real engine, by whomever, the answer is one that the document
 * tells: never a failure inside, never a shape or a code that callers are not told of.
 *
 * Each operation is asked for what fits it first, and then for what is off. `MOE_FUZZ_RUNS`
 * says how many requests are sent.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Drawn,
  fittingRequest,
  printRequest,
  requestsOf,
} from "./drawn_requests.ts";
import { type Offer, SITUATIONS } from "./situations.ts";
import { openTarget, type Target } from "./target.ts";
import { judge, type Operation, OPERATIONS } from "./told_answers.ts";

const RUNS = Number(Deno.env.get("MOE_FUZZ_RUNS") ?? 500);
/** Runs in which each operation is asked for. */
const ENOUGH_RUNS = 500;
/** Operations that are drawn half as often, as they take long. */
const SLOW = new Set(["post /optimization/plan"]);
/** So many operations succeed at least with something off in what is asked. */
const LEAST_FINE_WHEN_OFF = 60;

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

Deno.test("whatever is sent, the answer is as the document tells", async () => {
  await using target = await openTarget();
  const offers = createOffers(target);
  const fine = { fitting: new Set<string>(), off: new Set<string>() };
  const operations = OPERATIONS.flatMap((operation) =>
    Array(SLOW.has(nameOf(operation)) ? 1 : 2).fill(requestsOf(operation))
  ) as fc.Arbitrary<Drawn>[];
  const fitting = OPERATIONS.map(fittingRequest);
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(...operations), async (drawn) => {
      const status = await sendDrawn({ target, offers }, drawn);
      const kind = sent++ < fitting.length ? "fitting" : "off";
      if (status < 300) fine[kind].add(nameOf(drawn.operation));
    }),
    {
      ...{ numRuns: RUNS, endOnFailure: true },
      examples: fitting.map((drawn) => [drawn]),
    },
  );
  if (RUNS >= ENOUGH_RUNS) demandReached(fine);
  const audit = await target.ask("GET /audit/verify");
  assert.equal(audit.sound, true, audit.detail);
});

/** What lies behind the validation of an operation is reached: by all of them. */
function demandReached(
  { fitting, off }: Readonly<Record<"fitting" | "off", ReadonlySet<string>>>,
): void {
  const line =
    `  of ${OPERATIONS.length} operations, ${fitting.size} succeeded as they fit, ${off.size} with something off\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
  const missed = OPERATIONS.map(nameOf).filter((name) => !fitting.has(name));
  assert.deepEqual(missed, [], "they were only refused");
  assert.ok(off.size >= LEAST_FINE_WHEN_OFF, [...off].join());
}

/** Makes what fits an operation, again once it was taken. */
function createOffers(target: Target) {
  const made = new Map<string, Offer>();
  return {
    async find(operation: Operation): Promise<Offer> {
      const name = nameOf(operation);
      const offer = made.get(name) ?? await SITUATIONS[name]?.(target) ?? {};
      made.set(name, offer);
      return offer;
    },
    take: (operation: Operation) =>
      operation.method !== "get" && made.delete(nameOf(operation)),
  };
}

async function sendDrawn(
  { target, offers }: {
    readonly target: Target;
    readonly offers: ReturnType<typeof createOffers>;
  },
  drawn: Drawn,
): Promise<number> {
  const { operation } = drawn;
  const offer = await offers.find(operation);
  const { path, init } = printRequest(drawn, offer, target);
  const seen = await target.send(path, init);
  const said = `${init.method} ${path} ${String(init.body).slice(0, 2000)} → ` +
    `${seen.status} ${seen.text.slice(0, 2000)} ` +
    (target.logged.at(-1)?.error ?? "");
  judge(operation, seen, said);
  if (seen.status < 300) offers.take(operation);
  return seen.status;
}
