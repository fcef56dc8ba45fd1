/**
 * A node that is killed while it writes a plan leaves it where another goes on, and two
 * nodes never write one plan at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ROOT } from "../architecture/paths.ts";
import { PERMISSIONS } from "../servers/engine.ts";
import { needingPostgres, startPostgres } from "../servers/postgres.ts";
import {
  approvedPlan,
  BUDGETS,
  LEASE_MS,
  openAt,
  openBudgets,
  openPlans,
  TENANT,
} from "./plan_node.ts";

interface Place {
  readonly databaseUrl: string;
  readonly folder: string;
}

type Verb = "apply" | "rollback";

/** Takes a step in a process of its own. */
class PlanNode {
  readonly lines: string[] = [];
  readonly ended: Promise<void>;
  readonly #child: Deno.ChildProcess;

  constructor(
    { databaseUrl, folder }: Place,
    step: Verb,
    { id, dieAfter = Infinity }: { id: string; dieAfter?: number },
  ) {
    const script = "tests/operations/plan_node.ts";
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", ...PERMISSIONS, script],
        ...[databaseUrl, folder, step, id],
      ],
      cwd: ROOT,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.ended = this.#read(dieAfter);
  }

  /** Reads to the end; kills it as soon as it has written so often. */
  async #read(dieAfter: number): Promise<void> {
    let text = "";
    for await (
      const piece of this.#child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += piece;
      this.lines.splice(0, Infinity, ...text.split("\n").slice(0, -1));
      if (this.writes >= dieAfter) this.#child.kill("SIGKILL");
    }
    await this.#child.status;
  }

  get writes(): number {
    return this.lines.filter((line) => line === "written").length;
  }

  get last(): string | undefined {
    return this.lines.at(-1);
  }
}

async function inPlaces(
  work: (place: Place) => Promise<void>,
  databaseUrl: string,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "plan_writing_" });
  try {
    const place = { databaseUrl, folder };
    await withStores(place, async (stores) => {
      await stores.plans.create(TENANT, approvedPlan("plan_1"), null);
      await openPlans(stores, folder).approve(TENANT, "plan_1", "bob");
    });
    await work(place);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function withStores<T>(
  { databaseUrl, folder }: Place,
  work: (stores: Awaited<ReturnType<typeof openAt>>) => Promise<T>,
): Promise<T> {
  const stores = await openAt(databaseUrl, folder);
  return await work(stores).finally(() => stores.close());
}

/** Where the plan stands, how many writes are held, and what the files say. */
function look(place: Place) {
  return withStores(place, async (stores) => {
    const plan = await stores.plans.find(TENANT, "plan_1");
    const operations = plan?.changeSet.operations ?? [];
    const settings = await openBudgets(`${place.folder}/destination`).read(
      operations,
    );
    const progress = await stores.changes.load(
      TENANT,
      plan?.changeSet.id ?? "",
    );
    const held = (way: string) =>
      progress.filter(({ direction, state }) =>
        direction === way && state === "held"
      ).length;
    return {
      state: plan?.state,
      held: { apply: held("apply"), rollback: held("rollback") },
      attempts: progress.map(({ attempts }) => attempts),
      set: settings.filter(({ value }, at) => value === operations[at]?.set),
      unset: settings.filter(({ value }) => value === null),
    };
  });
}

function untilFree(): Promise<void> {
  return new Promise((wake) => setTimeout(wake, LEASE_MS + 100));
}

async function killAndGoOn(place: Place): Promise<void> {
  const killed = new PlanNode(place, "apply", { id: "plan_1", dieAfter: 3 });
  await killed.ended;
  const half = await look(place);
  assert.equal(half.state, "applying");
  assert.ok(half.held.apply > 0 && half.held.apply < BUDGETS);
  assert.ok(half.set.length >= half.held.apply && half.unset.length > 0);
  const early = new PlanNode(place, "apply", { id: "plan_1" });
  await early.ended;
  if (early.last === "failed plan_busy") {
    assert.equal(early.writes, 0);
    await untilFree();
    const next = new PlanNode(place, "apply", { id: "plan_1" });
    await next.ended;
    assert.equal(next.last, "state applied");
  } else assert.equal(early.last, "state applied");
  const whole = await look(place);
  assert.equal(whole.state, "applied");
  assert.equal(whole.set.length, BUDGETS);
  const again = whole.attempts.filter((attempts) => attempts > 1);
  assert.ok(again.length <= 3, "only a batch whose writing it did not see");

  const back = new PlanNode(place, "rollback", { id: "plan_1", dieAfter: 4 });
  await back.ended;
  assert.equal((await look(place)).state, "rolling_back");
  await untilFree();
  const last = new PlanNode(place, "rollback", { id: "plan_1" });
  await last.ended;
  assert.equal(last.last, "state rolled_back");
  const done = await look(place);
  assert.equal(done.state, "rolled_back");
  assert.equal(done.unset.length, BUDGETS);
}

Deno.test("a node killed while it writes a plan is gone on with, on PGlite", async () => {
  await inPlaces(killAndGoOn, "-");
});

Deno.test({
  ...needingPostgres(
    "a node killed while it writes a plan is gone on with, on a Postgres server",
  ),
  fn: async () => {
    const server = await startPostgres();
    await inPlaces(killAndGoOn, server.url).finally(() => server.stop());
  },
});

Deno.test({
  ...needingPostgres("two nodes that apply one plan at once write it once"),
  fn: async () => {
    const server = await startPostgres();
    await inPlaces(async (place) => {
      const nodes = [1, 2, 3].map(() =>
        new PlanNode(place, "apply", { id: "plan_1" })
      );
      await Promise.all(nodes.map(({ ended }) => ended));
      const lasts = nodes.map(({ last }) => last).sort();
      assert.equal(lasts.at(-1), "state applied");
      for (const last of lasts.slice(0, -1)) {
        assert.match(last ?? "", /^failed plan_(busy|state_invalid)$/);
      }
      assert.deepEqual(
        nodes.map(({ writes }) => writes > 0).filter((wrote) => wrote),
        [true],
      );
      const { set, attempts } = await look(place);
      assert.equal(set.length, BUDGETS);
      assert.ok(attempts.every((tries) => tries === 1));
    }, server.url).finally(() => server.stop());
  },
});
