import type { Analysis, AnalysisBudget, Finding, Unknown } from '../findings.ts';
import type { ConstraintSet } from '../model.ts';
import { type Check, formulaCheck } from './check.ts';
import { findingOf } from './draft.ts';
import { hasOpaque } from './enumerate-opaque.ts';
import { inquiryInto } from './inquiry.ts';
import { prepare, type World } from './prepare.ts';
import { type Load, Prover } from './prover.ts';
import { withRepairs } from './repair.ts';
import { findConflicts } from './report-conflicts.ts';
import { reportInputs } from './report-inputs.ts';
import { reportRules } from './report-rules.ts';
import { poolsOf } from './rule-questions.ts';

/** What one trial of a repair may spend on a question: a repair is a convenience, and a set asks for hundreds of trials. */
const MOST_BOXES_PER_TRIAL = 2_000;

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Findings in an order that the place of a rule in its file does not change. */
function inOrder(findings: readonly Finding[], set: ConstraintSet): Finding[] {
  const key = ({ code, rules, table, pointer, digest }: Finding): string => {
    const ids = rules.map((index) => set.rules[index]?.id ?? '').sort();
    return JSON.stringify([code, ids, table ?? '', pointer ?? '', digest]);
  };
  const keyed = findings.map((finding) => ({ finding, text: key(finding) }));
  return keyed.sort((a, b) => byText(a.text, b.text)).map(({ finding }) => finding);
}

function unknownsInOrder(unknowns: readonly Unknown[], set: ConstraintSet): Unknown[] {
  const key = ({ question, rules, because }: Unknown): string =>
    JSON.stringify([question, rules.map((index) => set.rules[index]?.id ?? '').sort(), because]);
  return unknowns.toSorted((a, b) => byText(key(a), key(b)));
}

/** Asks all questions once. */
async function findOut(
  set: ConstraintSet,
  budget: AnalysisBudget,
  load: Load | undefined,
  check: Check,
  only: 'all' | 'conflicts',
): Promise<{ readonly world: World; readonly analysis: Analysis }> {
  const world = prepare(set, budget.boxes);
  const prover = new Prover(load, budget.solverSteps);
  const inquiry = inquiryInto(world, budget, check, prover);
  try {
    await findConflicts(inquiry);
    if (only === 'all') {
      const pools = poolsOf(world);
      await reportRules(inquiry, pools);
      await reportInputs(inquiry, pools);
    }
  } finally {
    prover.close();
  }
  const findings = inOrder(
    inquiry.drafts.map((draft) => findingOf(world, draft)),
    set,
  );
  const unknowns = unknownsInOrder(inquiry.unknowns, set);
  const opaque = set.rules.filter(
    ({ when, effect }) =>
      hasOpaque(world.settle(when)) || (effect.kind === 'require' && hasOpaque(world.settle(effect.condition))),
  );
  const analysis: Analysis = {
    verdict: findings.length > 0 ? 'findings' : unknowns.length > 0 ? 'unknown' : 'clean',
    findings,
    unknowns,
    truncated: [...inquiry.truncated].sort(),
    coverage: { rules: set.rules.length, analysable: set.rules.length - opaque.length, tables: set.tables.length },
    spent: { solverSteps: prover.spent, boxes: world.cutter.meter.spent, solverLoaded: prover.isLoaded },
  };
  return { world, analysis };
}

/**
 * Finds contradictions, dead, shadowed and redundant rules, gaps and overlaps of tables, unreachable values and conditions
 * that always or never hold.
 *
 * The day of the decision counts as a fact. What some input shows (a conflict, a gap) is reported for the longest time in
 * which it holds; what is said of a rule (that it is dead, or redundant) holds throughout the time in which it is in force.
 * Findings that one number clears carry the smallest change of one; `conflicts` alone are given none.
 * @param budget what each question may spend; the same budget gives the same answer everywhere
 * @param load gives the solver; called only when boxes do not answer a question. Without it such questions stay unknown
 * @param check an independent evaluator, by which each witness is confirmed before it is reported
 * @param only the questions that are asked; all of them unless told. `conflict` alone needs no pass over each rule
 * @throws AnalysisContradicted when that evaluator denies a claim: a defect of the analysis
 */
export async function analyse(
  set: ConstraintSet,
  budget: AnalysisBudget,
  load?: Load,
  check: Check = formulaCheck(set),
  only: 'all' | 'conflicts' = 'all',
): Promise<Analysis> {
  const { world, analysis } = await findOut(set, budget, load, check, only);
  if (only !== 'all') return analysis;
  let boxes = 0;
  const perTrial = { ...budget, boxes: Math.min(budget.boxes, MOST_BOXES_PER_TRIAL) };
  const again = async (changed: ConstraintSet): Promise<Analysis> => {
    const { analysis: found } = await findOut(changed, perTrial, undefined, formulaCheck(changed), 'all');
    boxes += found.spent.boxes;
    return found;
  };
  const findings = await withRepairs(world, analysis.findings, again);
  return { ...analysis, findings, spent: { ...analysis.spent, boxes: analysis.spent.boxes + boxes } };
}
