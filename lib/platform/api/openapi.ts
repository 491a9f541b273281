import * as z from 'zod';
import * as api from '../contracts/api.ts';
import { requestEnvelope } from '../contracts/envelope.ts';
import { followUp, followUpClosing, followUpList, followUpParameters } from '../contracts/follow-up.ts';
import { postureOrder, postureView } from '../contracts/posture.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { VERSION } from '../version.ts';
import { listParameters } from './list-executions.ts';
import { handoffPaths } from './openapi-handoffs.ts';
import { pagePaths } from './openapi-pages.ts';
import { executionIdParameter, ref } from './openapi-parts.ts';

type Document = Record<string, unknown>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output' = 'output'): Document => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Document;
  return rest;
};

const answer = (description: string, schema: z.ZodType): Document => ({
  description,
  content: { 'application/json': { schema: schemaOf(schema) } },
});

const parameter = (
  name: string,
  place: 'path' | 'query' | 'header',
  description: string,
  schema: Document,
): Document => ({
  name,
  in: place,
  required: place === 'path',
  description,
  schema,
});

const onBehalfOfParameter = parameter(
  'Countersign-On-Behalf-Of',
  'header',
  'The requester, named by a listed trusted system.',
  { type: 'string' },
);

/** The schema of a request body for one skill: the envelope with the skill's own input in it. */
function bodyOf(skill: AnySkill): Document {
  const envelope = schemaOf(requestEnvelope, 'input');
  return {
    ...envelope,
    title: skill.title,
    properties: { ...(envelope.properties as Document), input: schemaOf(skill.input, 'input') },
  };
}

function skillPaths(skill: AnySkill): Document {
  const requestBody = { required: true, content: { 'application/json': { schema: bodyOf(skill) } } };
  const refused = { 400: ref('InvalidInput'), 403: ref('Forbidden'), 413: ref('PayloadTooLarge') };
  return {
    [`/skills/${skill.name}/executions`]: {
      post: {
        operationId: `start_${skill.id}`,
        summary: `Start an execution: ${skill.title}`,
        parameters: [
          parameter('Idempotency-Key', 'header', 'The same key and body give the same execution.', {
            type: 'string',
            minLength: 1,
            maxLength: 200,
          }),
          onBehalfOfParameter,
        ],
        requestBody,
        responses: {
          202: answer('Accepted.', api.executionAccepted),
          ...refused,
          404: ref('NotFound'),
          409: ref('Conflict'),
          410: ref('Erased'),
          422: ref('NeedsScoping'),
          429: ref('NoSlot'),
        },
      },
    },
    [`/skills/${skill.name}/preview`]: {
      post: {
        operationId: `preview_${skill.id}`,
        summary: `Compute the result without starting anything: ${skill.title}`,
        parameters: [onBehalfOfParameter],
        requestBody,
        responses: { 200: answer('The result.', api.preview), ...refused, 404: ref('NotFound') },
      },
    },
    [`/skills/${skill.name}/posture`]: {
      get: {
        operationId: `read_posture_${skill.id}`,
        summary: `The posture, and how it came to it: ${skill.title}`,
        responses: { 200: answer('The posture.', postureView), 404: ref('NotFound') },
      },
      post: {
        operationId: `set_posture_${skill.id}`,
        summary: `Move the posture by hand: ${skill.title}`,
        requestBody: bodyWith(postureOrder),
        responses: { 200: answer('The posture as it stands.', postureView), ...refused, 404: ref('NotFound') },
      },
    },
  };
}

const bodyWith = (schema: z.ZodType): Document => ({
  required: true,
  content: { 'application/json': { schema: schemaOf(schema, 'input') } },
});

function queryOf(parameters: z.ZodType): Document[] {
  const { properties = {} } = schemaOf(parameters, 'input') as { properties?: Record<string, Document> };
  return Object.entries(properties).map(([name, { description = '', ...schema }]) =>
    parameter(name, 'query', String(description), schema as Document),
  );
}

const reading = (operationId: string, summary: string, schema: z.ZodType): Document => ({
  get: {
    operationId,
    summary,
    parameters: [executionIdParameter],
    responses: { 200: answer(summary, schema), 404: ref('NotFound') },
  },
});

