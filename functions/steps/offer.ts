import { offer } from '../../lib/platform/handoffs/offer.ts';
import { stepHandler } from '../step-handler.ts';

/** Offer: opens the handoff of an execution that hands work over. */
export const handler = stepHandler(offer);
