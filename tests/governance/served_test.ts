/**
 * Policies changed by people over HTTP, from the proposal to the bids that follow from it
 * and back: who may do what, what is in force when, and what the audit log says of it.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  capAt,
  FIRST_CAP,
  type Served,
  type Told,
  type Who,
  withServed,
} from "./served.ts";

const ALL = "?scope=deployment";
const HIGHER = 3_000_000;
const LOWER = 1_000_000;

function proposalOf(...policies: readonly unknown[]) {
  const reason = "The market moved";
  return {
    ...{ kind: "policies", title: "Another cap", reason },
    content: { policies },
  };
}

/** A change in review, from nothing. */
async function submit(
  { get }: Served,
  proposal: unknown,
  scope = ALL,
): Promise<Told["body"]> {
  const { change_id: id } = await get("ann", `POST /changes${scope}`, proposal);
  const checked = await get("ann", `POST /changes/${id}/check`);
  assert.deepEqual(checked.evidence.problems, []);
  return await get("ann", `POST /changes/${id}/submit`);
}

/** Agrees with a change as the reviewer sees it. */
async function approve({ ask, get }: Served, who: Who, id: string) {
  const { signs } = await get(who, `GET /changes/${id}`);
  return await ask(who, `POST /changes/${id}/approve`, { signs });
}

function assertRefused({ status, body }: Told, reason: RegExp): void {
  assert.deepEqual([status, body.code], [409, "approval_invalid"]);
  assert.match(body.detail, reason);
}

