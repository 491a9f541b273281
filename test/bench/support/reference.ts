import { skills } from '#skills';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { LoadedDirectory } from '../../../lib/core/directory/loaded.ts';
import { type ApprovalPolicy, loadPolicy } from '../../../lib/engines/approval-routing/policy.ts';

/** The policy and the directory that the routing skill ships with. */
export function referenceData(): { policy: ApprovalPolicy; directory: LoadedDirectory } {
  const skill = skills.find(({ id }) => id === 'u01668');
  if (skill === undefined) throw new RangeError('The routing skill is not among the skills.');
  const directory = loadDirectory(skill.referenceDirectory());
  return { policy: loadPolicy(skill.baselineConfiguration(), directory), directory };
}
