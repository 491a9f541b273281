import { InvalidInput } from '../../lib/core/errors.ts';
import { decide } from '../../lib/engines/constraints/evaluate/decide.ts';
import type { ConstraintSet, Decision, Field, Values } from '../../lib/engines/constraints/model.ts';
import { compileSource } from '../../lib/engines/constraints/source/compile.ts';
import type { Target, TargetOutput } from '../../lib/engines/constraints/targets/output.ts';
import { Dice } from '../unit/constraints/dice.ts';
import { randomSet } from '../unit/constraints/random-sets.ts';
import { randomValues } from '../unit/constraints/random-values.ts';
import { FIELDS, HEAD } from '../unit/constraints/sources.ts';

/** How many times as many cases a run in depth tries. */
export const DEPTH = process.env.COUNTERSIGN_DEEP === undefined ? 1 : 25;

/** Bounds that conditions of random sets use, in the integers of their fields. */
const EDGES = [0, 1, 2, 3, 30, 60, 500, 1000, 1500, 2000, 3000, 4000, 250_000, 4_999_950, 5_000_000, 20_833, 259_200];
/** 2026-01-01 to 2026-10-08: rules of the random sets begin and end within. */
const DAYS = [20_454, 20_734] as const;

const PLAIN: readonly ((dice: Dice) => string)[] = [
  (dice) => `request.discount ${relation(dice)} percent("${dice.pick(['5', '12.5', '20', '40'])}")`,
  (dice) => `has(request.margin) && request.margin ${relation(dice)} percent("${dice.pick(['-10', '0', '15'])}")`,
  (dice) => `!has(request.margin) || request.margin ${relation(dice)} percent("10")`,
  (dice) => `request.amount ${relation(dice)} money("${dice.pick(['2500', '49999.5', '50000'])} EUR")`,
  (dice) => `has(request.refund) && request.refund ${relation(dice)} money("20 EUR")`,
  (dice) => `has(request.refund) && request.refund ${relation(dice)} request.amount`,
  (dice) => `request.kind in [${dice.pick(['"discount"', '"renewal", "terms"', '"refund"'])}]`,
  (dice) => `has(request.segment) && request.segment != "${dice.pick(['smb', 'mid'])}"`,
  (dice) => `request.account.churnRisk ${relation(dice)} decimal("${dice.pick(['0.05', '0.3', '0.5', '0.99'])}")`,
  () => 'request.account.strategic',
  (dice) => `request.termMonths ${relation(dice)} ${dice.between(2, 60)}`,
  (dice) => `request.start ${relation(dice)} date("${dice.pick(['2026-03-01', '2027-12-31', '2028-02-29'])}")`,
  (dice) => `has(request.end) && request.end ${relation(dice)} request.start`,
  (dice) => `has(request.end) && request.end ${relation(dice)} date("2030-01-01")`,
  (dice) => `request.response ${relation(dice)} duration("${dice.pick(['72h', '1s', '2d'])}")`,
  (dice) => `"${dice.pick(['exit', 'audit'])}" in request.clauses`,
  (dice) => `["exit", "audit"].${dice.pick(['all', 'exists'])}(c, c in request.clauses)`,
  (dice) => `size(request.clauses) ${relation(dice)} ${dice.between(1, 2)}`,
  () => 'has(request.regions) && "eu" in request.regions',
  () => '!has(request.regions)',
];
const DEFAULTS = ['margin: 10 %', 'refund: 20 EUR', 'segment: mid', 'end: 2030-01-01', 'regions: [eu]'];

function relation(dice: Dice): string {
  return dice.pick(['<', '<=', '==', '!=', '>=', '>']);
}

function plainCondition(dice: Dice): string {
  const one = () => {
    const text = `(${dice.pick(PLAIN)(dice)})`;
    return dice.chance(0.3) ? `!${text}` : text;
  };
  return Array.from({ length: dice.between(1, 2) }, one).join(dice.pick([' && ', ' || ']));
}

/** A random set whose conditions look at one field at a time, or compare two fields of a kind: what most targets can say. */
export function plainSet(dice: Dice, most: number): ConstraintSet {
  const kinds = Array.from({ length: dice.between(1, most) }, () =>
    dice.pick(['require', 'forbid', 'route', 'default']),
  );
  const rules = kinds.map((modality, n) => {
    const body = {
      require: `condition: ${JSON.stringify(plainCondition(dice))}`,
      forbid: `condition: ${JSON.stringify(plainCondition(dice))}`,
      route: `to: [${dice.some(['lead', 'vp', 'cfo'], 1).join(', ')}]`,
      default: `set: { ${dice.pick(DEFAULTS)} }`,
    }[modality];
    const same = kinds.flatMap((kind, m) =>
      m > n && (kind === 'default') === (modality === 'default') ? [`r${m}`] : [],
    );
    const overrides = same.length > 0 && dice.chance(0.3) ? `, overrides: [${dice.pick(same)}]` : '';
    const until = dice.chance(0.2) ? ', effective: { from: 2026-03-01, until: 2026-08-01 }' : '';
    const when = `when: ${JSON.stringify(plainCondition(dice))}`;
    return `  - { id: r${n}, owner: o, modality: ${modality}, ${when}, ${body}${overrides}${until} }\n`;
  });
  const text = `${HEAD}${FIELDS}rules:\n${rules.join('')}`;
  try {
    return compileSource(text, 'plain.yaml');
  } catch (error) {
    // Some combinations say nothing, which the compiler refuses.
    if (error instanceof InvalidInput) return plainSet(dice, most);
    throw error;
  }
}

