import * as z from 'zod';
import type { Json } from '../../../core/json.ts';
import { digest, modelSchema, span } from './model-schema.ts';

/** The schema's name: what an artifact begins with. */
export const ARTIFACT_SCHEMA = 'countersign/constraint-artifact/1';

/** What made the artifact, besides its source; evaluation by another major version is not promised to be the same. */
export const COMPILER_VERSION = '1.0.0';

const text = z.string();
const count = z.int().min(0);
const date = z.iso.date();
const json = z.json() as z.ZodType<Json>;
const period = z.strictObject({ from: date.exactOptional(), until: date.exactOptional() });

const code = z.enum([
  'conflict',
  'exclusive-routes',
  'dead-rule',
  'shadowed-rule',
  'redundant-rule',
  'table-gap',
  'table-overlap',
  'unreachable-value',
  'always-true',
  'always-false',
]);

/** A finding with rules by id, days as dates and inputs in the exact form that `readInput` takes. */
const finding = z.strictObject({
  code,
  digest,
  severity: z.enum(['error', 'warning']),
  message: text,
  rules: z.array(text),
  table: text.exactOptional(),
  pointer: text.exactOptional(),
  witness: json.exactOptional(),
  witnessDay: date.exactOptional(),
  subsetWitnesses: z.array(z.strictObject({ without: text, values: json })).exactOptional(),
  period,
  owners: z.array(text),
  spans: z.array(span),
  repair: z.strictObject({ rule: text, pointer: text, from: z.int(), to: z.int(), message: text }).exactOptional(),
  mend: text,
  proof: z.strictObject({
    by: z.enum(['intervals', 'solver']),
    checks: z.array(z.strictObject({ claim: text, holds: z.literal(true) })),
  }),
});

const unknown = z.strictObject({
  question: code,
  rules: z.array(text),
  because: z.enum(['opaque', 'budget']),
  spent: count,
  message: text,
});

const decision = z.strictObject({
  outcome: z.enum(['denied', 'routed', 'allowed']),
  applied: z.array(text),
  violated: z.array(text),
  route: z.array(text),
  defaults: z.record(text, z.int()),
});

const waiver = z.strictObject({ finding: digest, owner: text, reason: text, until: date });

/** A reason, or a caution: a stable code and a sentence. */
const remark = z.strictObject({ code: text, message: text });

const body = {
  schema: z.literal(ARTIFACT_SCHEMA),
  /** The schema that the source is written in. */
  language: z.literal('countersign/constraints/1'),
  compiler: text,
  name: text,
  version: text,
  skill: text,
  /** The date by which waivers and rules with an end were judged. */
  day: date,
  sourceDigest: digest,
  /** The normalised rules: with it alone inputs are decided. */
  model: modelSchema,
  analysis: z.strictObject({
    verdict: z.enum(['clean', 'findings', 'unknown']),
    findings: z.array(finding),
    unknowns: z.array(unknown),
    truncated: z.array(code),
    coverage: z.strictObject({ rules: count, analysable: count, tables: count }),
    spent: z.strictObject({ solverSteps: count, boxes: count, solverLoaded: z.boolean() }),
  }),
  waivers: z.strictObject({
    /** Findings that somebody answers for. */
    inForce: z.array(waiver),
    /** Waivers that say nothing any more: past their end, or of a finding that there is not. */
    lapsed: z.array(z.strictObject({ ...waiver.shape, because: z.enum(['expired', 'unmatched']) })),
  }),
  /** What one decision costs at most. */
  cost: z.strictObject({ atoms: count, labels: count, rules: count }),
  targets: z.record(
    text,
    z.strictObject({
      fidelity: z.enum(['exact', 'weaker', 'refused']),
      because: z.array(text),
      mediaType: text,
      digest: digest.exactOptional(),
    }),
  ),
  boundaryTests: z.strictObject({
    tests: z.array(z.strictObject({ about: z.array(text), day: date, input: json, expected: decision })),
    /** Rules that no test applies. */
    neverApplied: z.array(text),
    leftOut: count,
  }),
  verdict: z.strictObject({
    publishable: z.boolean(),
    /** Why it may not be published. */
    reasons: z.array(remark),
    /** What those who approve it should know. */
    cautions: z.array(remark),
  }),
};

/** An artifact without its digest: what the digest is taken of. */
export const artifactBody = z.strictObject(body);
export const artifactDocument = z.strictObject({ ...body, digest });

export type ArtifactBody = z.infer<typeof artifactBody>;
/** A compiled constraint set as JSON: rules, proofs, tests and verdict, under one digest. */
export type ConstraintArtifact = z.infer<typeof artifactDocument>;
export type ArtifactFinding = z.infer<typeof finding>;
export type ArtifactVerdict = ArtifactBody['verdict'];
export type ArtifactWaivers = ArtifactBody['waivers'];
export type ArtifactTargets = ArtifactBody['targets'];
