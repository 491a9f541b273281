import { publish } from '../../lib/platform/executions/publish.ts';
import { stepHandler } from '../step-handler.ts';

/** Task state: publication, if everything it takes is on record. */
export const handler = stepHandler(publish);
