import * as z from 'zod';
import { type Digest, digestOf } from '../../core/digest.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { EngineVersions } from '../contracts/execution.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { ItemKey } from '../store/table.ts';
import { VERSION } from '../version.ts';

/** The suites that a configuration must pass before it may run or be promoted. */
export const validationSuites = ['unit', 'integration', 'simulation', 'regression-baseline'] as const;
export type ValidationSuite = (typeof validationSuites)[number];

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** What a suite came to, written by its runner for one promoted digest. */
export const validationRecord = z.strictObject({
  suite: z.enum(validationSuites),
  result: z.enum(['pass', 'fail']),
  at: z.iso.datetime(),
  /** Who ran it. */
  by: z.string().min(1),
  /** How many checks it made. */
  checks: z.int().min(0),
  /** What differs from the baseline without failing. */
  notes: z.array(z.string()).default([]),
  /** Artifact: the suite's own report. */
  report: digest.optional(),
});
export type ValidationRecord = z.infer<typeof validationRecord>;

/** What stands on record for a promoted digest. */
export interface Validation {
  readonly records: readonly ValidationRecord[];
  /** The suites without a record of a pass. */
  readonly missing: readonly ValidationSuite[];
  readonly passed: boolean;
}

/**
 * The digest that is promoted: it covers the configuration and the engine that carries it out. A change of either makes
 * another digest, for which no suite has run yet.
 * @param engine versions of the skill's code and of Countersign.
 */
export function promotedDigest(configuration: string, engine: Pick<EngineVersions, 'skill' | 'countersign'>): Digest {
  return digestOf({ configuration, skill: engine.skill, countersign: engine.countersign });
}

/** The promoted digest of a configuration with the engine of this process. */
export function promotedDigestOf(skill: Pick<AnySkill, 'version'>, configuration: string): Digest {
  return promotedDigest(configuration, { skill: skill.version, countersign: VERSION });
}

/**
 * Keeps what a suite came to. A suite that runs again replaces its record.
 * @throws InvalidInput when the record does not fit its contract.
 */
export async function recordValidation(
  runtime: Pick<Runtime, 'table'>,
  skill: Pick<AnySkill, 'name'>,
  promoted: Digest,
  record: ValidationRecord,
): Promise<void> {
  const checked = parseWith(validationRecord, record, 'The validation record');
  await runtime.table.put({ pk: `SKILL#${skill.name}`, sk: `VALIDATION#${promoted}#${checked.suite}`, ...checked });
}

/** Reads what stands on record for a promoted digest. */
export async function validationOf(
  runtime: Pick<Runtime, 'table'>,
  skill: string,
  promoted: Digest,
): Promise<Validation> {
  const items = await runtime.table.queryAll<ItemKey & ValidationRecord>({
    pk: `SKILL#${skill}`,
    prefix: `VALIDATION#${promoted}#`,
  });
  const records = items.map(({ pk: _pk, sk: _sk, ...record }) => record);
  const missing = validationSuites.filter(
    (suite) => !records.some((record) => record.suite === suite && record.result === 'pass'),
  );
  return { records, missing, passed: missing.length === 0 };
}
