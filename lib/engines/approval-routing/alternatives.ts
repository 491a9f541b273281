import type { Comparison, Conversion } from './comparison.ts';
import type { Disposition, Route } from './compute-route.ts';
import { type Facts, type FieldId, type FieldValue, fieldIds, fieldOf, formatValue, isMoney } from './fields.ts';
import { byText, sortedUnique } from './order.ts';
import type { ApprovalPolicy } from './policy.ts';

/** A change of one field that changes the route. */
export interface Alternative {
  readonly field: FieldId;
  /** JSON Pointer into the request. */
  readonly pointer: string;
  readonly from: FieldValue;
  readonly to: FieldValue;
  /** The rules whose threshold this is. */
  readonly rules: readonly string[];
  readonly disposition: Disposition;
  readonly addedLevels: readonly string[];
  readonly droppedLevels: readonly string[];
  readonly addedApprovers: readonly string[];
  readonly droppedApprovers: readonly string[];
  /** One sentence for people. */
  readonly text: string;
}

interface Candidate {
  readonly field: FieldId;
  readonly to: FieldValue;
  readonly rules: readonly string[];
}

const MOST_ALTERNATIVES = 40;

/** A threshold in the units of the actual value: the whole numbers just below or at it, and just above or at it. */
function thresholdIn(actual: FieldValue, expected: FieldValue, conversions: readonly Conversion[]): [number, number] | undefined {
  if (typeof expected === 'number') return [expected, expected];
  if (!isMoney(expected) || !isMoney(actual)) return undefined;
  if (expected.currency === actual.currency) return [expected.minorUnits, expected.minorUnits];
  const rate = conversions.find(({ from, to }) => from === actual.currency && to === expected.currency);
  if (rate === undefined) return undefined;
  const scaled = BigInt(expected.minorUnits) * BigInt(rate.denominator);
  const floor = Number(scaled / BigInt(rate.numerator));
  return [floor, scaled % BigInt(rate.numerator) === 0n ? floor : floor + 1];
}

/** The values on both sides of a comparison's threshold, in the actual value's units. */
function sidesOf({ is, expected }: Comparison, actual: FieldValue, conversions: readonly Conversion[]): number[] {
  const threshold = thresholdIn(actual, expected, conversions);
  if (threshold === undefined) return [];
  const [below, above] = threshold;
  if (is === 'lte' || is === 'gt') return [below, below + 1];
  if (is === 'lt' || is === 'gte') return [above - 1, above];
  return [below - 1, below, below + 1];
}

function candidatesOf(policy: ApprovalPolicy, facts: Facts): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const rule of policy.rules)
    for (const comparison of [...rule.all, ...rule.any]) {
      const { field } = comparison;
      const actual = facts[field];
      const current = isMoney(actual) ? actual.minorUnits : actual;
      const { least = 0, most = 0 } = fieldOf(field);
      for (const side of sidesOf(comparison, actual, policy.conversions)) {
        if (side === current || side < least || side > most) continue;
        const key = `${field} ${side}`;
        const to = isMoney(actual) ? { ...actual, minorUnits: side } : side;
        const rules = sortedUnique([...(found.get(key)?.rules ?? []), rule.id]);
        found.set(key, { field, to, rules });
      }
    }
  return [...found.values()];
}

const figure = (value: FieldValue): number => (isMoney(value) ? value.minorUnits : typeof value === 'number' ? value : 0);

/** Of the values that lead to the same route, only the nearest on each side says something. */
function nearestOfEachRoute(alternatives: readonly Alternative[]): Alternative[] {
  const nearest = new Map<string, Alternative>();
  for (const each of alternatives) {
    const distance = figure(each.to) - figure(each.from);
    const key = JSON.stringify([each.field, distance > 0, each.disposition, each.addedLevels, each.droppedLevels]);
    const known = nearest.get(key);
    if (known === undefined || Math.abs(distance) < Math.abs(figure(known.to) - figure(known.from)))
      nearest.set(key, each);
  }
  return [...nearest.values()];
}

function sentence(candidate: Candidate, from: FieldValue, disposition: Disposition, added: readonly string[], dropped: readonly string[]): string {
  const effects = [
    ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
    ...(dropped.length > 0 ? [`drops ${dropped.join(', ')}`] : []),
  ];
  const outcome = { 'auto-approve': 'approved automatically', approve: 'for people to approve', deny: 'denied', unroutable: 'without an approver' };
  const [was, is] = [formatValue(candidate.field, from), formatValue(candidate.field, candidate.to)];
  return `${fieldOf(candidate.field).label} ${is} instead of ${was} ${[...effects, `is ${outcome[disposition]}`].join(', ')}.`;
}

const difference = (a: readonly string[], b: readonly string[]): string[] => a.filter((each) => !b.includes(each));

/**
 * What would change the route: for every threshold in the policy's rules, the nearest values on either side of it are
 * routed in earnest, one field at a time, and those that lead elsewhere are told.
 * @param routeWith routes the request with other values.
 */
export function alternativesOf(
  facts: Facts,
  route: Route,
  policy: ApprovalPolicy,
  routeWith: (facts: Facts) => Route,
): Alternative[] {
  const found = candidatesOf(policy, facts).flatMap((candidate): Alternative[] => {
    const { field, to, rules } = candidate;
    const other = routeWith({ ...facts, [field]: to });
    const addedLevels = difference(other.levels, route.levels);
    const droppedLevels = difference(route.levels, other.levels);
    const addedApprovers = difference(other.approvers, route.approvers);
    const droppedApprovers = difference(route.approvers, other.approvers);
    const changes = [addedLevels, droppedLevels, addedApprovers, droppedApprovers].some((list) => list.length > 0);
    if (!changes && other.disposition === route.disposition) return [];
    const { disposition } = other;
    const text = sentence(candidate, facts[field], disposition, addedLevels, droppedLevels);
    const { pointer } = fieldOf(field);
    return [
      { field, pointer, from: facts[field], to, rules, disposition, addedLevels, droppedLevels, addedApprovers, droppedApprovers, text },
    ];
  });
  return nearestOfEachRoute(found)
    .toSorted(
      (a, b) =>
        fieldIds.indexOf(a.field) - fieldIds.indexOf(b.field) ||
        figure(a.to) - figure(b.to) ||
        byText(a.text, b.text),
    )
    .slice(0, MOST_ALTERNATIVES);
}
