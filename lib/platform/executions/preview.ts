import type { Digest } from '../../core/digest.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { type ConfigurationChoice, currentConfiguration } from '../configuration/configuration-store.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import { rolloutOf } from './accept.ts';
import { wantsPods } from './pod-rounds.ts';
import { currentReferences } from './references.ts';
import { checkHandedOver, checkRequest } from './request-checks.ts';
import { isForbidden, type RequestForbidden, resolveRequester } from './requester.ts';
import { handedOverIn, type Ingredients, runRound } from './run-skill.ts';

/** A request to see where a request would go. */
export interface PreviewRequest {
  readonly skill: AnySkill;
  /** The parsed JSON body, as for starting an execution; acceptance criteria and consumer do not matter here. */
  readonly body: unknown;
  readonly caller: string;
  readonly onBehalfOf?: string;
}

/** What an execution started now would compute; due instants stand in the skill's own artifact. */
export type PreviewResult =
  | RequestForbidden
  | {
      readonly kind: 'previewed';
      readonly instant: Instant;
      /** Whether the flag would let the execution start. */
      readonly rolledOut: boolean;
      readonly configuration: {
        readonly version: string;
        readonly digest: Digest;
        readonly chosen: ConfigurationChoice;
      };
      readonly result: SkillResult;
    };

/** What an execution would compute; whoever asks waits for the answer, so nothing is computed that takes pods. */
async function computed(skill: AnySkill, ingredients: Ingredients): Promise<SkillResult> {
  const output = await runRound(skill, ingredients, new Map());
  if (!wantsPods(output)) return output;
  const pods = output.wants.length;
  throw new InvalidInput(`The request is too large for a preview: ${pods} pods would solve it side by side.`, [
    {
      pointer: '/input',
      code: 'too-large-to-preview',
      message: `An execution has it solved by ${pods} pods, side by side; a preview solves nothing by pods.`,
      mend: 'Start an execution; or compute it on your own machine with `countersign run`.',
    },
  ]);
}

/**
 * Computes what an execution would, and stores nothing: no record, no artifact, no slot, no mail.
 * @throws InvalidInput with every problem of the body, or when only pods could solve it.
 */
export async function previewRoute(runtime: Runtime, ask: PreviewRequest): Promise<PreviewResult> {
  const { skill } = ask;
  const instant = runtime.clock.now();
  const directory = await currentDirectory(runtime);
  const requester = resolveRequester(directory, { ...ask, at: instant });
  if (isForbidden(requester)) return requester;
  const { envelope, input } = checkRequest(skill, ask.body);
  await checkHandedOver(runtime, skill, envelope);
  const facts = { accountId: skill.accountId(input), requesterId: requester.personId, at: instant };
  const flag = await rolloutOf(runtime, skill, facts);
  const { version, digest, chosen } = await currentConfiguration(runtime, skill.name, flag.variant?.name);
  const configuration = await runtime.artifacts.get(digest);
  const references = await currentReferences(runtime, skill, envelope.input);
  const result = await computed(skill, {
    input: envelope.input,
    configuration,
    directory,
    requester,
    instant,
    references,
    ...handedOverIn(envelope),
  });
  return {
    kind: 'previewed',
    instant,
    rolledOut: flag.enabled,
    configuration: { version, digest, chosen },
    result,
  };
}
