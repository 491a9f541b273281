import type { Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import { usesOf } from '../formula-uses.ts';
import type { ConstraintSet, Formula, RuleIndex } from '../model.ts';

function missing(at: string, what: string): Problem {
  const mend = 'Compile the artifact again from its source.';
  return { pointer: at, code: 'unknown-position', message: `It names a ${what} that is not there.`, mend };
}

/** A rule that overrides itself through others, if there is one: evaluation would never end. */
function cycle({ rules }: ConstraintSet): RuleIndex | undefined {
  const done = new Set<RuleIndex>();
  for (const start of rules.keys()) {
    const open: { readonly rule: RuleIndex; next: number }[] = [{ rule: start, next: 0 }];
    const path = new Set<RuleIndex>([start]);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const above = done.has(top.rule) ? undefined : rules[top.rule]?.overriddenBy[top.next];
      top.next += 1;
      if (above === undefined) {
        done.add(top.rule);
        path.delete(top.rule);
        open.pop();
      } else if (path.has(above)) return above;
      else {
        path.add(above);
        open.push({ rule: above, next: 0 });
      }
    }
  }
  return undefined;
}

/** What a model's positions get wrong: fields and rules that are not there, rules that override themselves. */
export function checkPositions(set: ConstraintSet): Problem[] {
  const problems: Problem[] = [];
  const formula = (at: string, value: Formula): void => {
    for (const field of usesOf(value)) if (field >= set.fields.length) problems.push(missing(at, 'field'));
  };
  set.rules.forEach(({ when, effect, overriddenBy }, n) => {
    const at = pointer('/rules', n);
    formula(`${at}/when`, when);
    if (effect.kind === 'require') formula(`${at}/effect/condition`, effect.condition);
    if (effect.kind === 'default' && effect.field >= set.fields.length)
      problems.push(missing(`${at}/effect/field`, 'field'));
    if (overriddenBy.some((other) => other >= set.rules.length)) problems.push(missing(`${at}/overriddenBy`, 'rule'));
  });
  set.tables.forEach(({ inputs, rows, scope }, n) => {
    const at = pointer('/tables', n);
    formula(`${at}/scope`, scope);
    if (inputs.some((input) => input >= set.fields.length)) problems.push(missing(`${at}/inputs`, 'field'));
    rows.forEach(({ cells, rule }, row) => {
      formula(pointer(at, 'rows', row, 'cells'), cells);
      if (rule >= set.rules.length) problems.push(missing(pointer(at, 'rows', row, 'rule'), 'rule'));
    });
  });
  if (problems.length > 0) return problems;
  const looping = cycle(set);
  if (looping === undefined) return [];
  const message = `The rule "${set.rules[looping]?.id}" overrides itself through others.`;
  const mend = 'Compile the artifact again from its source.';
  return [{ pointer: pointer('/rules', looping, 'overriddenBy'), code: 'cyclic-overrides', message, mend }];
}
