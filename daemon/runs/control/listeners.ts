import type { NotificationParamsOf, RunOverview } from "../../protocol.ts";

/** What the supervisor announces. */
export interface Announcements {
  /** A run came into being or into another state. */
  readonly changed: RunOverview;
  /** There is a newer snapshot of this run. */
  readonly progress: string;
  /** Alarms began with a round. */
  readonly alarm: NotificationParamsOf<"sparring/alarm">;
  readonly ratings: { readonly run: string; readonly ratings: number };
}

/** Who wants to hear of what. */
export class Listeners {
  readonly #listeners = new Map<keyof Announcements, Set<(news: never) => void>>();

  /** @returns the unsubscriber */
  on<E extends keyof Announcements>(event: E, listener: (news: Announcements[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  announce<E extends keyof Announcements>(event: E, news: Announcements[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (news: Announcements[E]) => void)(news);
  }
}
