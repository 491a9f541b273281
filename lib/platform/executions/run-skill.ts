import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { HandoffPacket } from '../contracts/outputs.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { References } from '../skill/reference.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import type { ExecutionContext } from './context.ts';
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
 * Runs a skill's engine on what it may see, and checks what it returned.
 * @throws InvalidInput when input, configuration or result do not fit their contracts, and whatever the engine throws.
 */
export async function runSkill(skill: AnySkill, ingredients: Ingredients): Promise<SkillResult> {
  const { directory, requester, instant, handedOver } = ingredients;
  const result = await skill.execute({
    input: parseWith(skill.input, ingredients.input, 'The input', '/input'),
    configuration: skill.loadConfiguration(ingredients.configuration, directory),
    directory,
    requester: { personId: requester.personId },
    instant,
    references: ingredients.references ?? {},
    ...(handedOver === undefined ? {} : { handedOver }),
  });
  return parseSkillResult(result);
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
