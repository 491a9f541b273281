import { InvalidInput } from '../../lib/core/errors.ts';
import { decide, isInForce } from '../../lib/engines/constraints/evaluate/decide.ts';
import { specialise } from '../../lib/engines/constraints/evaluate/specialise.ts';
import type {
  ConstraintSet,
  Decision,
  Expression,
  Field,
  Formula,
  Values,
} from '../../lib/engines/constraints/model.ts';
import { compileSource } from '../../lib/engines/constraints/source/compile.ts';
import type { Target, TargetOutput } from '../../lib/engines/constraints/targets/output.ts';
import { Dice } from '../unit/constraints/dice.ts';
import { randomSet } from '../unit/constraints/random-sets.ts';
import { randomValues } from '../unit/constraints/random-values.ts';
import { FIELDS, HEAD } from '../unit/constraints/sources.ts';
import { aField, all, aRule, aSet, no, require, some } from './constraint-sets.ts';

/** How many times as many cases a run in depth tries. */
export const DEPTH = process.env.COUNTERSIGN_DEEP === undefined ? 1 : 10;
/** Milliseconds that a differential test may take. */
export const PATIENCE = 60_000 * DEPTH;

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
/** Sums of several fields, products and quotients. */
const BEYOND: readonly ((dice: Dice) => string)[] = [
  (dice) => `has(request.refund) && request.refund * 10 ${relation(dice)} request.amount`,
  (dice) => `has(request.margin) && request.margin + request.discount ${relation(dice)} percent("40")`,
  (dice) => `request.start + request.response ${relation(dice)} date("2028-02-29")`,
  (dice) => `request.amount / request.termMonths ${relation(dice)} money("50000 EUR")`,
  (dice) => `request.discount * request.paymentDays ${relation(dice)} percent("900")`,
  (dice) => `request.paymentDays % 7 ${relation(dice)} 3`,
  (dice) =>
    `(has(request.margin) ? request.margin : request.discount) * request.paymentDays > percent("${dice.between(1, 900)}")`,
];
const DEFAULTS = [
  ...['margin: 10 %', 'margin: -5 %', 'refund: 20 EUR', 'refund: 900 EUR', 'segment: mid', 'segment: smb'],
  ...['end: 2030-01-01', 'end: 2026-02-01', 'regions: [eu]', 'regions: [us]'],
];

function relation(dice: Dice): string {
  return dice.pick(['<', '<=', '==', '!=', '>=', '>']);
}

function plainCondition(dice: Dice, beyond: number): string {
  const one = () => {
    const text = `(${dice.pick(dice.chance(beyond) ? BEYOND : PLAIN)(dice)})`;
    return dice.chance(0.3) ? `!${text}` : text;
  };
  return Array.from({ length: dice.between(1, 2) }, one).join(dice.pick([' && ', ' || ']));
}

/**
 * A random set whose conditions look at one field at a time, or compare two fields of a kind: what most targets can say.
 * @param beyond what part of its comparisons computes something instead
 */
export function plainSet(dice: Dice, most: number, beyond = 0): ConstraintSet {
  const kinds = Array.from({ length: dice.between(1, most) }, () =>
    dice.pick(['require', 'forbid', 'route', 'default']),
  );
  return written(dice, kinds, () => ({
    when: plainCondition(dice, beyond),
    condition: plainCondition(dice, beyond),
    sets: dice.pick(DEFAULTS),
  }));
}

/** A random set of several defaults for one field, and requirements that look at it. */
function defaultedSet(dice: Dice): ConstraintSet {
  const field = dice.pick(['margin', 'refund', 'segment', 'end', 'regions']);
  const looks = [...PLAIN, ...BEYOND].filter((make) => make(dice).includes(`request.${field}`));
  const kinds = Array.from({ length: dice.between(3, 6) }, (_, n) =>
    n < 2 ? 'default' : dice.pick(['default', 'require']),
  );
  return written(dice, [...kinds, 'require'], () => ({
    when: plainCondition(dice, 0),
    condition: dice.pick(looks)(dice),
    sets: dice.pick(DEFAULTS.filter((text) => text.startsWith(field))),
  }));
}

/** Compiles rules of these modalities, with random overrides, priorities and periods. */
function written(
  dice: Dice,
  kinds: readonly string[],
  make: () => { readonly when: string; readonly condition: string; readonly sets: string },
): ConstraintSet {
  const rules = kinds.map((modality, n) => {
    const { when, condition, sets } = make();
    const body =
      modality === 'route'
        ? `to: [${dice.some(['lead', 'vp', 'cfo'], 1).join(', ')}]`
        : modality === 'default'
          ? `set: { ${sets} }`
          : `condition: ${JSON.stringify(condition)}`;
    const same = kinds.flatMap((kind, m) =>
      m > n && (kind === 'default') === (modality === 'default') ? [`r${m}`] : [],
    );
    const overrides = same.length > 0 && dice.chance(0.3) ? `, overrides: [${dice.pick(same)}]` : '';
    const priority = dice.chance(0.5) ? `, priority: ${dice.between(-1, 1)}` : '';
    const until = dice.chance(0.2) ? ', effective: { from: 2026-03-01, until: 2026-08-01 }' : '';
    const head = `id: r${n}, owner: o, modality: ${modality}, when: ${JSON.stringify(when)}`;
    return `  - { ${head}, ${body}${overrides}${priority}${until} }\n`;
  });
  try {
    return compileSource(`${HEAD}${FIELDS}rules:\n${rules.join('')}`, 'plain.yaml');
  } catch (error) {
    // Some combinations say nothing, which the compiler refuses.
    if (error instanceof InvalidInput) return written(dice, kinds, make);
    throw error;
  }
}

