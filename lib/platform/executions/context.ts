import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { NotFound } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { Erased } from '../artifacts/erased.ts';
import { readDirectory } from '../configuration/directory-store.ts';
import { acceptanceCriterion, consumer, type ScopedRequest } from '../contracts/envelope.ts';
import { parseErasureRecord } from '../contracts/erasure-record.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { References } from '../skill/reference.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import { readReferences } from './references.ts';
import { parseSkillResult } from './skill-result-schema.ts';

/** The stored form of a scoped request; its shape is unlike every output's, so no request can pass for one. */
const storedRequest = z.strictObject({
  schema: z.literal('countersign/request/1'),
  input: z.unknown(),
  acceptanceCriteria: z.array(acceptanceCriterion),
  consumer,
  resubmits: z.string().optional(),
  handoffPacket: z.unknown().optional(),
});

/** Everything that an execution's steps compute from. */
export interface ExecutionContext {
  readonly skill: AnySkill;
  readonly request: ScopedRequest;
  /** The input as the skill's schema parsed it. */
  readonly input: unknown;
  /** The configuration as it is stored. */
  readonly configurationDocument: unknown;
  readonly directory: LoadedDirectory;
  /** Baselines of other skills that the request refers to. */
  readonly references: References;
  readonly result?: SkillResult;
  /** The request's payload was erased: what stands here is what is left of it, and nothing new is made of it. */
  readonly erased?: Erased;
}

/**
 * The skill of this name.
 * @throws NotFound when this process does not hold it.
 */
export function skillNamed(skills: readonly AnySkill[], name: string): AnySkill {
  const skill = skills.find((one) => one.name === name);
  if (skill === undefined) throw new NotFound(`The skill ${name} is not part of this process.`);
  return skill;
}

/** The document under which a scoped request is stored. */
export function requestDocument(request: ScopedRequest): unknown {
  return { schema: 'countersign/request/1', ...request };
}

/** @throws InvalidInput when a stored request is malformed. */
export function parseStoredRequest(document: unknown): ScopedRequest {
  const { schema: _, ...request } = parseWith(storedRequest, document, 'The stored request');
  return request as ScopedRequest;
}

/**
 * The stored request, or what its erasure left of it.
 * @throws Erased when the record of the erasure left nothing; what `artifacts.get` throws.
 */
export async function readRequest(
  { artifacts }: Pick<Runtime, 'artifacts'>,
  digest: Digest,
): Promise<{ readonly document: unknown; readonly erased?: Erased }> {
  try {
    return { document: await artifacts.get(digest) };
  } catch (error) {
    if (!(error instanceof Erased)) throw error;
    const { request } = parseErasureRecord(await artifacts.get(error.erasure));
    if (request?.digest !== digest) throw error;
    return { document: request.left, erased: error };
  }
}

/**
 * Reads the artifacts of an execution, checks their digests and parses them. An erased request reads as what was left of it.
 * @throws NotFound when an artifact or the skill is missing, IntegrityError when bytes do not have their digest,
 * InvalidInput when a document does not fit its contract.
 */
export async function loadContext(
  runtime: Pick<Runtime, 'artifacts' | 'skills'>,
  record: ExecutionRecord,
): Promise<ExecutionContext> {
  const skill = skillNamed(runtime.skills, record.skill);
  const [stored, configurationDocument, directory, references, resultValue] = await Promise.all([
    readRequest(runtime, record.request),
    runtime.artifacts.get(record.configuration.digest),
    readDirectory(runtime, record.directory),
    readReferences(runtime, record.references ?? []),
    record.result === undefined ? undefined : runtime.artifacts.get(record.result),
  ]);
  const request = parseStoredRequest(stored.document);
  return {
    skill,
    request,
    input: parseWith(skill.input, request.input, 'The input', '/input'),
    configurationDocument,
    directory,
    references,
    ...(resultValue === undefined ? {} : { result: parseSkillResult(resultValue) }),
    ...(stored.erased === undefined ? {} : { erased: stored.erased }),
  };
}
