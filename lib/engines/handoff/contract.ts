import { type Digest, digestOf } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { LintFinding } from '../approval-routing/lint-finding.ts';
import { type ContractDocument, contractDocument } from './contract-document.ts';
import { lintContract } from './contract-lint.ts';
import { type CompiledCriteria, compileCriteria } from './criteria.ts';
import { compilePayloadSchema, type PayloadCheck } from './payload-schema.ts';

export type { ContractDocument } from './contract-document.ts';

/** A contract that was read, compiled and linted. One is made per contract version and used for many packets. */
export interface Contract {
  readonly document: ContractDocument;
  /** Over the whole document as parsed, so the scorer's weights are part of it. */
  readonly digest: Digest;
  readonly checkPayload: PayloadCheck;
  readonly criteria: CompiledCriteria;
  /** What deserves a look without being wrong. */
  readonly warnings: readonly LintFinding[];
}

function refuse({ id, version }: ContractDocument, problems: readonly Problem[]): never {
  throw new InvalidInput(`The contract ${id} ${version} has ${problems.length} problem(s).`, problems);
}

/** Runs a part of the compilation and keeps what it throws as problems. */
function collect<T>(problems: Problem[], part: () => T): T | undefined {
  try {
    return part();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/**
 * Reads a handoff contract: shape, payload schema, criteria, lint.
 * @param value a JSON value in the form of `contract-document.ts`.
 * @param directory when given, roles and calendars are looked up in it.
 * @throws InvalidInput with every problem of shape, or else every problem of schema, criteria and lint, by JSON Pointer.
 */
export function loadContract(value: unknown, directory?: LoadedDirectory): Contract {
  const document = parseWith(contractDocument, value, 'The handoff contract');
  const problems: Problem[] = [];
  const checkPayload = collect(problems, () => compilePayloadSchema(document.payload.schema, '/payload/schema'));
  const { criteria, problems: ofCriteria } = compileCriteria(document);
  problems.push(...ofCriteria);
  const findings = lintContract(document, criteria, directory);
  const errors = findings.filter(({ severity }) => severity === 'error');
  problems.push(...errors.map(({ severity: _, ...problem }) => problem));
  if (problems.length > 0 || checkPayload === undefined) return refuse(document, problems);
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  return { document, digest: digestOf(document), checkPayload, criteria, warnings };
}
