/**
 * A process that writes vectors to an online store: its file, the name of its
 * entities, and how many.
 *
 * @module
 */
import { createOnlineFeatures } from "../../core/store/feature_kv.ts";
import { createLazyKv } from "../../core/store/lazy_kv.ts";

if (import.meta.main) {
  const [file = "", name = "", count = ""] = Deno.args;
  const kv = createLazyKv(file, file.slice(0, file.lastIndexOf("/")));
  const vectors = Array.from({ length: Number(count) }, (_, place) => ({
    view: "audience",
    version: 1,
    entity: `subject:${name}-${place}` as const,
    at: "2026-03-01T00:00:00.000Z",
    values: [name, place],
  }));
  await createOnlineFeatures(kv.open).write("acme", vectors);
  await kv.close();
}