const RELATIONS = ['lt', 'le', 'eq', 'ne', 'ge', 'gt'] as const;
const TINY = [
  aField('a', 'fact', { kind: 'integer' }, { minimum: -3, maximum: 3 }),
  aField('b', 'fact', { kind: 'integer' }, { minimum: -3, maximum: 3, optional: true }),
  aField('c', 'fact', { kind: 'decimal', scale: 1 }, { minimum: -12, maximum: 12 }),
  aField('d', 'fact', { kind: 'date' }, { minimum: 19_780, maximum: 19_786 }),
  aField('e', 'fact', { kind: 'set', values: ['x', 'y', 'z'], maximumSize: 2 }),
];

/** A set of rules over a few values, so that every bound, next to it, and beyond the domain is met; not canonical. */
function tinySet(dice: Dice): ConstraintSet {
  const number = (field: number): Expression => ({ kind: 'value', field });
  const atom = (): Formula => {
    const is = dice.pick(RELATIONS);
    const at = dice.between(-4, 4);
    const divisor: Expression = { kind: 'number', value: dice.pick([2, -2]) };
    const kind = dice.pick(['divide', 'remainder'] as const);
    const right: Expression = { kind: 'number', value: dice.between(-1, 1) };
    const term = (field: number, coefficient: number) =>
      ({ of: field === 4 ? 'size' : 'value', field, coefficient }) as const;
    return dice.pick<() => Formula>([
      () => ({ kind: 'linear', terms: [term(0, dice.pick([1, -1, 2]))], is, bound: at }),
      () => ({ kind: 'linear', terms: [term(2, dice.pick([1, -3]))], is, bound: dice.between(-14, 14) }),
      () => ({ kind: 'linear', terms: [term(3, 1)], is, bound: dice.between(19_779, 19_787) }),
      () => ({ kind: 'linear', terms: [term(4, 1)], is, bound: dice.between(-1, 4) }),
      () => ({ kind: 'contains', field: 4, which: dice.pick(['any', 'all']), mask: dice.between(0, 7) }),
      () =>
        all(
          { kind: 'present', field: 1 },
          { kind: 'linear', terms: [term(0, 1), term(1, -1)], is, bound: dice.between(-2, 2) },
        ),
      () => ({
        kind: 'opaque',
        expression: { kind: 'compare', is, left: { kind, left: number(0), right: divisor }, right },
      }),
    ])();
  };
  const condition = () => (dice.chance(0.3) ? no(atom()) : dice.chance(0.5) ? atom() : some(atom(), atom()));
  const rules = Array.from({ length: dice.between(1, 2) }, (_, n) => aRule(`r${n}`, condition(), require(condition())));
  return aSet(TINY, rules);
}

const SPITE = [
  `'; DROP TABLE t; --`,
  `" OR "1"="1`,
  '*/ process.exit(1) /*',
  '\n(assert false)\n; ',
  '$' + '{1+1}`',
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
  /** What part of the sets has conditions that compute something, or any random ones; the others are plain. */
  readonly mixed?: number;
  readonly rules?: number;
}

/** A random set; seldom one that demands nothing on the day. */
function demandingSet(dice: Dice, day: number, rules: number, mixed: number): ConstraintSet {
  const set = dice.chance(0.3)
    ? tinySet(dice)
    : dice.chance(0.25)
      ? defaultedSet(dice)
      : !dice.chance(mixed)
        ? plainSet(dice, rules)
        : dice.chance(0.5)
          ? plainSet(dice, rules, 0.4)
          : randomSet(dice, rules);
  const demands = set.rules.some((rule) => rule.effect.kind === 'require' && isInForce(rule, day));
  return demands || dice.chance(0.1) ? set : demandingSet(dice, day, rules, mixed);
}

/** Random sets, each written by a target, with random inputs and what the reference decides about them. */
export function* targetCases(
  target: Target,
  { seed, sets, inputs, mixed = 0.5, rules = 7 }: CaseOptions,
): Generator<TargetCase> {
  const dice = new Dice(seed);
  for (let run = 0; run < sets * DEPTH; run += 1) {
    const day = dice.between(...DAYS);
    const made = demandingSet(dice, day, rules, mixed);
    const isHostile = run % 3 === 2;
    const whole = isHostile ? hostile(made, dice) : made;
    const settled = randomValues(dice, whole, EDGES);
    // Now and then a part of the input is settled before the set is written.
    const known = new Map(dice.chance(0.2) ? dice.some([...settled.entries()]) : []);
    const set = specialise(whole, known);
    const tried = Array.from({ length: inputs }, () => {
      const values = randomValues(dice, whole, EDGES).map((value, field) =>
        known.has(field) ? known.get(field) : value,
      );
      return { values, reference: decide(set, values, day) };
    });
    yield { set, day, output: target(set, { day }), inputs: tried, isHostile };
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
