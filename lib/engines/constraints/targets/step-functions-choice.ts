import type { Json, JsonObject } from '../../../core/json.ts';
import { writeInput } from '../evaluate/write-input.ts';
import type { ConstraintSet, Field, Values } from '../model.ts';
import { Approximation, allOf, anyOf, permittedTrees, type Tree, tooLarge, write } from './approximate.ts';
import { ChoiceWriter, inputValue } from './choice-writer.ts';
import { isWellFormed, refused, type Target, unsafeTexts, written } from './output.ts';
import { permissionOf } from './permission.ts';

const MEDIA_TYPE = 'application/json';
/** The limit of a definition, less what the rest of a machine may need. */
const MOST_BYTES = 900_000;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * A Choice state (Amazon States Language, JSONPath) with one branch per outcome: `Invalid`, `Denied`, `Routed`, and `Allowed`
 * as the default. Sums and what is beyond linear arithmetic cannot be said in it: then fewer inputs are denied, and an input
 * goes to `Routed` wherever a rule may put labels on its route.
 */
export const stepFunctionsChoice: Target = (set, { day }) => {
  const unsafe = unsafeTexts(set, isWellFormed);
  if (unsafe.length > 0) return refused('step-functions-choice', MEDIA_TYPE, unsafe);
  const writer = new ChoiceWriter(set);
  const permission = permissionOf(set, day);
  const approximation = new Approximation(permission, (atom) => writer.says(atom));
  const { kept, weaker } = permittedTrees(permission, approximation, 'A choice');
  const doubtful: string[] = [];
  const routing = [...permission.applies].flatMap(([index, condition]): Tree[] => {
    const rule = set.rules[index];
    if (rule?.effect.kind !== 'route' || rule.effect.to.length === 0) return [];
    const { tree, lost } = approximation.atLeast(condition);
    if (lost.length > 0) doubtful.push(`Rule ${rule.id}: inputs go to Routed wherever it may apply.`);
    return [tree];
  });
  const permitted = allOf([...kept.values()]);
  const routed = anyOf(routing);
  const large = tooLarge([permitted, routed]);
  if (large.length > 0) return refused('step-functions-choice', MEDIA_TYPE, large);
  const domains = set.fields.map((_, index) => writer.domain(index));
  const branch = (condition: Json, Next: string): JsonObject => ({ ...(condition as JsonObject), Next });
  const isNever = (tree: Tree) => tree.kind === 'constant' && !tree.value;
  const isAlways = (tree: Tree) => tree.kind === 'constant' && tree.value;
  const state: JsonObject = {
    Type: 'Choice',
    Choices: [
      branch({ Not: domains.length === 0 ? writer.constant(true) : writer.all(domains) }, 'Invalid'),
      ...(isAlways(permitted) ? [] : [branch({ Not: write(permitted, writer) }, 'Denied')]),
      ...(isNever(routed) ? [] : [branch(write(routed, writer), 'Routed')]),
    ],
    Default: 'Allowed',
  };
  const indented = `${JSON.stringify(state, undefined, 2)}\n`;
  const text = bytesOf(indented) <= MOST_BYTES ? indented : `${JSON.stringify(state)}\n`;
  if (bytesOf(text) > MOST_BYTES) {
    const because = `The state takes ${bytesOf(text)} bytes; a definition may take 1 MiB, and at most ${MOST_BYTES} are written.`;
    return refused('step-functions-choice', MEDIA_TYPE, [because]);
  }
  return written('step-functions-choice', MEDIA_TYPE, text, [...weaker, ...doubtful]);
};

/** An input in the form that the state looks at: the exact form, but decimals are numbers. Absent fields are left out. */
export function stepFunctionsInput(set: ConstraintSet, values: Values): Json {
  const fields = set.fields.map((field): Field => {
    const { type } = field;
    // Written as integers of the last digit first, and then as numbers.
    return type.kind === 'decimal' ? { ...field, type: { kind: 'integer' } } : field;
  });
  const scales = new Map(
    set.fields.flatMap(({ path, type }) => (type.kind === 'decimal' ? [[path, type] as const] : [])),
  );
  const convert = (json: Json, path: string): Json => {
    const type = scales.get(path);
    if (type !== undefined && typeof json === 'number') return inputValue(type, json);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
    return Object.fromEntries(
      Object.entries(json).map(([name, inner]) => [name, convert(inner, path === '' ? name : `${path}.${name}`)]),
    );
  };
  return convert(writeInput({ ...set, fields }, values), '');
}
