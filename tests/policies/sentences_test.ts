/**
 * The policies that ship and the samples, as people read them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loadPolicies } from "../../core/verdicts/document/load.ts";
import { sayPolicy } from "../../core/verdicts/explain/sentence.ts";

const FOLDER = new URL("../../policies/", import.meta.url);

/** Sentences by `policy/rule`. */
const SHIPPED: Readonly<Record<string, string>> = {
  "bid_ceiling/raise_to_floor":
    "If the caller's lowest bid is known and the amount is more than 0.00, a bid is raised to at least the caller's lowest bid: The caller set a lowest bid.",
  "bid_ceiling/above_ceiling":
    "If the caller's highest bid is known, a bid is lowered to at most the caller's highest bid: The caller set a highest bid.",
  "bid_ceiling/above_budget":
    "If the budget that is left is known, a bid is lowered to at most the largest of the budget that is left and 0.00: A bid may not exceed what is left of the budget.",
  "bid_ceiling/below_floor":
    "If the caller's lowest bid is known and the amount is more than 0.00 and the amount is less than the caller's lowest bid, a bid is refused: The highest bid allowed is below the lowest.",
  "budget_step/step_up":
    "If the amount in force is more than 0.00, a budget is lowered to at most 120% of the amount in force: A budget rises by at most 20 percent. In doubt a budget is refused.",
  "budget_step/step_down":
    "If the amount in force is more than 0.00, a budget is raised to at least 80% of the amount in force: A budget falls by at most 20 percent. In doubt a budget is refused.",
  "budget_step/step_too_large":
    "If the amount in force is more than 0.00 and the step from the amount in force is more than 20%, a budget is refused: Budget would move by more than 20 percent. In doubt a budget is refused.",
  "consent/email_without_consent":
    "If the flag consent_email is not set, an action by email that does something is refused: No consent to e-mail. In doubt an action is refused.",
  "consent/sms_without_consent":
    "If the flag consent_sms is not set, an action by sms that does something is refused: No consent to text messages. In doubt an action is refused.",
  "consent/other_channel_without_consent":
    "If the channel is neither email nor sms and the flag consent_channel is not set, an action that does something is refused: No consent to this channel. In doubt an action is refused.",
  "contact_frequency/daily":
    "If the number of contacts in the last day is at least 2, an action by email, sms, push, call or mail that does something is refused: Two contacts in the last day are enough. In doubt an action is refused.",
  "contact_frequency/weekly":
    "If the number of contacts in the last 7 days is at least 6, an action by email, sms, push, call or mail that does something is refused: Six contacts in the last week are enough. In doubt an action is refused.",
  "quiet_hours/night":
    "If the local time is from 21:00 to 08:00, an action by sms, push or call that does something is refused: Quiet hours are from 21:00 to 08:00. In doubt an action is refused.",
  "weekend_bid/weekend":
    "If the local weekday is Sunday or Saturday, a bid is lowered by 10%: Display sells less at the weekend. In doubt a bid is left as if there were no such rule.",
};

const SAMPLES: Readonly<Record<string, string>> = {
  "blackout/holiday":
    "On the days of the list holidays, an action that does something is refused: Nobody is contacted on a holiday.",
  "blackout/eve":
    "From 20:00 on 2026-12-22 and 2026-12-23, an action that does something is refused: Nobody is contacted in the evening before Christmas.",
  "channel_mix/search_share":
    "The budgets of channel paid_search together are at most 60% of the whole plan: Paid search has at most 60 percent of a plan.",
  "channel_mix/display_share":
    "On Mondays, Tuesdays, Wednesdays, Thursdays and Fridays, the budgets of channel display together are at least 5% of the whole plan: Display has at least 5 percent of a plan of a working day.",
  "display_spend/daily":
    "A bid is lowered so that no more than 500.00 is spent for each tenant and campaign in any 24 hours: A campaign bids at most 500.00 a day on display. In doubt a bid is refused.",
  "review_large_steps/large_step":
    "If the flag approved is not set (yes if unknown) and the amount in force is more than 0.00 and the step from the amount in force is more than 10%, a budget needs a person's agreement first: A budget moves by more than 10 percent. In doubt a budget is refused.",
  "send_limits/daily":
    "An action by email or sms is refused beyond 2 actions for each tenant and subject in any 24 hours: Two messages in 24 hours are enough. In doubt an action is refused.",
  "send_limits/weekly_sms":
    "An action by sms is refused beyond 3 actions for each tenant and subject in any 7 days: Three text messages in a week are enough. In doubt an action is refused.",
  "welcome_first/welcome":
    "If the action is send_welcome, an action goes before others by 100 of priority: A welcome does not wait.",
  "welcome_first/win_back":
    "If the action is send_win_back, an action goes after others by 100 of priority: Winning back can wait.",
};

function sayFolder(folder: URL): Record<string, string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".json") && name !== "schema.json");
  const { documents, lists } = loadPolicies(
    names.map((name) => ({
      name,
      text: Deno.readTextFileSync(new URL(name, folder)),
    })),
  );
  const byName = new Map(lists.map((one) => [one.list, one]));
  return Object.fromEntries(
    documents.flatMap((document) =>
      sayPolicy(document, byName).rules.map(({ id, sentence }) => [
        `${document.policy}/${id}`,
        sentence,
      ])
    ),
  );
}

Deno.test("the policies that ship read so", () => {
  assert.deepEqual(sayFolder(FOLDER), SHIPPED);
});

Deno.test("the sample policies read so", () => {
  assert.deepEqual(sayFolder(new URL("samples/", FOLDER)), SAMPLES);
});
