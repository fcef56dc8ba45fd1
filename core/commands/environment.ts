/**
 * The variables of the environment, parsed: what each may be, and what goes together.
 *
 * @module
 */
import { z } from "zod";
import { isKeySetSource } from "../http/access/key_set_source.ts";
import { telemetryVariables } from "./configured_telemetry.ts";

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const words = z.string().transform((text, context) => {
  try {
    return z.array(z.string().min(1)).min(1).parse(JSON.parse(text));
  } catch {
    context.addIssue("expected a JSON list of texts");
    return z.NEVER;
  }
});

/** As the parser of URLs spells them, so that an address is one whatever its spelling. */
const hostNames = z.string().transform((text, context) =>
  text.split(",").map((name) => {
    const url = URL.parse(`https://${name.trim()}`);
    if (url !== null && url.href === `https://${url.hostname}/`) {
      return url.hostname;
    }
    context.addIssue("expected names of hosts, comma-separated");
    return z.NEVER;
  })
);

const Environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  KV_URL: z.url({ protocol: /^https?$/ }).optional(),
  MOE_DATA: z.string().min(1).default("data"),
  MOE_POLICIES: z.string().min(1).default("policies"),
  MOE_POLICY_CHANGES: z.enum(["approved", "files"]).default("approved"),
  MOE_SOURCES: z.string().min(1).optional(),
  MOE_DESTINATIONS: z.string().min(1).optional(),
  MOE_MASTER_KEY_FILE: z.string().min(1).optional(),
  MOE_MASTER_KEY_COMMAND: words.optional(),
  MOE_LOG_WRITES: z.enum(["postgres", "fallback", "spool"])
    .default("postgres"),
  MOE_SPOOL_MAX_MB: z.coerce.number().min(1).max(1_048_576).default(1024),
  MOE_CHECKPOINT_KEY_FILE: z.string().min(1).optional(),
  MOE_CHECKPOINTS: z.string().min(1).optional(),
  MOE_RETENTION: z.string().min(1).optional(),
  MOE_MASK: z.string().min(1).optional(),
  MOE_IDENTITY_KEY: z.string().regex(/^(?:[0-9a-f]{2}){32,64}$/i).optional(),
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
  MOE_HOST: z.string().min(1).default("127.0.0.1"),
  MOE_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  MOE_DEADLINE_MS: z.coerce.number().int().min(1).max(60_000).default(150),
  MOE_QUOTAS: z.string().min(1).optional(),
  MOE_TLS_CERT: z.string().min(1).optional(),
  MOE_TLS_KEY: z.string().min(1).optional(),
  MOE_TLS_CLIENT_CA: z.string().min(1).optional(),
  MOE_BEHIND_PROXY: z.enum(["0", "1"]).default("0"),
  MOE_PRIVATE_HOSTS: hostNames.optional(),
  MOE_DRAIN_SECONDS: z.coerce.number().min(0).max(300).default(0),
  MOE_MATERIALIZE_MINUTES: z.coerce.number().int().min(0).max(10_080).default(
    60,
  ),
  MOE_MAX_MISMATCH: z.coerce.number().gt(0).lt(1).default(0.01),
  MOE_REQUIRE_CONSISTENCY: z.enum(["0", "1"]).default("0"),
  MOE_RETRAIN_AT: timeOfDay.optional(),
  MOE_PLANS: z.string().min(1).optional(),
  MOE_PLAN_AT: timeOfDay.optional(),
  MOE_JWT_JWKS: z.string().refine(
    isKeySetSource,
    "expected an https URL, or a file",
  ).optional(),
  MOE_JWT_ISSUER: z.string().min(1).optional(),
  MOE_JWT_AUDIENCE: z.string().min(1).optional(),
  MOE_JWT_TENANT_CLAIM: z.string().min(1).default("tenant"),
  MOE_JWT_PERSON_CLAIM: z.string().min(1).default("person"),
  MOE_CLIENT_CERTS: z.string().min(1).optional(),
  ...telemetryVariables,
});

/** Names of all variables that are read. */
export const VARIABLES = Object.keys(Environment.shape);

/** Variables as they were parsed. */
export type Variables = z.output<typeof Environment>;

/** Groups of variables of which none means anything without the others. */
const TOGETHER = [
  {
    all: ["MOE_TLS_CERT", "MOE_TLS_KEY"],
    also: ["MOE_TLS_CLIENT_CA", "MOE_CLIENT_CERTS"],
    what: "TLS is not served",
  },
  {
    all: ["MOE_TLS_CLIENT_CA"],
    also: ["MOE_CLIENT_CERTS"],
    what: "no certificate is believed, and nobody known by one,",
  },
  {
    all: ["MOE_JWT_JWKS", "MOE_JWT_ISSUER", "MOE_JWT_AUDIENCE"],
    also: [],
    what: "tokens are not taken",
  },
] as const;

/**
 * Parses the variables.
 *
 * @param variable Looks a variable up; undefined when it is not set.
 * @returns The variables, those that are wrong as if they were not set; and what is wrong,
 * without values.
 */
export function parseEnvironment(
  variable: (name: string) => string | undefined,
): { readonly variables: Variables; readonly problems: readonly string[] } {
  const given = Object.fromEntries(
    VARIABLES.map((name) => [name, variable(name) || undefined]),
  );
  const parsed = Environment.safeParse(given);
  const lacking = findLacking(given);
  if (parsed.success) return { variables: parsed.data, problems: lacking };
  const { issues } = parsed.error;
  const wrong = new Set(issues.map(({ path: [name] }) => String(name)));
  const right = Object.entries(given).filter(([name]) => !wrong.has(name));
  return {
    variables: Environment.parse(Object.fromEntries(right)),
    problems: [
      ...issues.map(({ path, message }) => `${path.join(".")} (${message})`),
      ...lacking,
    ],
  };
}

function findLacking(
  given: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const isSet = (name: string) => given[name] !== undefined;
  return TOGETHER.flatMap(({ all, also, what }) => {
    const missing = all.filter((name) => !isSet(name));
    const isAsked = [...all, ...also].some(isSet);
    return isAsked && missing.length > 0
      ? [`${what} without ${missing.join(" and ")}`]
      : [];
  });
}
