import type { Digest } from '../../core/digest.ts';
import type { Json } from '../../core/json.ts';
import type { ValidationSuite } from '../configuration/validation.ts';
import type { EngineVersions } from '../contracts/execution.ts';

/** A case that did not come out as it should. */
export interface SuiteFailure {
  /** The example, the request or the recording; empty for the suite as a whole. */
  readonly case: string;
  readonly message: string;
}

/** What running one suite found. */
export interface SuiteFindings {
  /** How many cases were looked at. */
  readonly cases: number;
  readonly failures: readonly SuiteFailure[];
  /** What a person should know although it fails nothing. */
  readonly notes: readonly string[];
  /** The suite's own result, when it has one besides pass and fail. */
  readonly detail?: Json;
}

/** The stored report of one suite for one promoted digest. */
export interface SuiteReport extends SuiteFindings {
  readonly schema: 'countersign/suite-report/1';
  readonly suite: ValidationSuite;
  readonly promotedDigest: Digest;
  readonly configuration: Digest;
  readonly directory: Digest;
  readonly engine: EngineVersions;
  readonly passed: boolean;
}

/** A suite passes when it looked at something and found nothing wrong: an empty suite shows nothing. */
export function hasPassed({ cases, failures }: SuiteFindings): boolean {
  return cases > 0 && failures.length === 0;
}
