/**
 * Decisions are asked for over HTTP: e-mails for people, bids for placements; one
 * policy bites, one decision is explained and replayed.
 *
 * @module
 */
import { type Arm, ARMS, type Subject } from "../../simulation/email.ts";
import { bestArm, visitsPerThousand } from "../../simulation/truth.ts";
import { type Device, DEVICES, orderChance } from "../../simulation/clicks.ts";
import { type Placement, placementsOf } from "../../simulation/delivery.ts";
import { printTable } from "../terminal.ts";
import { announce, demand, type Json, type Stage, TENANT } from "./stage.ts";

const PEOPLE = 400;

/** Takes decisions. */
export async function takeDecisions(stage: Stage): Promise<void> {
  const decisions = await chooseEmails(stage);
  await showPolicyBiting(stage);
  await bid(stage);
  await explain(stage, decisions[0]);
}

async function chooseEmails(stage: Stage): Promise<Json[]> {
  announce(stage, `Decisions: which e-mail, for ${PEOPLE} people over HTTP`);
  const { terminal, world } = stage;
  const people = world.subjects.slice(0, PEOPLE);
  const decisions: Json[] = [];
  const started = performance.now();
  for (const [index, { id }] of people.entries()) {
    terminal.progress("decisions", index / people.length);
    decisions.push(await askForEmail(stage, id, { day: 0, week: 1 }));
  }
  const seconds = (performance.now() - started) / 1000;
  printChoices(people, decisions).forEach(terminal.line);
  terminal.line(
    `${PEOPLE} decisions one after the other in ${
      seconds.toFixed(1)
    } s, each durable before it was answered`,
  );
  return decisions;
}

function askForEmail(
  { call }: Stage,
  subject: string,
  contacts: { readonly day: number; readonly week: number },
): Promise<Json> {
  return call("systems", {
    path: "/optimization/score",
    body: {
      context: { model: "email_visit", subject, channel: "email" },
      constraints: {
        frequency: {
          "contacts_day": contacts.day,
          "contacts_week": contacts.week,
        },
        compliance: { "consent_email": true },
      },
    },
  });
}

/** What the choices are worth by the truth, next to simpler choices and the best. */
function printChoices(
  people: readonly Subject[],
  decisions: readonly Json[],
): string[] {
  const chosen = new Map<string, Arm>(
    people.map(({ id }, index) => [id, decisions[index].recommended_action]),
  );
  const choices: [string, (subject: Subject) => Arm][] = [
    ["nobody", () => "none"],
    ...ARMS.filter((arm) => arm !== "none")
      .map((arm): [string, (subject: Subject) => Arm] => [
        `${arm} to all`,
        () => arm,
      ]),
    ["the engine", ({ id }) => chosen.get(id) ?? "none"],
    ["the truth", bestArm],
  ];
  return printTable(
    [
      { heading: "who chooses" },
      { heading: "visits per 1000, by the truth", numeric: true },
      { heading: "mailed", numeric: true },
    ],
    choices.map(([name, choose]) => [
      name,
      visitsPerThousand(people, choose).toFixed(1),
      String(people.filter((subject) => choose(subject) !== "none").length),
    ]),
  );
}

async function showPolicyBiting(stage: Stage): Promise<void> {
  const { terminal, world } = stage;
  const [subject] = world.subjects;
  if (!subject) return;
  announce(
    stage,
    "A policy bites: the same person, mailed six times this week",
  );
  const before = await askForEmail(stage, subject.id, { day: 0, week: 1 });
  const after = await askForEmail(stage, subject.id, { day: 0, week: 6 });
  terminal.line(`once this week:       ${before.recommended_action}`);
  terminal.line(`six times this week:  ${after.recommended_action}`);
  printRules(after).forEach(terminal.line);
  demand(
    after.recommended_action === "none" && printRules(after).length > 0,
    "nobody is mailed a seventh time in a week",
  );
}

function printRules({ policy_applied: applied }: Json): string[] {
  return applied.filter(bites).map((
    { rule, effect, before_micros: before, after_micros: after, reason }: Json,
  ) =>
    `  ${effect} by ${rule}: ${reason}${
      before === null ? "" : ` (${before} → ${after ?? "none"} micros)`
    }`
  );
}

/** Whether a rule changed anything. */
function bites({ effect, before_micros: before, after_micros: after }: Json) {
  return effect === "deny" || before !== after;
}

async function bid(stage: Stage): Promise<void> {
  announce(stage, "Bids: value per click, the last one under a ceiling");
  const asked = placementsOf(stage.world.company).slice(0, 3);
  const rows: string[][] = [];
  const rules: string[] = [];
  const hour = new Date(stage.opened.clock.now()).getUTCHours();
  for (const [index, placement] of asked.entries()) {
    const { id, campaign } = placement;
    const decision = await stage.call("systems", {
      path: "/optimization/score",
      body: {
        context: {
          model: "click_conversion",
          channel: campaign.channel,
          campaign: campaign.id,
          placement: id,
        },
        constraints: {
          "budget_remaining_micros": "50000000",
          ...(index === 2 && { "max_bid_micros": "150000" }),
        },
      },
    });
    rows.push([
      id,
      trueChance(placement, hour).toFixed(4),
      decision.score.toFixed(4),
      (Number(decision.recommended_bid.micros) / 1e6).toFixed(3),
      decision.policy_applied.filter(bites).map(({ rule }: Json) => rule)
        .join(" "),
    ]);
    rules.push(...printRules(decision));
  }
  printTable(
    [
      { heading: "placement" },
      { heading: "orders per click, by the truth", numeric: true },
      { heading: "score", numeric: true },
      { heading: "bid EUR", numeric: true },
      { heading: "changed by" },
    ],
    rows,
  ).forEach(stage.terminal.line);
  rules.forEach(stage.terminal.line);
}

/** Chance of an order at this hour, over all devices. */
function trueChance(placement: Placement, hour: number): number {
  const devices = Object.keys(DEVICES) as Device[];
  return devices.reduce(
    (sum, device) =>
      sum + DEVICES[device].share * orderChance(placement, { hour, device }),
    0,
  );
}

async function explain(stage: Stage, decision: Json): Promise<void> {
  const { terminal, opened: { engine } } = stage;
  const id: string = decision.decision_id;
  announce(stage, `Why? ${id}`);
  const { summary, attribution, contributions } = await engine.decisions
    .explain(TENANT, id);
  terminal.line(summary);
  printTable(
    [
      { heading: "feature" },
      { heading: "value", numeric: true },
      { heading: "typical", numeric: true },
      {
        heading: `effect on ${attribution?.unit ?? "score"}`,
        numeric: true,
      },
    ],
    contributions.map(({ feature, value, typical, effect }) => [
      feature,
      printValue(value),
      printValue(typical),
      effect.toFixed(4),
    ]),
  ).forEach(terminal.line);
  const { same } = await engine.decisions.replay(TENANT, id);
  demand(same, "a decision replays to the same answer");
  terminal.line("replayed: the same answer, bit for bit");
}

function printValue(value: string | number | null): string {
  return typeof value === "number"
    ? String(Number(value.toPrecision(4)))
    : value ?? "";
}
