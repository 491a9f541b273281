import { describeFormula } from '../describe.ts';
import type { Analysis, Finding, FindingCode, Repair } from '../findings.ts';
import type { ConstraintSet, Rule, RuleIndex } from '../model.ts';
import { writeValue } from '../written-values.ts';
import { type Box, boxesMeet } from './boxes.ts';
import type { Prepared, World } from './prepare.ts';
import { boundsFor, changed, type Place, placesOf } from './repair-places.ts';

/** Kinds of findings that a number can clear. */
const CLEARED: ReadonlySet<FindingCode> = new Set([
  'conflict',
  'exclusive-routes',
  'table-overlap',
  'table-gap',
  'shadowed-rule',
  'always-false',
]);

/** Of these, a bound that does not clear them at either end of its domain clears them nowhere. */
const MONOTONE: ReadonlySet<FindingCode> = new Set(['conflict', 'exclusive-routes', 'table-overlap', 'table-gap']);

/** So many findings of a set are given a repair, and so many changes are tried for each. */
const MOST_FINDINGS = 20;
const MOST_TRIALS = 400;

/** Analyses a set by boxes alone, and without repairs. */
export type Analyse = (set: ConstraintSet) => Promise<Analysis>;

interface Trials {
  left: number;
}

/** Some rules of a set with what overrides them and with the defaults; tables whose rows are all among them. */
export function partOf(set: ConstraintSet, rules: readonly RuleIndex[]): { part: ConstraintSet; index: RuleIndex[] } {
  const wanted = new Set(rules);
  set.rules.forEach(({ effect }, index) => {
    if (effect.kind === 'default') wanted.add(index);
  });
  for (const index of wanted) for (const above of set.rules[index]?.overriddenBy ?? []) wanted.add(above);
  const index = [...wanted].sort((a, b) => a - b);
  const rank = new Map(index.map((each, position) => [each, position]));
  const part: ConstraintSet = {
    ...set,
    rules: index.map((each) => {
      const rule = set.rules[each] as Rule;
      return { ...rule, overriddenBy: rule.overriddenBy.map((above) => rank.get(above) as number) };
    }),
    tables: set.tables
      .filter(({ rows }) => rows.every(({ rule }) => wanted.has(rule)))
      .map((table) => ({ ...table, rows: table.rows.map((row) => ({ ...row, rule: rank.get(row.rule) as number })) })),
  };
  return { part, index };
}

function keyOf({ code, rules, table, pointer }: Finding, { rules: all }: ConstraintSet): string {
  const ids = rules.map((index) => all[index]?.id ?? '').sort();
  return JSON.stringify([code, ids, table ?? '', pointer ?? '']);
}

/** The rules that an input of the changed rule may concern as well, whatever its terms and the changed field are. */
function neighbours({ rules, space }: World, rule: RuleIndex, field: number): RuleIndex[] {
  const own = (rules.find(({ index }) => index === rule) as Prepared).candidate.boxes;
  const open = (box: Box): Box =>
    box.map((cells, axis) =>
      space.axes[axis]?.term === true || space.axes[axis]?.field === field ? undefined : cells,
    );
  const mine = own?.map(open);
  return rules
    .filter(
      ({ candidate: { boxes } }) =>
        mine === undefined ||
        boxes === undefined ||
        boxes.some((box) => {
          const theirs = open(box);
          return mine.some((each) => boxesMeet(each, theirs));
        }),
    )
    .map(({ index }) => index);
}

/** Whether a change of a set takes a finding away and brings no other. */
async function clears(
  finding: Finding,
  before: readonly string[],
  after: ConstraintSet,
  analyse: Analyse,
  isStrict: boolean,
): Promise<boolean> {
  const { findings, unknowns, truncated } = await analyse(after);
  if (unknowns.length > 0 || truncated.length > 0) return false;
  return findings.every((each) => {
    const isOld = before.includes(keyOf(each, after));
    if (each.code === finding.code) return isOld;
    return isOld || (!isStrict && each.severity === 'warning');
  });
}

function messageOf(set: ConstraintSet, { rule, atom }: Place, bound: number): string {
  const [term] = atom.terms;
  const type = term?.of === 'value' && term.coefficient === 1 ? set.fields[term.field]?.type : undefined;
  const write = (value: number): string => (type === undefined ? String(value) : writeValue(type, value));
  const where = describeFormula(atom, set.fields);
  return `Rule "${set.rules[rule]?.id ?? ''}": change ${write(atom.bound)} to ${write(bound)} in "${where}".`;
}