const SPITE = [
  `'; DROP TABLE t; --`,
  `" OR "1"="1`,
  '*/ process.exit(1) /*',
  '\n(assert false)\n; ',
  '${1+1}`',
  '#{x} #n0 :v0',
  '\\',
  "\\' ]",
  '$.a[*]',
  '| a | b |\n|---|',
  '</script><b onclick="x()">',
  '\u2028\u2029\u202e',
  '\u{1f512}é',
  '?',
  'a b',
  '") ; permit(principal, action, resource); //',
  '{{x}} %s %n',
  '*_`~[x](http://y)!',
  '\r\n\t\u0001',
];

/** The same set with names, words and messages that try to break out of whatever they are written into. */
export function hostile(set: ConstraintSet, dice: Dice): ConstraintSet {
  let count = 0;
  const evil = () => {
    count += 1;
    return `${dice.pick(SPITE)}${count}${dice.pick(SPITE)}`;
  };
  const labels = new Map<string, string>();
  const labelOf = (label: string) => {
    const known = labels.get(label) ?? evil();
    labels.set(label, known);
    return known;
  };
  const part = () => evil().replaceAll('.', '');
  const account = part();
  const fields = set.fields.map((field): Field => {
    const { type } = field;
    const path = field.path.startsWith('account.') ? `${account}.${part()}` : part();
    const isWords = type.kind === 'enum' || type.kind === 'set';
    return { ...field, path, description: evil(), type: isWords ? { ...type, values: type.values.map(evil) } : type };
  });
  const rules = set.rules.map((rule) => ({
    ...rule,
    id: evil(),
    owner: evil(),
    message: evil(),
    effect: rule.effect.kind === 'route' ? { ...rule.effect, to: rule.effect.to.map(labelOf).sort() } : rule.effect,
  }));
  return { ...set, name: evil(), fields, rules };
}

export interface TargetCase {
  readonly set: ConstraintSet;
  readonly day: number;
  readonly output: TargetOutput;
  readonly inputs: readonly { readonly values: Values; readonly reference: Decision }[];
  readonly isHostile: boolean;
}

export interface CaseOptions {
  readonly seed: number;
  readonly sets: number;
  readonly inputs: number;
  /** What part of the sets has rules beyond linear arithmetic and sums of several fields; the others are plain. */
  readonly mixed?: number;
  readonly rules?: number;
}

/** Random sets, each written by a target, with random inputs and what the reference decides about them. */
export function* targetCases(
  target: Target,
  { seed, sets, inputs, mixed = 0.5, rules = 7 }: CaseOptions,
): Generator<TargetCase> {
  const dice = new Dice(seed);
  for (let run = 0; run < sets * DEPTH; run += 1) {
    const made = dice.chance(mixed) ? randomSet(dice, rules) : plainSet(dice, rules);
    const isHostile = run % 3 === 2;
    const set = isHostile ? hostile(made, dice) : made;
    const day = dice.between(...DAYS);
    const some = Array.from({ length: inputs }, () => {
      const values = randomValues(dice, set, EDGES);
      return { values, reference: decide(set, values, day) };
    });
    yield { set, day, output: target(set, { day }), inputs: some, isHostile };
  }
}

/** Counts what a differential test has seen, so that it cannot pass by having seen nothing. */
export class Tally {
  readonly fidelity = { exact: 0, weaker: 0, refused: 0 };
  readonly outcomes = { permitted: 0, denied: 0 };
  /** Inputs that a weaker text permits though the rules deny them. */
  spared = 0;

  add(fidelity: TargetOutput['fidelity']): void {
    this.fidelity[fidelity] += 1;
  }

  /** What is wrong with an answer, or nothing: exact texts agree, weaker ones deny only what the rules deny. */
  fault({ fidelity }: TargetOutput, reference: Decision, permits: boolean): string | undefined {
    const permitted = reference.outcome !== 'denied';
    this.outcomes[permitted ? 'permitted' : 'denied'] += 1;
    if (permits === permitted) return undefined;
    if (fidelity === 'weaker' && permits) {
      this.spared += 1;
      return undefined;
    }
    return `The rules ${permitted ? 'permit' : 'deny'} it, the target does not.`;
  }
}
