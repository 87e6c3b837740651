/** A page's JSON aims to stay below this, so that no frame is too long for a client. */
const pageBytes = 2 * 1024 * 1024;

/** The first items of a list, as many as fit a page: at least one where there is one. */
export function pageOf<T>(items: readonly T[], limit: number): T[] {
  const page: T[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += JSON.stringify(item).length;
    if (page.length === limit || (page.length > 0 && bytes > pageBytes)) break;
    page.push(item);
  }
  return page;
}
