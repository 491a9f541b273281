import { digestOf } from '../../core/digest.ts';
import type { Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import { type ReadArtifact, readArtifact } from '../constraints/artifact/read-artifact.ts';
import type { Rule as ConstraintRule, ConstraintSet, Field, FieldKind, Formula } from '../constraints/model.ts';
import type { Effect, Rule } from './approval-policy.ts';
import { type FieldId, type FieldType, fieldIds, fieldOf } from './fields.ts';
import { AUTOMATICALLY, pathOf } from './lower-rules.ts';
import type { Matrix } from './matrix.ts';

/** Which kind of field can hold a fact. */
const KINDS: Readonly<Record<FieldType, FieldKind['kind']>> = {
  text: 'enum',
  texts: 'set',
  ratio: 'ratio',
  count: 'integer',
  money: 'money',
};

const MOST_NAME = 120;

const factOf = (path: string): FieldId | undefined => fieldIds.find((id) => pathOf(id) === path);

const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function fieldProblems(fields: readonly Field[], at: string): Problem[] {
  return fields.flatMap(({ path, type, optional }, index): Problem[] => {
    const here = pointer(at, 'fields', index);
    const fact = factOf(path);
    if (fact === undefined) {
      const mend = `Use one of: ${fieldIds.map(pathOf).join(', ')}.`;
      return [{ pointer: here, code: 'unknown-fact', message: `A request for approval has no "${path}".`, mend }];
    }
    const kind = KINDS[fieldOf(fact).type];
    if (type.kind !== kind) {
      const message = `The field "${path}" is declared as ${type.kind}.`;
      return [{ pointer: here, code: 'wrong-kind', message, mend: `Declare it as ${kind}.` }];
    }
    const { words } = fieldOf(fact);
    const stray =
      type.kind === 'enum' && words !== undefined ? type.values.find((word) => !words.includes(word)) : undefined;
    if (stray !== undefined) {
      const message = `The field "${path}" never has the value "${stray}".`;
      return [{ pointer: here, code: 'unknown-word', message, mend: `Use some of: ${words?.join(', ')}.` }];
    }
    if (!optional) return [];
    const message = `The field "${path}" is never absent from a request.`;
    return [{ pointer: here, code: 'never-absent', message, mend: 'Leave out "optional".' }];
  });
}

function ruleProblems(set: ConstraintSet, levels: readonly string[], at: string): Problem[] {
  return set.rules.flatMap(({ id, effect }, index): Problem[] => {
    const here = pointer(at, 'rules', index);
    if (effect.kind === 'default') {
      const message = `The rule "${id}" sets a default, and no fact of a request is ever absent.`;
      return [{ pointer: here, code: 'never-absent', message, mend: 'Remove the rule.' }];
    }
    if (effect.kind === 'require') return [];
    if (effect.to.includes(AUTOMATICALLY) && effect.to.length > 1) {
      const message = `The rule "${id}" asks people and nobody at once.`;
      return [
        { pointer: here, code: 'contradictory-route', message, mend: `Route to levels, or to ${AUTOMATICALLY}.` },
      ];
    }
    return effect.to
      .filter((label) => label !== AUTOMATICALLY && !levels.includes(label))
      .map((label) => ({
        pointer: here,
        code: 'unknown-level',
        message: `The rule "${id}" names the level "${label}", which the policy does not declare.`,
        mend: `Use some of: ${levels.join(', ')}.`,
      }));
  });
}

function effectOf({ effect, message }: ConstraintRule): Effect {
  if (effect.kind !== 'route') return { do: 'deny', reason: clip(message, 300) };
  const levels = effect.to.filter((label) => label !== AUTOMATICALLY);
  return levels.length === 0 ? { do: 'approve' } : { do: 'require', levels };
}

function atomsIn(formula: Formula): number {
  switch (formula.kind) {
    case 'constant':
      return 0;
    case 'and':
    case 'or':
      return formula.parts.reduce((sum, part) => sum + atomsIn(part), 0);
    case 'not':
      return atomsIn(formula.part);
    default:
      return 1;
  }
}

function ruleOf(rule: ConstraintRule, { fields, rules }: ConstraintSet): Rule {
  const { span: _span, overriddenBy, ...said } = rule;
  const conditions = atomsIn(rule.when) + (rule.effect.kind === 'require' ? atomsIn(rule.effect.condition) : 0);
  return {
    id: rule.id,
    name: clip(rule.message, MOST_NAME),
    owner: rule.owner,
    all: [],
    any: [],
    effect: effectOf(rule),
    conditions,
    content: digestOf({
      ...said,
      fields: fields.map(({ path, type, minimum, maximum }) => ({ path, type, minimum, maximum })),
      overriddenBy: overriddenBy.map((other) => rules[other]?.id ?? ''),
    }),
  };
}

/** Rules that come from a constraint artifact, and what keeps a policy from using them. */
export interface ProvedRules {
  readonly rules: readonly Rule[];
  readonly matrix: Matrix;
  readonly problems: readonly Problem[];
}

/**
 * Takes the rules of a constraint set for an approval matrix: every field must be a fact of a request for approval, every label
 * a level of the policy.
 * @param at JSON Pointer of the set, for problems.
 */
export function rulesOfSet(set: ConstraintSet, levels: readonly string[], at: string): ProvedRules {
  return {
    rules: set.rules.map((rule) => ruleOf(rule, set)),
    matrix: { set, fields: set.fields.map(({ path }) => ({ fact: factOf(path) ?? 'kind' })), moneyScale: 1 },
    problems: [...fieldProblems(set.fields, at), ...ruleProblems(set, levels, at)],
  };
}

/**
 * Reads the artifact of a policy. One that may not be published is refused with its reasons: a contradiction that nobody answers
 * for must not route anything.
 * @throws InvalidInput, IntegrityError when it is no artifact, or not the one that was compiled.
 */
export function readProvedRules(value: unknown, levels: readonly string[]): ProvedRules {
  const read: ReadArtifact = readArtifact(value);
  const { rules, matrix, problems } = rulesOfSet(read.set, levels, '/constraints/model');
  const { publishable, reasons } = read.artifact.verdict;
  const refused = publishable
    ? []
    : reasons.map(({ code, message }) => ({
        pointer: '/constraints/verdict',
        code,
        message,
        mend: 'Mend the source and compile it again, or let somebody answer for the finding by a waiver.',
      }));
  return { rules, matrix, problems: [...refused, ...problems] };
}
