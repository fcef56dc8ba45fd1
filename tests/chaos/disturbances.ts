/**
 * What is done to engines and servers under load, and undone.
 *
 * The slow disk is Postgres' own `commit_delay`: each flush of its log waits a tenth of a
 * second longer, whoever waits for it. Full disks are small ones in memory. Clocks are set
 * by libfaketime, for the wall clock of one engine alone.
 *
 * @module
 */
import assert from "node:assert/strict";
import { deploymentDamaged, modelDamaged, policyDamaged } from "./damaged.ts";
import {
  answeredBy,
  type Disturbance,
  FIRST,
  later,
  OTHER,
} from "./disturbance.ts";
import { type Ground, hasClock, type LogWrites } from "./ground.ts";
import type { Sent } from "./load.ts";
import { stopAt } from "./switches.ts";

const HOUR = 3600;

const engineKilled: Disturbance = {
  ...{ name: "engine killed", lastsMs: 500 },
  begin: ({ kill9 }) => kill9(FIRST),
  end: ({ restart }) => restart(FIRST),
  isSeen: (sent) => answeredBy(sent, OTHER) > 0,
};

const postgresKilled: Disturbance = {
  ...{ name: "Postgres killed", lastsMs: 2000 },
  begin: ({ postgres }) => postgres.kill9(),
  end: ({ postgres }) => postgres.restart(),
  isSeen: goesOnIfSpooled,
};

const postgresPaused: Disturbance = {
  ...{ name: "Postgres paused", lastsMs: 2000 },
  begin: ({ postgres }) => postgres.pause(),
  end: ({ postgres }) => postgres.resume(),
  isSeen: goesOnIfSpooled,
};

const diskSlow: Disturbance = {
  ...{ name: "disk of Postgres slow", lastsMs: 2000 },
  begin: ({ owner }) => delayFlushes(owner, 100_000),
  end: ({ owner }) => delayFlushes(owner, 0),
  isSeen: (sent) => answeredBy(sent, FIRST) > 0,
};

const diskFull: Disturbance = {
  ...{ name: "disk of Postgres full", lastsMs: 3000, fillsDisks: true },
  begin: ({ disk }) => disk.fill(),
  async end({ disk, postgres }) {
    await disk.empty();
    if (!postgres.isUp()) await postgres.restart();
  },
  isSeen: goesOnIfSpooled,
};

const natsKilled: Disturbance = {
  ...{ name: "NATS killed", lastsMs: 1000 },
  begin: ({ nats }) => nats.kill9(),
  end: ({ nats }) => nats.restart(),
  isSeen: (sent) => sent.length > 0,
  judge(sent) {
    const others = sent.filter(({ told }) => told?.status !== 200);
    assert.deepEqual(others, [], "decisions do without it");
  },
};

const clockStepped: Disturbance = {
  ...{ name: "clock an hour on, and back two", lastsMs: 1500 },
  begin({ setClock }) {
    assert.ok(hasClock(), "libfaketime is not installed");
    return setClock(OTHER, HOUR);
  },
  async end({ setClock }) {
    await setClock(OTHER, -HOUR);
    await later(1500);
    await setClock(OTHER, 0);
  },
  isSeen: (sent) =>
    sent.some(({ engine, told }) =>
      engine === OTHER && told?.status === 200 &&
      Date.parse(told.body.at) > Date.now() + HOUR * 500
    ),
};

const spoolFull: Disturbance = {
  name: "disk of the spool full, Postgres killed",
  ...{ lastsMs: 2000, fillsDisks: true },
  async begin({ engineDisk, postgres }) {
    await engineDisk.fill();
    await postgres.kill9();
  },
  async end({ engineDisk, postgres }) {
    await engineDisk.empty();
    await postgres.restart();
  },
  isSeen: (sent) =>
    answeredBy(sent, OTHER) > 0 &&
    sent.some(({ engine, told }) =>
      engine === FIRST && told?.body.code === "store_unavailable"
    ),
};

const killedWhileSpooling: Disturbance = {
  ...{ name: "engine killed while Postgres is", lastsMs: 1500 },
  async begin({ postgres }) {
    await postgres.kill9();
  },
  async end({ kill9, postgres, restart }) {
    await kill9(FIRST);
    await postgres.restart();
    await restart(FIRST);
  },
  isSeen: goesOnIfSpooled,
};

const stoppedWithoutPostgres: Disturbance = {
  ...{ name: "campaign stopped while Postgres is killed", lastsMs: 1500 },
  async begin(ground) {
    await ground.postgres.kill9();
    for (const engine of [FIRST, OTHER]) {
      ground.stops.push(await stopAt(ground, "rival", engine));
    }
  },
  end: ({ postgres }) => postgres.restart(),
  isSeen: (sent) =>
    sent.some(({ asked, told }) =>
      asked.tenant === "rival" && asked.purpose === "stopped" &&
      told?.body.recommended_action === "no_bid"
    ),
};

/** Left out where no clock can be set; with `REQUIRE_ALL=1` it fails there. */
const mayStep = hasClock() || Deno.env.get("REQUIRE_ALL") === "1";

/** What engines go through that answer once Postgres has it. */
export const DURABLE: readonly Disturbance[] = [
  ...[engineKilled, postgresKilled, postgresPaused, diskSlow, natsKilled],
  ...mayStep ? [clockStepped] : [],
  ...[modelDamaged, policyDamaged, deploymentDamaged, diskFull],
];

/** What those do that may keep decisions on the disk. */
export const SPOOLED: readonly Disturbance[] = [
  stoppedWithoutPostgres,
  ...[postgresPaused, diskSlow, spoolFull],
  killedWhileSpooling,
];

/** What nothing keeps is refused; what the disk keeps is answered. */
function goesOnIfSpooled(sent: readonly Sent[], writes: LogWrites): boolean {
  return sent.some(({ asked, told }) =>
    writes === "postgres"
      ? (told?.status ?? 0) >= 500
      : asked.key === null && told?.status === 200
  );
}

async function delayFlushes(
  owner: Ground["owner"],
  microseconds: number,
): Promise<void> {
  await owner(`alter system set commit_delay = ${microseconds}`);
  await owner("alter system set commit_siblings = 0");
  await owner("select pg_reload_conf()");
}
