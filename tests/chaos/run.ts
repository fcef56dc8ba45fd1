/**
 * One disturbance after the other, with load all the while, and what is to be said of
 * each.
 *
 * @module
 */
import { eventually } from "../operations/served.ts";
import { TENANTS } from "./company.ts";
import { type Disturbance, later } from "./disturbance.ts";
import type { Ground } from "./ground.ts";
import { isStoppedByPolicies } from "./judge.ts";
import type { Load, Sent } from "./load.ts";

/** What came of a disturbance. */
export interface Survived {
  readonly name: string;
  /** Answers from its beginning until all was well. */
  readonly sent: readonly Sent[];
  /** From when it was undone to the last engine's first decision as ever, ms. */
  readonly recoveryMs: number;
}

/** Disturbs, undoes it, and waits until every engine decides for everybody as ever. */
export async function disturb(
  ground: Ground,
  load: Load,
  disturbance: Disturbance,
): Promise<Survived> {
  const { name, lastsMs, begin, end, isSeen, judge } = disturbance;
  const from = load.sent.length;
  await begin(ground);
  await later(lastsMs);
  await eventually(
    `what it does is seen: ${name}`,
    () => isSeen(load.sent.slice(from), ground.writes),
  );
  const undoneMs = performance.now();
  await end(ground);
  const wellMs = await wellAgain(ground, load, undoneMs, name);
  const sent = load.sent.slice(from);
  judge?.(sent);
  return { name, sent, recoveryMs: wellMs - undoneMs };
}

/** When the last engine decided as ever for the last company. */
async function wellAgain(
  { engines }: Ground,
  { sent }: Load,
  sinceMs: number,
  name: string,
): Promise<number> {
  const wells: Sent[] = [];
  for (let engine = 0; engine < engines; engine++) {
    for (const tenant of TENANTS) {
      const find = () =>
        sent.find((one) =>
          one.engine === engine && one.asked.tenant === tenant &&
          one.sentMs >= sinceMs && isWell(one)
        );
      await eventually(
        `engine ${engine} decides for ${tenant} as ever after: ${name}`,
        () => find() !== undefined,
      );
      wells.push(find() as Sent);
    }
  }
  return Math.max(...wells.map(({ answeredMs }) => answeredMs));
}

function isWell(sent: Sent): boolean {
  const { asked: { purpose }, told } = sent;
  return purpose === "plain" && told?.status === 200 &&
    told.body.rung === "champion" && told.body.falls.length === 0 &&
    !isStoppedByPolicies(sent);
}

/** A table of what was survived, for whoever reads the run. */
export function printSurvived(
  writes: string,
  survived: readonly Survived[],
): string {
  const rows = survived.map(({ name, sent, recoveryMs }) => {
    const of = (which: (one: Sent) => boolean) =>
      String(sent.filter(which).length).padStart(6);
    return [
      name.padEnd(42),
      of(({ told }) => told?.status === 200),
      of(({ told }) => told !== null && told.status !== 200),
      of(({ told }) => told === null),
      `${(recoveryMs / 1000).toFixed(2)} s`.padStart(9),
    ].join(" ");
  });
  const head = `log writes: ${writes}`.padEnd(42) +
    " taken refused  lost  recovery";
  return ["", head, ...rows, ""].join("\n");
}
