/**
 * Changes to what the engine runs by: policies with their lists, models in charge, kill
 * switches. All kinds go one way, so that what was agreed is what runs.
 *
 * ```text
 * draft ─▶ checked ─▶ in_review ─▶ approved ─▶ scheduled ─▶ shadow ─▶ canary ─▶ active ─▶ superseded
 *   ▲         │           │            │           │           │         │         │
 *   └─────────┴───────────┴── edited, rebased or recalled ─────┘         │         │
 *                                                  suspended ◀┴──────────┘  rolled_back
 * ```
 *
 * @module
 */
import type { Instant } from "./day.ts";
import type { TrialGuardrails, TrialMeasure } from "./model_trial.ts";

/** What changes are about. */
export const CHANGE_KINDS = ["policies", "model", "switch"] as const;

/** What a change is about. */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/**
 * Where changes stand.
 *
 * - `draft`: being written; what was checked or approved before does not hold any more
 * - `checked`: the evidence is of exactly this content and base, and nothing in it failed
 * - `in_review`: people are asked; the quorum is frozen
 * - `approved`: the quorum agreed with exactly this
 * - `scheduled`: starts by itself at a moment
 * - `shadow`: judges beside what is active, without effect
 * - `canary`: decides for a share
 * - `active`: in force
 * - `superseded`: was in force; a later change is
 * - `changes_requested`: a reviewer wants something else
 * - `rejected`: a reviewer refused it, for good
 * - `withdrawn`: its author took it back, for good
 * - `expired`: its time ran out before it was in force
 * - `suspended`: what it was compared with is not active any more, or its trial went ill
 *   or showed nothing; rebase it or withdraw it
 * - `rolled_back`: was in force or on trial, and was taken back
 */
export const CHANGE_STATES = [
  "draft",
  "checked",
  "in_review",
  "approved",
  "scheduled",
  "shadow",
  "canary",
  "active",
  "superseded",
  "changes_requested",
  "rejected",
  "withdrawn",
  "expired",
  "suspended",
  "rolled_back",
] as const;

/** Where a change stands. */
export type ChangeState = (typeof CHANGE_STATES)[number];

/** What changes do to what is allowed. */
export const CHANGE_CLASSES = [
  "tightening",
  "equivalent",
  "relaxing",
  "mixed",
] as const;

/** What a change does to what is allowed. */
export type ChangeClass = (typeof CHANGE_CLASSES)[number];

/** Who acts. */
export interface Actor {
  /** Unique among people and services. */
  readonly name: string;
  /** False for services; only people approve. */
  readonly human: boolean;
  /** Groups that it speaks for, such as `growth-finance` or `privacy`. */
  readonly groups: readonly string[];
}

/** The engine itself: what time brings about. */
export const ENGINE: Actor = { name: "engine", human: false, groups: [] };

const RESERVED_NAMES: readonly string[] = [ENGINE.name, "installation"];

/** Whether it is a name by which the engine acts, and nobody else. */
export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.some((one) => isSameName(one, name));
}

/**
 * Whether two names are one person's: spellings that differ in case, width, accents as
 * one character or two, spaces or what is invisible are the same name.
 */
export function isSameName(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}

/** A name without what spellings of it differ in. */
export function foldName(name: string): string {
  return name.normalize("NFKC").replace(/\p{C}/gu, "").toLowerCase()
    .normalize("NFKC").replace(/\s+/gu, " ").trim();
}

/** One thing that was checked. */
export interface EvidenceItem {
  /** `types`, `lint`, `cases`, `coverage`, `mutation`, `meaning`, `replay`, … */
  readonly name: string;
  /** Whether it speaks for the change. */
  readonly passed: boolean;
  /** For a person, in a sentence. */
  readonly summary: string;
  /** All of it, plain JSON; absent if the summary says it. */
  readonly report?: unknown;
}

/** What was found out about a content against a base. */
export interface ChangeEvidence {
  /** SHA-256 over all other members. */
  readonly hash: string;
  /** Hash of the content that was checked. */
  readonly content: string;
  /** Hash of what it was compared with; null for nothing. */
  readonly base: string | null;
  /** What it does to what is allowed. */
  readonly class: ChangeClass;
  /** Whether the class is proven; what is not proven is reviewed as `mixed`. */
  readonly proven: boolean;
  /** Groups that own what it touches: they agree if anything is relaxed. */
  readonly owners: readonly string[];
  /** Groups that must agree whatever the class, such as `privacy`. */
  readonly guardians: readonly string[];
  /** Check by check. */
  readonly items: readonly EvidenceItem[];
  /** What must be mended first, for a person. */
  readonly problems: readonly string[];
}

/** Who has to agree. */
export interface Quorum {
  /** Different people, at least. */
  readonly approvals: number;
  /** Each of these groups is spoken for by one of them. */
  readonly groups: readonly string[];
}

