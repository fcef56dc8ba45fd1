/**
 * What the dashboard asks Prometheus.
 *
 * @module
 */
import { ROOT } from "../architecture/paths.ts";

/** Every expression, over so long a window where Grafana chooses one. */
export async function panelExpressions(
  window = "5m",
): Promise<readonly string[]> {
  const text = await Deno.readTextFile(`${ROOT}core/telemetry/dashboard.json`);
  const panels: readonly { targets?: readonly { expr: string }[] }[] =
    JSON.parse(text).panels;
  return panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr.replaceAll("$__rate_interval", window))
  );
}
