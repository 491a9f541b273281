import { type Digest, digestOf } from '../../core/digest.ts';
import type { Json } from '../../core/json.ts';
import type { PodTask } from '../contracts/flow.ts';
import type { Runtime } from '../runtime.ts';
import type { PodSolving } from '../skill/pods.ts';
import type { Reason } from '../skill/skill-result.ts';
import { attempt } from './attempt.ts';
import { skillNamed } from './context.ts';
import { firstDifference } from './first-difference.ts';
import { inAnotherZone } from './other-zone.ts';
import { permuteArrays, permuteKeys } from './permute.ts';
import { asStored } from './pod-rounds.ts';
import { refusalOf, type SolvedPod, solvedPodOf } from './solved-pod.ts';

type Solved = Pick<SolvedPod, 'answer' | 'refusal'>;

/** Solves a work; a typed error of the solving is what became of it, anything else that it throws is a fault. */
async function solveOnce({ solve }: PodSolving, work: Json): Promise<Solved> {
  const solved = await attempt(async () => asStored(await solve(work)));
  return solved.ok ? { answer: solved.value } : { refusal: refusalOf(solved.error) };
}

/** What makes the second solving another than the first, or `undefined` when both agree byte for byte. */
function differenceBetween(first: Solved, second: Solved): Reason | undefined {
  if (digestOf(first) === digestOf(second)) return undefined;
  const at = firstDifference(first, second) ?? '';
  const message = `The same pod was solved twice with different answers, first at "${at}".`;
  return { code: 'NotDeterministic', message, pointer: at };
}

/**
 * Solves one pod of an execution, and again from the same work written otherwise and in another time zone; what became of both is
 * kept as an artifact. Doing it twice does no harm: the same work gives the same artifact.
 * @returns the artifact's digest.
 * @throws NotFound when the work or the skill is missing, RangeError when the skill declares no pods, and whatever the solving
 * throws that is no typed error.
 */
export async function solvePod(runtime: Runtime, { skill: name, pod }: PodTask): Promise<Digest> {
  const { pods } = skillNamed(runtime.skills, name);
  if (pods === undefined) throw new RangeError(`The skill ${name} declares no pods.`);
  const work = (await runtime.artifacts.get(pod)) as Json;
  const first = await solveOnce(pods, work);
  const rewritten = permuteKeys(permuteArrays(work, pods.unorderedArrays)) as Json;
  const second = await inAnotherZone(() => solveOnce(pods, rewritten));
  const difference = differenceBetween(first, second);
  return runtime.artifacts.put(solvedPodOf(pod, { ...first, ...(difference === undefined ? {} : { difference }) }));
}
