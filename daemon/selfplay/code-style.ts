/**
 * Code where nobody asked for it: in the paper's first runs answers drifted into Python while the reward model's score rose
 * (arXiv 2509.07414). The patterns are [ours]; they are for telling a drift, not for judging one text.
 */

/** How a line of a program begins, in the languages that models write most. */
const programLine =
  /^\s*(?:def \w+\(|class \w+[(:{]|import [\w.]+\s*(?:$|as |,)|from [\w.]+ import |function \w*\(|(?:const|let|var) \w+ =|#include\s*[<"]|public (?:static )?\w+ \w+\(|print\(|console\.log\(|if __name__)/m;

const fence = /^\s*(?:```|~~~)/m;

const request =
  /\b(?:code|coding|program(?:s|me|ming)?|scripts?|functions?|implement\w*|python|javascript|typescript|java|c\+\+|rust|sql|html|css|bash|regex|algorithm\w*|snippets?)\b/i;

/** Whether a text has a code fence, or a line that begins as one of a program does. */
export function looksLikeCode(text: string): boolean {
  return fence.test(text) || programLine.test(text);
}

/** Whether a query asks for code, by its words, or has some in it. */
export function asksForCode(query: string): boolean {
  return request.test(query) || looksLikeCode(query);
}
