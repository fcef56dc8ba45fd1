/**
 * Texts altered in the store, past the workflow: nobody reviews or restores them, what
 * they are compared with counts as unknown, and whoever brings the true one mends them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../domain/canonical.ts";
import { ANN, approved, openChanges, proposalOf, refOf } from "./scene_test.ts";

Deno.test("a change of an altered base is mixed, whatever it seems to do", async () => {
  const { changes, store, adapter, found } = openChanges();
  await changes.act(refOf(await approved(changes, "strict")), {
    ...{ act: "activate", by: ANN },
  });
  found({ class: "tightening" });
  store.texts.set(sha256("strict"), "lax");
  const bases: (string | null)[] = [];
  const { check } = adapter;
  adapter.check = (content, base, of) => {
    bases.push(base);
    return check(content, base, of);
  };
  const draft = await changes.propose(null, proposalOf("middling"));
  const { evidence, quorum } = await changes.check(refOf(draft), ANN)
    .then(() => changes.act(refOf(draft), { act: "submit", by: ANN }));
  assert.deepEqual(bases, [null]);
  assert.deepEqual([evidence?.class, evidence?.proven], ["mixed", false]);
  assert.equal(quorum?.approvals, 2);
});

Deno.test("an altered text is none: not to be read, checked or gone back to", async () => {
  const { changes, store } = openChanges();
  for (const content of ["first", "second"]) {
    await changes.act(refOf(await approved(changes, content)), {
      ...{ act: "activate", by: ANN },
    });
  }
  const draft = await changes.propose(null, proposalOf("third"));
  for (const content of ["first", "third"]) {
    store.texts.set(sha256(content), "lax");
    assert.equal(await changes.content(sha256(content)), null);
  }
  await assert.rejects(changes.check(refOf(draft), ANN), { code: "not_found" });
  await assert.rejects(
    changes.rollBack(null, {
      ...{ kind: "policies", subject: "policies", to: sha256("first") },
      ...{ by: ANN, reason: "worse" },
    }),
    { code: "not_found" },
  );
  await changes.propose(null, proposalOf("third"));
  assert.equal((await changes.check(refOf(draft), ANN)).state, "checked");
});
