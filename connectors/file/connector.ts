/**
 * Settings kept in one JSON file of a folder, for whoever carries them to a
 * platform: by hand, by a script, by a pipeline that watches the file.
 *
 *     { "format": 1, "version": 2, "settings": { "channel:tv":
 *       { "budget_micros_per_day": "5000000" } }, "changes": ["…"] }
 *
 * The file is replaced as a whole, so a change is in it entirely or not at all.
 * `version` counts the changes; `changes` holds the ids of the latest, so that a
 * change that comes again has no second effect. One engine writes to a folder.
 *
 * @module
 */
import {
  defineConnector,
  EngineError,
  type EntityKey,
  type Lent,
  type Setting,
} from "@moe/plugin";
import * as z from "zod";

const MAX_CHANGES = 1000;

const Config = z.strictObject({
  /** Folder of the file. */
  folder: z.string().min(1),
});

const Artifact = z.strictObject({
  format: z.literal(1),
  version: z.int().nonnegative(),
  settings: z.record(z.string(), z.record(z.string(), z.string())),
  changes: z.array(z.string()),
});

type Config = z.infer<typeof Config>;
type Artifact = z.infer<typeof Artifact>;
type Change = { readonly id: string; readonly settings: readonly Setting[] };

const EMPTY: Artifact = { format: 1, version: 0, settings: {}, changes: [] };

/** Writes to a file wait for each other, or the later would undo the earlier. */
const queues = new Map<string, Promise<void>>();

export default defineConnector<Config>({
  name: "file",
  apiVersion: 1,
  about: "Settings in a versioned JSON file",
  config: Config,
  secrets: [],
  hosts: [],
  emits: [],
  restatesDays: 0,
  destination: { read, write },
});

async function read(
  scope: Lent<Config>,
  targets: readonly Omit<Setting, "value">[],
): Promise<Setting[]> {
  const { settings } = await readArtifact(scope);
  return targets.map(({ target, field }) => {
    const fields = new Map(Object.entries(settings[target] ?? {}));
    return { target, field, value: fields.get(field) ?? null };
  });
}

async function write(scope: Lent<Config>, change: Change): Promise<void> {
  const path = artifactPath(scope);
  const before = queues.get(path) ?? Promise.resolve();
  const after = before.then(() => replace(scope, change));
  const settled = after.catch(() => {});
  queues.set(path, settled);
  try {
    await after;
  } finally {
    if (queues.get(path) === settled) queues.delete(path);
  }
}

async function replace(scope: Lent<Config>, change: Change): Promise<void> {
  const artifact = await readArtifact(scope);
  if (artifact.changes.includes(change.id)) return;
  const next: Artifact = {
    format: 1,
    version: artifact.version + 1,
    settings: mergeSettings(artifact.settings, change.settings),
    changes: [...artifact.changes, change.id].slice(-MAX_CHANGES),
  };
  const text = JSON.stringify(next, null, 2) + "\n";
  await scope.files.write(artifactPath(scope), text);
}

function mergeSettings(
  settings: Artifact["settings"],
  changed: readonly Setting[],
): Artifact["settings"] {
  const merged = new Map(
    Object.entries(settings).map(([key, fields]) => [
      key,
      new Map(Object.entries(fields)),
    ]),
  );
  for (const { target, field, value } of changed) {
    const fields = merged.get(target) ?? new Map<string, string>();
    if (value === null) fields.delete(field);
    else fields.set(field, value);
    merged.set(target, fields);
  }
  return Object.fromEntries(
    [...merged].filter(([, fields]) => fields.size > 0)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, fields]) => [key as EntityKey, Object.fromEntries(fields)]),
  );
}

async function readArtifact(scope: Lent<Config>): Promise<Artifact> {
  const path = artifactPath(scope);
  const text = await scope.files.text(path);
  if (text === null) return EMPTY;
  try {
    return Artifact.parse(JSON.parse(text));
  } catch (cause) {
    throw new EngineError(
      "file_unreadable",
      `Cannot read settings "${path}": it is not a settings file of format 1; move it away or repair it`,
      { cause },
    );
  }
}

function artifactPath({ config }: Lent<Config>): string {
  return `${config.folder.replace(/\/+$/, "")}/settings.json`;
}
