import type { ComponentType, VNode } from "preact";
import { render } from "preact";
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import "./style.css";
import { type Connection, connectHost, problemOf } from "./host.ts";
import type { Host, PanelInputs, PanelName, PanelSettings } from "./messages.ts";
import { Away, Failure, Loading } from "./states.tsx";

/** What every panel gets. `input` changes when the editor shows another thing in the same panel. */
export interface PanelProps<N extends PanelName> {
  readonly host: Host;
  readonly input: PanelInputs[N];
  readonly settings: PanelSettings;
  readonly connection: Connection;
}

interface Opened {
  readonly input: unknown;
  readonly settings: PanelSettings;
}

/**
 * Starts a panel in the page: waits for the host's `open`, then renders the component below a banner that says when the
 * daemon is away. Messages to another panel's name are a bug of the host and throw.
 */
export function mountPanel<N extends PanelName>(name: N, Panel: ComponentType<PanelProps<N>>): void {
  const root = document.createElement("div");
  root.id = "panel";
  document.body.append(root);
  const show = (host: Host, opened: Opened | undefined): void =>
    render(<Frame host={host} opened={opened} Panel={Panel as ComponentType<PanelProps<PanelName>>} />, root);
  const host = connectHost((message) => {
    if (message.panel !== name) throw new Error(`the panel ${name} was opened as ${message.panel}`);
    show(host, message);
  });
  show(host, undefined);
}

interface FrameProps {
  readonly host: Host;
  readonly opened: Opened | undefined;
  readonly Panel: ComponentType<PanelProps<PanelName>>;
}

function Frame({ host, opened, Panel }: FrameProps): VNode {
  const connection = useConnection(host);
  const [error, retry] = useErrorBoundary((thrown) => console.error(thrown));
  return (
    <>
      <Away connection={connection} host={host} />
      {error !== undefined ? (
        <Failure problem={problemOf(error)} again={retry} />
      ) : opened ? (
        <Panel
          host={host}
          input={opened.input as PanelInputs[PanelName]}
          settings={opened.settings}
          connection={connection}
        />
      ) : (
        <Loading what="panel" />
      )}
    </>
  );
}

function useConnection(host: Host): Connection {
  const [connection, setConnection] = useState<Connection>({ state: "connecting" });
  useEffect(() => host.onConnection((state, why) => setConnection({ state, why })), [host]);
  return connection;
}
