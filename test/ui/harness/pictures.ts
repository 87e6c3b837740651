/** Pictures of the rounds panel, to be looked at: `tsx test/ui/harness/pictures.ts <folder> [name filter]`. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { collapsedRecording } from "./collapsed.ts";
import { launchBrowser, PanelPage, themes } from "./panel-page.ts";
import { additionRecording, RecordedDaemon, type Recording, spinRecording } from "./recording.ts";
import { alarmPausedRecording, ensembleRecording, syntheticRecording } from "./synthetic.ts";

const [folder = "/tmp/pictures", filter = ""] = process.argv.slice(2);
await mkdir(folder, { recursive: true });

interface Picture {
  readonly name: string;
  readonly recording: () => Recording;
  readonly sizes: readonly (readonly [width: number, height: number])[];
  readonly keys?: readonly string[];
}

const large = [1400, 900] as const;
const small = [800, 600] as const;
const long = (): Recording => syntheticRecording({ rounds: 312, of: 500 });
const pictures: readonly Picture[] = [
  { name: "live", recording: long, sizes: [large, small, [560, 900]] },
  { name: "nano", recording: additionRecording, sizes: [large] },
  { name: "spin", recording: spinRecording, sizes: [large, small, [560, 900]] },
  { name: "spin-ratio", recording: spinRecording, sizes: [large], keys: ["h", "ArrowDown", "j"] },
  { name: "ten-thousand", recording: () => syntheticRecording({ rounds: 10_000, of: 12_000 }), sizes: [large] },
  { name: "curriculum", recording: long, sizes: [large], keys: ["c"] },
  { name: "tables", recording: long, sizes: [large], keys: ["t", "h"] },
  { name: "alarm", recording: long, sizes: [large, small, [560, 900]], keys: ["["] },
  { name: "alarm-focus", recording: long, sizes: [large], keys: ["[", "[", "[", "Shift+Tab"] },
  { name: "alarm-list", recording: long, sizes: [large], keys: ["a"] },
  { name: "paused-by-alarm", recording: alarmPausedRecording, sizes: [large, small] },
  { name: "collapsed", recording: () => collapsedRecording("lsp-vs-zero.lsp-likelihood.1"), sizes: [large] },
  { name: "ensemble", recording: ensembleRecording, sizes: [large, small] },
  { name: "keys", recording: long, sizes: [large], keys: ["?"] },
  {
    name: "dispute",
    recording: long,
    sizes: [large],
    keys: ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "j", "j"],
  },
];

const browser = await launchBrowser();
try {
  for (const { name, recording, sizes, keys = [] } of pictures) {
    for (const theme of themes) {
      for (const [width, height] of sizes) {
        const title = `${name}-${theme}-${width}`;
        if (!title.includes(filter)) continue;
        const daemon = new RecordedDaemon(recording());
        const run = daemon.recording.details.overview.id;
        const panel = await PanelPage.open(browser, {
          panel: "rounds",
          input: { run },
          theme,
          width,
          height,
          answer: (method, params) => daemon.answer(method, params),
        });
        await panel.page.locator(".answer .tokens .model-text").first().waitFor();
        for (const key of keys) await panel.page.keyboard.press(key);
        await panel.page.screenshot({ path: join(folder, `${title}.png`) });
        for (const complaint of panel.complaints) console.log(`${title}: ${complaint}`);
        await panel.close();
      }
    }
  }
} finally {
  await browser.close();
}
