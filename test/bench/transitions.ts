import { skills } from '#skills';
import { bundledExamples } from '../../lib/local/examples.ts';
import { playExample } from '../../lib/local/play-example.ts';
import type { Example } from '../../lib/platform/examples.ts';
import { type Measure, WrongResult } from './support/benchmark.ts';
import { untilStopped } from './support/executions.ts';
import { rounded } from './support/statistics.ts';
import { withLocalSystem } from './support/with-local-system.ts';

/**
 * US dollars for 1,000 state transitions of Standard Workflows in US East (N. Virginia), beyond the free tier.
 * Source: AWS Step Functions pricing, https://aws.amazon.com/step-functions/pricing/
 */
const USD_PER_1000_TRANSITIONS = 0.025;

/** So many states an execution may enter when nobody is asked, and when people are asked once. */
const MOST_AUTOMATIC = 6;
const MOST_WITH_ONE_STAGE = 9;

/** What one example cost. */
interface Counted {
  readonly name: string;
  readonly outcome: string;
  /** How often the state machine waited for people: once a stage, and once more for each escalation. */
  readonly waits: number;
  readonly transitions: number;
}

/** The most transitions among executions that waited so often. */
function mostAmong(counted: readonly Counted[], waits: number): number {
  return Math.max(0, ...counted.filter((each) => each.waits === waits).map(({ transitions }) => transitions));
}

/** @throws WrongResult when an execution entered more states than allowed. */
export function holdToBudget(counted: readonly Counted[]): void {
  for (const [waits, most] of [
    [0, MOST_AUTOMATIC],
    [1, MOST_WITH_ONE_STAGE],
  ] as const) {
    const over = counted.find((each) => each.waits === waits && each.transitions > most);
    if (over !== undefined)
      throw new WrongResult(
        `${over.name} entered ${over.transitions} states; with ${waits} waits, ${most} are allowed.`,
      );
  }
}

/** Examples that are over soon: at most one level, and no deadline missed. */
function isShort({ expected, skipTime }: Example): boolean {
  return expected.levels <= 1 && skipTime === undefined;
}

/** The billed transitions of every bundled example, and what 1,000 such executions cost. */
export const measureTransitions: Measure = async ({ quick, onProgress }) => {
  const examples = bundledExamples(skills).filter(({ example }) => !quick || isShort(example));
  const counted = await withLocalSystem(onProgress, async (system, api) => {
    const results: Counted[] = [];
    for (const bundled of examples) {
      const { skill, name, example } = bundled;
      const { executionId, outcome, verified } = await playExample(api, system.inboxUrl, skills, bundled);
      if (outcome !== example.expected.outcome || !verified)
        throw new WrongResult(`${name} ended ${outcome} and its evidence is ${verified ? '' : 'not '}verified.`);
      await untilStopped(system, skill.id, executionId);
      const visited = (await system.runtime.states.journey(skill.id, executionId))?.visited ?? [];
      const waits = visited.filter((state) => state === 'RequestApproval').length;
      results.push({ name, outcome, waits, transitions: system.transitionsOf(skill.id, executionId) });
      onProgress(`${name}: ${visited.join(' > ')}`);
    }
    return results;
  });
  holdToBudget(counted);
  const rows = counted.map(({ name, outcome, waits, transitions: entered }) => [
    `${outcome}: ${name}`,
    { waits, transitions: entered, usdPer1000Executions: rounded(entered * USD_PER_1000_TRANSITIONS) },
  ]);
  return {
    figures: Object.fromEntries(rows),
    ratios: {
      automaticToAllowed: rounded(mostAmong(counted, 0) / MOST_AUTOMATIC),
      oneStageToAllowed: rounded(mostAmong(counted, 1) / MOST_WITH_ONE_STAGE),
    },
    agreed: counted.length,
  };
};
