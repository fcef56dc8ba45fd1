/**
 * Configuration: from the environment alone, checked as a whole at start.
 *
 * | variable | meaning | default |
 * | --- | --- | --- |
 * | `DATABASE_URL` | Postgres; without it PGlite in the data folder | |
 * | `KV_URL` | Deno KV by KV Connect; without it a file in the data folder | |
 * | `MOE_DATA` | data folder | `data` |
 * | `MOE_POLICIES` | folder of policy files | `policies` |
 * | `MOE_POLICY_CHANGES` | `approved`: changes to policies come into force by approval alone; `files`: what is in the folder is, as for development | `approved` |
 * | `MOE_SOURCES` | JSON file of sources and where their secrets are | |
 * | `MOE_DESTINATIONS` | JSON file of where each tenant's plans are written; without it a file in the data folder | |
 * | `MOE_IDENTITY_KEY` | key behind pseudonyms, 64 hexadecimal digits; without it a file in the data folder, made with PGlite only | |
 * | `NATS_URL` | NATS server with JetStream that the stream is relayed to | |
 * | `MOE_HOST`, `MOE_PORT` | where to listen | `127.0.0.1`, `8080` |
 * | `MOE_MATERIALIZE_MINUTES` | pause between two runs in which the server materialises all features, the first at start; 0 for never | `60` |
 * | `MOE_MAX_MISMATCH` | greatest share of served feature vectors that may differ from the signals for a model that reads them to be approved | `0.01` |
 * | `MOE_REQUIRE_CONSISTENCY` | `1`: no model is approved before enough vectors were compared to show it | `0` |
 * | `MOE_RETRAIN_AT` | time of day, UTC, at which the server trains every champion anew, `03:00`; each stays pending until a person approves it | never |
 * | `MOE_PLANS` | JSON file of the plans that are made at night: bodies of `POST /optimization/plan` with `tenant`, and `days` in place of `period` | |
 * | `MOE_PLAN_AT` | time of day, UTC, at which the server makes them, `04:00`; each waits for a person to approve and apply it | never |
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../domain/error.ts";
import type { ConsistencyLimits } from "../features/consistency_gate.ts";

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const Environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  KV_URL: z.url({ protocol: /^https?$/ }).optional(),
  MOE_DATA: z.string().min(1).default("data"),
  MOE_POLICIES: z.string().min(1).default("policies"),
  MOE_POLICY_CHANGES: z.enum(["approved", "files"]).default("approved"),
  MOE_SOURCES: z.string().min(1).optional(),
  MOE_DESTINATIONS: z.string().min(1).optional(),
  MOE_IDENTITY_KEY: z.string().regex(/^(?:[0-9a-f]{2}){32,64}$/i).optional(),
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
  MOE_HOST: z.string().min(1).default("127.0.0.1"),
  MOE_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  MOE_MATERIALIZE_MINUTES: z.coerce.number().min(0).max(10_080).default(60),
  MOE_MAX_MISMATCH: z.coerce.number().gt(0).lt(1).default(0.01),
  MOE_REQUIRE_CONSISTENCY: z.enum(["0", "1"]).default("0"),
  MOE_RETRAIN_AT: timeOfDay.optional(),
  MOE_PLANS: z.string().min(1).optional(),
  MOE_PLAN_AT: timeOfDay.optional(),
});

/** Names of all variables that are read. */
export const VARIABLES = Object.keys(Environment.shape);

/** What the operator decided. */
export interface Configuration {
  readonly databaseUrl: string | null;
  readonly kvUrl: string | null;
  readonly dataFolder: string;
  readonly policiesFolder: string;
  /** Whether policies come into force by approval, or as the folder's files are. */
  readonly policyChanges: "approved" | "files";
  readonly sourcesFile: string | null;
  readonly destinationsFile: string | null;
  /** Key behind pseudonyms, hexadecimal; null for a file in the data folder. */
  readonly identityKey: string | null;
  /** NATS server that the stream is relayed to; null for none. */
  readonly natsUrl: string | null;
  readonly host: string;
  readonly port: number;
  /** Pause between the server's own materialisations, minutes; 0 for never. */
  readonly materializeMinutes: number;
  /** Greatest share of served vectors that may differ, and whether that must be shown. */
  readonly consistency: ConsistencyLimits;
  /** Time of day, UTC, at which champions are trained anew; null for never. */
  readonly retrainAt: string | null;
  /** JSON file of the plans that are made at night; null for none. */
  readonly plansFile: string | null;
  /** Time of day, UTC, at which they are made; null for never. */
  readonly planAt: string | null;
}

/**
 * Reads the configuration.
 *
 * @param variable Looks a variable up; undefined when it is not set.
 * @returns The configuration.
 * @throws {EngineError} `configuration_invalid`, naming every variable that is wrong and no value.
 */
export function readConfiguration(
  variable: (name: string) => string | undefined,
): Configuration {
  const given = Object.fromEntries(
    VARIABLES.map((name) => [name, variable(name) || undefined]),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) =>
      `${path.join(".")} (${message})`
    );
    throw new EngineError(
      "configuration_invalid",
      `Cannot read the configuration: ${wrong.join(", ")}`,
    );
  }
  const { data } = parsed;
  return {
    databaseUrl: data.DATABASE_URL ?? null,
    kvUrl: data.KV_URL ?? null,
    dataFolder: data.MOE_DATA,
    policiesFolder: data.MOE_POLICIES,
    policyChanges: data.MOE_POLICY_CHANGES,
    sourcesFile: data.MOE_SOURCES ?? null,
    destinationsFile: data.MOE_DESTINATIONS ?? null,
    identityKey: data.MOE_IDENTITY_KEY ?? null,
    natsUrl: data.NATS_URL ?? null,
    host: data.MOE_HOST,
    port: data.MOE_PORT,
    materializeMinutes: data.MOE_MATERIALIZE_MINUTES,
    consistency: {
      maxMismatch: data.MOE_MAX_MISMATCH,
      required: data.MOE_REQUIRE_CONSISTENCY === "1",
    },
    retrainAt: data.MOE_RETRAIN_AT ?? null,
    plansFile: data.MOE_PLANS ?? null,
    planAt: data.MOE_PLAN_AT ?? null,
  };
}
