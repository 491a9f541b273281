import type { AnySkill } from '../../../lib/platform/skill/define-skill.ts';
import { skill as routing } from '../../../skills/human-approval-routing-for-sales-and-client-success/skill.ts';
import { panelSkill } from './panel-skill.ts';

/** What the light system runs: the real router, and a panel whose seats and quorum the request itself names. */
export const stressSkills: readonly AnySkill[] = [routing, panelSkill];
