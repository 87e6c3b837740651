import { Component, type ComponentChildren, type ComponentType, createElement } from "preact";

/** The component, rendered again only when one of its props is another value (`Object.is`). */
export function memo<P extends object>(Inner: ComponentType<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !sameProps(this.props as P, next);
    }

    override render(): ComponentChildren {
      return createElement(Inner, this.props as P);
    }
  };
}

function sameProps<P extends object>(a: P, b: P): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof P>;
  return [...keys].every((key) => Object.is(a[key], b[key]));
}
