import {
  type Alias,
  Document,
  type ErrorCode,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { sectionPaths } from "./keys.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { type Setting, type Source, shown } from "./setting.ts";

/** Where a character offset is. */
type PlaceOf = (offset: number | undefined) => string | undefined;

/** YAML errors that have a better sentence than the parser's. */
const advice: Partial<Record<ErrorCode, readonly [message: string, next: string]>> = {
  TAB_AS_INDENT: ["a tab is used as indentation, which YAML forbids", "Indent with spaces."],
  MULTIPLE_DOCS: ["there are several YAML documents in the file", "Keep one config a file, without `---` between."],
  RESOURCE_EXHAUSTION: ["the text is nested too deeply", "A config has at most three levels: remove the brackets."],
  BLOCK_AS_IMPLICIT_KEY: ["there are two colons on the line", "Put the value in quotes, or begin a new line."],
};

function syntaxProblem(code: ErrorCode, message: string, place: string | undefined): Problem {
  const sentence = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  const [text, next] = advice[code] ?? [`not valid YAML: ${sentence}`, "Correct the YAML here or on the line above."];
  return { code: "config/yaml", message: text, next, place };
}

/** Flattens a mapping into settings: it descends into known sections, everything else is a value. */
function flatten(doc: Document, map: YAMLMap, prefix: string, placeOf: PlaceOf): Source {
  const settings: Setting[] = [];
  const problems: Problem[] = [];
  const firstPlaces = new Map<string, string | undefined>();
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const path = prefix + key;
    const node = pair.value as ParsedNode | null;
    const keyPlace = placeOf((pair.key as ParsedNode | null)?.range?.[0]);
    const valuePlace = placeOf(node?.range?.[0]) ?? keyPlace;
    if (firstPlaces.has(key)) {
      const first = firstPlaces.get(key);
      problems.push({
        code: "config/duplicate-key",
        message: `${path} is there twice${first ? `, first at ${first}` : ""}`,
        next: "Keep one of them.",
        place: keyPlace,
      });
      continue;
    }
    firstPlaces.set(key, keyPlace);
    if (sectionPaths.has(path) && isMap(node) && node.items.length > 0) {
      const inner = flatten(doc, node, `${path}.`, placeOf);
      settings.push(...inner.settings);
      problems.push(...inner.problems);
    } else {
      const value: unknown = node === null ? null : node.toJS(doc);
      const items = isSeq(node) ? { itemPlaces: node.items.map((item) => placeOf(item.range?.[0])) } : {};
      settings.push({ path, value, keyPlace, valuePlace, ...items });
    }
  }
  return { settings, problems };
}

function readDocument(doc: Document, placeOf: PlaceOf, whole: string | undefined): Source {
  if (isMap(doc.contents)) return flatten(doc, doc.contents, "", placeOf);
  const next = "Copy examples/addition.sparring.yaml and change it.";
  if (doc.contents === null)
    throw new ConfigError([{ code: "config/empty", message: "the config is empty", next, place: whole }]);
  const message = `a config is a mapping of \`key: value\` lines, found ${shown(doc.toJS())}`;
  throw new ConfigError([{ code: "config/wrong-type", message, next, place: whole }]);
}

/** The first alias (`*name`) in a document or a part of it. Configs need none, and they can blow a small text up to any size. */
export function firstAlias(part: Document | Node): Alias | undefined {
  let found: Alias | undefined;
  visit(part, {
    Alias: (_, node) => {
      found = node;
      return visit.BREAK;
    },
  });
  return found;
}

/**
 * Reads the text of a config file into settings with their places.
 * @throws ConfigError if it is no YAML mapping, so that there is nothing to check
 */
export function readYaml(text: string, file: string): Source {
  const lines = new LineCounter();
  const placeOf: PlaceOf = (offset) => {
    if (offset === undefined) return undefined;
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  // Repeated keys are found by `flatten`, which knows their paths, and in linear time.
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const [error] = [...doc.errors, ...doc.warnings];
  if (error) throw new ConfigError([syntaxProblem(error.code, error.message, placeOf(error.pos[0]))]);

  const alias = firstAlias(doc);
  if (alias) {
    const message = `YAML aliases such as *${alias.source} are not understood in a config`;
    const place = placeOf(alias.range?.[0]);
    throw new ConfigError([{ code: "config/yaml", message, next: "Write the value itself.", place }]);
  }
  return readDocument(doc, placeOf, file);
}

/** Reads a config that is already an object, as stored in run.json. It has no places. */
export function readObject(config: unknown): Source {
  return readDocument(new Document(config, { aliasDuplicateObjects: false }), () => undefined, undefined);
}

/** Reads one value as YAML would, e.g. `1e-4`, `true`, `[q_proj, v_proj]`; text that is no YAML stays as it is. */
export function readValue(text: string): unknown {
  const doc = parseDocument(text, { prettyErrors: false });
  const isYaml = doc.errors.length === 0 && doc.warnings.length === 0 && firstAlias(doc) === undefined;
  return isYaml ? doc.toJS() : text;
}
