/**
 * A model's text for a place between tags: it can neither close its own tag, nor bring along a tag that is read as a verdict.
 * @param tags their names; case, spaces and a slash in a tag make no difference
 */
export function withoutTags(text: string, tags: readonly string[]): string {
  return text.replace(new RegExp(`<(?=\\s*(?:\\/\\s*)?(?:${tags.join("|")})\\b)`, "gi"), "&lt;");
}
