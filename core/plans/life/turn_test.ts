/**
 * One node at a time writes a tenant's plans.
 *
 * @module
 */
import assert from "node:assert/strict";
import { found, makePlan } from "../rooms_test.ts";
import { createMapLeases } from "./memory_ports_test.ts";
import { createTurns } from "./turn.ts";

const BUSY = { code: "plan_busy" };

function turns(holder: string, leases = createMapLeases(), leaseMs = 60_000) {
  return createTurns({ leases, holder, leaseMs });
}

Deno.test("work of a tenant in one process comes one after the other", async () => {
  const inTurn = turns("a");
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await new Promise((wake) => setTimeout(wake, 1));
    seen.push(`${name} ends`);
  };
  const failing = inTurn("acme", () => Promise.reject(new Error("no")));
  const both = [inTurn("acme", work("1")), inTurn("acme", work("2"))];
  await assert.rejects(failing, /no/);
  await Promise.all(both);
  assert.deepEqual(seen, ["1 begins", "1 ends", "2 begins", "2 ends"]);
});

Deno.test("another node is refused while one works, and let in after; another tenant is let in", async () => {
  const leases = createMapLeases();
  const [a, b] = [turns("a", leases), turns("b", leases)];
  await a("acme", async () => {
    await assert.rejects(b("acme", () => Promise.resolve()), BUSY);
    assert.equal(await b("other", () => Promise.resolve(1)), 1);
  });
  assert.equal(await b("acme", () => Promise.resolve(2)), 2);
});

Deno.test("a turn is renewed while it lasts, and demands nothing once it is lost", async () => {
  const map = createMapLeases();
  let taken = 0;
  let free = true;
  const leases = {
    ...map,
    take: (...asked: Parameters<typeof map.take>) => {
      taken++;
      return free ? map.take(...asked) : Promise.resolve(false);
    },
  };
  await turns("a", leases, 300)("acme", async (turn) => {
    while (taken < 4) await new Promise((wake) => setTimeout(wake, 1));
    turn.demand();
    free = false;
    const seen = taken;
    while (taken < seen + 2) await new Promise((wake) => setTimeout(wake, 1));
    assert.throws(() => turn.demand(), BUSY);
  });
});

Deno.test("another node does not write a plan that one is writing", async () => {
  const company = found();
  const { plans, leases, faults, writes } = company;
  const { id } = await makePlan(company);
  await plans.approve("acme", id, "bob");
  let tried = false;
  faults.beforeWrite = async () => {
    if (tried) return;
    tried = true;
    await assert.rejects(company.node().apply("acme", id, "cy"), BUSY);
  };
  const done = await plans.apply("acme", id, "bob");
  assert.equal(done.state, "applied");
  assert.ok(writes.length > 0);
  assert.equal(await leases.take("plans of acme", "any", 1), true);
});

Deno.test("a node that stood still and was overtaken writes no more, and the other goes on", async () => {
  const company = found();
  const { faults, leases, live } = company;
  const { id, changeSet } = await makePlan(company);
  await company.plans.approve("acme", id, "bob");
  let refused = 0;
  const slow = company.node({
    leaseMs: 150,
    leases: {
      ...leases,
      take: (name, holder, leaseMs) => {
        if (refused === 0 && faults.forgets) refused = 1;
        if (refused === 0) return leases.take(name, holder, leaseMs);
        refused++;
        return Promise.resolve(false);
      },
    },
  });
  faults.beforeWrite = async () => {
    faults.forgets = true;
    while (refused < 3) await new Promise((wake) => setTimeout(wake, 5));
  };
  await assert.rejects(slow.apply("acme", id, "bob"), BUSY);
  assert.equal((await company.plans.find("acme", id))?.state, "applying");
  assert.equal(live.size, 0);
  faults.forgets = false;
  faults.beforeWrite = () => Promise.resolve();
  const done = await company.node().apply("acme", id, "cy");
  assert.equal(done.state, "applied");
  for (const { target, set } of changeSet.operations) {
    assert.equal(live.get(target), set);
  }
});

Deno.test("a renewal that answers late does not outlive its turn", async () => {
  const map = createMapLeases();
  const late: (() => void)[] = [];
  let taken = 0;
  const leases = {
    ...map,
    take: async (...asked: Parameters<typeof map.take>) => {
      if (++taken === 2) await new Promise<void>((wake) => late.push(wake));
      return await map.take(...asked);
    },
  };
  const turn = turns("a", leases, 30)("acme", async () => {
    while (taken < 2) await new Promise((wake) => setTimeout(wake, 1));
    await new Promise((wake) => setTimeout(wake, 40));
  });
  while (late.length === 0) await new Promise((wake) => setTimeout(wake, 1));
  setTimeout(() => late.forEach((wake) => wake()), 100);
  await turn;
  assert.equal(await map.take("plans of acme", "b", 1), true);
});
