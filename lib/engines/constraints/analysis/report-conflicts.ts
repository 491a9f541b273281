import type { Values } from '../model.ts';
import { type Box, boxesMeet } from './boxes.ts';
import { Confirmation } from './check.ts';
import { Antichain, boxConflicts, type ConflictTier, type Shown } from './conflicts.ts';
import { longestRun, slicesOf } from './days.ts';
import { named } from './draft.ts';
import { hasOpaque } from './enumerate-opaque.ts';
import { type Inquiry, noteUnknown } from './inquiry.ts';
import { fieldsIn, settleOpaque } from './partial.ts';
import type { World } from './prepare.ts';
import { within } from './regions.ts';
import { type SolverConflicts, solverConflicts } from './solver-conflicts.ts';

function factsOf(world: World, values: Values): Values {
  return values.filter((_, index) => world.fields[index]?.role === 'fact');
}

/** Asks the independent evaluator whether the witness is denied, and whether each proper subset can be satisfied. */
function confirmed({ world, judge }: Inquiry, positions: readonly number[], shown: Shown): Confirmation {
  const confirmation = new Confirmation();
  const index = (position: number): number => world.rules[position]?.index ?? position;
  const day = shown.witness[world.day] ?? 0;
  confirmation.confirm(
    'The witness breaks at least one of the rules.',
    positions.some((position) => judge.isBroken(index(position), shown.witness, day)),
  );
  const facts = JSON.stringify(factsOf(world, shown.witness));
  for (const { position, values } of shown.without) {
    const id = world.rules[position]?.rule.id ?? '';
    confirmation.confirm(
      `Without "${id}", the same facts leave terms that satisfy the others, and these break "${id}".`,
      JSON.stringify(factsOf(world, values)) === facts &&
        judge.isBroken(index(position), values, day) &&
        positions.every((other) => other === position || !judge.isBroken(index(other), values, day)),
    );
  }
  confirmation.confirm('Each of the rules can be left out.', shown.without.length === positions.length);
  return confirmation;
}

/** Writes down minimal sets of rules that leave no terms, each for the longest time in which it does. */
function reportConflicts(inquiry: Inquiry, tier: ConflictTier, cores: readonly (readonly number[])[]): void {
  const { world } = inquiry;
  for (const positions of cores) {
    const run = longestRun(world, slicesOf(world, positions), (days) =>
      within(world.cutter.meter, () => tier.show(positions, days)),
    );
    if (run === undefined) {
      // It was found, but not shown within the budget: then nothing is claimed, and nothing is excluded.
      const spent = tier.by === 'solver' ? inquiry.prover.spent : world.cutter.meter.spent;
      noteUnknown(inquiry, { code: 'conflict', about: positions }, { is: 'unknown', because: 'budget', spent });
      continue;
    }
    const { shown, days } = run;
    inquiry.drafts.push({
      code: 'conflict',
      positions,
      by: tier.by,
      days,
      message: `The rules ${named(world, positions)} can apply together, and then no terms satisfy them all.`,
      mend: 'Let their owners agree: change a bound, narrow when one of them applies, or let one override the other.',
      witness: shown.witness,
      without: shown.without,
      confirmation: confirmed(inquiry, positions, shown),
    });
  }
}

/** Rules whose requirement, or whose application, has opaque parts. */
function opaqueRules({ rules }: World): Set<number> {
  return new Set(rules.filter(({ violates }) => hasOpaque(violates.formula)).map(({ position }) => position));
}

function noteUndecided(inquiry: Inquiry, { undecided }: SolverConflicts, spent: number): void {
  for (const about of undecided)
    noteUnknown(inquiry, { code: 'conflict', about }, { is: 'unknown', because: 'budget', spent });
}

/**
 * Finds all minimal sets of rules that leave no terms for some facts: by boxes, then by the solver those with rules that
 * are no boxes. Opaque parts are settled both ways: what conflicts however they turn out is found, what conflicts only
 * if they turn out badly is unknown, and when even then nothing does, there is none.
 */
