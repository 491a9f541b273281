import type { Rule, RuleIndex } from '../model.ts';
import { nearest } from '../written-values.ts';
import type { DraftRule } from './compile-rules.ts';
import type { Compiling } from './compiling.ts';

/** The rules that a name means: a rule, a row of a table, or all rows of a table. */
function named(id: string, byId: ReadonlyMap<string, RuleIndex>, drafts: readonly DraftRule[]): RuleIndex[] {
  const one = byId.get(id);
  if (one !== undefined) return [one];
  return drafts.flatMap(({ rule }, index) => (rule.table?.id === id ? [index] : []));
}

/** A cycle of overrides, as the ids along it, the first one again at its end. */
function cycleOf(overriddenBy: readonly ReadonlySet<RuleIndex>[]): RuleIndex[] | undefined {
  const state = new Map<RuleIndex, 'open' | 'done'>();
  const path: RuleIndex[] = [];
  const visit = (rule: RuleIndex): RuleIndex[] | undefined => {
    if (state.get(rule) === 'done') return undefined;
    if (state.get(rule) === 'open') return [...path.slice(path.indexOf(rule)), rule];
    state.set(rule, 'open');
    path.push(rule);
    for (const next of overriddenBy[rule] ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    state.set(rule, 'done');
    return undefined;
  };
  for (let rule = 0; rule < overriddenBy.length; rule += 1) {
    const cycle = visit(rule);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** Turns the names that rules override into the positions of the rules that override them. Cycles are refused by name. */
export function linkOverrides(compiling: Compiling, drafts: readonly DraftRule[]): Rule[] {
  const byId = new Map<string, RuleIndex>();
  drafts.forEach(({ rule }, index) => {
    byId.set(rule.id, index);
  });
  const names = [...new Set([...byId.keys(), ...drafts.flatMap(({ rule }) => rule.table?.id ?? [])])];
  const overriddenBy = drafts.map(() => new Set<RuleIndex>());
  const places = new Map<string, string>();
  drafts.forEach(({ rule, overrides }, index) => {
    for (const { id, pointer } of overrides) {
      const targets = named(id, byId, drafts).filter(
        (target) => drafts[target]?.rule.table?.id !== rule.table?.id || rule.table === undefined,
      );
      if (targets.length === 0) {
        const near = nearest(id, names);
        const mend = near === undefined ? 'Name a rule, a table, or a row as table#row.' : `Did you mean "${near}"?`;
        compiling.refuse(pointer, 'unknown-rule', `There is no other rule "${id}".`, mend);
      }
      for (const target of targets) {
        if ((drafts[target]?.rule.effect.kind === 'default') !== (rule.effect.kind === 'default')) {
          const message = `"${rule.id}" and "${id}" do not meet: defaults are set before other rules look.`;
          compiling.refuse(pointer, 'wrong-override', message, 'Let defaults override defaults only.');
        }
        overriddenBy[target]?.add(index);
        places.set(`${index} ${target}`, pointer);
      }
    }
  });
  const cycle = cycleOf(overriddenBy);
  if (cycle !== undefined) {
    const [first = 0, second = 0] = cycle;
    const path = [...cycle].reverse().map((rule) => drafts[rule]?.rule.id ?? '');
    const message = `The overrides go round in a circle: ${path.join(' overrides ')}.`;
    compiling.refuse(places.get(`${second} ${first}`) ?? '/rules', 'cyclic-overrides', message, 'Remove one of them.');
  }
  return drafts.map(({ rule }, index) => ({
    ...rule,
    overriddenBy: [...(overriddenBy[index] ?? [])].sort((a, b) => a - b),
  }));
}
