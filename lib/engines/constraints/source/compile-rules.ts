import { pointer } from '../../../core/json.ts';
import type { Effect, Field, Formula, Rule } from '../model.ts';
import { FALSE, negate } from '../normalise.ts';
import { inDomain, nearest, type Reading, readWords, readWritten, writeValue } from '../written-values.ts';
import type { Compiled, Compiling } from './compiling.ts';
import type { RuleSource } from './document.ts';

/** A rule whose overrides are still names: what it overrides itself. */
export interface DraftRule {
  readonly rule: Omit<Rule, 'overriddenBy'>;
  readonly overrides: readonly { readonly id: string; readonly pointer: string }[];
}

/** Which keys belong to which modality. */
const KEYS: Readonly<Record<RuleSource['modality'], readonly ('condition' | 'to' | 'set')[]>> = {
  require: ['condition'],
  forbid: ['condition'],
  route: ['to'],
  default: ['set'],
};

function checkKeys(compiling: Compiling, at: string, source: RuleSource): void {
  const [wanted] = KEYS[source.modality];
  for (const key of ['condition', 'to', 'set'] as const) {
    if (source[key] === undefined || key === wanted) continue;
    const message = `A rule that says ${source.modality} has no "${key}".`;
    compiling.refuse(`${at}/${key}`, 'misplaced-key', message, `Remove it, or use ${wanted}.`);
  }
  const needed = source.modality === 'forbid' && source.when !== undefined ? undefined : wanted;
  if (needed !== undefined && source[needed] === undefined) {
    const message = `A rule that says ${source.modality} needs "${needed}".`;
    compiling.refuse(at, 'missing-key', message, `Add ${needed}.`);
  }
}

/** Labels as the model holds them: ascending, each once. */
export function labelsOf(labels: readonly string[]): string[] {
  return [...new Set(labels)].sort();
}

/** What a required or forbidden condition demands; where the rule applies, what its `when` makes certain is certain. */
export function obligation(compiling: Compiling, condition: Formula, forbids: boolean): Effect {
  return { kind: 'require', condition: forbids ? negate(condition, compiling.fields) : condition, forbids };
}

function readDefault(compiling: Compiling, at: string, field: Field, written: unknown): number | undefined {
  const { type } = field;
  const reading: Reading =
    type.kind === 'set' && Array.isArray(written)
      ? readWords(type, written.map(String))
      : readWritten(type, typeof written === 'number' || typeof written === 'boolean' ? written : String(written));
  const value = compiling.value(at, reading);
  if (value === undefined || inDomain(field, value)) return value;
  const domain = `from ${writeValue(type, field.minimum)} to ${writeValue(type, field.maximum)}`;
  return compiling.refuse(at, 'outside-domain', `The value lies outside of ${field.path}.`, `Use a value ${domain}.`);
}

function defaultOf(compiling: Compiling, at: string, set: NonNullable<RuleSource['set']>): Effect | undefined {
  const [entry, second] = Object.entries(set);
  if (entry === undefined || second !== undefined) {
    return compiling.refuse(at, 'wrong-default', 'A default sets one field.', 'Write a rule for each field.');
  }
  const [path, written] = entry;
  const here = pointer(at, path);
  const index = compiling.fields.findIndex((field) => field.path === path);
  const field = compiling.fields[index];
  if (field === undefined) {
    const near = nearest(
      path,
      compiling.fields.map((f) => f.path),
    );
    const mend = near === undefined ? 'Declare it among the fields.' : `Did you mean ${near}?`;
    return compiling.refuse(here, 'unknown-field', `"${path}" is not a declared field.`, mend);
  }
  if (!field.optional) {
    const message = `${path} is never absent, so it takes no default.`;
    return compiling.refuse(here, 'wrong-default', message, 'Declare the field optional, or remove the rule.');
  }
  const value = readDefault(compiling, here, field, written);
  return value === undefined ? undefined : { kind: 'default', field: index, value };
}

function effectOf(
  compiling: Compiling,
  at: string,
  source: RuleSource,
  when: Compiled | undefined,
): Effect | undefined {
  switch (source.modality) {
    case 'require':
    case 'forbid': {
      const forbids = source.modality === 'forbid';
      if (source.condition === undefined) return { kind: 'require', condition: FALSE, forbids };
      // Where the `when` is wrong, what it would have made certain is not known, so nothing is missed in the condition.
      const there = when === undefined ? new Set(compiling.fields.keys()) : when.there;
      const condition = compiling.expression(`${at}/condition`, source.condition, there);
      return condition && obligation(compiling, condition.formula, forbids);
    }
    case 'route':
      return { kind: 'route', to: labelsOf(source.to ?? []) };
    case 'default':
      return source.set === undefined ? undefined : defaultOf(compiling, `${at}/set`, source.set);
  }
}

/** What a rule says when its source gives no message. */
export function defaultMessage(effect: Effect, condition: string | undefined, fields: readonly Field[]): string {
  switch (effect.kind) {
    case 'require':
      if (condition === undefined) return 'This is forbidden.';
      return `${effect.forbids ? 'Forbidden' : 'Required'}: ${condition.replace(/\s+/g, ' ').trim()}`;
    case 'route':
      return effect.to.length === 0 ? 'No approval is needed.' : `Needs approval: ${effect.to.join(', ')}.`;
    case 'default': {
      const field = fields[effect.field];
      return field === undefined ? '' : `${field.path} is ${writeValue(field.type, effect.value)} where it is absent.`;
    }
  }
}

/** Compiles one rule of the list; `undefined` when it cannot be, with the problems noted. */
export function compileRule(compiling: Compiling, index: number, source: RuleSource): DraftRule | undefined {
  const at = pointer('/rules', index);
  checkKeys(compiling, at, source);
  const when = compiling.optionalExpression(`${at}/when`, source.when);
  const effect = effectOf(compiling, at, source, when);
  const inForce = compiling.interval(`${at}/effective`, source.effective);
  if (when === undefined || effect === undefined) return undefined;
  return {
    rule: {
      id: source.id,
      owner: source.owner,
      when: when.formula,
      effect,
      inForce,
      priority: source.priority ?? 0,
      message: source.message ?? defaultMessage(effect, source.condition, compiling.fields),
      span: compiling.places.spanOf(at),
      ...(source.when === undefined ? {} : { whenSource: source.when }),
      ...(source.condition === undefined ? {} : { conditionSource: source.condition }),
    },
    overrides: (source.overrides ?? []).map((id, n) => ({ id, pointer: pointer(at, 'overrides', n) })),
  };
}
