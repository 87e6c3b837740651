import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type KeyBinding, keyCap, press } from "./keys.ts";

/**
 * The line of keys at the bottom of a panel. It listens for the bindings, and "?" opens all of them. Give every binding here,
 * also those that no bar has room for (`hidden`).
 */
export function KeyBar({ bindings }: { readonly bindings: readonly KeyBinding[] }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const help: KeyBinding = { keys: ["?"], label: "all keys", run: () => dialog.current?.showModal(), group: "Panel" };
  const all = [...bindings, help];
  // The listener stays; it reads the bindings of the newest rendering.
  const newest = useRef(all);
  newest.current = all;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (dialog.current?.open) return;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      const { key, ctrlKey, metaKey, altKey } = event;
      const pressed = { key, ctrlKey, metaKey, altKey, tag: target.tagName, editable: target.isContentEditable };
      if (press(newest.current, pressed)) event.preventDefault();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  return (
    <footer class="keys">
      {all
        .filter(({ hidden }) => !hidden)
        .map(({ keys, label, run }) => (
          <span class="key">
            {keys.map((key, index) => (
              <button type="button" class="bare" tabIndex={-1} onClick={() => run(key)}>
                <kbd>{keyCap(key)}</kbd>
                {index === keys.length - 1 && ` ${label}`}
              </button>
            ))}
          </span>
        ))}
      <dialog ref={dialog} class="all-keys" aria-label="All keys">
        <KeyList bindings={all} />
        <form method="dialog">
          <button type="submit">Close</button> <span class="s dim">or Esc</span>
        </form>
      </dialog>
    </footer>
  );
}

function KeyList({ bindings }: { readonly bindings: readonly KeyBinding[] }): VNode {
  const groups = [...new Set(bindings.map(({ group }) => group ?? "Panel"))];
  return (
    <div class="key-groups">
      {groups.map((group) => (
        <section>
          <h2>{group}</h2>
          <dl>
            {bindings
              .filter((binding) => (binding.group ?? "Panel") === group)
              .map((binding) => (
                <div>
                  <dt>
                    <Caps keys={binding.keys} />
                  </dt>
                  <dd>{binding.label}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function Caps({ keys }: { readonly keys: readonly string[] }): VNode {
  return (
    <>
      {keys.map((key, index) => (
        <>
          {index > 0 && " "}
          <kbd>{keyCap(key)}</kbd>
        </>
      ))}
    </>
  );
}
