/**
 * Spools on a real disk: one for each process, what others left, and what lies there.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { LogEntry } from "../../ports/decisions.ts";
import type { Spool, SpoolCipher } from "../../ports/spool.ts";
import { EngineError } from "../../domain/error.ts";
import { hasSpools, openSpools } from "./folders.ts";

const OPTIONS = { maxBytes: 10_000, segmentBytes: 400 };

function entry(id: string, tenant = "acme"): LogEntry {
  const at = "2026-01-31T09:00:00.000Z";
  const entities = ["subject:s-1"];
  const record = JSON.stringify({ id, text: 'Zoë\u0000\ud800 "\\\t 🦕' });
  return { tenant, id, at, record, entities, idempotent: null };
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function takeAll(spool: Spool): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (;;) {
    const batch = await spool.oldest(2);
    if (batch === null) return entries;
    entries.push(...batch.entries);
    await batch.carried();
  }
}

Deno.test("entries come back to the last character, in order, and nothing stays behind", () =>
  inFolder(async (folder) => {
    assert.equal(await hasSpools(folder), false);
    const entries = ["a", "b", "c", "d", "e"].map((id) => entry(id));
    {
      await using spool = await open(folder);
      for (const one of entries) await spool.append([one]);
      assert.deepEqual(await spool.find("acme", "d"), entries[3]);
      assert.equal(await spool.find("other", "d"), null);
      assert.equal(spool.standing().waiting, 5);
      assert.equal(spool.standing().oldestAt, entries[0]?.at);
    }
    await using spool = await open(folder);
    assert.deepEqual(await spool.find("acme", "d"), entries[3]);
    assert.deepEqual(await takeAll(spool), entries);
    assert.equal(await spool.find("acme", "d"), null);
    assert.equal(await spool.oldest(1), null);
    assert.deepEqual(namesIn(`${folder}/spool/0`), ["lock", "mark"]);
    assert.ok(await hasSpools(folder));
  }));

Deno.test("processes have a spool each, and the next carries on what one left", () =>
  inFolder(async (folder) => {
    {
      await using one = await open(folder);
      await using two = await open(folder);
      await one.append([entry("a")]);
      await two.append([entry("b")]);
      assert.deepEqual(await takeAll(one), [entry("a")]);
      assert.deepEqual(namesIn(`${folder}/spool`), ["0", "1"]);
    }
    await using one = await open(folder);
    await using two = await open(folder);
    assert.deepEqual(await one.find("acme", "b"), entry("b"));
    assert.equal(two.standing().waiting, 0);
    await one.append([entry("c")]);
    const left = await one.oldest(9);
    assert.deepEqual([left?.entries, left?.more], [[entry("b")], true]);
    await left?.carried();
    const own = await one.oldest(9);
    assert.deepEqual([own?.entries, own?.more], [[entry("c")], false]);
  }));

Deno.test("a spool takes no more than its bound, and takes again when the log has some", () =>
  inFolder(async (folder) => {
    await using spool = await open(folder);
    let count = 0;
    const fill = async () => {
      for (;;) await spool.append([entry(`d-${++count}`)]);
    };
    await assert.rejects(fill, { code: "store_unavailable" });
    assert.match(spool.standing().problem ?? "", /bound/);
    assert.ok(spool.standing().bytes <= OPTIONS.maxBytes);
    assert.equal((await takeAll(spool)).length, count - 1);
    assert.equal(spool.standing().problem, null);
    assert.deepEqual(await spool.append([entry("late")]), [{
      kind: "spooled",
    }]);
  }));

Deno.test("a file with an entry that no log takes is kept aside", () =>
  inFolder(async (folder) => {
    await using spool = await open(folder);
    await spool.append([entry("a"), entry("bad")]);
    const batch = await spool.oldest(9);
    await batch?.carried([entry("bad")]);
    while (spool.standing().bytes < 2 * OPTIONS.segmentBytes) {
      await spool.append([entry(crypto.randomUUID())]);
    }
    await takeAll(spool);
    const aside = namesIn(`${folder}/spool/0`)
      .filter((name) => name.endsWith(".damaged"));
    assert.equal(aside.length, 1);
    const text = await Deno.readTextFile(`${folder}/spool/0/${aside[0]}`);
    assert.match(text, /"bad"/);
  }));

Deno.test("files are their owner's alone", () =>
  inFolder(async (folder) => {
    await using spool = await open(folder);
    await spool.append([entry("a")]);
    assert.equal(modeOf(`${folder}/spool`), 0o700);
    const files = namesIn(`${folder}/spool/0`)
      .filter((name) => name !== "lock");
    assert.equal(files.length, 2);
    for (const name of files) {
      assert.equal(modeOf(`${folder}/spool/0/${name}`), 0o600, name);
    }
  }));

Deno.test("with a cipher nothing but tenant, id and moment lies in the clear; without its key a record is told as missing", () =>
  inFolder(async (folder) => {
    const cipher = createCipher();
    {
      await using spool = await open(folder, cipher);
      await spool.append([entry("a"), entry("b", "gone")]);
      const text = readAll(`${folder}/spool/0`);
      assert.match(text, /\["acme","a"/);
      assert.doesNotMatch(text, /subject|s-1|Zo|text/);
    }
    {
      await using spool = await open(folder, null);
      await assert.rejects(spool.oldest(10), /there are no keys/);
      assert.equal(spool.standing().waiting, 2);
    }
    cipher.erased.add("gone");
    await using spool = await open(folder, cipher);
    const batch = await spool.oldest(10);
    assert.deepEqual(batch?.entries, [entry("a")]);
    assert.deepEqual(
      batch?.gaps.map(({ reason, count, tenants }) => [reason, count, tenants]),
      [["unreadable", 1, ["gone"]]],
    );
    await batch?.carried();
    assert.equal(spool.standing().waiting, 0);
    assert.equal(
      namesIn(`${folder}/spool/0`).filter((name) => name.endsWith(".damaged"))
        .length,
      1,
    );
  }));

Deno.test("a mark that is damaged loses nothing that is there", () =>
  inFolder(async (folder) => {
    {
      await using spool = await open(folder);
      await spool.append([entry("a"), entry("b")]);
    }
    const mark = `${folder}/spool/0/mark`;
    const text = Deno.readTextFileSync(mark);
    assert.match(text, /,0,2\]/);
    Deno.writeTextFileSync(mark, text.replace(",0,2]", ",2,2]"));
    await using spool = await open(folder);
    const batch = await spool.oldest(10);
    assert.deepEqual(batch?.entries, [entry("a"), entry("b")]);
    assert.deepEqual(batch?.gaps, []);
  }));

async function open(
  folder: string,
  cipher: SpoolCipher | null = null,
): Promise<Spool & AsyncDisposable> {
  const spool = await openSpools(folder, { ...OPTIONS, cipher });
  return { ...spool, [Symbol.asyncDispose]: () => spool.close() };
}

/** Turns bytes round; a tenant that is erased is not opened. */
function createCipher() {
  const erased = new Set<string>();
  const turn = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0xff);
  return {
    erased,
    prepare: () => Promise.resolve(),
    seal: (_tenant: string, text: string) =>
      turn(new TextEncoder().encode(text)),
    open: (tenant: string, sealed: Uint8Array) => {
      if (!erased.has(tenant)) return new TextDecoder().decode(turn(sealed));
      throw new EngineError(
        "record_erased",
        "Cannot open record: it is erased",
      );
    },
  };
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

function readAll(folder: string): string {
  return namesIn(folder).map((name) =>
    Deno.readTextFileSync(`${folder}/${name}`)
  )
    .join("\n");
}
