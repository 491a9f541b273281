import * as z from 'zod';
import { digestOf } from '../../core/digest.ts';
import { InvalidInput, NotFound, type Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import { leafProblems } from '../../core/without-digest.ts';
import { problemsOfZodError } from '../../core/zod-problems.ts';
import { type RequestEnvelope, requestEnvelope } from '../contracts/envelope.ts';
import { type HandoffPacket, handoffPacket } from '../contracts/outputs.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { findExecution } from './execution-store.ts';

/** Nesting that no honest request reaches; it bounds every recursion over a body. */
const MAXIMUM_DEPTH = 40;
/** Names through which a document could reach into an object's prototype. */
const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** A body that passed the envelope's schema, with its input as the skill's schema parsed it. */
export interface CheckedRequest {
  readonly envelope: RequestEnvelope;
  readonly input: unknown;
}

const refused = (at: string, code: string, message: string, mend: string): Problem[] => [
  { pointer: at, code, message, mend },
];

function keyProblems(key: string, at: string): Problem[] {
  if (PROTOTYPE_KEYS.includes(key)) {
    const message = `The field name "${key}" is not allowed anywhere.`;
    return refused(at, 'forbidden-field-name', message, 'Remove the field or rename it.');
  }
  return leafProblems(key, at);
}

/** Problems of shape that no schema sees: too deep, without a canonical form, or reaching into prototypes. */
function shapeProblems(value: unknown, at: string, depth: number): Problem[] {
  if (typeof value !== 'object' || value === null) return leafProblems(value, at);
  if (depth > MAXIMUM_DEPTH) {
    const message = `The document is nested deeper than ${MAXIMUM_DEPTH} levels.`;
    return refused(at, 'too-deep', message, 'Flatten the document.');
  }
  return Object.entries(value).flatMap(([key, member]) => {
    const here = pointer(at, key);
    const ofKey = Array.isArray(value) ? [] : keyProblems(key, here);
    return ofKey.length > 0 ? ofKey : shapeProblems(member, here, depth + 1);
  });
}

const refuse = (problems: readonly Problem[]): never => {
  throw new InvalidInput(`The request does not fit its contract: ${problems.length} problem(s).`, problems);
};

/**
 * Checks a body against the envelope and the skill's own input schema.
 * @throws InvalidInput with every problem: those of the envelope from the root on, those of the input under `/input`.
 */
export function checkRequest(skill: AnySkill, body: unknown): CheckedRequest {
  const shape = shapeProblems(body, '', 1);
  if (shape.length > 0) refuse(shape);
  const envelope = requestEnvelope.safeParse(body);
  const given = z.looseObject({ input: z.unknown() }).safeParse(body);
  const input = given.success && given.data.input !== undefined ? skill.input.safeParse(given.data.input) : undefined;
  const problems = [
    ...(envelope.error === undefined ? [] : problemsOfZodError(envelope.error)),
    ...(input?.error === undefined ? [] : problemsOfZodError(input.error, '/input')),
  ];
  if (!envelope.success || input?.success !== true) return refuse(problems);
  return { envelope: envelope.data, input: input.data };
}

const contextMissing = (message: string): Problem => ({
  pointer: '/handoffPacket',
  code: 'gate-context-missing',
  message,
  mend: 'Send the handoff_packet of a published execution, unchanged, whose consumer is "downstream-skill".',
});

/** How a handoff can end and its work go on all the same, with whoever has it then. */
const GOES_ON: readonly string[] = ['published', 'rejected', 'changes-requested', 'withdrawn', 'expired'];

/**
 * Whether a packet is that of a handoff, and the next one of the same skill goes on from it: also where the other side rejected it
 * or let it expire, and whoever was to read its outputs. Gates and people had passed it before it was offered.
 */
function goesOnFrom({ skill, outcome, gates, handoff }: HandoffPacket, to: AnySkill): boolean {
  const failed = gates.filter(({ result }) => result !== 'pass').map(({ gate }) => gate);
  const closedByEnd = failed.every((gate) => gate === 'policy-approval-check') && outcome !== 'published';
  const isSound = gates.length > 0 && (failed.length === 0 || closedByEnd);
  return to.handoff !== undefined && to.name === skill && handoff !== undefined && GOES_ON.includes(outcome) && isSound;
}

/**
 * Checks that a handoff packet is one that we wrote ourselves, of an execution that passed every gate and was published for
 * a downstream skill; or of a handoff from which the next one of the skill goes on.
 */
async function handoffProblems(runtime: Runtime, to: AnySkill, value: unknown): Promise<Problem[]> {
  const parsed = handoffPacket.safeParse(value);
  if (!parsed.success)
    return [contextMissing('This is no handoff packet.'), ...problemsOfZodError(parsed.error, '/handoffPacket')];
  const packet = parsed.data;
  const digest = digestOf(packet);
  const source = await findExecution(runtime, packet.executionId);
  if (source?.outputs?.handoffPacket !== digest)
    return [contextMissing('No execution here handed this packet on in this form.')];
  try {
    await runtime.artifacts.get(digest);
  } catch (error) {
    if (error instanceof NotFound) return [contextMissing('The packet is not among the stored artifacts.')];
    throw error;
  }
  if (goesOnFrom(packet, to)) return [];
  if (packet.outcome !== 'published')
    return [contextMissing(`The execution that handed it on ended as ${packet.outcome}.`)];
  if (packet.gates.length === 0 || packet.gates.some(({ result }) => result !== 'pass'))
    return [contextMissing('The execution that handed it on did not pass every gate.')];
  if (packet.declaredConsumer !== 'downstream-skill')
    return [contextMissing(`Its declared consumer is ${packet.declaredConsumer}.`)];
  return [];
}

/**
 * Checks the packet that a request brings along, where it brings one.
 * @throws InvalidInput with every problem.
 */
export async function checkHandedOver(
  runtime: Runtime,
  skill: AnySkill,
  { handoffPacket: packet }: RequestEnvelope,
): Promise<void> {
  const problems = packet === undefined ? [] : await handoffProblems(runtime, skill, packet);
  if (problems.length > 0) refuse(problems);
}

async function resubmissionProblems(
  runtime: Runtime,
  skill: AnySkill,
  accountId: string,
  requesterId: string,
  resubmits: string,
): Promise<Problem[]> {
  const earlier = await findExecution(runtime, resubmits);
  // Approvers are shown its terms, so it must have been this requester's own.
  const isOwn = earlier?.requester.personId === requesterId && earlier.accountId === accountId;
  if (isOwn && earlier.skill === skill.name && earlier.outcome === 'changes-requested') return [];
  return [
    {
      pointer: '/resubmits',
      code: 'unknown-execution',
      message: 'It names no execution of this skill, account and requester that was sent back for changes.',
      mend: 'Name the execution whose changes were requested, or leave the field out.',
    },
  ];
}

/**
 * Checks what a request refers to: the packet that led here, and the execution that it resubmits.
 * @throws InvalidInput with every problem.
 */
export async function checkReferences(
  runtime: Runtime,
  skill: AnySkill,
  checked: CheckedRequest,
  requesterId: string,
): Promise<void> {
  const { handoffPacket: packet, resubmits } = checked.envelope;
  const problems = [
    ...(packet === undefined ? [] : await handoffProblems(runtime, skill, packet)),
    ...(resubmits === undefined
      ? []
      : await resubmissionProblems(runtime, skill, skill.accountId(checked.input), requesterId, resubmits)),
  ];
  if (problems.length > 0) refuse(problems);
}
