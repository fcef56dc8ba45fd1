/**
 * The checks of write sides are proven on broken ones: each must be caught by the
 * check that is meant for it.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  type Connector,
  type Destination,
  EngineError,
  type SettingChange,
} from "../contract.ts";
import { destinationChecks } from "./destination_checks.ts";
import { failingChecks } from "./failing.ts";
import { type Config, SAMPLE, SOUND, TOKEN } from "./sound_connector.ts";

const SOUND_SIDE = SOUND.destination ?? assert.fail("it has no write side");

type Write = Destination<Config>["write"];

/** The sound write, given something else to write. */
function rewritten(
  change: (given: SettingChange) => SettingChange,
): Partial<Destination<Config>> {
  return { write: (scope, given) => SOUND_SIDE.write(scope, change(given)) };
}

/** The sound write, its failures told otherwise. */
function retelling(tell: () => Error): Partial<Destination<Config>> {
  const write: Write = async (scope, given) => {
    try {
      await SOUND_SIDE.write(scope, given);
    } catch {
      throw tell();
    }
  };
  return { write };
}

let calls = 0;
const READ_BACK = "reads back what it wrote, in the order asked";
const REFUSES = "tells of a value that it does not take, each time by one code";
const LIMITS = "states a rate and a unit that can be kept to";
const LOST = "shows what is held after an answer was lost";
const REFUSED = "shows what is held after a call was refused";

const MUTANTS: readonly {
  readonly note: string;
  readonly caught: string;
  readonly mutant: Partial<Destination<Config>>;
}[] = [
  {
    note: "a second effect of one change",
    caught: "gives the same change one effect",
    mutant: {
      comparesExpected: false,
      ...rewritten(({ settings }) => ({
        id: String(calls++),
        settings: settings.map((one) => ({ ...one, expect: one.value })),
      })),
    },
  },
  {
    note: "settings in an order of its own",
    caught: READ_BACK,
    mutant: {
      read: async (scope, targets) =>
        (await SOUND_SIDE.read(scope, targets)).toReversed(),
    },
  },
  {
    note: "a null that changes nothing",
    caught: "unsets what is written as null",
    mutant: rewritten(({ id, settings }) => ({
      id,
      settings: settings.filter(({ value }) => value !== null),
    })),
  },
  {
    note: "a unit that is not kept to",
    caught: LIMITS,
    mutant: { unit: () => Promise.resolve(10n) },
  },
  {
    note: "a unit of nothing",
    caught: LIMITS,
    mutant: { unit: () => Promise.resolve(0n) },
  },
  {
    note: "a rate that never ends",
    caught: LIMITS,
    mutant: { rate: { batch: 0, pauseMs: 0 } },
  },
  {
    note: "a refusal that is not told",
    caught: REFUSES,
    mutant: {
      write: (scope, given) => SOUND_SIDE.write(scope, given).catch(() => {}),
    },
  },
  {
    note: "a refusal without a code",
    caught: REFUSES,
    mutant: retelling(() => new Error("wrong")),
  },
  {
    note: "a refusal with a code of its own each time",
    caught: REFUSES,
    mutant: retelling(() =>
      new EngineError(calls++ % 2 ? "request_invalid" : "not_found", "No")
    ),
  },
  {
    note: "a secret in a refusal",
    caught: REFUSES,
    mutant: retelling(() => new EngineError("request_invalid", TOKEN)),
  },
  {
    note: "a lost answer that it takes for done",
    caught: REFUSED,
    mutant: { write: swallowing("source_unavailable") },
  },
  {
    note: "a change remembered before it is made",
    caught: REFUSED,
    mutant: { write: rememberingFirst },
  },
  {
    note: "a change that cannot be sent again after its answer was lost",
    caught: LOST,
    mutant: { write: neverTwice },
  },
  {
    note: "an expected value that it passes over",
    caught: "writes nothing when a value has moved",
    mutant: rewritten(({ id, settings }) => ({
      id,
      settings: settings.map((one) => ({ ...one, expect: one.value })),
    })),
  },
];

function swallowing(code: string): Write {
  return async (scope, given) => {
    try {
      await SOUND_SIDE.write(scope, given);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== code) throw error;
    }
  };
}

async function rememberingFirst(
  ...[scope, given]: Parameters<Write>
): Promise<void> {
  const known = await scope.files.text("ids.json") ?? "";
  if (known.includes(given.id)) return;
  await scope.files.write("ids.json", `${known} ${given.id}`);
  await SOUND_SIDE.write(scope, given);
}

async function neverTwice(...[scope, given]: Parameters<Write>): Promise<void> {
  const kept = JSON.parse(await scope.files.text("kept.json") ?? "{}");
  if (kept[given.id]) throw new EngineError("change_drifted", "Cannot repeat");
  await SOUND_SIDE.write(scope, given);
}

Deno.test("the kit lets a sound write side pass", async () => {
  const checks = destinationChecks(SOUND as Connector, SAMPLE);
  assert.deepEqual(await failingChecks(checks), []);
  assert.equal(checks.length, 8);
});

Deno.test.each(MUTANTS)(
  "the kit catches a write side with $note",
  async ({ caught, mutant }) => {
    const destination = { ...SOUND_SIDE, ...mutant };
    const broken = { ...SOUND, destination } as Connector;
    const failing = await failingChecks(destinationChecks(broken, SAMPLE));
    assert.ok(failing.includes(caught), `these fail: ${failing.join("; ")}`);
  },
);

Deno.test("every check of write sides catches something", () => {
  const names = destinationChecks(SOUND as Connector, SAMPLE)
    .map(({ name }) => name);
  const proven = new Set(MUTANTS.map(({ caught }) => caught));
  assert.deepEqual(names.filter((name) => !proven.has(name)), []);
});
