/**
 * Signals come in: files are pulled, messages are pushed, signed, over HTTP.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import { printTable } from "../terminal.ts";
import { announce, type Stage, TENANT } from "./stage.ts";

/** Secret with which the company's site signs what it pushes. */
export const SITE_SECRET = "demonstration-secret";

/** Pulls the files, pushes the messages, and computes features. */
export async function bringIn(stage: Stage): Promise<void> {
  announce(stage, "Signals");
  await pullFiles(stage);
  await pushBatches(stage);
  const counts = await stage.opened.stores.signals.count(TENANT);
  printTable(
    [
      { heading: "source" },
      { heading: "performance rows", numeric: true },
      { heading: "events", numeric: true },
      { heading: "dead letters", numeric: true },
    ],
    counts.map(({ source, performance, events, deadLetters }) => [
      source,
      String(performance),
      String(events),
      String(Object.values(deadLetters).reduce((a, b) => a + b, 0)),
    ]),
  ).forEach(stage.terminal.line);
  await materialize(stage);
}

async function pullFiles(
  { opened: { engine }, world, terminal }: Stage,
): Promise<void> {
  for (const { source, path, mapping } of world.files) {
    await engine.ingest({
      tenant: TENANT,
      source,
      connector: "csv",
      config: { file: path, mapping },
      range: null,
      report: terminal.progress,
    });
  }
}

async function pushBatches({ call, world, terminal }: Stage): Promise<void> {
  for (const [index, body] of world.batches.entries()) {
    terminal.progress("site: messages pushed", index / world.batches.length);
    const signature = createHmac("sha256", SITE_SECRET).update(body)
      .digest("hex");
    await call("systems", {
      path: "/webhooks/segment/site",
      body,
      headers: { "x-signature": signature },
    });
  }
}

async function materialize(stage: Stage): Promise<void> {
  const { opened: { engine, clock }, terminal } = stage;
  announce(stage, "Features, kept online");
  const runs = await engine.features.materialize(TENANT, {
    at: clock.now(),
    report: terminal.progress,
  });
  printTable(
    [{ heading: "view" }, { heading: "entities", numeric: true }],
    runs.filter(({ rows }) => rows > 0)
      .map(({ view, version, rows }) => [`${view}@${version}`, String(rows)]),
  ).forEach(terminal.line);
}
