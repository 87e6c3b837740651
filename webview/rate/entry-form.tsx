import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { criterionQuestions } from "./criteria.ts";
import { type Entry, maxScore, scoreOf, setNote, setScore, sumOf, toggle } from "./entry.ts";
import type { Session } from "./use-session.ts";

interface EntryFormProps {
  readonly entry: Entry;
  readonly session: Session;
  readonly isNoteOpen: boolean;
  /** Whether the note was opened by hand just now. */
  readonly focusNote: boolean;
  readonly openNote: () => void;
  readonly closeNote: () => void;
}

/** Keeps the keyboard's focus where it was: after a click, keys still mean what the bar says. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

/** The criteria, the overall score, a note, and what to do with them. */
export function EntryForm(props: EntryFormProps): VNode {
  const { entry, session, isNoteOpen, focusNote, openNote, closeNote } = props;
  const submitted = session.batch?.submitted.length ?? 0;
  return (
    <>
      <Criteria entry={entry} session={session} />
      <Overall entry={entry} session={session} />
      {isNoteOpen && <Note entry={entry} session={session} focus={focusNote} close={closeNote} />}
      <div class="actions">
        <button
          type="button"
          class="primary"
          disabled={!entry.touched}
          onMouseDown={keepFocus}
          onClick={() => session.submit(false)}
        >
          Submit <kbd>Enter</kbd>
        </button>
        <button type="button" onMouseDown={keepFocus} onClick={() => session.submit(true)}>
          Skip <kbd>S</kbd>
        </button>
        <button type="button" disabled={submitted === 0} onMouseDown={keepFocus} onClick={session.undo}>
          Undo{submitted > 0 && ` sample ${submitted}`} <kbd>U</kbd>
        </button>
        <button type="button" onMouseDown={keepFocus} onClick={openNote}>
          Note <kbd>N</kbd>
        </button>
      </div>
    </>
  );
}

function Criteria({ entry, session }: { readonly entry: Entry; readonly session: Session }): VNode {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own
    <div class="criteria" role="group" aria-label="Seven criteria">
      {criterionQuestions.map((question, index) => (
        // biome-ignore lint/a11y/useSemanticElements: an input would take the keys that rate
        <button
          type="button"
          class="bare criterion"
          role="checkbox"
          aria-checked={entry.met[index]!}
          aria-label={question}
          aria-keyshortcuts={String(index + 1)}
          onMouseDown={keepFocus}
          onClick={() => session.edit((now) => toggle(now, index))}
          onKeyDown={(event) => {
            // Enter submits here too; Space turns the criterion over.
            if (event.key !== "Enter") return;
            event.preventDefault();
            session.submit(false);
          }}
        >
          <kbd>{index + 1}</kbd>
          <span class={entry.met[index] ? "box met" : "box"}>{entry.met[index] ? "✓" : ""}</span>
          <span>{question}</span>
        </button>
      ))}
    </div>
  );
}

function Overall({ entry, session }: { readonly entry: Entry; readonly session: Session }): VNode {
  const score = scoreOf(entry);
  const sum = sumOf(entry);
  const set = (to: number): void => session.edit((now) => setScore(now, to));
  return (
    <div class="overall">
      <b id="overall">Overall</b>
      <div class="scores" role="radiogroup" aria-labelledby="overall">
        {Array.from({ length: maxScore + 1 }, (_, each) => (
          // biome-ignore lint/a11y/useSemanticElements: an input would take the keys that rate
          <button
            type="button"
            class="bare score"
            role="radio"
            aria-checked={entry.touched && each === score}
            tabIndex={each === score ? 0 : -1}
            onMouseDown={keepFocus}
            onClick={() => set(each)}
          >
            {each}
          </button>
        ))}
      </div>
      <span class="s dim" role="status">
        {!entry.touched
          ? "nothing entered yet; 0 says that none is met"
          : score === sum
            ? `follows your ${sum} met`
            : `${sum} met: overall differs by ${score > sum ? "+" : "−"}${Math.abs(score - sum)}`}
        <br />
        <kbd>−</kbd> <kbd>+</kbd> to differ from the sum
      </span>
    </div>
  );
}

interface NoteProps {
  readonly entry: Entry;
  readonly session: Session;
  readonly focus: boolean;
  readonly close: () => void;
}

function Note({ entry, session, focus, close }: NoteProps): VNode {
  const box = useRef<HTMLTextAreaElement>(null);
  // At once: the next key is the note's first letter.
  useLayoutEffect(() => {
    if (focus) box.current?.focus();
  }, [focus]);
  return (
    <div class="note">
      <label for="note" class="label">
        Note <span>(Enter ends it, Shift+Enter begins a line)</span>
      </label>
      <textarea
        id="note"
        ref={box}
        rows={2}
        maxLength={10_000}
        value={entry.note}
        onInput={({ currentTarget }) => session.edit((now) => setNote(now, currentTarget.value))}
        onKeyDown={(event) => {
          if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return;
          event.preventDefault();
          box.current?.blur();
          close();
        }}
      />
    </div>
  );
}
