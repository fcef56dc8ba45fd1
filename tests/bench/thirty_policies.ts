/**
 * Thirty policies on actions, such as a company of some size has: each with one rule and
 * its case, over the facts that a request, the clock and the feature store bring.
 *
 * @module
 */

/** How many files are written. */
const POLICIES = 30;

type Logic = Readonly<Record<string, unknown>>;

const isSent: Logic = { "!": { var: ["context.isControl", false] } };

/** What a rule may ask, in the forms that the rules of `policy-set` have. */
const CONDITIONS: readonly ((turn: number) => readonly Logic[])[] = [
  (turn) => [
    { in: [{ var: ["context.channel", ""] }, ["sms", "push", "call"]] },
    {
      or: [
        { ">=": [{ var: "time.localMinute" }, 1200 + turn] },
        { "<": [{ var: "time.localMinute" }, 480 + turn] },
      ],
    },
  ],
  (turn) => [
    { "==": [{ var: ["context.channel", ""] }, "email"] },
    { ">=": [{ var: ["constraints.contactsWeek", 0] }, 20 + turn] },
  ],
  (turn) => [
    { "==": [{ var: ["context.campaign", ""] }, `c-held-${turn}`] },
    { "in": [{ var: "time.weekday" }, [0, 6]] },
  ],
  (turn) => [
    { "!": { var: ["compliance.consent_email", false] } },
    { "==": [{ var: ["context.channel", ""] }, "email"] },
    { "<": [{ var: ["score.ppm", 0] }, 900_000 + turn] },
  ],
  (turn) => [
    { "<": [{ var: ["features.email_engagement.age_days", 0] }, -1 - turn] },
  ],
  (turn) => [
    { "==": [{ var: "time.dayOfMonth" }, 1 + turn % 28] },
    { "==": [{ var: ["context.action", ""] }, `send_letter_${turn}`] },
  ],
];

/**
 * Writes the policies.
 *
 * @param folder An empty folder.
 */
export async function writePolicies(folder: string): Promise<void> {
  for (let turn = 0; turn < POLICIES; turn++) {
    const conditions = CONDITIONS[turn % CONDITIONS.length]?.(turn) ?? [];
    const policy = `bench_${String(turn).padStart(2, "0")}`;
    const document = {
      policy,
      version: 1,
      owner: "bench",
      about: "One of thirty.",
      on: ["action"],
      rules: [{
        id: "held",
        effect: "deny",
        when: { and: [isSent, ...conditions] },
        reason: `Held by ${policy}`,
      }],
      cases: [{
        note: "doing nothing is allowed",
        facts: { context: { isControl: true } },
        want: [],
      }],
    };
    await Deno.writeTextFile(
      `${folder}/${policy}.json`,
      JSON.stringify(document),
    );
  }
}
