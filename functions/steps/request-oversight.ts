import { openOversight } from '../../lib/platform/approvals/oversight.ts';
import { waitHandler } from '../step-handler.ts';

/** RequestOversight: asks oversight about an escalated execution; nothing it answers leads to Publish. */
export const handler = waitHandler(openOversight);
