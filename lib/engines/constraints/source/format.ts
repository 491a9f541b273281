import { type Document, isMap, isScalar, isSeq, type Pair, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { InvalidInput } from '../../../core/errors.ts';
import { jsonValueOf, readYaml } from '../../../core/yaml.ts';
import { problemsOfZodError } from '../../../core/zod-problems.ts';
import { canonicalSource, rewritesOf } from './canonical-source.ts';
import { sourceDocument } from './document.ts';
import { Places } from './places.ts';

/** The order of keys, wherever they stand. */
const ORDER = (
  'schema name version skill id if owner type unit scale modality hit complete scope inputs values maximumSize minimum ' +
  'maximum when condition route require forbid to set finding reason from until effective priority overrides optional role ' +
  'message description additionalFields fields rules tables rows exclusiveRoutes waivers'
).split(' ');

/** Maps whose keys are names that the author chose keep their order: it is the order of the fields. */
const OWN_ORDER = new Set(['fields', 'set']);
const BLOCKS = new Set(['fields', 'rules', 'tables', 'exclusiveRoutes', 'waivers']);

function rank(key: string): number {
  const index = ORDER.indexOf(key);
  return index < 0 ? ORDER.length : index;
}

function orderedJson(value: unknown, under: string): unknown {
  if (Array.isArray(value)) return value.map((item) => orderedJson(item, ''));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (!OWN_ORDER.has(under)) entries.sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries.map(([key, item]) => [key, orderedJson(item, key)]));
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

function hasComment(seq: YAMLSeq): boolean {
  return seq.items.some((item) => isScalar(item) && (item.comment || item.commentBefore || item.spaceBefore));
}

function layOutScalar(scalar: Scalar): void {
  if (typeof scalar.value === 'string' && scalar.value.includes('\n')) {
    if (scalar.type !== Scalar.BLOCK_FOLDED) scalar.type = Scalar.BLOCK_LITERAL;
  } else if (scalar.type !== undefined) scalar.type = Scalar.PLAIN;
}

function layOutNode(node: unknown, under: string): void {
  if (isScalar(node)) layOutScalar(node);
  else if (isSeq(node)) {
    node.flow = node.items.length === 0 || (node.items.every(isScalar) && !hasComment(node)) || under === 'pair';
    for (const item of node.items) layOutNode(item, under === 'exclusiveRoutes' ? 'pair' : '');
  } else if (isMap(node)) {
    node.flow = node.items.length === 0;
    if (!OWN_ORDER.has(under)) node.items.sort((a, b) => rank(keyOf(a)) - rank(keyOf(b)));
    for (const pair of node.items) {
      layOutNode(pair.key, '');
      layOutNode(pair.value, keyOf(pair));
    }
  }
}

/** A blank line before each of the large parts. */
function separate(contents: YAMLMap): void {
  for (const pair of contents.items) {
    if (BLOCKS.has(keyOf(pair)) && isScalar(pair.key)) pair.key.spaceBefore = true;
  }
}

function rewrite(document: Document.Parsed, path: readonly (string | number)[], text: string): void {
  const node: unknown = document.getIn(path, true);
  if (isScalar(node) && node.value !== text) {
    node.value = text;
    node.type = text.includes('\n') ? Scalar.BLOCK_LITERAL : Scalar.PLAIN;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lays a source out canonically: order of keys, expressions with the parentheses that they need and no others, cells, quotes.
 * Comments stay with what they stand before. JSON stays JSON. Formatting twice changes nothing, and the formatted source
 * compiles to the same model with the same source digest.
 * @throws InvalidInput when the document is not YAML or does not fit its schema; expressions that cannot be read stay as they
 *   are.
 */
export function formatSource(text: string, file: string): string {
  const read = readYaml(text, file);
  const result = sourceDocument.safeParse(jsonValueOf(read, file));
  if (!result.success) {
    const places = new Places(read, text, file);
    const problems = problemsOfZodError(result.error);
    throw new InvalidInput(
      `${file} is not a valid constraint source: ${problems.length} problem(s).`,
      problems.map(({ pointer, code, message, mend }) => places.problem(pointer, code, message, mend)),
    );
  }
  if (isJson(text)) return `${JSON.stringify(orderedJson(canonicalSource(result.data), ''), null, 2)}\n`;
  const { document } = read;
  for (const { path, text: laidOut } of rewritesOf(result.data)) rewrite(document, path, laidOut);
  layOutNode(document.contents, '');
  if (isMap(document.contents)) separate(document.contents);
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: true });
}
