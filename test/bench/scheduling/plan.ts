import { compile } from '../../../lib/engines/scheduling/plan/compile.ts';
import { makePlan } from '../../../lib/engines/scheduling/plan/make-plan.ts';
import { parsePlanRequest, type WrittenPlanRequest } from '../../../lib/engines/scheduling/plan/request.ts';
import { State } from '../../../lib/engines/scheduling/plan/state.ts';
import { loadHighs } from '../../../lib/platform/optimizer/highs.ts';
import { WrongResult } from '../support/benchmark.ts';
import { rounded } from '../support/statistics.ts';
import { type InstanceSize, planInstance } from './plan-instances.ts';
import { measureInPods, measureWhole, type PlanRow, type PodsRow, percent } from './plan-rows.ts';

/** A team's fortnight, and a region's. */
const TEAM: InstanceSize = { touches: 200, reps: 20, days: 10, scenarios: 20 };
const REGION: InstanceSize = { touches: 1_000, reps: 100, days: 10, scenarios: 20 };
const QUICK: InstanceSize = { touches: 40, reps: 6, days: 5, scenarios: 20 };
/** So small that every plan can be tried. */
const SMALL: InstanceSize = { touches: 5, reps: 3, days: 1, scenarios: 20 };
const REGION_BUDGET = { moves: 12_000_000, priceRounds: 600, iterations: 80_000 };
const QUICK_BUDGET = { moves: 100_000, priceRounds: 200, iterations: 4_000 };

export interface PlanFigures {
  readonly rows: readonly (PlanRow | PodsRow)[];
  /** Instances of the team's size with a certified gap of at most 50 basis points, in percent. */
  readonly withinHalfPercent: number;
  readonly meanSecondsOfTeam: number;
  /** Small instances on which the plan is the best of all plans, in percent. */
  readonly exactPercent: number;
  readonly exactInstances: number;
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
  const told = <Row extends PlanRow | PodsRow>(row: Row): Row => {
    const { name, seconds, gapBasisPoints, savesPercent } = row;
    onProgress(`${name}: ${seconds} s, certified gap ${gapBasisPoints} basis points, saves ${savesPercent} %`);
    return row;
  };
  const measureOne = (name: string, written: WrittenPlanRequest): PlanRow => told(measureWhole(name, written, solver));
  const inPods = (name: string, size: InstanceSize, touchesPerPod: number, more = {}): PodsRow =>
    told(measureInPods(name, { ...planInstance(size, 1), ...more }, touchesPerPod, solver));
  const seeds = Array.from({ length: quick ? 2 : 10 }, (_, seed) => seed + 1);
  const team = seeds.map((seed) => {
    const written = planInstance(quick ? QUICK : TEAM, seed);
    return measureOne(`team ${seed}`, quick ? { ...written, budget: QUICK_BUDGET } : written);
  });
  const withoutFloors = { ...planInstance(quick ? QUICK : TEAM, 1), floors: [] };
  const free = measureOne('team 1 without a floor', quick ? { ...withoutFloors, budget: QUICK_BUDGET } : withoutFloors);
  const region = quick ? [] : [measureOne('region 1', { ...planInstance(REGION, 1), budget: REGION_BUDGET })];
  const growth = (quick ? [25, 50] : [25, 50, 100, 200, 400, 800]).map((touches) => {
    const written = planInstance({ ...TEAM, touches, reps: Math.ceil(touches / 10) }, 1);
    const budget = quick ? { budget: QUICK_BUDGET } : {};
    return { ...measureOne(`growth ${touches} touches`, { ...written, ...budget }), touches };
  });
  const pods = quick
    ? [inPods('pods 40 x 6', QUICK, 20, { budget: QUICK_BUDGET })]
    : [
        inPods('pods 600 x 60', { ...REGION, touches: 600, reps: 60 }, 200),
        inPods('pods 1000 x 100', REGION, 250),
        inPods('pods 5000 x 500', { ...REGION, touches: 5_000, reps: 500 }, 250),
      ];
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
    rows: [...team, free, ...region, ...growth, ...pods],
    withinHalfPercent: percent(team.filter(({ gapBasisPoints }) => gapBasisPoints <= 50).length, team.length),
    meanSecondsOfTeam: rounded(team.reduce((sum, { seconds }) => sum + seconds, 0) / team.length),
    exactPercent: percent(exact, small.length),
    exactInstances: small.length,
  };
}