interface Candidate {
  readonly place: Place;
  readonly bound: number;
}

/** Changes of one number, smallest first; ties by the rule's id, then by the place. */
function inOrder(candidates: readonly Candidate[], set: ConstraintSet): Candidate[] {
  const far = ({ place, bound }: Candidate): number => Math.abs(bound - place.atom.bound);
  const name = ({ place }: Candidate): string => JSON.stringify([set.rules[place.rule]?.id ?? '', place.pointer]);
  return candidates.toSorted(
    (a, b) => far(a) - far(b) || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : a.bound - b.bound),
  );
}

async function repairOf(world: World, finding: Finding, analyse: Analyse, trials: Trials): Promise<Repair | undefined> {
  const { set } = world;
  const rows = set.tables.find(({ id }) => id === finding.table)?.rows.map(({ rule }) => rule) ?? [];
  const { part, index } = partOf(set, [...finding.rules, ...rows]);
  const { findings, unknowns, truncated } = await analyse(part);
  const own = keyOf(finding, set);
  const before = findings.map((each) => keyOf(each, part)).filter((key) => key !== own);
  if (unknowns.length > 0 || truncated.length > 0 || before.length === findings.length) return undefined;
  const isTried = async (place: Place, bound: number): Promise<boolean> => {
    trials.left -= 1;
    return clears(finding, before, changed(part, place, bound), analyse, true);
  };
  const involved = new Set(finding.table === undefined ? finding.rules : [...finding.rules, ...rows]);
  const candidates: Candidate[] = [];
  for (const place of placesOf(part, [...index.keys()])) {
    if (!involved.has(index[place.rule] as number)) continue;
    const bounds = boundsFor(part, place);
    const ordered = MONOTONE.has(finding.code) && place.atom.is !== 'eq' && place.atom.is !== 'ne';
    if (ordered) {
      const ends = [Math.min(...bounds), Math.max(...bounds)];
      let hope = false;
      for (const end of ends) {
        trials.left -= 1;
        const { findings: left } = await analyse(changed(part, place, end));
        hope ||= !left.some((each) => each.code === finding.code && !before.includes(keyOf(each, part)));
      }
      if (!hope) continue;
    }
    for (const bound of bounds) candidates.push({ place, bound });
  }
  const around = new Map<RuleIndex, { part: ConstraintSet; index: RuleIndex[]; before: string[] }>();
  for (const { place, bound } of inOrder(candidates, part)) {
    if (trials.left <= 0) return undefined;
    if (!(await isTried(place, bound))) continue;
    // Among these rules it is well; now among all that an input of the rule may concern.
    const rule = index[place.rule] as number;
    const field = place.atom.terms[0]?.field as number;
    const key = rule * set.fields.length + field;
    if (!around.has(key)) {
      const table = set.tables.find(({ rows: all }) => all.some((row) => row.rule === rule))?.rows ?? [];
      const near = partOf(set, [...neighbours(world, rule, field), ...index, ...table.map((row) => row.rule)]);
      const known = (await analyse(near.part)).findings.map((each) => keyOf(each, near.part));
      around.set(key, { ...near, before: known.filter((each) => each !== own) });
    }
    const near = around.get(key) as { part: ConstraintSet; index: RuleIndex[]; before: string[] };
    trials.left -= 1;
    const after = changed(near.part, { ...place, rule: near.index.indexOf(rule) }, bound);
    if (!(await clears(finding, near.before, after, analyse, false))) continue;
    const message = messageOf(part, place, bound);
    return { rule, pointer: place.pointer, from: place.atom.bound, to: bound, message };
  }
  return undefined;
}

/**
 * Adds to findings the smallest change of one number that clears them, where there is one. Each change is proved by the
 * analysis of the changed rules: the finding is gone and no other came, among its own rules, and no error among all rules
 * that an input of the changed rule may concern. What the solver proved gets no repair, nor what takes too many trials.
 */
export async function withRepairs(world: World, findings: readonly Finding[], analyse: Analyse): Promise<Finding[]> {
  const found: Finding[] = [];
  let count = 0;
  for (const finding of findings) {
    const isCleared = CLEARED.has(finding.code) && finding.proof.by === 'intervals' && count < MOST_FINDINGS;
    if (isCleared) count += 1;
    const repair = isCleared ? await repairOf(world, finding, analyse, { left: MOST_TRIALS }) : undefined;
    found.push(repair === undefined ? finding : { ...finding, repair });
  }
  return found;
}
