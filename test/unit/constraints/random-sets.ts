import { InvalidInput } from '../../../lib/core/errors.ts';
import type { ConstraintSet } from '../../../lib/engines/constraints/model.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import type { Dice } from './dice.ts';
import { Expressions } from './random-expressions.ts';
import { FIELDS, HEAD } from './sources.ts';

const DEFAULTS = ['margin: 10 %', 'refund: 20 EUR', 'segment: mid', 'end: 2030-01-01', 'regions: [eu]'];
const LABELS = ['lead', 'vp', 'cfo', 'legal'];

function effective(dice: Dice): string {
  return dice.chance(0.3)
    ? `, effective: { from: 2026-0${dice.between(1, 5)}-01, until: 2026-0${dice.between(6, 9)}-01 }`
    : '';
}

function ruleText(dice: Dice, expressions: Expressions, n: number, kinds: readonly string[]): string {
  const when = `when: ${JSON.stringify(expressions.condition(dice.between(0, 2)))}`;
  const modality = kinds[n] ?? 'require';
  const body = {
    require: `condition: ${JSON.stringify(expressions.condition(dice.between(0, 2)))}`,
    forbid: `condition: ${JSON.stringify(expressions.condition(dice.between(0, 1)))}`,
    route: `to: [${dice.some(LABELS, 1).join(', ')}]`,
    default: `set: { ${dice.pick(DEFAULTS)} }`,
  }[modality];
  // Only later rules of the same phase are overridden, so there is no cycle.
  const same = kinds.flatMap((kind, m) =>
    m > n && (kind === 'default') === (modality === 'default') ? [`r${m}`] : [],
  );
  const overrides = same.length > 0 && dice.chance(0.3) ? `, overrides: [${dice.pick(same)}]` : '';
  const priority = dice.chance(0.5) ? `, priority: ${dice.between(-2, 2)}` : '';
  return `  - { id: r${n}, owner: o${n}, modality: ${modality}, ${when}, ${body}${overrides}${priority}${effective(dice)} }`;
}

function cell(dice: Dice, column: string): string {
  if (dice.chance(0.3)) return '-';
  switch (column) {
    case 'discount':
      return dice.pick(['<= 10 %', '(10 %..20 %]', '> 20 %', 'not(5 %, 15 %)', '[5 %..40 %)']);
    case 'segment':
      return dice.pick(['"smb"', 'mid, enterprise', 'not("smb")', 'absent', 'present']);
    case 'clauses':
      return dice.pick(['exit', '"audit", residency', 'not(exit)']);
    default:
      return dice.pick(['true', 'false']);
  }
}

function tableText(dice: Dice, n: number): string {
  const inputs = dice.some(['discount', 'segment', 'clauses', 'account.strategic'], 1);
  const rows = Array.from({ length: dice.between(1, 4) }, () => {
    const cells = inputs.map((input) => JSON.stringify(cell(dice, input))).join(', ');
    const result = dice.pick(['route: [vp]', 'route: []', 'forbid: true', "require: 'request.paymentDays < 60'"]);
    return `      - { if: [${cells}], ${result}, priority: ${dice.between(0, 2)} }`;
  });
  const hit = dice.pick(['unique', 'any', 'first', 'priority', 'collect']);
  const scope = dice.chance(0.5) ? `, scope: 'request.termMonths > 6'` : '';
  const head = `{ id: t${n}, owner: o, hit: ${hit}${scope}, inputs: [${inputs.join(', ')}], rows: [`;
  return `  - ${head}\n${rows.map((row) => `      ${row.trim().slice(2)}`).join(',\n')}] }`;
}

/** A random set over the fields of `sources.ts`, with up to some rules of each modality, overrides, periods and tables. */
export function randomSet(dice: Dice, most: number): ConstraintSet {
  const expressions = new Expressions(dice);
  const kinds = Array.from({ length: dice.between(1, most) }, () =>
    dice.pick(['require', 'forbid', 'route', 'default']),
  );
  const make = (n: number) => ruleText(dice, expressions, n, kinds);
  const rules = kinds.map((_, n) => make(n));
  const tables = Array.from({ length: dice.between(0, 2) }, (_, n) => tableText(dice, n));
  for (;;) {
    const text = `${HEAD}${FIELDS}rules:\n${rules.join('\n')}\ntables:${tables.length === 0 ? ' []' : `\n${tables.join('\n')}`}\n`;
    try {
      return compileSource(text, 'random.yaml');
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      // Random comparisons may never vary; anything else is a fault of the compiler.
      if (error.problems.some(({ code }) => code !== 'outside-domain' && code !== 'never-varies')) throw error;
      for (const n of new Set(error.problems.map(({ pointer }) => Number(pointer.split('/')[2])))) rules[n] = make(n);
    }
  }
}
