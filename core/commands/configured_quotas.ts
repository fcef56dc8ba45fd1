/**
 * What tenants are allowed, from a JSON file:
 *
 * ```json
 * [
 *   { "tenant": "*", "requests": { "most": 60000, "per": "minute" } },
 *   {
 *     "tenant": "*",
 *     "apart": true,
 *     "burst": { "most": 200, "per": "second" },
 *     "plans": { "most": 50, "per": "day" }
 *   },
 *   {
 *     "tenant": "acme",
 *     "requests": { "most": 6000, "seconds": 60 },
 *     "decisions": { "most": 1000000, "per": "day" }
 *   }
 * ]
 * ```
 *
 * `*` is all tenants together; with `apart`, each that has none of its own. Windows begin at
 * whole multiples of their length, by the clock of the database, UTC.
 *
 * @module
 */
import { z } from "zod";
import { EngineError } from "../domain/error.ts";
import { isTenant } from "../domain/names.ts";
import { type AllowanceRule, ALLOWED } from "../http/load/allowances.ts";
import { ALL_TENANTS } from "../ports/limits.ts";

const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
/** Four weeks. */
const MOST_SECONDS = 28 * 86_400;

const most = z.int().min(1).max(1e12);

const windowOf = z.union([
  z.strictObject({ most, seconds: z.int().min(1).max(MOST_SECONDS) }),
  z.strictObject({
    most,
    per: z.enum(["second", "minute", "hour", "day"]),
  }),
]);

const Quotas = z.array(z.strictObject({
  tenant: z.string().refine(
    (name) => name === ALL_TENANTS || isTenant(name),
    'expected "*", or 1 to 63 letters, digits, _ and -',
  ),
  apart: z.boolean().default(false),
  requests: windowOf.optional(),
  burst: windowOf.optional(),
  decisions: windowOf.optional(),
  plans: windowOf.optional(),
}));

/**
 * Reads what tenants are allowed.
 *
 * @param given The file's content.
 * @returns The rules.
 * @throws {EngineError} `configuration_invalid`, naming what is wrong.
 */
export function parseQuotas(given: unknown): readonly AllowanceRule[] {
  const parsed = Quotas.safeParse(given);
  if (!parsed.success) {
    throw invalid(
      parsed.error.issues.map(({ path, message }) =>
        `${path.join(".") || "file"} (${message})`
      ).join(", "),
    );
  }
  const rules = parsed.data.flatMap(({ tenant, apart, ...quotas }) => {
    if (apart && tenant !== ALL_TENANTS) {
      throw invalid(`"apart" is for the tenant "*" alone, not for "${tenant}"`);
    }
    return ALLOWED.flatMap((of): AllowanceRule[] => {
      const quota = quotas[of];
      if (quota === undefined) return [];
      const seconds = "per" in quota ? SECONDS[quota.per] : quota.seconds;
      return [{ tenant, apart, of, most: quota.most, seconds }];
    });
  });
  refuseTwice(rules);
  return rules;
}

function refuseTwice(rules: readonly AllowanceRule[]): void {
  const known = new Set<string>();
  for (const { tenant, apart, of } of rules) {
    const name = `${of} of ${tenant}${apart ? ", apart" : ""}`;
    if (known.has(name)) throw invalid(`it tells ${name} twice`);
    known.add(name);
  }
}

function invalid(reason: string): EngineError {
  return new EngineError(
    "configuration_invalid",
    `Cannot read the file of quotas: ${reason}`,
  );
}
