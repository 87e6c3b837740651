/** The first sentence of the comment at a config's top, up to a colon or its end: what the config is about. */
export function firstSentence(text: string): string {
  const comment = /^(?:#.*\n)*/.exec(text)![0].replaceAll(/^# ?/gm, "").replaceAll("\n", " ");
  return (/^.*?(?=[.:](?: |$))/.exec(comment)?.[0] ?? comment).trim();
}
