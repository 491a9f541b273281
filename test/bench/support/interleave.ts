import { median } from './statistics.ts';

/** Work to be timed; what it answers is consumed, so that no work can be left out. */
export type Contender = () => Promise<number> | number;

/** Keeps what contenders answer. */
let consumed = 0;

async function millisecondsOf(contender: Contender): Promise<number> {
  const start = performance.now();
  const answer = await contender();
  const end = performance.now();
  consumed = (consumed + answer) % Number.MAX_SAFE_INTEGER;
  return end - start;
}

/**
 * Times contenders in turns, so that whatever else the machine does meets them all alike, and starts each round with another
 * one. One round to warm up is not counted.
 * @returns the median milliseconds of each.
 */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
  onRound: (round: number) => void = () => {},
): Promise<Record<Name, number>> {
  const names = Object.keys(contenders) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    onRound(round);
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length] as Name;
      const time = await millisecondsOf(contenders[name]);
      if (round > 0) times[name].push(time);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}
