import { missHandoffClock } from '../../lib/platform/handoffs/overdue.ts';
import { stepHandler } from '../step-handler.ts';

/** HandoffOverdue: carries on after the clock of a handoff's wait has run out. */
export const handler = stepHandler(missHandoffClock);
