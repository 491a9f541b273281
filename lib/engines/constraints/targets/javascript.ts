import { dateOfDay } from '../../../core/calendar/local-day.ts';
import { describeFormula } from '../describe.ts';
import { isInForce, outranks } from '../evaluate/decide.ts';
import { fusedSource } from '../evaluate/fused-source.ts';
import type { ConstraintSet } from '../model.ts';
import { JAVASCRIPT_RUNTIME } from './javascript-runtime.ts';
import { type Target, written } from './output.ts';
import { quotedForComment } from './texts.ts';

/** JSON as a JavaScript expression that only `JSON.parse` ever reads, so that no text in it can be anything but data. */
function parsed(value: unknown): string {
  const literal = JSON.stringify(JSON.stringify(value)).replace(
    /[^\x20-\x7e]|</g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `JSON.parse(${literal})`;
}

/** What the module knows of the rules besides their conditions. Defaults are ranked: of two for a field, the lower prevails. */
function rulesOf({ rules, fields }: ConstraintSet, day: number): unknown[] {
  const ranked = rules.filter(({ effect }) => effect.kind === 'default').sort((a, b) => (outranks(a, b) ? -1 : 1));
  const ranks = new Map(ranked.map((rule, rank) => [rule, rank]));
  return rules.map((rule) => {
    const { id, owner, message, when, effect } = rule;
    const condition = effect.kind === 'require' ? effect.condition : undefined;
    return {
      id,
      owner,
      message,
      inForce: isInForce(rule, day),
      when: describeFormula(when, fields),
      ...(condition === undefined ? {} : { requires: describeFormula(condition, fields) }),
      ...(effect.kind === 'route' ? { route: effect.to } : {}),
      ...(effect.kind === 'default' ? { sets: [effect.field, effect.value], rank: ranks.get(rule) } : {}),
    };
  });
}

/**
 * An ECMAScript module without imports: `decide` takes an input in its exact form and answers as the reference does, with each
 * rule that applies and why; `outcome` and `evaluate` are the fused functions over records of numbers.
 */
export const javascript: Target = (set, { day }) => {
  const fields = set.fields.map(({ path, type, minimum, maximum, optional }) => ({
    path,
    type,
    minimum,
    maximum,
    optional,
  }));
  const text = `// ${quotedForComment(`${set.name} ${set.version}`)} on ${dateOfDay(day)}
const { outcome, evaluate } = (() => {
${fusedSource(set, day)}})();
export { outcome, evaluate };
export const fields = ${parsed(fields)};
export const rules = ${parsed(rulesOf(set, day))};
const refusesOthers = ${set.additionalFields !== 'ignore'};
${JAVASCRIPT_RUNTIME}`;
  return written('javascript', 'text/javascript', text);
};
