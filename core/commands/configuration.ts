/**
 * Configuration: from the environment alone, checked as a whole at start; what is observed,
 * in `configured_telemetry.ts`.
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
 * | `MOE_MASTER_KEY_FILE` | file of the master key that the keys of tenants are wrapped by, 64 hexadecimal digits a line: the first wraps, all unwrap; without it with PGlite a file in the data folder, which is made, with Postgres nothing is sealed | |
 * | `MOE_MASTER_KEY_COMMAND` | JSON list of a program and its first arguments that wraps and unwraps in its place, such as one that asks a key management service | |
 * | `MOE_LOG_WRITES` | where decisions are made durable: `postgres`; `fallback`, on the disk of the node while Postgres is away or slow; `spool`, always on the disk first. A request with an idempotency key waits for Postgres | `postgres` |
 * | `MOE_SPOOL_MAX_MB` | most that decisions take on the disk until Postgres has them; then they are refused | `1024` |
 * | `MOE_CHECKPOINT_KEY_FILE` | file of the key that checkpoints of the logs are signed with, and of public ones before it; without it with PGlite a file in the data folder, which is made, with Postgres nothing is signed | |
 * | `MOE_CHECKPOINTS` | folder to which every checkpoint is added as well, best one that the engine can add to and not change | |
 * | `MOE_RETENTION` | JSON file of for how long what is kept: a list of `tenant` or `*`, `purpose` (`decisions` or `idempotency`) and `days` | decisions for ever, answers under idempotency keys 7 days |
 * | `MOE_MASK` | JSON file of what of decisions leaves masked in exports and reads, beside the ids of people | |
 * | `MOE_IDENTITY_KEY` | key behind pseudonyms, 64 hexadecimal digits; without it a file in the data folder, made with PGlite only | |
 * | `NATS_URL` | NATS server with JetStream that the stream is relayed to | |
 * | `MOE_HOST`, `MOE_PORT` | where to listen | `127.0.0.1`, `8080` |
 * | `MOE_DEADLINE_MS` | milliseconds within which a decision is answered, on a lower rung if need be, whose caller sends no `x-deadline-ms` | `150` |
 * | `MOE_QUOTAS` | JSON file of how many requests, decisions and plans are allowed, of a tenant and of all | |
 * | `MOE_TLS_CERT`, `MOE_TLS_KEY` | PEM files of the server's certificate and its key, looked at again while it serves; without them it serves plain HTTP | |
 * | `MOE_TLS_CLIENT_CA` | PEM file of the CAs of clients: who shows no certificate of theirs is refused | |
 * | `MOE_BEHIND_PROXY` | `1`: plain HTTP is served on `MOE_HOST` whatever it is, as a proxy in front ends TLS | `0` |
 * | `MOE_PRIVATE_HOSTS` | hosts inside that sources, destinations and the issuer's key set may be at, comma-separated; any other host whose address is of this machine, of a private network or of a link is not called | |
 * | `MOE_DRAIN_SECONDS` | for how long a server that is told to stop still answers while `/readyz` says that it stops, so that a load balancer asks others | `0` |
 * | `MOE_MATERIALIZE_MINUTES` | whole minutes between two runs in which the servers materialise all features, the first at start; 0 for never | `60` |
 * | `MOE_MAX_MISMATCH` | greatest share of served feature vectors that may differ from the signals for a model that reads them to be approved | `0.01` |
 * | `MOE_REQUIRE_CONSISTENCY` | `1`: no model is approved before enough vectors were compared to show it | `0` |
 * | `MOE_RETRAIN_AT` | time of day, UTC, at which the server trains every champion anew, `03:00`; each stays pending until a person approves it | never |
 * | `MOE_PLANS` | JSON file of the plans that are made at night: bodies of `POST /optimization/plan` with `tenant`, and `days` in place of `period` | |
 * | `MOE_PLAN_AT` | time of day, UTC, at which the server makes them, `04:00`; each waits for a person to approve and apply it | never |
 * | `MOE_JWT_JWKS` | https URL or file of the key set whose tokens are taken as credentials; with it, issuer and audience must be given | |
 * | `MOE_JWT_ISSUER`, `MOE_JWT_AUDIENCE` | what their claims `iss` and `aud` must be | |
 * | `MOE_JWT_TENANT_CLAIM` | claim that names the tenant | `tenant` |
 * | `MOE_JWT_PERSON_CLAIM` | claim that is `true` in the tokens of people, who alone may agree with changes | `person` |
 * | `MOE_CLIENT_CERTS` | JSON file of who the holders of client certificates are; needs `MOE_TLS_CLIENT_CA` | |
 *
 * @module
 */
