import type { Assurance } from '../../core/approval/plan.ts';

const RANK: Readonly<Record<Assurance, number>> = { link: 0, 'mail-code': 1 };

/** Whether a decision was made with at least the assurance that its level asks for. */
export function isAssured(asked: Assurance, given: Assurance): boolean {
  return RANK[given] >= RANK[asked];
}
