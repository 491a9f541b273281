import { checkProject } from '../../../lib/engines/scheduling/project/check.ts';
import { solveProject } from '../../../lib/engines/scheduling/project/solve.ts';
import { WrongResult } from '../support/benchmark.ts';
import bestKnown from './project-best-known.json' with { type: 'json' };
import { type Instance, projectInstances } from './project-instances.ts';

/**
 * Schedules per instance. On one core of the machine where it was set, the hardest instance of 30 activities then takes less
 * than ten seconds; most take milliseconds, because they are proved long before.
 */
export const PROJECT_MOVES = 200_000;

/** What was measured on 48 instances of 30 activities; ratios in per cent. */
export interface ProjectFigures {
  readonly instances: number;
  readonly movesAllowed: number;
  readonly meanGapToBestKnownPercent: number;
  readonly largestGapToBestKnownPercent: number;
  readonly provedOptimalPercent: number;
  /** Of the answers' own certificates: how far the makespan is above the bound. */
  readonly meanCertifiedGapPercent: number;
  readonly meanSeconds: number;
  readonly longestSeconds: number;
  /** Schedules that the genetic algorithm generates per second of processor time, on the instance that took longest. */
  readonly schedulesPerSecond: number;
}

interface Result {
  readonly makespan: number;
  readonly bound: number;
  readonly best: number;
  readonly seconds: number;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

/** Processor time, because others may use the machine as well. */
function timed<T>(work: () => T): { readonly value: T; readonly seconds: number } {
  const begin = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(begin);
  return { value, seconds: (user + system) / 1e6 };
}

function solved({ name, problem }: Instance, moves: number): Result {
  const known = (bestKnown.instances as Record<string, { makespan: number; isOptimal: boolean }>)[name];
  if (known === undefined) throw new WrongResult(`${name} has no best known makespan.`);
  const { value, seconds } = timed(() => solveProject(problem, { moves, seed: 1 }));
  const { objective, bound, solution } = value;
  if (objective === undefined || bound === undefined || solution === undefined)
    throw new WrongResult(`${name} was not solved.`);
  if (checkProject(problem, solution) !== objective) throw new WrongResult(`${name} does not take what it claims.`);
  if (bound > known.makespan) throw new WrongResult(`${name} claims that ${known.makespan} cannot be, and it can.`);
  if (known.isOptimal && objective < known.makespan)
    throw new WrongResult(`${name} has ${objective}, below what was proved.`);
  return { makespan: objective, bound, best: known.makespan, seconds };
}

/** Schedules that the genetic algorithm generates per second, on an instance that it cannot prove by itself. */
async function generationSpeed(instance: Instance, schedules: number): Promise<number> {
  const [{ networkOf }, { GeneticSearch }, { randomFrom }] = await Promise.all([
    import('../../../lib/engines/scheduling/project/network.ts'),
    import('../../../lib/engines/scheduling/project/genetic.ts'),
    import('../../../lib/engines/scheduling/random.ts'),
  ]);
  const genetic = new GeneticSearch(networkOf(instance.problem), randomFrom(1));
  const { seconds } = timed(() => genetic.run({ schedules, bound: 0 }));
  return genetic.generated / seconds;
}

/**
 * Solves instances of 30 activities, 4 resources and each cell of ProGen's parameters, and holds them against the best known
 * makespans. Every solution is checked before its figures count.
 * @throws WrongResult when a solution, a bound or a proof does not hold.
 */
export async function measureProject(options: {
  readonly quick: boolean;
  readonly onProgress: (message: string) => void;
}): Promise<ProjectFigures> {
  const moves = options.quick ? PROJECT_MOVES / 100 : PROJECT_MOVES;
  const instances = projectInstances(30);
  const results = instances.map((instance, index) => {
    const result = solved(instance, moves);
    options.onProgress(
      `${index + 1}/${instances.length} ${instance.name}: ${result.makespan}, bound ${result.bound}, best known ${result.best}, ${result.seconds.toFixed(2)} s`,
    );
    return result;
  });
  const hard = instances[results.indexOf(results.toSorted((a, b) => b.seconds - a.seconds)[0] as Result)] as Instance;
  const gaps = results.map(({ makespan, best }) => (100 * (makespan - best)) / best);
  const seconds = results.map((result) => result.seconds);
  return {
    instances: results.length,
    movesAllowed: moves,
    meanGapToBestKnownPercent: mean(gaps),
    largestGapToBestKnownPercent: Math.max(...gaps),
    provedOptimalPercent: 100 * mean(results.map(({ makespan, bound }) => (makespan === bound ? 1 : 0))),
    meanCertifiedGapPercent: mean(results.map(({ makespan, bound }) => (100 * (makespan - bound)) / makespan)),
    meanSeconds: mean(seconds),
    longestSeconds: Math.max(...seconds),
    schedulesPerSecond: await generationSpeed(hard, moves),
  };
}
