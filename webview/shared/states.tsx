import type { ComponentChildren, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../../daemon/protocol.ts";
import type { Connection } from "./host.ts";
import type { Host } from "./messages.ts";
import { ModelText } from "./model-text.tsx";

/** Something is under way. It shows after 200 ms, so that a quick answer does not flicker. */
export function Loading({ what }: { readonly what: string }): VNode {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="state-note dim" role="status">
      {late ? `Loading ${what} …` : ""}
    </p>
  );
}

/** There is nothing to show, and what a person can do about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }): VNode {
  return (
    <div class="state-note">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What went wrong, what to do next, and its stable code. */
export function Failure({ problem, again }: { readonly problem: Problem; readonly again?: () => void }): VNode {
  return (
    <div class="state-note failure" role="alert">
      <p>
        <b>
          <ModelText text={problem.message} />
        </b>{" "}
        <ModelText text={problem.next} />
      </p>
      <p class="s dim">
        {problem.code}
        {problem.place ? ` · ${problem.place}` : ""}
      </p>
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** One line above a panel while the daemon can't be reached; what is shown below it is as it was last seen. */
export function Away({ connection, host }: { readonly connection: Connection; readonly host: Host }): VNode | null {
  if (connection.state === "connected") return null;
  if (connection.state === "connecting") {
    return (
      <div class="away dim" role="status">
        Connecting to the daemon …
      </div>
    );
  }
  return (
    <div class="away" role="status">
      <b>The daemon is away.</b> {connection.why ?? "What you see is as it was last known."}{" "}
      <button type="button" onClick={() => host.run("sparring.restartDaemon", {})}>
        Restart it
      </button>
    </div>
  );
}
