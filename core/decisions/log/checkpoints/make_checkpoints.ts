/**
 * Makes checkpoints: of every owner whose logs grew by enough, or long enough ago. What
 * does not follow from the checkpoint before is not signed.
 *
 * @module
 */
import { EngineError } from "../../../domain/error.ts";
import type { Instant } from "../../../domain/day.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { ChainHead, RecordChain } from "../../../ports/decisions.ts";
import type { GovernanceStore } from "../../../ports/governance.ts";
import {
  type CheckpointArchive,
  type CheckpointStore,
  type KeptCheckpoint,
  type LogOwner,
  type LogStanding,
} from "../../../ports/log.ts";
import { chainOfActs } from "../records/acts_chain.ts";
import {
  type Checkpoint,
  GENESIS,
  parseCheckpoint,
  printCheckpoint,
} from "./checkpoint.ts";
import type { LogPart } from "./marks.ts";
import { type NoteSigner, splitNotes } from "./signed_note.ts";

/** Records after which a checkpoint is due. */
const DUE_RECORDS = 10_000;
/** After so long anything new is signed, ms. */
const DUE_MS = 60_000;
/** What checkpoints are made with. */
export interface CheckpointScope {
  readonly log: Pick<RecordChain, "read" | "anchor">;
  readonly governance: Pick<GovernanceStore, "records" | "head" | "anchor">;
  readonly checkpoints: Pick<CheckpointStore, "standings" | "keep">;
  readonly signer: NoteSigner;
  /** The second place; null for none. */
  readonly archive: Pick<CheckpointArchive, "append" | "tail"> | null;
  /** Owners whose last checkpoint is not in the second place; none unless given. */
  readonly owed?: Set<LogOwner>;
  /** Owners whose logs were compared with the second place already; none unless given. */
  readonly compared?: Set<LogOwner>;
  readonly clock: Clock;
}

/** One owner's turn: a checkpoint was made, or why not. */
export type CheckpointMade =
  | { readonly owner: LogOwner; readonly made: KeptCheckpoint }
  | { readonly owner: LogOwner; readonly error: unknown };

/**
 * Makes what is due.
 *
 * @param now Whether whatever is new is due.
 * @returns What was made, and what failed; nothing of an owner with nothing due.
 */
export async function makeCheckpoints(
  scope: CheckpointScope,
  { now }: { readonly now: boolean },
): Promise<readonly CheckpointMade[]> {
  const made: CheckpointMade[] = [];
  for (const standing of await scope.checkpoints.standings()) {
    const { owner } = standing;
    const due = isDue(standing, now ? null : Date.parse(scope.clock.now()));
    try {
      await compareArchived(scope, standing);
      if (due) {
        made.push({ owner, made: await makeCheckpoint(scope, standing) });
      } else if (scope.owed?.has(owner)) await archive(scope, standing);
    } catch (error) {
      made.push({ owner, error });
    }
  }
  return made;
}

function isDue({ heads, last }: LogStanding, nowMs: number | null): boolean {
  if (last === null) return true;
  const moved = heads.decisions.seq !== last.sizes.decisions ||
    heads.acts.seq !== last.sizes.acts;
  const grown = heads.decisions.seq - last.sizes.decisions +
    heads.acts.seq - last.sizes.acts;
  return moved && (nowMs === null || grown < 0 || grown >= DUE_RECORDS ||
    Math.abs(nowMs - Date.parse(last.at)) >= DUE_MS);
}

/** After the last one, so that they tell of their order when the clock was put back. */
function momentOf(now: Instant, last: KeptCheckpoint | null): Instant {
  if (last === null || last.at < now) return now;
  return new Date(Date.parse(last.at) + 1).toISOString();
}

