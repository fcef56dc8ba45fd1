/**
 * The form of a policy file and of a shared list: members and what each may hold.
 *
 * @module
 */
import { z } from "zod";
import { EFFECTS, LIMIT_KEYS, WEEKDAYS } from "../../domain/verdict.ts";
import { refusePolicy } from "../language/refusal.ts";

const MAX_RULES = 200;
const MAX_CASES = 500;

const Name = z.string().regex(
  /^[a-z][a-z0-9_]{0,62}$/,
  "expected snake_case, at most 63 characters",
);
const Line = z.string().min(1).max(500);
const OnMissing = z.enum(["deny", "apply", "skip"]);
/** An amount in micros. */
export const Micros = z.int().nonnegative();

/** JSON-logic; checked apart, since its types depend on the catalogue. */
const Condition = z.unknown().meta({ id: "logic" });

const Minute = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected HH:MM");
const Day = z.iso.date();
const ListRef = z.strictObject({ list: Name });

const During = z.strictObject({
  from: Minute.optional(),
  to: Minute.optional(),
  weekdays: z.array(z.enum(WEEKDAYS)).min(1).optional(),
  dates: z.union([z.array(Day).min(1).max(366), ListRef]).optional(),
});

const Over = z.strictObject({
  channel: z.string().min(1).optional(),
  account: z.string().min(1).optional(),
  campaigns: ListRef.optional(),
});

const Rule = z.strictObject({
  id: Name,
  when: Condition.optional(),
  during: During.optional(),
  effect: z.enum(EFFECTS),
  to: Condition.optional(),
  over: Over.optional(),
  toPermille: z.int().min(0).max(1000).optional(),
  byPermille: z.int().min(0).max(10_000).optional(),
  by: z.int().min(-1000).max(1000).optional(),
  most: z.int().nonnegative().optional(),
  of: z.enum(["decisions", "micros"]).optional(),
  per: z.array(z.enum(LIMIT_KEYS)).optional(),
  within: z.string().regex(/^[1-9]\d{0,4}[smhd]$/, "expected such as 24h")
    .optional(),
  reason: Line,
  onMissing: OnMissing.optional(),
});

const KINDS = ["bid", "action", "budget"] as const;

const Case = z.strictObject({
  note: Line,
  on: z.enum(KINDS).optional(),
  tenant: z.string().min(1).optional(),
  facts: z.record(z.string(), z.unknown()).meta({ id: "facts" }),
  otherCapMicros: Micros.optional(),
  want: z.array(Name),
  wantMicros: Micros.nullable().optional(),
  review: z.literal(true).optional(),
  priority: z.int().optional(),
});

/** The form of a policy file. */
export const PolicyFile = z.strictObject({
  $schema: z.string().optional(),
  policy: Name,
  version: z.int().min(1),
  owner: Line,
  about: Line,
  on: z.array(z.enum(KINDS)).min(1),
  appliesTo: z.strictObject({
    tenants: z.array(z.string().min(1)).min(1).optional(),
    channels: z.array(z.string().min(1)).min(1).optional(),
  }).optional(),
  onMissing: OnMissing.optional(),
  rules: z.array(Rule).min(1).max(MAX_RULES),
  cases: z.array(Case).min(1).max(MAX_CASES),
});

/** The form of a file that holds a shared list. */
export const ListFile = z.strictObject({
  $schema: z.string().optional(),
  list: Name,
  version: z.int().min(1),
  owner: Line,
  about: Line,
  items: z.union([
    z.array(z.string().min(1).max(200)).min(1).max(10_000),
    z.array(z.number()).min(1).max(10_000),
  ]),
});

const Stopped = z.string().optional();

/** The form of a kill switch. */
export const SwitchForm = z.strictObject({
  id: z.string().min(1),
  stops: z.strictObject({
    ...{ tenant: Stopped, channel: Stopped, account: Stopped },
    ...{ campaign: Stopped, model: Stopped },
  }),
  reason: z.string(),
});

/**
 * Checks the form of a file.
 *
 * @throws {EngineError} policy_invalid, naming file, rule, path and fix.
 */
export function parseForm<T extends z.ZodType>(
  file: string,
  form: T,
  content: unknown,
): z.infer<T> {
  const parsed = form.safeParse(content);
  if (parsed.success) return parsed.data;
  throw refuseForm(file, content, parsed.error);
}

function refuseForm(file: string, content: unknown, error: z.ZodError) {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).reduce<string>(
    (text, key) =>
      typeof key === "number"
        ? `${text}[${key}]`
        : text === ""
        ? String(key)
        : `${text}.${String(key)}`,
    "",
  );
  const rules = (content as { rules?: { id?: unknown }[] } | null)?.rules;
  const index = issue?.path[0] === "rules" ? issue.path[1] : undefined;
  const id = typeof index === "number" ? rules?.[index]?.id : undefined;
  const place = { file, rule: typeof id === "string" ? id : null };
  return refusePolicy(place, path, issue?.message ?? "it has another form");
}
