import { checkCertificate } from '../../../lib/engines/scheduling/plan/check.ts';
import { compile } from '../../../lib/engines/scheduling/plan/compile.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import { parsePlanRequest, type WrittenPlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { State } from '../../../lib/engines/scheduling/plan/state.ts';
import { loadHighs } from '../../../lib/platform/optimizer/highs.ts';
import { WrongResult } from '../support/benchmark.ts';
import { rounded } from '../support/statistics.ts';
import { type InstanceSize, planInstance } from './plan-instances.ts';

/** A team's fortnight, and a region's. */
const TEAM: InstanceSize = { touches: 200, reps: 20, days: 10, scenarios: 20 };
const REGION: InstanceSize = { touches: 1_000, reps: 100, days: 10, scenarios: 20 };
const QUICK: InstanceSize = { touches: 40, reps: 6, days: 5, scenarios: 20 };
/** So small that every plan can be tried. */
const SMALL: InstanceSize = { touches: 5, reps: 3, days: 1, scenarios: 20 };
const REGION_BUDGET = { moves: 12_000_000, priceRounds: 600, iterations: 80_000 };
const QUICK_BUDGET = { moves: 100_000, priceRounds: 200, iterations: 4_000 };

export interface PlanRow {
  readonly name: string;
  readonly columns: number;
  /** Of processor time, in this process. */
  readonly seconds: number;
  readonly gapBasisPoints: number;
  /** (plain rule - plan) / plain rule, of the objective, in percent. */
  readonly savesPercent: number;
  /** The same of the expected loss alone. */
  readonly savesExpectedLossPercent: number;
  readonly deferred: number;
  readonly plainDeferred: number;
}

export interface PlanFigures {
  readonly rows: readonly PlanRow[];
  /** Instances of the team's size with a certified gap of at most 50 basis points, in percent. */
  readonly withinHalfPercent: number;
  readonly meanSecondsOfTeam: number;
  /** Small instances on which the plan is the best of all plans, in percent. */
  readonly exactPercent: number;
  readonly exactInstances: number;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : rounded((100 * part) / whole);
}

/** The best value of all plans of a small request, by trying every one. */
function bestOf(request: ReturnType<typeof parsePlanRequest>): number {
  const model = compile(request);
  const state = new State(model);
  let least = Number.POSITIVE_INFINITY;
  const descend = (touch: number): void => {
    const own = model.touches[touch];
    if (own === undefined) {
      if (state.feasible()) least = Math.min(least, state.objective());
      return;
    }
    for (let column = own.begin; column < own.end; column += 1) {
      state.put(column);
      descend(touch + 1);
      state.take(touch);
    }
  };
  descend(0);
  return least;
}

/**
 * Plans of generated fortnights: certified gaps, processor time, savings against the plain rule, and how often small plans are the
 * best of all. Every plan and certificate is checked before it counts.
 */
export async function measurePlan(options: {
  readonly quick: boolean;
  readonly onProgress: (message: string) => void;
}): Promise<PlanFigures> {
  const { quick, onProgress } = options;
  const solver = await loadHighs();
  const measureOne = (name: string, written: WrittenPlanRequest): PlanRow => {
    const request = parsePlanRequest(written);
    const before = process.cpuUsage().user;
    const result = makePlan(request, solver);
    const seconds = (process.cpuUsage().user - before) / 1_000_000;
    if (result.standing === 'refused') throw new WrongResult(`${name}: refused.`);
    const { plan, certificate } = result;
    const problems = checkCertificate(request, plan, certificate);
    if (problems.length > 0 || certificate === undefined) throw new WrongResult(`${name}: ${problems[0]?.message}`);
    const plain = plan.baseline.totals;
    const row = {
      name,
      columns: compile(request).columnTouch.length,
      seconds: rounded(seconds),
      gapBasisPoints: certificate.gapBasisPoints,
      savesPercent: percent(plan.baseline.saves, plain.objective),
      savesExpectedLossPercent: percent(plan.baseline.savesExpectedLoss, plain.expectedLoss),
      deferred: plan.totals.deferred,
      plainDeferred: plain.deferred,
    };
    onProgress(
      `${name}: ${row.seconds} s, certified gap ${row.gapBasisPoints} basis points, saves ${row.savesPercent} %`,
    );
    return row;
  };
  const seeds = Array.from({ length: quick ? 2 : 10 }, (_, seed) => seed + 1);
  const team = seeds.map((seed) => {
    const written = planInstance(quick ? QUICK : TEAM, seed);
    return measureOne(`team ${seed}`, quick ? { ...written, budget: QUICK_BUDGET } : written);
  });
  const withoutFloors = { ...planInstance(quick ? QUICK : TEAM, 1), floors: [] };
  const free = measureOne('team 1 without a floor', quick ? { ...withoutFloors, budget: QUICK_BUDGET } : withoutFloors);
  const region = quick ? [] : [measureOne('region 1', { ...planInstance(REGION, 1), budget: REGION_BUDGET })];
  let exact = 0;
  const small = Array.from({ length: quick ? 5 : 30 }, (_, seed) => planInstance(SMALL, seed + 1));
  for (const written of small) {
    const request = parsePlanRequest({ ...written, budget: QUICK_BUDGET });
    const result = makePlan(request, solver);
    const least = bestOf(request);
    if (result.standing === 'refused' || result.plan.objective < least) throw new WrongResult('A plan below the best.');
    if (result.plan.objective === least) exact += 1;
  }
  return {
    rows: [...team, free, ...region],
    withinHalfPercent: percent(team.filter(({ gapBasisPoints }) => gapBasisPoints <= 50).length, team.length),
    meanSecondsOfTeam: rounded(team.reduce((sum, { seconds }) => sum + seconds, 0) / team.length),
    exactPercent: percent(exact, small.length),
    exactInstances: small.length,
  };
}
