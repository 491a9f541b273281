import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { InvalidInput } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { ConstraintArtifact } from '../constraints/artifact/document.ts';
import type { ConstraintSet } from '../constraints/model.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import { lowerRules } from './lower-rules.ts';
import { loadPolicy } from './policy.ts';
import { policyDocument } from './policy-document.ts';

/** Whether a configuration is an approval policy, of either form. */
export function isApprovalPolicy(value: unknown): boolean {
  return policyDocument.safeParse(value).success;
}

/** A policy in force, and its rules as people know their amounts. */
export interface PolicyInForce {
  readonly policy: ApprovalPolicy;
  readonly rules: ConstraintSet;
}

/** Reads the policy in force, with the rules that new ones are compared with. @throws InvalidInput */
export function readPolicyInForce(value: unknown, directory: LoadedDirectory): PolicyInForce {
  const policy = loadPolicy(value, directory);
  const { name, version, rules, matrix } = policy;
  const isWritten = matrix.moneyScale === 2;
  return { policy, rules: isWritten ? lowerRules(rules, { name, version, moneyScale: 1 }).set : matrix.set };
}

/**
 * A policy with the rules of an artifact in the place of its own: levels, people and everything else stay.
 * @throws InvalidInput when the version does not change, or the policy cannot be carried out.
 */
export function revisePolicy(
  value: unknown,
  artifact: ConstraintArtifact,
  directory: LoadedDirectory,
): { readonly document: unknown; readonly policy: ApprovalPolicy } {
  const before = parseWith(policyDocument, value, 'The approval policy');
  if (before.version === artifact.version)
    throw new InvalidInput('The rules have the version of those in force.', [
      {
        pointer: '/version',
        code: 'version-in-force',
        message: `The version ${artifact.version} is in force already.`,
        mend: 'Give the source a higher version.',
      },
    ]);
  const { schema: _schema, version: _version, ...rest } = value as Record<string, unknown>;
  const { rules: _rules, constraints: _constraints, ...kept } = rest;
  const document = {
    ...kept,
    schema: 'countersign/approval-policy/2',
    version: artifact.version,
    constraints: artifact,
  };
  return { document, policy: loadPolicy(document, directory) };
}