export async function findConflicts(inquiry: Inquiry): Promise<void> {
  const { world, prover, budget, truncated } = inquiry;
  const cap = budget.minimalSets;
  const boxes = boxConflicts(world, cap);
  if (boxes.truncated) truncated.add('conflict');
  reportConflicts(inquiry, boxes, boxes.cores);
  const boxless = world.rules.filter(({ violates }) => violates.boxes === undefined).map(({ position }) => position);
  const hard = new Set([...boxless, ...boxes.unfinished]);
  const opaque = opaqueRules(world);
  if (hard.size === 0 || boxes.truncated) return;
  if (!(await prover.ready())) {
    const because = boxless.some((position) => opaque.has(position)) ? 'opaque' : 'budget';
    noteUnknown(inquiry, { code: 'conflict', about: [...hard] }, { is: 'unknown', because, spent: 0 });
    return;
  }
  const before = prover.spent;
  const certain = solverConflicts(world, prover, boxes.cores, hard, cap - boxes.cores.length, false);
  if (certain.truncated) truncated.add('conflict');
  try {
    reportConflicts(inquiry, certain, certain.cores);
  } finally {
    certain.close();
  }
  noteUndecided(inquiry, certain, prover.spent - before);
  if (opaque.size === 0) return;
  const known = new Antichain();
  for (const set of [...boxes.cores, ...certain.cores]) known.add(set);
  const possible = solverConflicts(world, prover, known.sets, opaque, cap, true);
  possible.close();
  const spent = prover.spent - before;
  for (const about of possible.cores)
    noteUnknown(inquiry, { code: 'conflict', about }, { is: 'unknown', because: 'opaque', spent });
  noteUndecided(inquiry, possible, spent);
  for (const position of [...opaque].filter((each) => mayDenyAlone(world, each, possible.alone)))
    if (world.rules[position]?.applies.boxes?.length !== 0 && meetsOthers(world, position))
      noteUnknown(inquiry, { code: 'conflict', about: [position] }, { is: 'unknown', because: 'opaque', spent });
}

/** The fields that a condition looks at, also within opaque parts. */
function everyFieldIn(value: unknown, found: Set<number> = new Set()): Set<number> {
  if (Array.isArray(value)) for (const each of value) everyFieldIn(each, found);
  else if (value !== null && typeof value === 'object')
    for (const [key, each] of Object.entries(value)) {
      if (key === 'field' && typeof each === 'number') found.add(each);
      else everyFieldIn(each, found);
    }
  return found;
}

/**
 * Whether a rule denies all terms when its opaque parts turn out badly, though in truth it looks at terms: then it may be
 * a part of a conflict that the pessimistic search takes for a plain prohibition.
 */
function mayDenyAlone(world: World, position: number, alone: ReadonlySet<number>): boolean {
  const formula = world.rules[position]?.violates.formula;
  if (formula === undefined) return false;
  const isTerm = (field: number): boolean => world.fields[field]?.role === 'term';
  if (![...everyFieldIn(formula)].some(isTerm)) return false;
  return alone.has(position) || ![...fieldsIn(settleOpaque(formula, true))].some(isTerm);
}

/** Whether another rule that denies something can apply for the same facts. */
function meetsOthers(world: World, position: number): boolean {
  const own = world.rules[position]?.applies.boxes;
  const factsOnly = (box: Box): Box =>
    box.map((cells, axis) => (world.space.axes[axis]?.term === true ? undefined : cells));
  return world.rules.some((other) => {
    if (other.position === position || other.rule.effect.kind !== 'require') return false;
    if (other.violates.boxes?.length === 0) return false;
    const theirs = other.applies.boxes;
    if (own === undefined || theirs === undefined) return true;
    return own.some((a) => theirs.some((b) => boxesMeet(factsOnly(a), factsOnly(b))));
  });
}
