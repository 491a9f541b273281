import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { alternativeValues } from './alternative-values.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import type { Disposition, Route } from './compute-route.ts';
import { type Facts, type FieldId, type FieldValue, fieldIds, fieldOf, formatValue, isMoney } from './fields.ts';

/** What differs between two routes. */
interface Difference {
  readonly disposition: Disposition;
  readonly addedLevels: readonly string[];
  readonly droppedLevels: readonly string[];
  readonly addedApprovers: readonly string[];
  readonly droppedApprovers: readonly string[];
}

/** A change of one field that changes the route. */
export interface Alternative extends Difference {
  readonly field: FieldId;
  /** JSON Pointer into the request. */
  readonly pointer: string;
  readonly from: FieldValue;
  readonly to: FieldValue;
  /** Ids of the rules whose threshold this is, or that asked for the level whose people's limits it is. */
  readonly rules: readonly string[];
  /** One sentence for people. */
  readonly text: string;
}

const MOST_ALTERNATIVES = 40;

const without = (a: readonly string[], b: readonly string[]): string[] => a.filter((each) => !b.includes(each));

/** How another route differs; `undefined` when the same levels and people are asked. */
function differenceOf(route: Route, other: Route): Difference | undefined {
  const difference = {
    disposition: other.disposition,
    addedLevels: without(other.levels, route.levels),
    droppedLevels: without(route.levels, other.levels),
    addedApprovers: without(other.approvers, route.approvers),
    droppedApprovers: without(route.approvers, other.approvers),
  };
  const { disposition, ...lists } = difference;
  const same = disposition === route.disposition && Object.values(lists).every((list) => list.length === 0);
  return same ? undefined : difference;
}

function consequence(difference: Difference, policy: ApprovalPolicy, directory: LoadedDirectory): string {
  const { disposition, addedLevels, droppedLevels, addedApprovers, droppedApprovers } = difference;
  if (disposition === 'auto-approve') return 'it would be approved automatically';
  if (disposition === 'deny') return 'it would be denied';
  if (disposition === 'unroutable') return 'nobody could approve it';
  const levels = (ids: readonly string[]) =>
    ids.map((id) => policy.levels.find((level) => level.id === id)?.name ?? id).join(', ');
  const people = (ids: readonly string[]) => ids.map((id) => directory.person(id)?.name ?? id).join(', ');
  const parts = [
    ...(addedLevels.length > 0 ? [`it would need ${levels(addedLevels)}`] : []),
    ...(droppedLevels.length > 0 ? [`it would not need ${levels(droppedLevels)}`] : []),
  ];
  if (parts.length > 0) return parts.join(' and ');
  return [
    ...(addedApprovers.length > 0 ? [`${people(addedApprovers)} would be asked`] : []),
    ...(droppedApprovers.length > 0 ? [`${people(droppedApprovers)} would not be asked`] : []),
  ].join(' and ');
}

const figure = (value: FieldValue): number =>
  isMoney(value) ? value.minorUnits : typeof value === 'number' ? value : 0;

/** Two alternatives that say the same: the same levels or, where no level changes, the same people. */
function sayingOf({ field, from, to, disposition, addedLevels, droppedLevels, ...people }: Alternative): string {
  const levels = [addedLevels, droppedLevels];
  const told = levels.flat().length > 0 ? levels : [people.addedApprovers, people.droppedApprovers];
  return JSON.stringify([field, figure(to) > figure(from), disposition, ...told]);
}

/** Of the values that say the same, only the nearest on each side is told. */
function nearestOfEach(alternatives: readonly Alternative[]): Alternative[] {
  const distance = ({ from, to }: Alternative) => Math.abs(figure(to) - figure(from));
  const nearest = new Map<string, Alternative>();
  for (const each of alternatives) {
    const known = nearest.get(sayingOf(each));
    if (known === undefined || distance(each) < distance(known)) nearest.set(sayingOf(each), each);
  }
  return [...nearest.values()];
}

/**
 * What would change the route: for every threshold in the policy's rules, and every limit of the people asked, the nearest
 * values on either side are routed in earnest, one field at a time, and those that lead elsewhere are told.
 * @param routeWith routes the request with other values.
 */
export function alternativesOf(
  facts: Facts,
  route: Route,
  policy: ApprovalPolicy,
  directory: LoadedDirectory,
  routeWith: (facts: Facts) => Route,
): Alternative[] {
  const found = alternativeValues(policy, facts, route, directory).flatMap(({ field, to, rules }): Alternative[] => {
    const difference = differenceOf(route, routeWith({ ...facts, [field]: to }));
    if (difference === undefined) return [];
    const from = facts[field];
    const { label, pointer } = fieldOf(field);
    const change = `With ${label.toLowerCase()} ${formatValue(field, to)} instead of ${formatValue(field, from)}`;
    const text = `${change}, ${consequence(difference, policy, directory)}.`;
    return [{ field, pointer, from, to, rules, ...difference, text }];
  });
  return nearestOfEach(found)
    .toSorted((a, b) => fieldIds.indexOf(a.field) - fieldIds.indexOf(b.field) || figure(a.to) - figure(b.to))
    .slice(0, MOST_ALTERNATIVES);
}
