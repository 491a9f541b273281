import { escalateStage } from '../../lib/platform/approvals/escalate-stage.ts';
import { stepHandler } from '../step-handler.ts';

/** Escalate: carries on after a stage's wait has timed out. */
export const handler = stepHandler(escalateStage);
