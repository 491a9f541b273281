import type { ConstraintSet, Field, Values } from '../model.ts';
import { wordsOf } from '../written-values.ts';
import { Approximation, opposite, permittedTrees, type Tree, tooLarge, write } from './approximate.ts';
import { CedarWriter, isFormulaSaid, literal } from './cedar-writer.ts';
import { isWellFormed, refused, type Target, unsafeTexts, written } from './output.ts';
import { permissionOf } from './permission.ts';

const MEDIA_TYPE = 'text/plain';
/** A value that Cedar's context can hold. */
export type CedarValue = boolean | number | string | readonly string[] | { readonly [name: string]: CedarValue };

function policy(kind: 'permit' | 'forbid', notes: Readonly<Record<string, string>>, when: string): string {
  const annotations = Object.entries(notes).map(([name, text]) => `@${name}(${literal(text)})\n`);
  return `${annotations.join('')}${kind} (principal, action, resource)\nwhen { ${when} };\n`;
}

/**
 * Cedar policies over `context`: one that permits each input of the domain, one that forbids what a requirement denies for
 * each requirement, and one that permits (with a `route` annotation) for each rule that adds to the route.
 */
export const cedar: Target = (set, { day }) => {
  const unsafe = unsafeTexts(set, isWellFormed);
  if (unsafe.length > 0) return refused('cedar', MEDIA_TYPE, unsafe);
  const permission = permissionOf(set, day);
  const approximation = new Approximation(permission, (atom) => isFormulaSaid(atom));
  const { kept, weaker } = permittedTrees(permission, approximation, 'Cedar');
  const routes = new Map<number, Tree>();
  const doubtful: string[] = [];
  for (const [index, condition] of permission.applies) {
    const rule = set.rules[index];
    if (rule?.effect.kind !== 'route' || rule.effect.to.length === 0) continue;
    const { tree, lost } = approximation.atLeast(condition);
    routes.set(index, tree);
    if (lost.length > 0) doubtful.push(`Rule ${rule.id}: its route is added wherever it may apply.`);
  }
  const large = tooLarge([...kept.values(), ...routes.values()]);
  if (large.length > 0) return refused('cedar', MEDIA_TYPE, large);
  const writer = new CedarWriter(set);
  const domain = set.fields.map((_, index) => writer.domain(index)).join('\n  && ');
  const notesOf = (index: number): Record<string, string> => {
    const { id = '', owner = '', message = '' } = set.rules[index] ?? {};
    return { id, owner, message };
  };
  const forbidding = [...kept].flatMap(([index, tree]) => {
    const broken = opposite(tree);
    if (broken.kind === 'constant' && !broken.value) return [];
    return [policy('forbid', notesOf(index), write(broken, writer))];
  });
  const routing = [...routes].flatMap(([index, tree]) => {
    const effect = set.rules[index]?.effect;
    if (effect?.kind !== 'route' || (tree.kind === 'constant' && !tree.value)) return [];
    const notes = { ...notesOf(index), route: JSON.stringify(effect.to) };
    return [policy('permit', notes, `${domain}\n  && ${write(tree, writer)}`)];
  });
  const base = policy('permit', { id: 'domain' }, domain === '' ? 'true' : domain);
  return written('cedar', MEDIA_TYPE, [base, ...forbidding, ...routing].join('\n'), [...weaker, ...doubtful]);
};

/**
 * An input as Cedar's context: records along the fields' paths; words as strings, sets as sets of strings, booleans, and any
 * other value as its integer. What is absent is left out, for Cedar has no null.
 */
export function cedarContext(set: ConstraintSet, values: Values): { readonly [name: string]: CedarValue } {
  const top: Record<string, CedarValue> = {};
  set.fields.forEach(({ path, type }, index) => {
    const value = values[index];
    if (value === undefined) return;
    const names = path.split('.');
    let level = top;
    for (const name of names.slice(0, -1)) {
      level[name] ??= {};
      level = level[name] as Record<string, CedarValue>;
    }
    level[names.at(-1) ?? ''] = contextValue(type, value);
  });
  return top;
}

function contextValue(type: Field['type'], value: number): CedarValue {
  switch (type.kind) {
    case 'enum':
      return type.values[value] ?? '';
    case 'boolean':
      return value === 1;
    case 'set':
      return wordsOf(type.values, value);
    default:
      return value;
  }
}