/** What an approval is bound to; it is void if any of it differs. */
export interface Signature {
  /** Hash of the content. */
  readonly content: string;
  /** Hash of the base; null for nothing. */
  readonly base: string | null;
  /** Hash of the evidence. */
  readonly evidence: string;
  /** Round of review. */
  readonly cycle: number;
}

/** One person's consent. */
export interface Approval extends Signature {
  /** Who. */
  readonly by: string;
  /** Groups that they spoke for. */
  readonly groups: readonly string[];
  /** When. */
  readonly at: Instant;
  /** Why; may be empty. */
  readonly reason: string;
}

/** How a change comes into force. */
export interface Rollout {
  /** Not before; at once for null. */
  readonly startAt: Instant | null;
  /** Hours beside what is active, without effect; 0 for none. */
  readonly shadowHours: number;
  /** Share that it decides for at first, thousandths. */
  readonly canaryPermille: number;
  /** Hours as a canary; 0 for none. */
  readonly canaryHours: number;
  /** Not in force by then, never in force; null for no end. */
  readonly expiresAt: Instant | null;
  /** What its canary must be found better by; by nothing unless given. */
  readonly measure?: TrialMeasure;
  /** What ends its trial by itself; the shipped ones unless given. */
  readonly guardrails?: TrialGuardrails;
}

/** Into force at once, as soon as it is approved. */
export const AT_ONCE: Rollout = {
  startAt: null,
  shadowHours: 0,
  canaryPermille: 0,
  canaryHours: 0,
  expiresAt: null,
};

/** The look that a second person takes at a rollback afterwards. */
export interface AfterReview {
  /** Who rolled back. */
  readonly openedBy: string;
  /** Who looked at it; null while it is open. */
  readonly closedBy: string | null;
}

/** Who stands behind a kill switch that one person turned on. */
export interface Confirmation {
  /** Who turned it on. */
  readonly turnedOnBy: string;
  /** Until when a second person is to confirm it. */
  readonly dueAt: Instant;
  /** Who did; null for nobody yet. */
  readonly confirmedBy: string | null;
  /** Whether that time ran out; it is in force nevertheless. */
  readonly lapsed: boolean;
}

/** A proposed change and how far it came. */
export interface Change {
  /** `chg_` and a sortable id. */
  readonly id: string;
  /** Whose; null for the whole deployment. */
  readonly tenant: string | null;
  /** What it is about. */
  readonly kind: ChangeKind;
  /** The pointer that it moves: `policies`, `model:bidder/champion`, `switch:stop_tv`. */
  readonly subject: string;
  /** What it is, in a line. */
  readonly title: string;
  /** Why it is wanted. */
  readonly reason: string;
  /** Where it stands. */
  readonly state: ChangeState;
  /** Since when. */
  readonly since: Instant;
  /** Number of its events; grows with each. */
  readonly version: number;
  /** Round of review; 0 before the first. */
  readonly cycle: number;
  /** Hash of the content. */
  readonly content: string;
  /** Hash of what was active when it was written; null for nothing. */
  readonly base: string | null;
  /** What was found out last; null for nothing yet. */
  readonly evidence: ChangeEvidence | null;
  /** Who has to agree; null before the first review. Only ever grows. */
  readonly quorum: Quorum | null;
  /** Everybody who wrote any version of it: none of them may approve it. */
  readonly contributors: readonly string[];
  /** All consents ever given; only those that sign what is there count. */
  readonly approvals: readonly Approval[];
  /** How it comes into force. */
  readonly rollout: Rollout;
  /** Who proposed it. */
  readonly createdBy: string;
  /** When. */
  readonly createdAt: Instant;
  /** Round of review whose canary was found better; absent before. */
  readonly betterInCycle?: number;
  /** For a rollback: the look at it afterwards. */
  readonly afterReview?: AfterReview;
  /** For a switch that is on: who stands behind it. */
  readonly confirmation?: Confirmation;
}

/** What runs on trial beside the active content. */
export interface Trial {
  /** The change. */
  readonly change: string;
  /** Round of review that agreed with it. */
  readonly cycle: number;
  /** Hash of its content. */
  readonly content: string;
  /** Without effect, or deciding for a share. */
  readonly stage: "shadow" | "canary";
  /** Share that it decides for, thousandths; 0 in shadow. */
  readonly permille: number;
}

/** What runs for a subject: read whole, so that each decision sees one state. */
export interface ActivePointer {
  /** Such as `policies`. */
  readonly subject: string;
  /** 0 before anything was active; grows with every move. */
  readonly seq: number;
  /** Hash of the active content; null for nothing. */
  readonly content: string | null;
  /** Change that made it active; null for nothing. */
  readonly change: string | null;
  /** What is on trial; null for nothing. */
  readonly trial: Trial | null;
}
