import { page, pathParameter, ref } from './openapi-parts.ts';

type Document = Record<string, unknown>;

const error = ref('NotFound');

const unknownLink = page('The one answer to everybody without a matching secret.');

/** The pages that people see, for the OpenAPI description. An approval link authenticates by its own secret. */
export const pagePaths: Document = {
  '/approvals/{link}': {
    parameters: [pathParameter('link', 'The id of an approval link, a point, and its secret.')],
    get: {
      operationId: 'open_approval_link',
      summary: 'Show what an approval link opens. Changes no decision.',
      security: [],
      responses: { 200: page('The form to decide, or what became of it.'), 404: unknownLink },
    },
    head: {
      operationId: 'probe_approval_link',
      summary: 'As GET without the page. Leaves no trace at all.',
      security: [],
      responses: {
        200: { description: 'The link is known.' },
        404: { description: 'The one answer to everybody without a matching secret.' },
      },
    },
    post: {
      operationId: 'decide_by_approval_link',
      summary:
        'Record the decision that the form holds, or mail the code that its level asks for, or mail a fresh link.',
      security: [],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              required: ['nonce'],
              properties: {
                nonce: { type: 'string' },
                choice: { type: 'string' },
                comment: { type: 'string' },
                code: { type: 'string', description: 'The mailed code, on a level that asks for one.' },
                again: { type: 'string', description: 'Asks for another code.' },
              },
            },
          },
        },
      },
      responses: {
        200: page('What is recorded now, or what has to be entered before anything is.'),
        400: page('Nothing is recorded: what the form lacks.'),
        403: page('Nothing is recorded: the form did not come from this page and browser, or the code is wrong.'),
        404: unknownLink,
        409: page('Nothing is recorded by this post: what was recorded before, or why there is nothing to decide.'),
        413: page('Nothing is recorded: the form is too large.'),
        415: page('Nothing is recorded: this is no form.'),
        429: page('Nothing is recorded: no more codes are mailed for this seat for now.'),
        503: page('Too many at the same moment, or the code could not be mailed: look again.'),
      },
    },
  },
  '/status': {
    get: {
      operationId: 'show_status',
      summary: 'The page on which operators see where everything stands.',
      parameters: [
        {
          name: 'cursor',
          in: 'query',
          required: false,
          description: 'Where the page before ended.',
          schema: { type: 'string' },
        },
      ],
      responses: { 200: page('The status page.'), 400: { $ref: '#/components/responses/InvalidInput' } },
    },
  },
  '/status/{executionId}': {
    get: {
      operationId: 'show_execution',
      summary: 'The page of one execution: the way it took, its decisions, its evidence.',
      parameters: [pathParameter('executionId', 'The id of an execution.')],
      responses: { 200: page('The page of the execution.'), 404: error },
    },
  },
};
