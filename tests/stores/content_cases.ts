/**
 * What every store promises about the contents of changes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { sha256 } from "../../core/domain/canonical.ts";
import type { Case } from "./cases.ts";

/** Cases about contents. */
export const contentCases: readonly Case[] = [
  {
    name: "contents are kept once, by their hash",
    run: async ({ governance }) => {
      const hash = sha256("once");
      await governance.keep(hash, "once");
      await governance.keep(hash, "twice");
      assert.equal(await governance.load(hash), "once");
      assert.equal(await governance.load(sha256("never")), null);
    },
  },
  {
    name: "a content that is not of its hash is found, and gives way to it",
    run: async ({ governance }, tenant) => {
      const texts = ["Größe ✓ 😀", "altered", "sound", "missing"]
        .map((text) => `${tenant} ${text}`);
      const hashes = texts.map(sha256);
      const [odd = "", altered = "", sound = "", missing = ""] = hashes;
      await governance.keep(odd, texts[0] ?? "");
      await governance.keep(altered, "another");
      await governance.keep(sound, texts[2] ?? "");
      assert.deepEqual(
        await governance.findAltered(hashes),
        [altered, missing].toSorted(),
      );
      assert.deepEqual(await governance.findAltered([]), []);
      await governance.keep(altered, texts[1] ?? "");
      assert.equal(await governance.load(altered), texts[1]);
      assert.deepEqual(await governance.findAltered(hashes), [missing]);
    },
  },
];
