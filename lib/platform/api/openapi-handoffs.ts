import type * as z from 'zod';
import { erasureAnswer, erasureOrder } from '../contracts/erasure.ts';
import { handoffAnswer, handoffEventAnswer, queue, queueList, sentEvent } from '../contracts/handoff.ts';
import { executionIdParameter, page, pathParameter, ref } from './openapi-parts.ts';

type Document = Record<string, unknown>;
type SchemaOf = (schema: z.ZodType, io?: 'input' | 'output') => Document;

const unknownLink = page('The one answer to everybody without a matching secret.');

/** The page behind a link of a handoff, which authenticates by its own secret. */
const linkPath: Document = {
  parameters: [pathParameter('link', 'The id of a link of a handoff, a point, and its secret.')],
  get: {
    operationId: 'open_handoff_link',
    summary: 'Show what a link of a handoff opens. Changes nothing.',
    security: [],
    responses: { 200: page('The form to answer, or what became of it.'), 404: unknownLink },
  },
  head: {
    operationId: 'probe_handoff_link',
    summary: 'As GET without the page. Leaves no trace at all.',
    security: [],
    responses: {
      200: { description: 'The link is known.' },
      404: { description: 'The one answer to everybody without a matching secret.' },
    },
  },
  post: {
    operationId: 'answer_by_handoff_link',
    summary: 'Record the answer that the form holds, or mail a fresh link.',
    security: [],
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            required: ['nonce'],
            properties: { nonce: { type: 'string' }, choice: { type: 'string' } },
            additionalProperties: {
              type: 'string',
              description: 'The fields of the choice, each named by the choice, a point and the field.',
            },
          },
        },
      },
    },
    responses: {
      200: page('What is recorded now.'),
      400: page('Nothing is recorded, or an attempt alone: what the answer lacks, or why it cannot stand.'),
      403: page('Nothing is recorded: the form did not come from this page and browser.'),
      404: unknownLink,
      409: page('Nothing is recorded by this post: what was recorded before, or why there is nothing to answer.'),
      413: page('Nothing is recorded: the form is too large.'),
      415: page('Nothing is recorded: this is no form.'),
      503: page('Too many at the same moment: look again.'),
    },
  },
};

/** The routes of handoffs and queues, for the OpenAPI description. */
export function handoffPaths(schemaOf: SchemaOf): Document {
  const json = (description: string, schema: z.ZodType): Document => ({
    description,
    content: { 'application/json': { schema: schemaOf(schema) } },
  });
  const either = (description: string, schema: z.ZodType): Document => ({
    description,
    content: {
      ...(page(description).content as Document),
      'application/json': { schema: schemaOf(schema) },
    },
  });
  return {
    '/handoffs/{link}': linkPath,
    '/executions/{executionId}/handoff': {
      get: {
        operationId: 'read_handoff',
        summary: 'Where the handoff of an execution stands, and what it waits for.',
        parameters: [executionIdParameter],
        responses: { 200: json('The handoff.', handoffAnswer), 404: ref('NotFound') },
      },
    },
    '/executions/{executionId}/handoff/events': {
      post: {
        operationId: 'send_handoff_event',
        summary: 'Send an event of the side that the caller acts for. The same event again changes nothing.',
        parameters: [executionIdParameter],
        requestBody: { required: true, content: { 'application/json': { schema: schemaOf(sentEvent, 'input') } } },
        responses: {
          200: json('The handoff after the event.', handoffEventAnswer),
          400: ref('InvalidInput'),
          403: ref('Forbidden'),
          404: ref('NotFound'),
          409: ref('Conflict'),
          413: ref('PayloadTooLarge'),
          422: ref('HandoffRefused'),
        },
      },
    },
    '/executions/{executionId}/handoff/erasure': {
      post: {
        operationId: 'erase_handoff',
        summary:
          'Erase the payload of a handoff, and what quotes it, on record. Again, it finishes what was broken off.',
        parameters: [executionIdParameter],
        requestBody: { required: true, content: { 'application/json': { schema: schemaOf(erasureOrder, 'input') } } },
        responses: {
          200: json('What was erased, by the digests of the records.', erasureAnswer),
          400: ref('InvalidInput'),
          403: ref('Forbidden'),
          404: ref('NotFound'),
          409: ref('Conflict'),
        },
      },
    },
    '/queues': {
      get: {
        operationId: 'show_queues',
        summary: 'The teams that have something to do, as a page; as JSON with Accept: application/json.',
        responses: { 200: either('The teams.', queueList) },
      },
    },
    '/queues/{party}': {
      get: {
        operationId: 'show_queue',
        summary: 'The due work of a team, as a page; as JSON with Accept: application/json.',
        parameters: [pathParameter('party', 'The id of a team.')],
        responses: { 200: either('The due work.', queue) },
      },
    },
  };
}