/** The OpenAPI 3.1 description of the API, generated from the schemas that the API itself checks with. */
export function openApiDocument(skills: readonly AnySkill[], serverUrl: string): Document {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: VERSION,
      description: 'Business decisions that are computed deterministically, approved by people and evidenced.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    paths: {
      ...Object.assign({}, ...skills.map(skillPaths)),
      '/executions': {
        get: {
          operationId: 'list_executions',
          summary: 'List executions, newest first.',
          parameters: queryOf(listParameters),
          responses: {
            200: answer('A page of executions.', api.executionList),
            400: ref('InvalidInput'),
            404: ref('NotFound'),
          },
        },
      },
      '/executions/{executionId}': reading(
        'read_execution',
        'Where an execution stands, and its outputs.',
        api.executionView,
      ),
      '/executions/{executionId}/trace': reading('read_trace', 'The steps, with why and why not.', api.executionTrace),
      '/executions/{executionId}/evidence': reading(
        'read_evidence',
        'The evidence packet.',
        z.looseObject({ schema: z.string() }),
      ),
      '/executions/{executionId}/withdraw': {
        post: {
          operationId: 'withdraw_execution',
          summary: 'Withdraw an execution: its open links die and say so.',
          parameters: [executionIdParameter],
          responses: {
            202: answer('Withdrawn, or about to be.', api.withdrawalAccepted),
            403: ref('Forbidden'),
            404: ref('NotFound'),
            409: ref('Conflict'),
          },
        },
      },
      '/executions/{executionId}/retry': {
        post: {
          operationId: 'retry_execution',
          summary: 'Run an execution again that a fault broke off; asking again gives the same new execution.',
          parameters: [executionIdParameter],
          responses: {
            202: answer('Runs again.', api.executionAccepted),
            403: ref('Forbidden'),
            404: ref('NotFound'),
            409: ref('Conflict'),
            410: ref('Erased'),
            429: ref('NoSlot'),
          },
        },
      },
      '/follow-ups': {
        get: {
          operationId: 'list_follow_ups',
          summary: 'What somebody has to look after, by when; what is due first in front.',
          parameters: queryOf(followUpParameters),
          responses: {
            200: answer('The follow-ups.', followUpList),
            400: ref('InvalidInput'),
            404: ref('NotFound'),
          },
        },
      },
      '/follow-ups/{followUpId}/done': {
        post: {
          operationId: 'finish_follow_up',
          summary: 'Mark a follow-up as done.',
          parameters: [parameter('followUpId', 'path', 'The id of a follow-up.', { type: 'string' })],
          requestBody: bodyWith(followUpClosing),
          responses: {
            200: answer('As it stands.', followUp),
            400: ref('InvalidInput'),
            403: ref('Forbidden'),
            404: ref('NotFound'),
          },
        },
      },
      '/healthz': {
        get: {
          operationId: 'read_health',
          summary: 'Whether the system can work.',
          security: [],
          responses: { 200: answer('It can.', api.health), 503: answer('It cannot.', api.health) },
        },
      },
      ...pagePaths,
      ...handoffPaths(schemaOf),
      '/openapi.json': {
        get: {
          operationId: 'read_openapi',
          summary: 'This document.',
          security: [],
          responses: {
            200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
    },
    components: {
      responses: {
        InvalidInput: answer('The request does not fit; every problem is listed.', api.errorDocument),
        Forbidden: answer('The caller may not do this.', api.errorDocument),
        NotFound: answer('There is no such thing.', api.errorDocument),
        Conflict: answer('It does not fit the state of things.', api.errorDocument),
        Erased: answer('What it takes was erased on record, and does not come back.', api.errorDocument),
        PayloadTooLarge: answer('The body is over 1 MiB.', api.errorDocument),
        HandoffRefused: answer(
          'It was understood and cannot stand; an attempt may have been counted.',
          api.errorDocument,
        ),
        NeedsScoping: answer('Acceptance criteria or a consumer are missing.', api.errorDocument),
        NoSlot: {
          ...answer('Every computing slot of this skill is taken.', api.errorDocument),
          headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } },
        },
      },
      securitySchemes: {
        sigv4: { type: 'apiKey', name: 'Authorization', in: 'header', description: 'AWS Signature Version 4.' },
      },
    },
    security: [{ sigv4: [] }],
  };
}
