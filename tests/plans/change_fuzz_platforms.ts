/**
 * Destinations of change sets through their real connectors, with what may go wrong on
 * the way: the simulated Google Ads and Meta, settings in files, and a receiver of
 * signed changes.
 *
 * @module
 */
import { openVendor, recordHttp, rememberFiles } from "@moe/plugin/test";
import file from "../../connectors/file/connector.ts";
import googleAds from "../../connectors/google_ads/connector.ts";
import metaAds from "../../connectors/meta_ads/connector.ts";
import webhook from "../../connectors/webhook/connector.ts";
import type { EntityKey } from "../../core/domain/entity.ts";
import { EngineError } from "../../core/domain/error.ts";
import { openDestination } from "../../core/plans/destinations/destination.ts";
import type { PlanDestination } from "../../core/ports/changes.ts";
import type { Fault } from "../../plugins/conformance/vendor.ts";
import type {
  Connector,
  FileAccess,
  HttpCall,
  Lent,
} from "../../plugins/contract.ts";
import { createGoogleAdsVendor } from "../vendors/google_ads.ts";
import { createMetaAdsVendor } from "../vendors/meta_ads.ts";
import type { WriteMishaps } from "../vendors/write_mishaps.ts";

const NOW = "2026-04-02T09:00:00.000Z";
const CAMPAIGNS = 8;

/** A destination, and the hands of others on it. */
export interface Platform {
  readonly destination: PlanDestination;
  readonly targets: readonly EntityKey[];
  held(target: EntityKey): Promise<string | null>;
  /** Somebody else sets a value. */
  put(target: EntityKey, value: string): Promise<void>;
  /** Refuses a target for good; false if it takes whatever comes. */
  refuse(target: EntityKey): boolean;
  /** Lets time pass. */
  advance(ms: number): void;
  /** Is asked at each call for a number from 0 to 99: the higher, the worse it gets. */
  play(draw: () => number): void;
}

/** Platforms by name, each opened anew. */
export const PLATFORMS: Readonly<Record<string, () => Platform>> = {
  ["google_ads"]: () =>
    openAds(googleAds, {
      open: (clock) => createGoogleAdsVendor({ clock, campaigns: CAMPAIGNS }),
      faults: ["throttled_body", "token_expired"],
      budgets: CAMPAIGNS,
    }),
  // The last two campaigns have no daily budget.
  ["meta_ads"]: () =>
    openAds(metaAds, {
      open: (clock) => createMetaAdsVendor({ clock, campaigns: CAMPAIGNS }),
      faults: ["throttled_header", "error_in_ok"],
      budgets: CAMPAIGNS - 2,
    }),
  file: openFile,
  webhook: openReceiver,
};

type AdsVendor =
  | ReturnType<typeof createGoogleAdsVendor>
  | ReturnType<typeof createMetaAdsVendor>;

function openAds<C>(connector: Connector<C>, { open, faults, budgets }: {
  open(clock: { now(): string }): AdsVendor;
  readonly faults: readonly Fault[];
  readonly budgets: number;
}): Platform {
  const { lent, vendor, advance, intercept } = openVendor(connector, {
    now: NOW,
    vendor: open,
  });
  const { mishaps, truth } = vendor;
  return {
    destination: openWith(connector, vendor.config, lent),
    targets: truth.campaigns.slice(0, budgets)
      .map(({ id }): EntityKey => `campaign:${id}`),
    held: (target) => Promise.resolve(mishaps.held(target)),
    put: (target, value) => Promise.resolve(mishaps.drift(target, value)),
    refuse: (target) => {
      mishaps.refuse(target);
      return true;
    },
    advance,
    play: (draw) =>
      intercept(() => {
        const drawn = draw();
        if (drawn >= 97) return "refused";
        if (drawn >= 90) return "dropped";
        if (drawn >= 82) misplay(mishaps, drawn);
        else if (drawn >= 74) {
          vendor.play(faults[drawn % faults.length] ?? null);
        }
        return null;
      }),
  };
}

function misplay(mishaps: WriteMishaps, drawn: number): void {
  if (drawn % 2 === 0) mishaps.loseReply();
  else mishaps.loseRequest();
}

