/**
 * Slices of one budget, lent, closed, lost and reclaimed.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { BudgetAccount } from "../../ports/budgets.ts";
import { DAY_MS } from "../../domain/day.ts";
import {
  closeSlice,
  expectedOf,
  lend,
  openAccount,
  reclaimSlice,
  resumeAccount,
  type SliceRequest,
} from "./account.ts";
import { type Flight, utcDay } from "./flight.ts";
import { ACCOUNT, FLIGHT, RULES } from "./pacing_cases_test.ts";
import { openPacing } from "./pace.ts";

const TERMS = { flight: FLIGHT, leaseMs: 100, leastGrantMicros: 10 };

function ask(
  account: BudgetAccount,
  id: string,
  { now = 0, terms = TERMS, ...given }: Partial<SliceRequest> & {
    now?: number;
    terms?: typeof TERMS;
  } = {},
) {
  const request: SliceRequest = {
    id,
    day: utcDay(now),
    lent: false,
    keepMicros: 0,
    wantMicros: 1e9,
    chargedMicros: 0,
    expectedMicros: 0,
    breachMicros: 0,
    ...given,
  };
  return lend(account, request, { ...terms, now });
}

const anyMove = fc.record({
  what: fc.constantFrom("new", "renew", "close", "reclaim", "wait"),
  which: fc.nat(7),
  spend: fc.double({ min: 0, max: 1, noNaN: true }),
  want: fc.nat(600),
});

Deno.test("no sequence of nodes spends above a cap, of the flight or of a day", () => {
  fc.assert(
    fc.property(
      fc.array(anyMove, { maxLength: 80, size: "max" }),
      fc.option(fc.integer({ min: 0, max: 500 }), { nil: null }),
      (moves, dayCapMicros) => {
        const flight: Flight = { ...FLIGHT, capMicros: 1000, dayCapMicros };
        const terms = { ...TERMS, flight };
        let account = openAccount(openPacing(RULES, 0));
        const nodes = new Map<
          string,
          { day: number; granted: number; spent: number }
        >();
        const days = new Map<number, number>();
        let [now, births] = [0, 0];
        for (const { what, which, spend, want } of moves) {
          const known = [...nodes.keys()];
          const id = what === "new" ? `s${births++}` : known[which];
          if (what === "wait") now += DAY_MS / 8 * (1 + which);
          if (what === "wait" || id === undefined) continue;
          const node = nodes.get(id) ??
            { day: utcDay(now).from, granted: 0, spent: 0 };
          nodes.set(id, node);
          const more = Math.floor(spend * (node.granted - node.spent));
          node.spent += more;
          days.set(node.day, (days.get(node.day) ?? 0) + more);
          if (what === "close") {
            account = closeSlice(account, id, node.spent);
            nodes.delete(id);
          } else if (what === "reclaim") {
            const before = account;
            const report = { id, chargedMicros: node.spent, whole: now };
            account = reclaimSlice(account, report, 50);
            if (account !== before) nodes.delete(id);
          } else {
            const lent = ask(account, id, {
              now,
              terms,
              day: utcDay(node.day),
              lent: what === "renew",
              keepMicros: node.granted,
              wantMicros: node.spent + want,
              chargedMicros: node.spent,
            });
            account = lent.account;
            node.granted = lent.grantedMicros ?? 0;
          }
          const out = [...nodes.values()];
          const total = [...days.values()].reduce((sum, one) => sum + one, 0);
          const open = out.reduce(
            (sum, one) => sum + one.granted - one.spent,
            0,
          );
          assert.ok(total + open <= 1000, "the flight's cap");
          const today = utcDay(now).from;
          const openToday = out.filter(({ day }) => day === today)
            .reduce((sum, one) => sum + one.granted - one.spent, 0);
          const spentToday = (days.get(today) ?? 0) + openToday;
          assert.ok(spentToday <= (dayCapMicros ?? 1000), "the day's cap");
          assert.equal(account.stopped, null);
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("a slice gets a quarter of what is free, or a highest bid", () => {
  const first = ask(ACCOUNT, "a");
  assert.equal(first.grantedMicros, 250);
  const second = ask(first.account, "b");
  assert.equal(second.grantedMicros, 187);
  const poor = { ...TERMS, flight: { ...FLIGHT, capMicros: 15 } };
  assert.equal(ask(ACCOUNT, "a", { terms: poor }).grantedMicros, 10);
});

Deno.test("a slice is reclaimed only by a report that its last bid is in", () => {
  const { account } = ask(ACCOUNT, "dead");
  const report = { id: "dead", chargedMicros: 200, whole: 149 };
  assert.equal(reclaimSlice(account, report, 50), account);
  const back = reclaimSlice(account, { ...report, whole: 150 }, 50);
  assert.deepEqual(back.slices, []);
  assert.equal(back.closedMicros, 200);
  assert.equal(ask(back, "dead", { lent: true }).grantedMicros, null);
});

Deno.test("nothing is lent outside the flight, or above a cap that was lowered", () => {
  const late = { ...TERMS, flight: { ...FLIGHT, from: 10 } };
  assert.equal(ask(ACCOUNT, "a", { now: 9, terms: late }).grantedMicros, 0);
  const { account } = ask(ACCOUNT, "a");
  const lowered = { ...TERMS, flight: { ...FLIGHT, capMicros: 100 } };
  assert.equal(ask(account, "b", { terms: lowered }).grantedMicros, 0);
});

Deno.test("a breach stops the budget until somebody resumes it", () => {
  const { account, grantedMicros } = ask(ACCOUNT, "a", { breachMicros: 3 });
  assert.equal(grantedMicros, 0);
  assert.match(account.stopped ?? "", /slice a/);
  assert.equal(ask(account, "b").grantedMicros, 0);
  assert.equal(ask(resumeAccount(account), "b").grantedMicros, 250);
});

Deno.test("a slice that nobody renewed counts whole", () => {
  const { account } = ask(ACCOUNT, "a", { expectedMicros: 40 });
  assert.equal(expectedOf(account, 99).totalMicros, 40);
  assert.equal(expectedOf(account, 100).totalMicros, 250);
});

Deno.test("a node whose clock is days ahead is lent nothing, and stops no other", () => {
  const flight = { ...FLIGHT, dayCapMicros: 100 };
  const terms = { ...TERMS, flight };
  const now = 5 * DAY_MS;
  const today = ask(ACCOUNT, "a", { now, terms });
  assert.equal(today.grantedMicros, 25);
  const day = utcDay(7 * DAY_MS);
  const ahead = ask(today.account, "b", { now, terms, day });
  assert.equal(ahead.grantedMicros, 0);
  const more = ask(ahead.account, "c", { now, terms });
  assert.equal(more.grantedMicros, 18);
  const soon = now + DAY_MS - 1000;
  const early = { now: soon, terms, day: utcDay(soon + 1000) };
  assert.equal(ask(more.account, "d", early).grantedMicros, 25);
});
