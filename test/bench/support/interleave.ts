import { median } from './statistics.ts';

/** Work to be timed; what it answers is consumed, so that no work can be left out. */
export type Contender = () => Promise<number> | number;

/** Keeps what contenders answer. */
let consumed = 0;

/** What one run took. */
export interface Took {
  readonly milliseconds: number;
  /** Of the processor, in all threads of this process: other work on the machine does not lengthen it much. */
  readonly cpuMilliseconds: number;
}

async function timeOf(contender: Contender): Promise<Took> {
  const processor = process.cpuUsage();
  const start = performance.now();
  const answer = await contender();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  consumed = (consumed + answer) % Number.MAX_SAFE_INTEGER;
  return { milliseconds, cpuMilliseconds: (user + system) / 1_000 };
}

/**
 * Times contenders in turns, so that whatever else the machine does meets them all alike, and starts each round with another
 * one. One round to warm up is not counted.
 * @returns the medians of each.
 */
export async function interleaveBoth<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
  onRound: (round: number) => void = () => {},
): Promise<Record<Name, Took>> {
  const names = Object.keys(contenders) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as Took[]])) as Record<Name, Took[]>;
  for (let round = 0; round <= rounds; round += 1) {
    onRound(round);
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length] as Name;
      const time = await timeOf(contenders[name]);
      if (round > 0) times[name].push(time);
    }
  }
  const medians = (took: readonly Took[]): Took => ({
    milliseconds: median(took.map(({ milliseconds }) => milliseconds)),
    cpuMilliseconds: median(took.map(({ cpuMilliseconds }) => cpuMilliseconds)),
  });
  return Object.fromEntries(names.map((name) => [name, medians(times[name])])) as Record<Name, Took>;
}

/** As `interleaveBoth`. @returns the median milliseconds of each. */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
  onRound?: (round: number) => void,
): Promise<Record<Name, number>> {
  const took = Object.entries(await interleaveBoth(contenders, rounds, onRound)) as [Name, Took][];
  return Object.fromEntries(took.map(([name, { milliseconds }]) => [name, milliseconds])) as Record<Name, number>;
}
