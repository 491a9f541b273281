import * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { ConfigurationStatus } from './ledger.ts';

/** A configuration version of a skill; the configuration itself is the artifact of this digest. */
export interface ConfigurationVersion {
  readonly version: string;
  readonly digest: Digest;
  readonly status: ConfigurationStatus;
}

/** Every policy names its own version. */
const versioned = z.looseObject({ version: z.union([z.string().min(1), z.int()]).transform(String) });

/**
 * The name of a configuration version: the policy's own version, and the beginning of its digest.
 * @throws InvalidInput when the configuration names no version.
 */
export function configurationNameOf(skill: Pick<AnySkill, 'name'>, value: unknown, digest: Digest): string {
  const own = parseWith(versioned, value, `The configuration of ${skill.name}`);
  return `${own.version}-${digest.slice('sha256:'.length, 'sha256:'.length + 8)}`;
}
