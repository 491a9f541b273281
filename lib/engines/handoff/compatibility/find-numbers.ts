import { Collection, type Found, NOTHING, UNDECIDED } from './found.ts';
import {
  addFractions,
  compareFractions,
  type Fraction,
  floorQuotient,
  fraction,
  fractionOf,
  isDyadic,
  isMultiple,
  leastCommonMultiple,
  numberOf,
  timesFraction,
} from './fraction.ts';
import type { Meter } from './meter.ts';

export interface Bound {
  readonly at: Fraction;
  /** The bound itself is not in the set. */
  readonly isOpen: boolean;
}

/** A set of numbers: an interval, what they are multiples of and what not, numbers that are left out. */
export interface NumberSet {
  readonly low?: Bound | undefined;
  readonly high?: Bound | undefined;
  readonly multiples: readonly Fraction[];
  readonly noMultiples: readonly Fraction[];
  readonly except: ReadonlySet<number>;
}

const LONGEST_WALK = 20_000n;
const OFFSETS = [0, 1, 2, 3, 0.5, 0.25, 0.1, 0.3, 0.01, 0.7, 5, 7, 10, 11, 13, 100, 1000, 0.001, 1e6].map(fractionOf);
const HALF = fraction(1n, 2n);
const negative = ({ n, d }: Fraction): Fraction => ({ n: -n, d });

function isInside(value: Fraction, { low, high }: NumberSet): boolean {
  if (low !== undefined && compareFractions(value, low.at) < (low.isOpen ? 1 : 0)) return false;
  return high === undefined || compareFractions(value, high.at) <= (high.isOpen ? -1 : 0);
}

function isEmptyInterval({ low, high }: NumberSet): boolean {
  if (low === undefined || high === undefined) return false;
  const order = compareFractions(low.at, high.at);
  return order > 0 || (order === 0 && (low.isOpen || high.isOpen));
}

function* nearby({ low, high }: NumberSet): Generator<Fraction> {
  const bases = [fraction(0n), ...[low, high].flatMap((bound) => (bound === undefined ? [] : [bound.at]))];
  for (const offset of OFFSETS)
    for (const base of bases) {
      yield addFractions(base, offset);
      yield addFractions(base, negative(offset));
    }
  if (low === undefined || high === undefined) return;
  let step = timesFraction(addFractions(high.at, negative(low.at)), HALF);
  for (let count = 0; count < 40; count++) {
    yield addFractions(low.at, step);
    yield addFractions(high.at, negative(step));
    step = timesFraction(step, HALF);
  }
}

function findDense(set: NumberSet, wanted: number, meter: Meter): Found {
  const isPoint = set.low !== undefined && set.high !== undefined && compareFractions(set.low.at, set.high.at) === 0;
  const found = new Collection(wanted);
  for (const value of isPoint ? [(set.low as Bound).at] : nearby(set)) {
    meter.spend();
    const number = numberOf(value);
    if (number === undefined || !isInside(value, set) || set.except.has(number)) continue;
    if (!set.noMultiples.some((factor) => isMultiple(value, factor))) found.add(number);
    if (found.isFull) break;
  }
  return { values: found.values, complete: isPoint };
}

/** The whole factors of a step whose products lie in the interval. */
function factorsOf({ low, high }: NumberSet, step: Fraction): { least?: bigint; greatest?: bigint } {
  const least = low === undefined ? undefined : -floorQuotient(negative(low.at), step);
  const greatest = high === undefined ? undefined : floorQuotient(high.at, step);
  const isOn = (bound: Bound | undefined) => bound?.isOpen === true && isMultiple(bound.at, step);
  return {
    ...(least === undefined ? {} : { least: isOn(low) ? least + 1n : least }),
    ...(greatest === undefined ? {} : { greatest: isOn(high) ? greatest - 1n : greatest }),
  };
}

function findSpaced(set: NumberSet, step: Fraction, wanted: number, meter: Meter): Found {
  const { least, greatest } = factorsOf(set, step);
  if (least !== undefined && greatest !== undefined && least > greatest) return NOTHING;
  if (set.noMultiples.some((factor) => isMultiple(step, factor))) return NOTHING;
  const all = set.noMultiples.reduce(leastCommonMultiple, step);
  const period = floorQuotient(all, step);
  const count = least === undefined || greatest === undefined ? undefined : greatest - least + 1n;
  const walk = BigInt(wanted + set.except.size + 1) * (period + 1n);
  const limit = walk < LONGEST_WALK ? walk : LONGEST_WALK;
  const from = least ?? (greatest === undefined || greatest > 0n ? 0n : greatest);
  const start = least !== undefined && least < 0n && (greatest === undefined || greatest >= 0n) ? 0n : from;
  const found = new Collection(wanted);
  let [seen, skipped, someFit] = [0n, false, false];
  const visit = (factor: bigint) => {
    if ((least !== undefined && factor < least) || (greatest !== undefined && factor > greatest)) return;
    meter.spend();
    seen += 1n;
    const value = timesFraction(step, fraction(factor));
    if (set.noMultiples.some((other) => isMultiple(value, other))) return;
    someFit = true;
    const number = numberOf(value);
    if (number === undefined) skipped = true;
    else if (!set.except.has(number)) found.add(number);
  };
  for (let offset = 0n; offset <= limit && !found.isFull; offset++) {
    visit(start + offset);
    if (offset > 0n) visit(start - offset);
  }
  // What fits repeats with the period: a whole period without any shows that there is none at all.
  if (!someFit && seen >= period) return NOTHING;
  return { values: found.values, complete: count !== undefined && seen >= count && !skipped };
}

function findExact(set: NumberSet, wanted: number, meter: Meter): Found {
  if (isEmptyInterval(set)) return NOTHING;
  const [first, ...others] = set.multiples;
  if (first === undefined) return findDense(set, wanted, meter);
  return findSpaced(set, others.reduce(leastCommonMultiple, first), wanted, meter);
}

/**
 * Finds numbers of a set, exactly. Validators divide doubles, so what follows only from multiples of decimals such as 0.01 is
 * not taken as proof; a pair of the same multiple and its negation has been seen as contradictory before.
 * @throws OutOfBudget
 */
export function findNumbers(set: NumberSet, wanted: number, meter: Meter): Found {
  const found = findExact(set, wanted, meter);
  const isExact = [...set.multiples, ...set.noMultiples].every(isDyadic);
  if (isExact || !found.complete) return found;
  const proven = findExact(
    { ...set, multiples: set.multiples.filter(isDyadic), noMultiples: set.noMultiples.filter(isDyadic) },
    1,
    meter,
  );
  if (proven.complete && proven.values.length === 0) return NOTHING;
  return found.values.length > 0 ? { ...found, complete: false } : UNDECIDED;
}
