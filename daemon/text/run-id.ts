/**
 * A readable id that no other run has, as the command line makes them: the name, the day, and random characters.
 * @param unique characters that nobody else draws
 */
export function newRunId(name: string, date: Date, unique: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
  return `${slug || "run"}-${date.toISOString().slice(0, 10).replaceAll("-", "")}-${unique}`;
}
