/**
 * Model artifacts, sealed under the key of their tenant. The recorded hash stays that of
 * the bytes in clear, and says which bytes those are; artifacts from before they were
 * sealed load as they are.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { sha256 } from "../domain/canonical.ts";
import { EngineError } from "../domain/error.ts";
import { printModelRef } from "../domain/score.ts";
import {
  isSealedArtifact,
  SEALED_ARTIFACT,
} from "../domain/sealed_artifact.ts";
import type { ModelRegistry } from "../ports/models.ts";
import type { DataKeys } from "./data_keys.ts";
import { open, seal } from "./envelope.ts";

const ID_BYTES = 16;

/** Seals the artifacts of a registry. */
export function sealModels(
  models: ModelRegistry,
  keys: Pick<DataKeys, "newest" | "forOpening">,
): ModelRegistry {
  return {
    ...models,
    async register(tenant, record, ...[artifact, evidence]) {
      const { name, artifactHash } = record;
      if (sha256(artifact) !== artifactHash) throw corrupt(name);
      const key = await keys.newest(tenant);
      const sealed = Buffer.concat([
        Buffer.from(SEALED_ARTIFACT + key.id),
        seal(key.key, placeOf(tenant, artifactHash, key.id), artifact),
      ]);
      return await models.register(tenant, record, sealed, evidence);
    },
    async artifact(tenant, ref) {
      const kept = await models.artifact(tenant, ref);
      if (!isSealedArtifact(kept)) return kept;
      const record = await models.find(tenant, ref);
      const begin = SEALED_ARTIFACT.length;
      const id = new TextDecoder().decode(
        kept.subarray(begin, begin + ID_BYTES),
      );
      const key = (await keys.forOpening(tenant, [id])).get(id);
      if (key === null) throw erased(printModelRef(ref));
      const place = placeOf(tenant, record?.artifactHash ?? "", id);
      const opened = key && open(key, place, kept.subarray(begin + ID_BYTES));
      if (opened) return new Uint8Array(opened);
      throw corrupt(printModelRef(ref));
    },
  };
}

function placeOf(tenant: string, hash: string, id: string) {
  return [tenant, "artifact", hash, id];
}

function corrupt(name: string): EngineError {
  return new EngineError(
    "artifact_corrupt",
    `Cannot use artifact of model "${name}": its bytes do not have the recorded hash; train it again`,
  );
}

function erased(name: string): EngineError {
  return new EngineError(
    "record_erased",
    `Cannot use artifact of model "${name}": the keys of its tenant were destroyed`,
  );
}
