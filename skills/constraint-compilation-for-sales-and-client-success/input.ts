import * as z from 'zod';
import { requestShape } from '../../lib/engines/approval-routing/request-shape.ts';

const personId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'A person id of the directory');
const date = z.iso.date({ error: 'A date such as 2027-01-31' });

/** Somebody answers for living with a finding until a day. */
const waiver = z.strictObject({
  /** Digest of the finding, as a blocked execution reports it. */
  finding: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'A digest is sha256: and 64 hexadecimal digits'),
  /** An owner that the policy knows: whoever decides for it is asked. */
  owner: z.string().min(1).max(80),
  reason: z.string().min(1).max(500),
  /** The first day on which it no longer holds. */
  until: date,
});

const pastRequest = z.strictObject({
  id: z.string().min(1).max(80),
  /** What was asked for, as the target skill takes it. */
  request: requestShape,
});

/** A change of another skill's rules: the source to compile, and what it is to be tried on. */
export const compilationRequest = z.strictObject({
  /** Name of the skill whose rules these are to be. */
  targetSkill: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'The name of a skill')
    .max(64),
  /** The constraint source, YAML or JSON: see docs/constraints.md. */
  source: z.string().min(1).max(120_000),
  /** Names the source in messages. */
  sourceName: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'A file name')
    .default('constraints.yaml'),
  /** Who answers for the target's rules, and so does not decide about them. */
  recordOwner: personId.optional(),
  waivers: z.array(waiver).max(50).default([]),
  /** Requests on which the new rules are tried beside those in force. */
  pastRequests: z.array(pastRequest).max(200).default([]),
  justification: z.string().min(1).max(4_000),
});
export type CompilationRequest = z.infer<typeof compilationRequest>;

/** Arrays whose order carries no meaning: any permutation compiles alike. */
export const unorderedArrays: readonly string[] = [
  '/waivers',
  '/pastRequests',
  '/pastRequests/*/request/lineItems',
  '/pastRequests/*/request/quoteEditors',
  '/pastRequests/*/request/nonStandardClauses',
];