async function makeCheckpoint(
  scope: CheckpointScope,
  { owner, heads, last }: LogStanding,
): Promise<KeptCheckpoint> {
  const { signer, checkpoints, clock } = scope;
  if (last !== null) await demandSame(scope, owner, { heads, last });
  const at = momentOf(clock.now(), last);
  const deployment = signer.name;
  const text = printCheckpoint({ deployment, owner, at, ...heads });
  const made: KeptCheckpoint = {
    number: (last?.number ?? 0) + 1,
    at,
    note: signer.sign(text),
    sizes: { decisions: heads.decisions.seq, acts: heads.acts.seq },
  };
  if (!await checkpoints.keep(owner, made)) {
    throw new EngineError(
      "store_unavailable",
      `Cannot keep a checkpoint of "${owner}": another node made one at the same time`,
    );
  }
  await archive(scope, { owner, last: made });
  return made;
}

/** Takes a checkpoint to the second place; what fails is tried again the next time. */
async function archive(
  { archive, owed }: CheckpointScope,
  { owner, last }: Pick<LogStanding, "owner" | "last">,
): Promise<void> {
  if (archive === null || last === null) return;
  owed?.add(owner);
  await archive.append(owner, last.note);
  owed?.delete(owner);
}

/**
 * The second place knows more than a database that was put back to an earlier day, whose
 * own checkpoints fit it: what the last one there signed must be in the logs as well.
 */
async function compareArchived(
  scope: CheckpointScope,
  { owner, heads }: LogStanding,
): Promise<void> {
  const { archive, compared } = scope;
  if (archive === null || compared?.has(owner)) return;
  const signed = splitNotes(await archive.tail(owner))
    .flatMap((note) => parseNote(note) ?? []).at(-1);
  for (const { chain, part } of signed === undefined ? [] : partsOf(scope)) {
    const retired = (await chain.anchor(owner))?.seq ?? 0;
    if (signed === undefined || retired > signed[part].seq) continue;
    await demandPart(chain, owner, { signed: signed[part], head: heads[part] });
  }
  compared?.add(owner);
}

/** The logs still hold what the last checkpoint signed, and go on from there. */
async function demandSame(
  scope: CheckpointScope,
  owner: LogOwner,
  { heads, last }: Required<Pick<LogStanding, "heads">> & {
    readonly last: KeptCheckpoint;
  },
): Promise<void> {
  const signed = parseNote(last.note);
  if (signed === null) throw moved(owner, "the last checkpoint is none");
  for (const { chain, part } of partsOf(scope)) {
    await demandPart(chain, owner, { signed: signed[part], head: heads[part] });
  }
}

type Chain = CheckpointScope["log"];

function partsOf(
  { log, governance }: CheckpointScope,
): readonly { readonly chain: Chain; readonly part: LogPart }[] {
  return [
    { chain: log, part: "decisions" },
    { chain: chainOfActs(governance), part: "acts" },
  ];
}

function parseNote(note: string): Checkpoint | null {
  return parseCheckpoint(note.split("\n\n")[0] + "\n");
}

/** What was retired is gone in the moment in which the anchor says so: it is asked last. */
async function findRecord(
  log: Chain,
  owner: LogOwner,
  seq: number,
): Promise<ChainHead | undefined> {
  if (seq === 0) return GENESIS;
  const [row] = await log.read(owner, seq - 1, 1);
  return row?.seq === seq ? row : await log.anchor(owner) ?? undefined;
}

async function demandPart(
  chain: Chain,
  owner: LogOwner,
  { signed, head }: { readonly signed: ChainHead; readonly head: ChainHead },
): Promise<void> {
  const row = await findRecord(chain, owner, signed.seq);
  if (
    row?.seq === signed.seq && row.hash === signed.hash &&
    head.seq >= signed.seq
  ) return;
  throw moved(owner, `record ${signed.seq} is not the one that was signed`);
}

function moved(owner: LogOwner, reason: string): EngineError {
  return new EngineError(
    "log_tampered",
    `Cannot sign a checkpoint of "${owner}": ${reason}; run verify-log`,
    { facts: { owner } },
  );
}
