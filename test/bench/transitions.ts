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

/** So many more where work is handed over: its offer with a verdict, and the same for each time that it waits for the other side. */
const MOST_PER_OFFER = 2;
const MOST_PER_HANDOFF_WAIT = 2;

/** And so many where work may be solved in pods: whether it is, and for each round the Map, Execute and that question again. */
const MOST_FOR_PODS = 1;
const MOST_PER_ROUND_OF_PODS = 3;

/** What one example cost. */
interface Counted {
  readonly name: string;
  readonly outcome: string;
  /** How often the state machine waited for people: once a stage, and once more for each escalation. */
  readonly waits: number;
  /** How often it waited for the other side of a handoff; absent where its skill hands nothing over. */
  readonly handoffWaits?: number;
  /** Rounds of pods; absent where its skill solves nothing in pods. */
  readonly podRounds?: number;
  readonly transitions: number;
}

/** What an execution may enter beside the states of its approval. */
function allowedFor({ handoffWaits, podRounds }: Counted): number {
  const handoff = handoffWaits === undefined ? 0 : MOST_PER_OFFER + handoffWaits * MOST_PER_HANDOFF_WAIT;
  const pods = podRounds === undefined ? 0 : MOST_FOR_PODS + podRounds * MOST_PER_ROUND_OF_PODS;
  return handoff + pods;
}

/** The most transitions among executions that waited so often, apart from what handing over and pods take. */
function mostAmong(counted: readonly Counted[], waits: number): number {
  return Math.max(
    0,
    ...counted.filter((each) => each.waits === waits).map((each) => each.transitions - allowedFor(each)),
  );
}

/** @throws WrongResult when an execution entered more states than allowed. */
export function holdToBudget(counted: readonly Counted[]): void {
  for (const [waits, most] of [
    [0, MOST_AUTOMATIC],
    [1, MOST_WITH_ONE_STAGE],
  ] as const) {
    const over = counted.find((each) => each.waits === waits && each.transitions > most + allowedFor(each));
    if (over !== undefined)
      throw new WrongResult(
        `${over.name} entered ${over.transitions} states; with ${waits} waits, ${most + allowedFor(over)} are allowed.`,
      );
  }
}

/** Examples that are over soon: at most one level, nothing handed over, and no deadline missed. */
function isShort({ expected, skipTime, handoff, followUps }: Example): boolean {
  return expected.levels <= 1 && skipTime === undefined && handoff.length === 0 && followUps.length === 0;
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
      const offered = visited.includes('Offer');
      const handoffWaits = visited.filter((state) => state === 'AwaitHandoff').length;
      const handedOver = offered ? { handoffWaits } : {};
      const podRounds = visited.filter((state) => state === 'SolvePods').length;
      const solved = visited.includes('PodsVerdict') ? { podRounds } : {};
      results.push({
        name,
        outcome,
        waits,
        ...handedOver,
        ...solved,
        transitions: system.transitionsOf(skill.id, executionId),
      });
      onProgress(`${name}: ${visited.join(' > ')}`);
    }
    return results;
  });
  holdToBudget(counted);
  const rows = counted.map((each) => [
    `${each.outcome}: ${each.name}`,
    {
      waits: each.waits,
      handoffWaits: each.handoffWaits ?? 0,
      allowedBeside: allowedFor(each),
      transitions: each.transitions,
      usdPer1000Executions: rounded(each.transitions * USD_PER_1000_TRANSITIONS),
    },
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
