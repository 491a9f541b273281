import { type Digest, digestOf } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { PastRequest } from './past-request.ts';
import { noReferences, type ReferenceReader } from './reference-reader.ts';
import { isAnswered, type RouteDifference, routeDifference } from './route-difference.ts';
import { type RouteSummary, summarizeRoute } from './route-summary.ts';

/** What is compared, and on which requests. */
export interface SimulationQuestion {
  readonly skill: AnySkill;
  /** Both configurations as they are stored. */
  readonly baseline: unknown;
  readonly candidate: unknown;
  /** The one in force: the candidate would run with it. */
  readonly directory: LoadedDirectory;
  readonly requests: readonly PastRequest[];
  /** Left out: the skill refers to no other. */
  readonly references?: ReferenceReader;
}

/** Counts of requests, unless the name says otherwise. */
export interface SimulationTotals {
  readonly requests: number;
  /** The baseline itself cannot route them any more, so they compare nothing. */
  readonly notComparable: number;
  readonly unchanged: number;
  readonly changed: number;
  readonly newlyAutomatic: number;
  readonly newlyBlocked: number;
  /** The candidate refuses them or breaks off, and the baseline does not. */
  readonly newlyRefused: number;
  readonly newlyUncovered: number;
  readonly withAddedApprovers: number;
  readonly withDroppedApprovers: number;
  readonly slower: number;
  readonly faster: number;
  /** Business minutes over all comparable requests, by service levels. */
  readonly cycleBusinessMinutes: { readonly baseline: number; readonly candidate: number };
}

/** What a candidate would have changed. Pure data. */
export interface Simulation {
  readonly schema: 'countersign/simulation/1';
  readonly baseline: Digest;
  readonly candidate: Digest;
  readonly directory: Digest;
  readonly totals: SimulationTotals;
  /** The differences that weigh most, at most `MOST_EXAMPLES`. */
  readonly examples: readonly RouteDifference[];
}

/** How many differences a simulation spells out. */
export const MOST_EXAMPLES = 20;

interface Comparison {
  readonly baseline: RouteSummary;
  readonly candidate: RouteSummary;
  readonly difference: RouteDifference | undefined;
}

/** What weighs most comes first: no answer, no rule, nobody asked, fewer people asked. */
function weightOf({ problem, newlyUncovered, verdict, droppedApprovers }: RouteDifference): number {
  if (problem !== undefined) return 0;
  if (newlyUncovered) return 1;
  if (verdict.from !== verdict.to) return 2;
  return droppedApprovers.length > 0 ? 3 : 4;
}

function totalsOf(all: readonly Comparison[]): SimulationTotals {
  const comparable = all.filter(({ baseline }) => isAnswered(baseline));
  const count = (holds: (comparison: Comparison) => boolean) => comparable.filter(holds).length;
  const differs = (holds: (difference: RouteDifference) => boolean) =>
    count(({ difference }) => difference !== undefined && holds(difference));
  const turnedInto = (verdict: RouteSummary['verdict']) =>
    differs((difference) => difference.verdict.from !== verdict && difference.verdict.to === verdict);
  const minutes = (side: 'baseline' | 'candidate') =>
    comparable.reduce((sum, comparison) => sum + comparison[side].cycleBusinessMinutes, 0);
  const changed = differs(() => true);
  return {
    requests: all.length,
    notComparable: all.length - comparable.length,
    unchanged: comparable.length - changed,
    changed,
    newlyAutomatic: turnedInto('publish'),
    newlyBlocked: turnedInto('block'),
    newlyRefused: count(({ candidate }) => !isAnswered(candidate)),
    newlyUncovered: differs(({ newlyUncovered }) => newlyUncovered),
    withAddedApprovers: differs(({ addedApprovers }) => addedApprovers.length > 0),
    withDroppedApprovers: differs(({ droppedApprovers }) => droppedApprovers.length > 0),
    slower: differs(({ cycleBusinessMinutes: { from, to } }) => to > from),
    faster: differs(({ cycleBusinessMinutes: { from, to } }) => to < from),
    cycleBusinessMinutes: { baseline: minutes('baseline'), candidate: minutes('candidate') },
  };
}

/**
 * Routes past requests on both configurations and tells what the candidate changes: each at its own instant, all with the
 * directory in force. Pure: nothing is stored, nobody is asked, and a request that breaks the engine is a finding.
 */
export async function simulate(question: SimulationQuestion): Promise<Simulation> {
  const { skill, directory, references: referencesOf = noReferences } = question;
  const all: Comparison[] = [];
  for (const { id, input, requester, instant, handedOver } of question.requests) {
    const references = await referencesOf(input);
    const route = (configuration: unknown) =>
      summarizeRoute(skill, {
        input,
        configuration,
        directory,
        requester,
        instant,
        references,
        ...(handedOver === undefined ? {} : { handedOver }),
      });
    const [baseline, candidate] = [await route(question.baseline), await route(question.candidate)];
    all.push({ baseline, candidate, difference: routeDifference(id, baseline, candidate) });
  }
  const differences = all.flatMap(({ baseline, difference }) =>
    difference === undefined || !isAnswered(baseline) ? [] : [difference],
  );
  return {
    schema: 'countersign/simulation/1',
    baseline: digestOf(question.baseline),
    candidate: digestOf(question.candidate),
    directory: directory.digest,
    totals: totalsOf(all),
    examples: differences.toSorted((a, b) => weightOf(a) - weightOf(b)).slice(0, MOST_EXAMPLES),
  };
}
