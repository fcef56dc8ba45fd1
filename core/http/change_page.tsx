/**
 * Changes as pages for people: what a change does, in sentences and by past decisions,
 * what was found out, who agreed, and who has yet to. Free of scripts.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Change, EvidenceItem } from "../domain/change.ts";
import type { ChangeEvent } from "../domain/change_event.ts";
import { asPage, type DocsPage } from "./docs_frame.ts";
import { Folded, Framed, type Link } from "./framed.tsx";
import { type ReviewState, sentencesOf } from "./wire/change_review_json.ts";

/** A change with all that its page shows. */
export interface ShownChange {
  readonly change: Change;
  readonly review: ReviewState;
  /** Steps that the reader may try. */
  readonly permitted: readonly string[];
  /** Oldest first. */
  readonly events: readonly ChangeEvent[];
}

const SECTIONS: readonly Link[] = [
  ["#difference", "What changes"],
  ["#replay", "Past decisions"],
  ["#evidence", "Evidence"],
  ["#review", "Who agrees"],
  ["#history", "History"],
];

/**
 * Prints a change.
 *
 * @param shown The change.
 * @returns The page.
 */
export function printChangePage(shown: ShownChange): DocsPage {
  const { change, review, permitted, events } = shown;
  return asPage(String(
    <Framed
      title={change.title}
      sections={[
        ["This change", SECTIONS],
        ["Changes", [["/docs/changes", "All"]]],
      ]}
    >
      <h1 id="top">{change.title}</h1>
      <Standing change={change} />
      <p>{change.reason}</p>
      <Difference change={change} />
      <h2 id="replay">Past decisions</h2>
      <Replay items={change.evidence?.items ?? []} />
      <h2 id="evidence">Evidence</h2>
      <Evidence change={change} />
      <h2 id="review">Who agrees</h2>
      <Review change={change} review={review} permitted={permitted} />
      <h2 id="history">History</h2>
      <History events={events} />
    </Framed>,
  ));
}

/**
 * Prints the list of changes.
 *
 * @param changes Latest first.
 * @returns The page.
 */
export function printChangeIndex(changes: readonly Change[]): DocsPage {
  return asPage(String(
    <Framed title="Changes" sections={[]}>
      <h1 id="top">Changes</h1>
      {changes.length === 0 ? <p>There are none.</p> : null}
      {changes.map((change) => (
        <section class="route">
          <h3>
            <a href={`/docs/changes/${change.id}`}>{change.title}</a>
          </h3>
          <Standing change={change} />
          <p>{change.reason}</p>
        </section>
      ))}
    </Framed>,
  ));
}

function Standing({ change }: { change: Change }) {
  const { id, subject, state, since, createdBy, tenant, evidence } = change;
  const found = evidence?.class ?? "not checked";
  const doubt = evidence && !evidence.proven ? ", not proven" : "";
  return (
    <>
      <div class="call">
        <code>{subject}</code>
        <span class="chip">{state.replaceAll("_", " ")}</span>
        <span class="chip">{found}{doubt}</span>
      </div>
      <p class="soft">
        <code>{id}</code> · of {tenant ?? "the whole deployment"} · by{" "}
        {createdBy} · since {since}
      </p>
    </>
  );
}

function Difference({ change }: { change: Change }) {
  const { difference, counterexamples } = sentencesOf(change.evidence);
  return (
    <>
      <h2 id="difference">What changes</h2>
      {difference.length === 0 ? <p>Nothing is told of it.</p> : null}
      {difference.map((sentence) => (
        <p key={sentence} class="said">{sentence}</p>
      ))}
      {counterexamples.length > 0
        ? <h4>Decisions that come out otherwise</h4>
        : null}
      {counterexamples.map((sentence) => <p key={sentence}>{sentence}</p>)}
    </>
  );
}

const RowSchema = z.object({
  key: z.string(),
  decisions: z.number(),
  flips: z.number(),
  tighter: z.number(),
  looser: z.number(),
});
type Row = z.output<typeof RowSchema>;

const GROUPS = ["rule", "channel", "campaign", "audience"] as const;

const ReplayReport = z.object({
  tenants: z.array(z.object({
    tenant: z.string(),
    impact: z.object({
      by: z.record(z.enum(GROUPS), z.array(RowSchema)),
    }),
  })),
});

/** Rows of a group that are shown. */
const MOST_ROWS = 12;

function Replay({ items }: { items: readonly EvidenceItem[] }) {
  const item = items.find(({ name }) => name === "replay");
  const { data } = ReplayReport.safeParse(item?.report);
  return (
    <>
      <p>{item?.summary ?? "None was settled again yet."}</p>
      {data?.tenants.map(({ tenant, impact }) =>
        GROUPS.map((group) => (
          <Flips
            title={`${tenant}, by ${group}`}
            rows={impact.by[group].filter(({ flips }) => flips > 0)}
          />
        ))
      )}
    </>
  );
}

/** Bars of flips, the longest first. */
function Flips({ title, rows }: { title: string; rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map(({ flips }) => flips));
  return (
    <>
      <h4>{title}</h4>
      <Table head={["", "Flips", "Tighter", "Looser", ""]}>
        {rows.slice(0, MOST_ROWS).map(({ key, flips, tighter, looser }) => (
          <tr>
            <td>
              <code>{key}</code>
            </td>
            <td>{flips}</td>
            <td>{tighter}</td>
            <td>{looser}</td>
            <td>
              <meter value={flips} min={0} max={most}>{flips}</meter>
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function Evidence({ change: { evidence } }: { change: Change }) {
  if (evidence === null) return <p>It was not checked yet.</p>;
  return (
    <>
      {evidence.problems.map((problem) => (
        <p>
          <strong>To mend:</strong> {problem}
        </p>
      ))}
      {evidence.items.map(({ name, passed, summary, report }) => (
        <section class="route">
          <div class="call">
            <code>{name}</code>
            <span class="chip">{passed ? "passed" : "failed"}</span>
          </div>
          <p>{summary}</p>
          {report === undefined
            ? null
            : <Folded summary="All of it" value={report} />}
        </section>
      ))}
    </>
  );
}

function Review({ change, review, permitted }: Omit<ShownChange, "events">) {
  const { quorum } = change;
  const groups = quorum?.groups ?? [];
  return (
    <>
      <p>
        {quorum === null
          ? "It was not submitted yet."
          : `It takes ${quorum.approvals} who wrote none of it${
            groups.length > 0 ? `, among them ${groups.join(", ")}` : ""
          }.`}
      </p>
      {review.approvals.map(({ by, at, reason }) => (
        <p>
          {by} agreed, {at}
          {reason === "" ? "" : `: ${reason}`}
        </p>
      ))}
      {quorum !== null && review.missing !== null
        ? <p>So far {review.missing}.</p>
        : null}
      <p class="soft">
        You may: {permitted.length === 0 ? "read" : permitted.join(", ")}
      </p>
      {review.signs === null
        ? null
        : <Folded summary="What an approval signs" value={review.signs} />}
    </>
  );
}

function History({ events }: { events: readonly ChangeEvent[] }) {
  return (
    <Table head={["When", "What", "Stands", "By", "Why"]}>
      {events.map(({ at, act, to, by, human, reason }) => (
        <tr>
          <td>{at}</td>
          <td>{act}</td>
          <td>{to.replaceAll("_", " ")}</td>
          <td>{human ? by : `${by} (service)`}</td>
          <td>{reason}</td>
        </tr>
      ))}
    </Table>
  );
}

function Table(
  { head, children }: { head: readonly string[]; children?: unknown },
) {
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>{head.map((name) => <th key={name}>{name}</th>)}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
