import type { APIGatewayProxyEvent } from 'aws-lambda';
import { InvalidInput, NotFound } from '../../core/errors.ts';
import { isExecutionId } from '../executions/execution-id.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { findSkill } from '../skill/define-skill.ts';
import { Forbidden, PayloadTooLarge } from './errors.ts';

/**
 * The authenticated caller's principal: the session name of an assumed role, or the name of an IAM user.
 * @throws Forbidden when the request carries no identity.
 */
export function callerOf(event: APIGatewayProxyEvent): string {
  const principal = event.requestContext.identity.userArn?.split('/').at(-1);
  if (principal === undefined || principal === '')
    throw new Forbidden('The request carries no authenticated identity.');
  return principal;
}

function bodyOf(event: APIGatewayProxyEvent): Buffer {
  return Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
}

/**
 * Refuses a body that is larger than the environment takes, before anybody reads it.
 * @throws PayloadTooLarge
 */
export function requireBodyWithin(event: APIGatewayProxyEvent, maximumBytes: number): void {
  const { length } = bodyOf(event);
  if (length > maximumBytes) throw new PayloadTooLarge(`The body holds ${length} bytes; ${maximumBytes} are the most.`);
}

/**
 * The JSON document in the request's body.
 * @throws InvalidInput
 */
export function jsonBodyOf(event: APIGatewayProxyEvent): unknown {
  const bytes = bodyOf(event);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const message = 'The body is not a JSON document in UTF-8.';
    throw new InvalidInput(
      message,
      [{ pointer: '', code: 'invalid-json', message, mend: 'Send one JSON object as the body.' }],
      { cause },
    );
  }
}

/**
 * A path parameter by its name in the route; empty when the route has none of this name.
 * @throws NotFound when it is not percent-encoded text: nothing can stand at such an address.
 */
export function pathParameter(event: APIGatewayProxyEvent, name: string): string {
  try {
    return decodeURIComponent(event.pathParameters?.[name] ?? '');
  } catch (cause) {
    throw new NotFound('There is nothing at this address.', [], { cause });
  }
}

/**
 * The execution that the path names.
 * @throws NotFound when it cannot be the id of one; no other text is looked up.
 */
export function executionIdOf(event: APIGatewayProxyEvent): string {
  const executionId = pathParameter(event, 'executionId');
  if (!isExecutionId(executionId)) throw new NotFound('There is no execution under this id.');
  return executionId;
}

/** A header, whatever the case of its name. */
export function headerOf(event: APIGatewayProxyEvent, name: string): string | undefined {
  const found = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}

/**
 * The skill that the path names, by name, id or id-name.
 * @throws NotFound listing the skills there are.
 */
export function skillOf(event: APIGatewayProxyEvent, skills: readonly AnySkill[]): AnySkill {
  const named = pathParameter(event, 'skill');
  const skill = findSkill(skills, named);
  if (skill !== undefined) return skill;
  const known = skills.map(({ name, id }) => `${name} (${id})`).join(', ');
  throw new NotFound(`There is no skill under this name. There are: ${known}.`, [
    { pointer: '', code: 'unknown-skill', message: 'The path names no known skill.', mend: `Use one of: ${known}.` },
  ]);
}
