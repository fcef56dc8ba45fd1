/**
 * A registry whose changes of roles count at once in this process.
 *
 * @module
 */
import type { ModelRegistry } from "../ports/models.ts";

/**
 * Tells of changes.
 *
 * @param models The registry.
 * @param changed Told whose roles may have changed, after each change that succeeded;
 * the change is answered when it is done.
 * @returns The registry.
 */
export function announceChanges(
  models: ModelRegistry,
  changed: (tenant: string) => Promise<void>,
): ModelRegistry {
  async function announced<T>(tenant: string, change: Promise<T>): Promise<T> {
    const result = await change;
    await changed(tenant);
    return result;
  }
  return {
    ...models,
    review: (tenant, ref, review) =>
      announced(tenant, models.review(tenant, ref, review)),
    settle: (tenant, proposal, review) =>
      announced(tenant, models.settle(tenant, proposal, review)),
    rollBack: (tenant, change) =>
      announced(tenant, models.rollBack(tenant, change)),
  };
}
