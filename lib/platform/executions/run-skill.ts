import { type Digest, digestOf } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import type { Json } from '../../core/json.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { HandoffPacket } from '../contracts/outputs.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { PodSolving, PodsWanted } from '../skill/pods.ts';
import type { References } from '../skill/reference.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import type { ExecutionContext } from './context.ts';
import { asStored, checkRounds, missingWorks, type PodAnswers, wantsPods } from './pod-rounds.ts';
import { parseSkillResult } from './skill-result-schema.ts';

/** Everything that a skill's result depends on, besides its code. */
export interface Ingredients {
  /** The input as it was sent. */
  readonly input: unknown;
  /** The configuration as it is stored. */
  readonly configuration: unknown;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
  /** Baselines of other skills that the input refers to. */
  readonly references?: References;
  /** The packet of the execution that led here. */
  readonly handedOver?: HandoffPacket;
}

/**
 * Runs a skill's engine once, on what it may see and on what pods have answered so far, and checks what it returned.
 * @returns its result, or the works that are missing: each once, and none that is among the answers.
 * @throws InvalidInput when input, configuration or result do not fit their contracts, BudgetExceeded when it wants too many pods,
 * RangeError when it wants none that is missing, and whatever the engine throws.
 */
export async function runRound(
  skill: AnySkill,
  ingredients: Ingredients,
  answers: PodAnswers,
): Promise<SkillResult | PodsWanted> {
  const { directory, requester, instant, handedOver } = ingredients;
  const output = await skill.execute({
    input: parseWith(skill.input, ingredients.input, 'The input', '/input'),
    configuration: skill.loadConfiguration(ingredients.configuration, directory),
    directory,
    requester: { personId: requester.personId },
    instant,
    references: ingredients.references ?? {},
    ...(handedOver === undefined ? {} : { handedOver }),
    solved: (work) => answers.get(digestOf(work)),
  });
  return wantsPods(output) ? { wants: missingWorks(skill, output, answers) } : parseSkillResult(output);
}

/** A result, and round by round what pods answered on the way to it. */
export interface SolvedRun {
  readonly result: SkillResult;
  readonly rounds: readonly (readonly { readonly work: Digest; readonly answer: Json }[])[];
}

/**
 * Runs a skill's engine to its result. Pods that it wants are solved here, one after the other; the bytes are those of a run that
 * has them solved side by side.
 * @throws InvalidInput when input, configuration or result do not fit their contracts, BudgetExceeded when it wants pods too often,
 * and whatever the engine or the solving of a pod throws.
 */
export async function runWithPods(skill: AnySkill, ingredients: Ingredients): Promise<SolvedRun> {
  const answers = new Map<Digest, Json>();
  const rounds: { work: Digest; answer: Json }[][] = [];
  for (;;) {
    const output = await runRound(skill, ingredients, answers);
    if (!wantsPods(output)) return { result: output, rounds };
    checkRounds(skill, rounds.length);
    const { solve } = skill.pods as PodSolving;
    const round: { work: Digest; answer: Json }[] = [];
    for (const work of output.wants) round.push({ work: digestOf(work), answer: asStored(await solve(work)) });
    for (const { work, answer } of round) answers.set(work, answer);
    rounds.push(round);
  }
}

/** The result of `runWithPods` alone; it throws the same. */
export async function runSkill(skill: AnySkill, ingredients: Ingredients): Promise<SkillResult> {
  return (await runWithPods(skill, ingredients)).result;
}

/** The packet that a request brings along: it was checked when the request was accepted, and is stored as it was. */
export function handedOverIn({ handoffPacket }: { readonly handoffPacket?: unknown }): Pick<Ingredients, 'handedOver'> {
  return handoffPacket === undefined ? {} : { handedOver: handoffPacket as HandoffPacket };
}

/** The ingredients of an execution, out of its context. */
export function ingredientsOf(
  context: ExecutionContext,
  record: Pick<ExecutionRecord, 'requester' | 'instant'>,
): Ingredients {
  return {
    input: context.request.input,
    configuration: context.configurationDocument,
    directory: context.directory,
    requester: { personId: record.requester.personId },
    instant: record.instant,
    references: context.references,
    ...handedOverIn(context.request),
  };
}