import { EngineError } from "../domain/error.ts";
import type { TokenRules } from "../http/access/token.ts";
import type { LogWrites } from "../decisions/log/writing/spooling.ts";
import { telemetryOf } from "./configured_telemetry.ts";
import { parseEnvironment, type Variables } from "./environment.ts";
import type { TlsFiles } from "./tls_files.ts";
import type { ConsistencyLimits } from "../features/consistency_gate.ts";

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
  /** What wraps the keys of tenants; nulls for a file in the data folder, or for none. */
  readonly masterKey: {
    /** File of keys. */
    readonly file: string | null;
    /** A program and its first arguments. */
    readonly command: readonly string[] | null;
  };
  /** Where decisions are made durable: Postgres, a spool while it is away, or always a spool first. */
  readonly logWrites: LogWrites;
  /** Most that the spool takes on the disk, bytes. */
  readonly spoolMaxBytes: number;
  /** File of the key that checkpoints are signed with; null for one in the data folder, or none. */
  readonly checkpointKeyFile: string | null;
  /** Folder to which checkpoints are added as well; null for none. */
  readonly checkpointsFolder: string | null;
  /** JSON file of for how long what is kept; null for none. */
  readonly retentionFile: string | null;
  /** JSON file of what leaves masked; null for ids of people alone. */
  readonly maskFile: string | null;
  /** Key behind pseudonyms, hexadecimal; null for a file in the data folder. */
  readonly identityKey: string | null;
  /** NATS server that the stream is relayed to; null for none. */
  readonly natsUrl: string | null;
  readonly host: string;
  readonly port: number;
  /** Files of the certificate that is served with; null for plain HTTP. */
  readonly tls: TlsFiles | null;
  /** Whether a proxy ends TLS. */
  readonly behindProxy: boolean;
  /** Within how long a decision is answered whose caller says nothing, milliseconds. */
  readonly deadlineMs: number;
  /** JSON file of quotas; null for none. */
  readonly quotasFile: string | null;
  /** Hosts inside that may be called. */
  readonly privateHosts: readonly string[];
  /** For how long a server that stops still answers, seconds. */
  readonly drainSeconds: number;
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
  /** What tokens are taken, and where their keys are; null for none. */
  readonly tokens: TokenRules & { readonly keySet: string } | null;
  /** JSON file of who holds client certificates; null for nobody. */
  readonly clientCertsFile: string | null;
  /** How much is observed. */
  readonly telemetry: ReturnType<typeof telemetryOf>;
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
  const { configuration, problems } = parseConfiguration(variable);
  if (problems.length === 0) return configuration;
  throw new EngineError(
    "configuration_invalid",
    `Cannot read the configuration: ${problems.join(", ")}`,
  );
}

/**
 * As {@link readConfiguration}, but tells what is wrong: variables that are wrong count as
 * not set.
 */
export function parseConfiguration(
  variable: (name: string) => string | undefined,
): {
  readonly configuration: Configuration;
  readonly problems: readonly string[];
} {
  const { variables, problems } = parseEnvironment(variable);
  return { configuration: configurationOf(variables), problems };
}

function configurationOf(data: Variables): Configuration {
  return {
    databaseUrl: data.DATABASE_URL ?? null,
    kvUrl: data.KV_URL ?? null,
    dataFolder: data.MOE_DATA,
    policiesFolder: data.MOE_POLICIES,
    policyChanges: data.MOE_POLICY_CHANGES,
    sourcesFile: data.MOE_SOURCES ?? null,
    destinationsFile: data.MOE_DESTINATIONS ?? null,
    masterKey: {
      file: data.MOE_MASTER_KEY_FILE ?? null,
      command: data.MOE_MASTER_KEY_COMMAND ?? null,
    },
    logWrites: data.MOE_LOG_WRITES,
    spoolMaxBytes: data.MOE_SPOOL_MAX_MB * 1_048_576,
    checkpointKeyFile: data.MOE_CHECKPOINT_KEY_FILE ?? null,
    checkpointsFolder: data.MOE_CHECKPOINTS ?? null,
    retentionFile: data.MOE_RETENTION ?? null,
    maskFile: data.MOE_MASK ?? null,
    identityKey: data.MOE_IDENTITY_KEY ?? null,
    natsUrl: data.NATS_URL ?? null,
    host: data.MOE_HOST,
    port: data.MOE_PORT,
    tls: tlsOf(data),
    behindProxy: data.MOE_BEHIND_PROXY === "1",
    privateHosts: data.MOE_PRIVATE_HOSTS ?? [],
    deadlineMs: data.MOE_DEADLINE_MS,
    quotasFile: data.MOE_QUOTAS ?? null,
    drainSeconds: data.MOE_DRAIN_SECONDS,
    materializeMinutes: data.MOE_MATERIALIZE_MINUTES,
    consistency: {
      maxMismatch: data.MOE_MAX_MISMATCH,
      required: data.MOE_REQUIRE_CONSISTENCY === "1",
    },
    retrainAt: data.MOE_RETRAIN_AT ?? null,
    plansFile: data.MOE_PLANS ?? null,
    planAt: data.MOE_PLAN_AT ?? null,
    tokens: tokensOf(data),
    clientCertsFile: data.MOE_CLIENT_CERTS ?? null,
    telemetry: telemetryOf(data),
  };
}

/** Certificate and key together, or neither. */
function tlsOf(data: Variables): TlsFiles | null {
  const { MOE_TLS_CERT: cert, MOE_TLS_KEY: key } = data;
  if (cert === undefined || key === undefined) return null;
  return { cert, key, clientCa: data.MOE_TLS_CLIENT_CA ?? null };
}

/** What tokens are taken; all that says so, or nothing. */
function tokensOf(data: Variables): Configuration["tokens"] {
  const {
    MOE_JWT_JWKS: keySet,
    MOE_JWT_ISSUER: issuer,
    MOE_JWT_AUDIENCE: audience,
  } = data;
  if (!keySet || !issuer || !audience) return null;
  const { MOE_JWT_TENANT_CLAIM: tenantClaim } = data;
  const { MOE_JWT_PERSON_CLAIM: personClaim } = data;
  return { keySet, issuer, audience, tenantClaim, personClaim };
}
