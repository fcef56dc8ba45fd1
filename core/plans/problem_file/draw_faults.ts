/**
 * What a problem file cannot combine with the worst tail of draws, or a chance.
 *
 * @module
 */
import type { OwnEntity, OwnProblem } from "./own_schema.ts";

/** Lists faults, each `field: what is wrong`; none where the mean is the aim. */
export function listDrawFaults(own: OwnProblem): string[] {
  const { entities, uncertainty, groups = [], objective, returns } = own;
  if (uncertainty === undefined || uncertainty.type === "mean") return [];
  const apart = `cannot be combined with uncertainty "${uncertainty.type}"`;
  const first = entities.find(({ curve }) => curve.type === "sampled")?.curve;
  if (first?.type !== "sampled") {
    return ['uncertainty: there are no draws; give curves of type "sampled"'];
  }
  return [
    ...objective === "profit" ? [`objective: "profit" ${apart}`] : [],
    ...returns?.length ? [`returns: ${apart}; leave one out`] : [],
    ...groups.flatMap(({ id, most }, at) =>
      most === undefined ? [] : [`groups[${at}] ("${id}").most: ${apart}`]
    ),
    ...entities.flatMap((entity, at) =>
      listEntityFaults(entity, { apart, draws: first.draws.length }).map((
        fault,
      ) => `entities[${at}] ("${entity.id}").${fault}`)
    ),
  ];
}

/** Draw k of all entities belongs together, so all have as many. */
function listEntityFaults(
  { curve, off, step }: OwnEntity,
  { apart, draws }: { readonly apart: string; readonly draws: number },
): string[] {
  const { type } = curve;
  return [
    ...type === "sampled" && curve.draws.length !== draws
      ? [
        `curve.draws: expected ${draws}, as others have, not ${curve.draws.length}`,
      ]
      : [],
    ...type === "piecewise" ? [`curve.type: "piecewise" ${apart}`] : [],
    ...off ? [`off: ${apart}; leave it out`] : [],
    ...step ? [`step: ${apart}; leave it out`] : [],
  ];
}
