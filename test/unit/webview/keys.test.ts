import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keyCap, type Press, press } from "../../../webview/shared/keys.ts";
import { bytes, duration, fixed, percent, plain, signed } from "../../../webview/shared/numbers.ts";

const plainPress: Press = { key: "r", ctrlKey: false, metaKey: false, altKey: false, tag: "BODY", editable: false };

/** Which key reached its binding; undefined if none did. */
function reached(part: Partial<Press>): string | undefined {
  let key: string | undefined;
  const bindings = [
    {
      keys: ["r", "Enter", "ArrowLeft"],
      label: "x",
      run: (pressed: string) => {
        key = pressed;
      },
    },
  ];
  assert.equal(press(bindings, { ...plainPress, ...part }), key !== undefined);
  return key;
}

describe("a key press", () => {
  test("reaches its binding, letters in either case", () => {
    assert.equal(reached({}), "r");
    assert.equal(reached({ key: "R" }), "r");
    assert.equal(reached({ key: "ArrowLeft" }), "ArrowLeft");
    assert.equal(reached({ key: "x" }), undefined);
  });

  test("is the editor's with Ctrl, Cmd or Alt", () => {
    for (const modifier of ["ctrlKey", "metaKey", "altKey"]) assert.equal(reached({ [modifier]: true }), undefined);
  });

  test("is text where a person types, and Enter on a button is the button's", () => {
    for (const tag of ["INPUT", "TEXTAREA", "SELECT"]) assert.equal(reached({ tag }), undefined);
    assert.equal(reached({ editable: true }), undefined);
    assert.equal(reached({ key: "Enter", tag: "BUTTON" }), undefined);
    assert.equal(reached({ key: "r", tag: "BUTTON" }), "r");
  });

  test("is named as on a keyboard", () => {
    assert.deepEqual(["ArrowLeft", "r", "Escape", "End"].map(keyCap), ["←", "R", "Esc", "End"]);
  });
});

test("numbers read as a person writes them", () => {
  assert.deepEqual(
    [fixed(-0.004), fixed(-1.2), fixed(null), signed(0.72), signed(-0.34), signed(0.001)],
    ["0.00", "−1.20", "–", "+0.72", "−0.34", "0.00"],
  );
  assert.deepEqual([percent(0.619, 1), percent(null)], ["61.9 %", "–"]);
  assert.deepEqual([0.42, 9.96, 51, 200, 600, 9600, 273_600].map(duration), [
    "0.4 s",
    "10 s",
    "51 s",
    "3 min 20 s",
    "10 min",
    "2 h 40 min",
    "3 d 4 h",
  ]);
  assert.deepEqual(
    [plain(0.05), plain(3e-6), plain(1204), plain(0), plain(-0.5)],
    ["0.05", "3e−6", "1,204", "0", "−0.5"],
  );
  assert.deepEqual([plain(1.2345678e-4), plain(-98_765_432)], ["1.23e−4", "−9.88e7"], "three digits, no more");
  assert.deepEqual([bytes(0), bytes(999), bytes(148e6), bytes(1.5e3)], ["0 B", "999 B", "148 MB", "1.5 kB"]);
});
