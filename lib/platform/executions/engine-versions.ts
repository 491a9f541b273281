import type { EngineVersions } from '../contracts/execution.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { VERSION } from '../version.ts';

/** The versions, in this process, on which a skill's result depends besides its inputs. */
export function engineVersions(skill: AnySkill): EngineVersions {
  return {
    skill: skill.version,
    countersign: VERSION,
    node: process.versions.node,
    timeZoneData: process.versions.tz ?? 'none',
  };
}
