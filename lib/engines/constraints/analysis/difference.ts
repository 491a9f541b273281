import type { AnalysisBudget } from '../findings.ts';
import type { ConstraintSet, RuleIndex, Values } from '../model.ts';
import { AnalysisContradicted, type Check, formulaCheck, judgeOf } from './check.ts';
import { type Owned, poolOf } from './pool.ts';
import { type Prepared, prepare, type World } from './prepare.ts';
import { type Load, Prover } from './prover.ts';
import { type Answer, answerByBoxes, type Question } from './question.ts';

/** One way in which two versions decide differently. */
export interface Change {
  readonly kind: 'newly-allowed' | 'newly-denied' | 'changed-route';
  /** Rules that are responsible: of the old version for what they denied, of the new one for what they deny now. */
  readonly oldRules: readonly RuleIndex[];
  readonly newRules: readonly RuleIndex[];
  /** Of a changed route. */
  readonly label?: string;
  readonly witness: Values;
  /** Days since 1970-01-01. */
  readonly witnessDay: number;
}

export interface Difference {
  /** `equal` is proved; `unknown` means that nothing was found, and not everything was excluded. */
  readonly verdict: 'equal' | 'different' | 'unknown';
  readonly changes: readonly Change[];
  readonly unknowns: readonly { readonly because: 'opaque' | 'budget'; readonly rule: string }[];
  readonly spent: { readonly solverSteps: number; readonly boxes: number; readonly solverLoaded: boolean };
}

/** Both versions as one set: ids get a prefix, and only overrides within a version remain. */
function together(before: ConstraintSet, after: ConstraintSet): ConstraintSet {
  const shift = before.rules.length;
  return {
    ...after,
    tables: [],
    rules: [
      ...before.rules.map((rule) => ({ ...rule, id: `0:${rule.id}` })),
      ...after.rules.map((rule) => ({
        ...rule,
        id: `1:${rule.id}`,
        overriddenBy: rule.overriddenBy.map((above) => above + shift),
      })),
    ],
  };
}

function defaultsOf({ rules, fields }: ConstraintSet): string {
  const defaults = rules.filter(({ effect }) => effect.kind === 'default');
  return JSON.stringify(
    defaults
      .map(({ id, when, effect, inForce, priority }) => [id, when, effect, inForce, priority, fields.length])
      .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  );
}

interface Asked {
  readonly question: Question;
  readonly kind: Change['kind'];
  readonly rule: Prepared;
  readonly label?: string;
}

/**
 * What two versions of a set decide differently: inputs that are newly allowed or denied, labels that come or go, each with
 * an input that shows it; or the proof that there is none. One change is listed for each rule that is responsible.
 * The fields must be the same, in the same order.
 * @throws RangeError when the fields or the defaults differ: then the versions do not look at the same inputs
 */
export async function difference(
  before: ConstraintSet,
  after: ConstraintSet,
  budget: AnalysisBudget,
  load?: Load,
  checks: { readonly before: Check; readonly after: Check } = {
    before: formulaCheck(before),
    after: formulaCheck(after),
  },
): Promise<Difference> {
  const shape = ({ fields }: ConstraintSet): string =>
    JSON.stringify(
      fields.map(({ path, type, minimum, maximum, optional }) => [path, type, minimum, maximum, optional]),
    );
  if (shape(before) !== shape(after)) throw new RangeError('The two versions declare different fields.');
  if (defaultsOf(before) !== defaultsOf(after)) throw new RangeError('The two versions have different defaults.');
  const world = prepare(together(before, after), budget.boxes);
  const prover = new Prover(load, budget.solverSteps);
  const isOld = ({ index }: Prepared): boolean => index < before.rules.length;
  const asked = [...denialChanges(world, isOld), ...labelChanges(world, isOld)];
  const answers: (Answer | undefined)[] = asked.map(({ question }) => answerByBoxes(world, question));
  const left = asked.filter((_, at) => answers[at] === undefined);
  const proved = await (left.length === 0
    ? []
    : prover.answer(
        world,
        left.map(({ question }) => question),
      ));
  prover.close();
  left.forEach((each, at) => {
    answers[asked.indexOf(each)] = proved[at] as Answer;
  });
  const judges = { old: judgeOf(before, checks.before), new: judgeOf(after, checks.after) };
  const changes: Change[] = [];
  const unknowns: { because: 'opaque' | 'budget'; rule: string }[] = [];
  asked.forEach(({ kind, rule, label }, at) => {
    const answer = answers[at] as Answer;
    if (answer.is === 'unknown') unknowns.push({ because: answer.because, rule: rule.rule.id.slice(2) });
    if (answer.is !== 'free') return;
    const witness = answer.values.slice(0, world.day);
    const day = answer.values[world.day] ?? 0;
    const responsible = (set: ConstraintSet, judge: typeof judges.old): RuleIndex[] =>
      set.rules.flatMap(({ effect }, index) => {
        if (label === undefined) return judge.isBroken(index, witness, day) ? [index] : [];
        const carries = effect.kind === 'route' && effect.to.includes(label);
        return carries && judge.applies(index, witness, day) ? [index] : [];
      });
    const [oldRules, newRules] = [responsible(before, judges.old), responsible(after, judges.new)];
    const [had, has] = [oldRules.length > 0, newRules.length > 0];
    const expected = kind === 'newly-allowed' ? had && !has : kind === 'newly-denied' ? !had && has : had !== has;
    if (!expected)
      throw new AnalysisContradicted(`An independent evaluator does not see the change "${kind}" of a witness.`);
    changes.push({ kind, oldRules, newRules, ...(label === undefined ? {} : { label }), witness, witnessDay: day });
  });
  return {
    verdict: changes.length > 0 ? 'different' : unknowns.length > 0 ? 'unknown' : 'equal',
    changes,
    unknowns,
    spent: { solverSteps: prover.spent, boxes: world.cutter.meter.spent, solverLoaded: prover.isLoaded },
  };
}

function denialChanges(world: World, isOld: (rule: Prepared) => boolean): Asked[] {
  const items = (old: boolean): Owned[] =>
    world.rules
      .filter((rule) => isOld(rule) === old)
      .map(({ position, violates }) => ({ owner: position, extent: violates }));
  const pools = { old: poolOf(world, items(true)), new: poolOf(world, items(false)) };
  return world.rules
    .filter(({ rule }) => rule.effect.kind === 'require')
    .map((rule) => ({
      kind: isOld(rule) ? 'newly-allowed' : 'newly-denied',
      rule,
      question: {
        code: 'conflict',
        about: [rule.position],
        region: rule.violates,
        pool: isOld(rule) ? pools.new : pools.old,
      },
    }));
}

/** Routes count only where both versions permit the input: elsewhere there is nothing to route. */
function labelChanges(world: World, isOld: (rule: Prepared) => boolean): Asked[] {
  const denials = world.rules.map(({ position, violates }): Owned => ({ owner: position, extent: violates }));
  const carrying = (label: string, old: boolean): Owned[] =>
    world.rules
      .filter((rule) => isOld(rule) === old && rule.rule.effect.kind === 'route' && rule.rule.effect.to.includes(label))
      .map(({ position, applies }) => ({ owner: position, extent: applies }));
  return world.rules.flatMap((rule): Asked[] => {
    const { effect } = rule.rule;
    if (effect.kind !== 'route') return [];
    return effect.to.map((label) => ({
      kind: 'changed-route',
      rule,
      label,
      question: {
        code: 'conflict',
        about: [rule.position],
        region: rule.applies,
        pool: poolOf(world, [...denials, ...carrying(label, !isOld(rule))]),
      },
    }));
  });
}
