/**
 * The charts of a media mix say what the summary says.
 *
 * @module
 */
import assert from "node:assert/strict";
import { seededRandom } from "../../domain/random.ts";
import { parseXml } from "../../charts/fixtures/parse_xml.ts";
import { drawLaplace, prepareMix } from "../../../models/learners/mix/fit.ts";
import { simulateWorld } from "../../../models/learners/mix/fixtures/world.ts";
import { arrangePanel } from "../../../models/learners/mix/panel.ts";
import { parseMixSpec } from "../../../models/learners/mix/spec.ts";
import { summarizeMix } from "../../../models/learners/mix/summary.ts";
import { writeCharts } from "../write_charts.ts";
import { drawMix } from "./mix_plots.ts";

const { spec: stated, rows } = simulateWorld(4, { periods: 60, channels: 2 });
const spec = parseMixSpec(stated);
const prepared = prepareMix(spec, arrangePanel(spec, rows));
const summary = summarizeMix(
  drawLaplace(prepared, seededRandom(1)),
  seededRandom(1),
);

Deno.test("drawMix() draws each chart, well-formed, and the same twice", () => {
  const charts = drawMix(summary);
  assert.deepEqual([...charts.keys()], [
    "roas",
    "contributions",
    "response_1_channel_0",
    "response_2_channel_1",
    "predicted",
  ]);
  for (const svg of charts.values()) {
    parseXml(svg);
    assert.doesNotMatch(svg, /No data|no data/);
  }
  assert.deepEqual(drawMix(summary), charts);
});

Deno.test("drawMix() tells what was spent from what was not", () => {
  const [channel] = summary.channels;
  assert.ok(channel);
  const curve = channel.curve.map((point, at) => ({ ...point, seen: at < 30 }));
  const svg = drawMix({ ...summary, channels: [{ ...channel, curve }] })
    .get("response_1_channel_0") ?? "";
  assert.match(svg, /usual spend/);
  assert.match(svg, /most spent/);
  assert.match(svg, /As far as was spent: 30 points/);
  assert.match(svg, /Beyond: extrapolated: 12 points/);
});

Deno.test("writeCharts() writes files, and says where it cannot", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const paths = await writeCharts(
      `${folder}/plots/`,
      drawMix(summary),
      "plots",
    );
    assert.equal(paths.length, 5);
    assert.match(paths[0] ?? "", /plots\/roas\.svg$/);
    assert.match(await Deno.readTextFile(paths[0] ?? ""), /^<svg /);
    await assert.rejects(
      writeCharts(paths[0] ?? "", drawMix(summary), "plots"),
      { code: "file_unreadable" },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
