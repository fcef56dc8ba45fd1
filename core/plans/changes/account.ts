/**
 * What operations add up to, so that money is spent by one only after another gave it
 * up: the total never exceeds the larger of what it was and what it is to become.
 *
 * @module
 */
import type {
  ChangeDirection,
  ChangeOperation,
  OperationProgress,
} from "../../domain/change_set.ts";

/** Fields that are a budget: micros per day, per hour, … */
const BUDGET_FIELDS = /^budget_micros/;

/** Operations of one direction, and how far each has come, by its id. */
export interface Account {
  readonly direction: ChangeDirection;
  readonly operations: readonly ChangeOperation[];
  readonly known: ReadonlyMap<string, OperationProgress>;
}

/** Whether it lets more be spent. */
export function isRaise({ field, expect, set }: ChangeOperation): boolean {
  return spend(field, set) > spend(field, expect);
}

/**
 * Picks raises that there is money for, in their order. What is not known to have been
 * lowered counts as it was. A value that somebody else moved gives nothing back either;
 * in a rollback it is theirs, and out of the account.
 *
 * @returns The raises that may go out, and those that must wait.
 */
export function affordRaises(
  account: Account,
  raises: readonly ChangeOperation[],
): {
  readonly affordable: readonly ChangeOperation[];
  readonly keptBack: readonly ChangeOperation[];
} {
  let room = leaveRoom(account, new Set(raises.map(({ id }) => id)));
  const affordable: ChangeOperation[] = [];
  const keptBack: ChangeOperation[] = [];
  for (const raise of raises) {
    const { field, expect, set } = raise;
    const cost = spend(field, set) - spend(field, expect);
    if (cost <= room) {
      room -= cost;
      affordable.push(raise);
    } else keptBack.push(raise);
  }
  return { affordable, keptBack };
}

/** What may be added to what is spent, micros; what is open was just read as it was. */
function leaveRoom(
  { direction, operations, known }: Account,
  open: ReadonlySet<string>,
): bigint {
  let [before, after, now] = [0n, 0n, 0n];
  for (const { id, field, expect, set } of operations) {
    const state = known.get(id)?.state;
    if (state === "drifted" && direction === "rollback") continue;
    const [was, becomes] = [spend(field, expect), spend(field, set)];
    before += was;
    after += becomes;
    if (open.has(id)) now += was;
    else if (state === "held") now += becomes;
    else if (state === "sent") now += larger(was, becomes);
    else now += was;
  }
  return larger(before, after) - now;
}

/** What a value lets be spent, micros; an unset budget counts as none. */
function spend(field: string, value: string | null): bigint {
  return BUDGET_FIELDS.test(field) && value !== null && /^\d+$/.test(value)
    ? BigInt(value)
    : 0n;
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
