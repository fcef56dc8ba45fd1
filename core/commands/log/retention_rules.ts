/**
 * For how long what is kept, as the operator configured it: a JSON list of `{ tenant,
 * purpose, days }`, `*` for every tenant without a rule of its own.
 *
 * @module
 */
import { z } from "zod";
import {
  RETENTION_PURPOSES,
  type RetentionRule,
} from "../../decisions/log/retention/rules.ts";
import { EngineError } from "../../domain/error.ts";
import { isTenant } from "../../domain/names.ts";
import type { Configuration } from "../configuration.ts";
import { readJsonFile } from "../files.ts";

const Rules = z.array(z.strictObject({
  tenant: z.string().refine(
    (text) => text === "*" || isTenant(text),
    'expected a tenant, or "*"',
  ),
  purpose: z.enum(RETENTION_PURPOSES),
  days: z.int().min(1).max(36_600),
})).refine(
  (rules) =>
    new Set(rules.map(({ tenant, purpose }) => `${tenant} ${purpose}`)).size ===
      rules.length,
  "expected one rule for each tenant and purpose",
);

/**
 * Reads the rules.
 *
 * @returns Nothing where no file is named.
 * @throws {EngineError} `configuration_invalid`, naming each rule and what is wrong.
 */
export async function readRetentionRules(
  { retentionFile }: Pick<Configuration, "retentionFile">,
): Promise<readonly RetentionRule[]> {
  if (retentionFile === null) return [];
  const parsed = Rules.safeParse(await readJsonFile(retentionFile));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")} (${message})`
  );
  throw new EngineError(
    "configuration_invalid",
    `Cannot read the rules of MOE_RETENTION: ${wrong.join(", ")}`,
  );
}