Deno.test("policies are changed over HTTP by those who may", (t) =>
  withServed(async (served) => {
    const { ask, get, bidsUntil } = served;
    await bidsUntil(FIRST_CAP);
    const first = (await get("ann", "GET /policies"))["policy_set"];

    await t.step("a relaxation takes two, the owner among them", async () => {
      const change = await submit(served, proposalOf(capAt(HIGHER)));
      const line = `POST /changes/${change.change_id}`;
      assert.equal(change.class, "relaxing");
      assert.deepEqual(change.quorum, {
        ...{ approvals: 2, groups: ["growth-finance"] },
      });
      assert.match(change.difference.join(), /2\.00.*3\.00/);
      assert.ok(change.counterexamples.length > 0);
      assert.deepEqual(change.permitted, [
        "check",
        "edit",
        "rebase",
        "recall",
        ...["require", "request-changes", "reject", "withdraw"],
      ]);
      const { signs } = change;
      assertRefused(
        await ask("ann", `${line}/approve`, { signs }),
        /whoever wrote it may not approve/,
      );
      assertRefused(
        await ask("bot", `${line}/approve`, { signs }),
        /only a person.*moe keys create --person/,
      );
      assertRefused(await ask("ann", `${line}/activate`), /in review/);

      await approve(served, "bob", change.change_id);
      const edited = await get("ann", `${line}/edit`, { title: "A cap" });
      assert.equal(edited.state, "draft");
      await get("ann", `${line}/check`);
      const again = await get("ann", `${line}/submit`);
      assert.deepEqual(again.approvals, []);
      assertRefused(
        await ask("bob", `${line}/approve`, { signs }),
        /not what the reviewer saw/,
      );
      await approve(served, "bob", change.change_id);
      const both = await approve(served, "cy", change.change_id);
      assert.deepEqual(
        [both.body.state, both.body.missing],
        ["in_review", "it needs approval of growth-finance"],
      );
      await bidsUntil(FIRST_CAP);
      const all = await approve(served, "fin", change.change_id);
      assert.deepEqual([all.body.state, all.body.missing], ["approved", null]);
      await get("ann", `${line}/activate`);
      await bidsUntil(HIGHER);
      const told = `GET /changes/${change.change_id}/history`;
      const { events } = await get("bob", told);
      const acts = events.map(({ act }: { act: string }) => act).join(" ");
      assert.equal(
        acts,
        "propose check submit approve edit check submit approve approve approve activate",
      );
      assert.equal(events.at(-1).moved.before, first);
    });

    await t.step("one person rolls back, and another looks", async () => {
      const tighter = await submit(served, proposalOf(capAt(LOWER)));
      const back = await get("fin", `POST /policies/rollback${ALL}`, {
        ...{ to: first, reason: "Too dear" },
      });
      await bidsUntil(FIRST_CAP);
      const line = `POST /changes/${back.change_id}/acknowledge`;
      const reason = { reason: "Seen" };
      assertRefused(await ask("fin", line, reason), /may not look at it alone/);

      const rebased = await submit(served, proposalOf(capAt(LOWER)));
      assert.equal(rebased.class, "tightening");
      assert.deepEqual(rebased.quorum, { approvals: 1, groups: [] });
      await approve(served, "bob", rebased.change_id);
      const activate = `POST /changes/${rebased.change_id}/activate`;
      assertRefused(await ask("ann", activate), /rollback waits/);
      const seen = await get("bob", line, reason);
      assert.equal(seen.after_review.closed_by, "bob");
      await get("ann", activate);
      await bidsUntil(LOWER);

      const stale = `POST /changes/${tighter.change_id}`;
      await approve(served, "bob", tighter.change_id);
      await approve(served, "fin", tighter.change_id);
      const left = await get("ann", `${stale}/activate`);
      assert.equal(left.state, "suspended");
      const never = { to: "0".repeat(64), reason: "why not" };
      const unknown = await ask("ann", `POST /policies/rollback${ALL}`, never);
      assert.equal(unknown.status, 404);
    });

    await t.step("one person stops all, and two release it", async () => {
      const stop = {
        ["switch_id"]: "stop_display",
        ...{ stops: { channel: "display" }, reason: "Odd spend" },
      };
      assertRefused(
        await ask("bot", "POST /switches", stop),
        /only a person.*moe keys create --person/,
      );
      const on = await get("local", "POST /switches", stop);
      assert.equal(on.recorded, true);
      await bidsUntil(0);
      const at = "POST /switches/stop_display";
      assertRefused(await ask("local", `${at}/confirm`), /may not confirm/);
      const known = await get("bob", `${at}/confirm`);
      assert.equal(known.confirmation.confirmed_by, "bob");
      const release = await get("local", `${at}/release`, {
        reason: "It was the report",
      });
      assert.equal(release.quorum.approvals, 2);
      await approve(served, "bob", release.change_id);
      const activate = `POST /changes/${release.change_id}/activate`;
      assertRefused(await ask("local", activate), /in review/);
      await approve(served, "cy", release.change_id);
      await bidsUntil(0);
      await get("local", activate);
      await bidsUntil(LOWER);
      assert.deepEqual(await get("ann", "GET /switches"), { switches: [] });
      assert.equal((await ask("bob", `${at}/confirm`)).status, 404);
    });

    await t.step("a trial changes no bid before it is in force", async () => {
      const rollout = { ["shadow_hours"]: 2 };
      const proposal = { ...proposalOf(capAt(HIGHER)), rollout };
      const { change_id: id } = await submit(served, proposal);
      await approve(served, "bob", id);
      await approve(served, "fin", id);
      const line = `POST /changes/${id}`;
      const shadow = await get("ann", `${line}/activate`);
      assert.equal(shadow.state, "shadow");
      assertRefused(await ask("ann", `${line}/activate`), /shadow until/);
      await bidsUntil(LOWER);
      assert.equal((await ask("ann", `${line}/end-trial`, {})).status, 422);
      const reason = { reason: "Enough was seen" };
      const ended = await get("ann", `${line}/end-trial`, reason);
      assert.equal(ended.state, "suspended");
      await bidsUntil(LOWER);
    });

    await t.step("nobody reaches what is another's", async () => {
      const own = capAt(LOWER / 2, "own_cap");
      const change = await submit(served, proposalOf(own), "");
      const path = `/changes/${change.change_id}`;
      const lines: readonly [string, unknown?][] = [
        [`GET ${path}`],
        [`GET ${path}/content`],
        [`GET ${path}/history`],
        [`GET /docs${path}`],
        [`POST ${path}/withdraw`],
        [`POST ${path}/approve`, { signs: change.signs }],
      ];
      for (const [line, body] of lines) {
        assert.equal((await ask("rival", line, body)).status, 404, line);
      }
      const lists = ["changes", "switches", "audit", "audit/verify"];
      for (const list of [...lists, "docs/changes"]) {
        const refused = await ask("local", `GET /${list}${ALL}`);
        assert.deepEqual([refused.status, refused.body.code], [
          ...[403, "access_denied"],
        ], list);
      }
      for (const line of ["POST /changes", "POST /switches"]) {
        const body = line === "POST /changes"
          ? proposalOf(capAt(HIGHER))
          : { ["switch_id"]: "all", stops: {}, reason: "no" };
        assert.equal((await ask("local", `${line}${ALL}`, body)).status, 403);
      }
      const foreign = await ask("local", "POST /switches", {
        ...{
          ["switch_id"]: "theirs",
          stops: { tenant: "rival" },
          reason: "no",
        },
      });
      assert.equal(foreign.body.errors[0].path, "stops.tenant");
      const { changes } = await get("rival", "GET /changes");
      assert.deepEqual(changes, []);

      await approve(served, "local", change.change_id);
      await approve(served, "fin", change.change_id);
      await get("ann", `POST ${path}/activate`);
      await bidsUntil(LOWER / 2);
    });

    await t.step("what is unsound is refused, with what mends it", async () => {
      const misspelt = capAt(LOWER);
      const rules = misspelt.rules.map((rule) => ({
        ...rule,
        when: { ">": [{ var: "amount.microz" }, 1] },
      }));
      const refused = await ask(
        "ann",
        `POST /changes${ALL}`,
        proposalOf({ ...misspelt, rules }),
      );
      assert.deepEqual([refused.status, refused.body.code], [
        ...[422, "policy_invalid"],
      ]);
      assert.match(refused.body.detail, /amount\.micros/);
      const empty = { ...proposalOf(), content: { policy: [] } };
      const fields = await ask("ann", "POST /changes", empty);
      assert.deepEqual(
        fields.body.errors.map(({ path }: { path: string }) => path).sort(),
        ["content.policies", "content.policy"],
      );
      const misplaced = await get("ann", "POST /changes", {
        ...proposalOf(capAt(LOWER)),
      });
      const line = `POST /changes/${misplaced.change_id}`;
      const checked = await get("ann", `${line}/check`);
      assert.match(checked.evidence.problems[0], /name it "own_bid_cap"/);
      assertRefused(await ask("ann", `${line}/submit`), /draft/);
    });

    await t.step("the audit log holds all of it, and is sound", async () => {
      for (const scope of ["", ALL]) {
        const verdict = await get("ann", `GET /audit/verify${scope}`);
        assert.deepEqual([verdict.sound, verdict.damages], [true, []]);
        const { records, head } = await get(
          "ann",
          `GET /audit${scope}${scope === "" ? "?" : "&"}limit=1000`,
        );
        assert.equal(records.at(-1).hash, head.hash);
        assert.ok(records.length >= verdict.head.seq);
        assert.deepEqual(
          records.map(({ seq }: { seq: number }) => seq),
          records.map((_: unknown, place: number) => place + 1),
        );
      }
      const { records } = await get("ann", `GET /audit${ALL}&after=2&limit=1`);
      assert.equal(records[0].seq, 3);
      const rival = await get("rival", "GET /audit");
      const events = rival.records.map(({ record }: { record: string }) =>
        JSON.parse(record)
      );
      assert.ok(
        events.every(({ by }: { by: string }) => by === "rival"),
        "of others it reads nothing",
      );
      assert.equal(events.at(-1).act, "GET /audit", "that it reads is told");
    });
  }));
