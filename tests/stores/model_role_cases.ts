/**
 * Roles of models where acts cross: nobody takes the champion out of service in passing.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Case } from "./cases.ts";
import { openBidder } from "./model_cases.ts";

/** Cases about roles that are changed at cross purposes. */
export const modelRoleCases: readonly Case[] = [
  {
    name: "a version that came to decide is not put beside by an old proposal",
    run: async ({ models }, tenant) => {
      const at = openBidder(models, tenant);
      for (let version = 1; version <= 2; version++) await at.register();
      await at.approve(1);
      await at.approve(2, null);
      const shadow = await at.propose(2, "shadow");
      await at.settle((await at.propose(2)).seq);
      await assert.rejects(at.settle(shadow.seq), {
        code: "approval_invalid",
        message: /it decides; promote another version first$/,
      });
      assert.deepEqual(await at.champions(), [2, 1]);
      const declined = await at.settle(shadow.seq, "bob", false);
      assert.equal(declined.kind, "declined");
    },
  },
  {
    name: "a rollback of another role passes over the version that decides",
    run: async ({ models }, tenant) => {
      const at = openBidder(models, tenant);
      for (let version = 1; version <= 3; version++) await at.register();
      await at.approve(1, "challenger");
      await at.approve(2, "challenger");
      await at.settle((await at.propose(2)).seq);
      await at.approve(3, "challenger");
      await at.rollBack("challenger");
      const roles = { champion: 2, challenger: 1, shadow: null };
      assert.deepEqual(await at.roles(), roles);
      await at.settle((await at.propose(1)).seq);
      await assert.rejects(at.rollBack("challenger"), {
        code: "approval_invalid",
      });
      assert.deepEqual(await at.champions(), [1, 2]);
    },
  },
  {
    name: "two rollbacks of one version go back once",
    run: async ({ models }, tenant) => {
      const at = openBidder(models, tenant);
      for (let version = 1; version <= 3; version++) {
        await at.register();
        await at.approve(version);
      }
      const both = await Promise.allSettled([
        at.rollBack("champion", 3),
        at.rollBack("champion", 3),
      ]);
      const [refused] = both.filter(({ status }) => status === "rejected");
      assert.match(
        `${refused?.status === "rejected" && refused.reason}`,
        /Cannot roll back champion of model "bidder": version 3 does not have that role any more$/,
      );
      assert.deepEqual(await at.champions(), [2, 1]);
      await at.rollBack("champion", 2);
      assert.deepEqual(await at.champions(), [1, undefined]);
    },
  },
  {
    name: "an older version takes the place of a newer one only with a reason",
    run: async ({ models }, tenant) => {
      const at = openBidder(models, tenant);
      for (let version = 1; version <= 4; version++) await at.register();
      await at.approve(3);
      await assert.rejects(at.approve(1), {
        code: "approval_invalid",
        message: /"bidder@1": bidder@3 is newer and decides; /,
      });
      const held = await models.find(tenant, { name: "bidder", version: 1 });
      assert.equal(held?.status, "pending");
      await at.approve(1, "shadow");
      await at.approve(2, "champion", "3 bids too much");
      assert.deepEqual(await at.champions(), [2, 3]);
      await at.approve(4);
      assert.deepEqual(await at.champions(), [4, 2]);
    },
  },
];
