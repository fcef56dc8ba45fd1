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
import { MODEL } from "./company.ts";
import { type Ground, hasClock, type LogWrites } from "./ground.ts";
import { isStoppedByPolicies } from "./judge.ts";
import type { Sent } from "./load.ts";
import { stopAt } from "./switches.ts";

/** Something that goes ill. */
export interface Disturbance {
  readonly name: string;
  /** For how long it lasts at least, ms. */
  readonly lastsMs: number;
  /** That it fills disks, which are then small ones. */
  readonly fillsDisks?: true;
  begin(ground: Ground): Promise<void>;
  end(ground: Ground): Promise<void>;
  /** Whether the answers since its beginning show what it does; until then it lasts. */
  isSeen(sent: readonly Sent[], writes: LogWrites): boolean;
  /**
   * Judges the answers from its beginning to the recovery.
   *
   * @throws {AssertionError} If something is wrong.
   */
  judge?(sent: readonly Sent[]): void;
}

/** The engine that disturbances are about, and the other. */
const FIRST = 0;
const OTHER = 1;
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

const modelDamaged: Disturbance = {
  ...{ name: "model damaged, engine killed", lastsMs: 1500 },
  async begin({ owner, kill9, restart }) {
    await owner(TURN_MODEL, ["acme", MODEL]);
    await kill9(FIRST);
    await restart(FIRST);
  },
  end: ({ owner }) => owner(TURN_MODEL, ["acme", MODEL]),
  isSeen: (sent) =>
    sent.some(({ asked, engine, told }) =>
      engine === FIRST && asked.tenant === "acme" &&
      told?.body.rung === "previous" &&
      told.body.falls[0]?.cause === "artifact_corrupt"
    ),
};

/** The same twice leaves the bytes as they were. */
const TURN_MODEL = `update model_artifact
  set artifact = set_byte(artifact, 20, get_byte(artifact, 20) # 255)
  where tenant = $1 and name = $2 and version = 2`;

const policyDamaged: Disturbance = {
  ...{ name: "own policy damaged, engine killed", lastsMs: 1500 },
  async begin({ owner, kill9, restart }) {
    await owner(DAMAGE_POLICY, ["acme"]);
    await kill9(FIRST);
    await restart(FIRST);
  },
  async end({ owner, kill9, restart }) {
    await owner(MEND_POLICY, ["acme"]);
    await kill9(FIRST);
    await restart(FIRST);
  },
  isSeen: (sent) =>
    sent.some(isStoppedByPolicies) && answeredBy(sent, OTHER) > 0,
  judge(sent) {
    const stopped = sent.filter(isStoppedByPolicies);
    const elsewhere = stopped.filter(({ engine, asked: { tenant, key } }) =>
      tenant !== "acme" || engine !== FIRST && key === null
    );
    assert.deepEqual(elsewhere, [], "who knows them, or has none, goes on");
  },
};

const OWN_CONTENT = `hash = (select content from active_pointer
  where tenant = $1 and subject = 'policies' order by seq desc limit 1)`;
const DAMAGE_POLICY = `update change_content set text = '#' || text
  where ${OWN_CONTENT}`;
const MEND_POLICY = `update change_content set text = substr(text, 2)
  where ${OWN_CONTENT}`;

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
  ...[modelDamaged, policyDamaged, diskFull],
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

function answeredBy(sent: readonly Sent[], engine: number): number {
  return sent.filter((one) => one.engine === engine && one.told?.status === 200)
    .length;
}

async function delayFlushes(
  owner: Ground["owner"],
  microseconds: number,
): Promise<void> {
  await owner(`alter system set commit_delay = ${microseconds}`);
  await owner("alter system set commit_siblings = 0");
  await owner("select pg_reload_conf()");
}

/** Waits. */
export function later(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}
