import assert from "node:assert/strict";
import { test } from "node:test";
import { DownloadLines } from "../../../daemon/cli/watch/download-line.ts";
import type { Progress } from "../../../daemon/protocol.ts";

test("a download says a line every tenth of it, the last one too", () => {
  const lines = new DownloadLines();
  const at = (done: number, remainingSeconds: number | null): string | undefined =>
    lines.line({ done, total: 270_000_000, remainingSeconds } as Progress);
  assert.equal(at(0, null), "Downloading the model: 0 % of 270.0 MB");
  assert.equal(at(20_000_000, 130), undefined);
  assert.equal(at(54_000_000, 100), "Downloading the model: 20 % of 270.0 MB, 1:40 left");
  assert.equal(at(260_000_000, 4), "Downloading the model: 96 % of 270.0 MB, 0:04 left");
  assert.equal(at(270_000_000, 0), "Downloading the model: 100 % of 270.0 MB");
  assert.equal(at(270_000_000, 0), undefined);
});