function openFile(): Platform {
  const files = rememberFiles();
  let draw = () => 0;
  const config = { folder: "/plans" };
  const lend = (access: FileAccess): Lent<unknown> => ({
    config,
    files: access,
    http: recordHttp(undefined),
    now: NOW,
  });
  const sound = openWith(file, config, lend(files));
  const write: FileAccess["write"] = async (path, text) => {
    const drawn = draw();
    if (drawn >= 90) throw unreachable();
    await files.write(path, text);
    if (drawn >= 75) throw unreachable();
  };
  return {
    ...byHand(sound),
    destination: {
      ...openWith(file, config, lend({ ...files, write })),
      rate: { batch: 3, pauseMs: 10 },
    },
    refuse: () => false,
    play: (next) => void (draw = next),
  };
}

/** Values that others read and set through a destination in which nothing goes wrong. */
function byHand(sound: PlanDestination) {
  const field = "budget_micros_per_day";
  let changes = 0;
  const held = async (target: EntityKey) => {
    const [setting] = await sound.read([{ target, field }]);
    return setting?.value ?? null;
  };
  return {
    targets: Array.from(
      { length: CAMPAIGNS },
      (_, at): EntityKey => `campaign:c-${at}`,
    ),
    advance: () => {},
    held,
    async put(target: EntityKey, value: string) {
      const [id, key] = [`other-${++changes}`, `other-${changes}`];
      const expect = await held(target);
      const settings = [{ target, field, value, key, expect }];
      await sound.write({ id, settings });
    },
  };
}

const SENDING = {
  changesUrl: "https://budgets.example/changes",
  signingSecret: `whsec_${"TW9l".repeat(10)}`,
};

function openReceiver(): Platform {
  const receiver = createReceiver();
  let draw = () => 0;
  const lend = (mishaps: () => number): Lent<unknown> => {
    const text = async (_url: string, { body }: HttpCall = {}) => {
      await Promise.resolve();
      const drawn = mishaps();
      if (drawn >= 90) throw unreachable();
      const answer = receiver.answer(body as ReceivedBody);
      if (drawn >= 75) throw unreachable();
      return drawn >= 70 ? "a page of a proxy" : answer;
    };
    const http = { text, json: () => Promise.reject(unreachable()) };
    return { config: SENDING, files: rememberFiles(), http, now: NOW };
  };
  return {
    ...byHand(openWith(webhook, SENDING, lend(() => 0))),
    destination: openWith(webhook, SENDING, lend(() => draw())),
    refuse: (target) => {
      receiver.refuses.add(target);
      return true;
    },
    play: (next) => void (draw = next),
  };
}

interface ReceivedBody {
  readonly type: string;
  readonly targets?: readonly Named[];
  readonly operations?: readonly (Named & {
    readonly key: string;
    readonly expect: string | null;
    readonly value: string | null;
  })[];
}

interface Named {
  readonly target: EntityKey;
  readonly field: string;
}

/** Whoever keeps the values: each operation on its own, compared with what is expected. */
function createReceiver() {
  const values = new Map<EntityKey, string | null>();
  const refuses = new Set<EntityKey>();
  return {
    refuses,
    answer({ type, targets = [], operations = [] }: ReceivedBody): string {
      if (type === "settings.read") {
        const settings = targets.map(({ target, field }) => ({
          ...{ target, field },
          value: values.get(target) ?? null,
        }));
        return JSON.stringify({ settings });
      }
      const told = operations.map(({ key, target, expect, value }) => {
        const held = values.get(target) ?? null;
        if (held === value) return { key, state: "written" };
        if (held !== expect) return { key, state: "drifted" };
        const other = key.startsWith("other-");
        if (refuses.has(target) && !other) return { key, state: "refused" };
        values.set(target, value);
        return { key, state: "written" };
      });
      return JSON.stringify({ operations: told });
    },
  };
}

function openWith<C>(
  connector: Connector<C>,
  config: unknown,
  lent: Lent<unknown>,
): PlanDestination {
  return {
    ...openDestination(connector as Connector, config, () => lent),
    rate: { batch: 3, pauseMs: 10 },
  };
}

function unreachable(): EngineError {
  return new EngineError("source_unavailable", "Cannot reach it: played");
}
