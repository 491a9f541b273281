import { WrongResult } from '../support/benchmark.ts';
import type { JudgeAll } from './contender.ts';

/**
 * Holds the engines' verdicts against the first engine's, request by request.
 * @returns how many requests they agree on, which is all of them.
 * @throws WrongResult at the first on which two differ.
 */
export async function agreement(engines: Readonly<Record<string, JudgeAll>>): Promise<number> {
  const [first, ...others] = await Promise.all(
    Object.entries(engines).map(async ([name, judgeAll]) => {
      const verdicts = await judgeAll();
      return { name, verdicts: verdicts.map((verdict) => JSON.stringify(verdict)) };
    }),
  );
  if (first === undefined) return 0;
  for (const { name, verdicts } of others) {
    if (verdicts.length !== first.verdicts.length)
      throw new WrongResult(`${name} gives ${verdicts.length} verdicts, ${first.name} ${first.verdicts.length}.`);
    const index = first.verdicts.findIndex((verdict, each) => verdict !== verdicts[each]);
    if (index >= 0)
      throw new WrongResult(
        `Request ${index}: ${first.name} says ${first.verdicts[index]}, and ${name} says ${verdicts[index]}.`,
      );
  }
  return first.verdicts.length;
}
