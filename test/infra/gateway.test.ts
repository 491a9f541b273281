import { describe, expect, test } from 'vitest';
import { functions, routes } from '../../lib/infra/functions.ts';
import { jsonBodyOf } from '../../lib/platform/api/request.ts';
import { errorDocument } from '../../lib/platform/contracts/api.ts';
import { stacksOf, templateOf } from './support/templates.ts';

const template = templateOf(stacksOf('dev'), '-platform');

interface GatewayResponse {
  readonly ResponseType: string;
  readonly ResponseParameters: { readonly [parameter: string]: string };
  readonly ResponseTemplates: { readonly [type: string]: string };
}
const answers = new Map(
  Object.values(template.findResources('AWS::ApiGateway::GatewayResponse')).map(({ Properties }) => {
    const answer = Properties as GatewayResponse;
    return [answer.ResponseType, answer] as const;
  }),
);
const bodyOf = (type: string): string => answers.get(type)?.ResponseTemplates['application/json'] ?? '';

interface Method {
  readonly HttpMethod: string;
  readonly RequestValidatorId?: { readonly Ref: string };
  readonly RequestModels?: { readonly [type: string]: { readonly Ref: string } };
}
const methods = Object.values(template.findResources('AWS::ApiGateway::Method')).map(
  ({ Properties }) => Properties as Method,
);

describe('what the gateway answers by itself', () => {
  test('covers every way in which a request can fail before a function sees it', () => {
    expect([...answers.keys()]).toEqual(
      expect.arrayContaining([
        'BAD_REQUEST_BODY',
        'BAD_REQUEST_PARAMETERS',
        'THROTTLED',
        'QUOTA_EXCEEDED',
        'WAF_FILTERED',
        'UNAUTHORIZED',
        'ACCESS_DENIED',
        'MISSING_AUTHENTICATION_TOKEN',
        'REQUEST_TOO_LARGE',
        'INTEGRATION_TIMEOUT',
        'DEFAULT_4XX',
        'DEFAULT_5XX',
      ]),
    );
  });

  test.each([...answers.keys()])('%s has the shape of every error, and is stored nowhere', (type) => {
    // The only thing that API Gateway puts in is an id, which needs no escape.
    const text = bodyOf(type).replaceAll('$context.requestId', '6d2b5cba-7b0f-4e5c-9a59-1b8a3c7f2f10');
    expect(text).not.toContain('$');
    expect(errorDocument.parse(JSON.parse(text)).error.message).toMatch(/\.$/);
    expect(answers.get(type)?.ResponseParameters).toMatchObject({
      'gatewayresponse.header.Cache-Control': "'no-store'",
      'gatewayresponse.header.X-Content-Type-Options': "'nosniff'",
    });
  });

  test('says of a body that is no JSON what the functions say', () => {
    const { error } = errorDocument.parse(JSON.parse(bodyOf('BAD_REQUEST_BODY')));
    let thrown: unknown;
    try {
      jsonBodyOf({ body: '{', isBase64Encoded: false } as Parameters<typeof jsonBodyOf>[0]);
    } catch (problem) {
      thrown = problem;
    }
    expect(thrown).toMatchObject({
      code: error.code,
      problems: [{ pointer: '', code: 'invalid-json', mend: error.problems[0]?.mend }],
    });
  });
});

describe('requests', () => {
  test('whose route takes a JSON object are checked for one before a function runs', () => {
    const [validatorId] = Object.keys(template.findResources('AWS::ApiGateway::RequestValidator'));
    template.hasResourceProperties('AWS::ApiGateway::RequestValidator', {
      ValidateRequestBody: true,
      ValidateRequestParameters: true,
    });
    const [[modelId, model] = []] = Object.entries(template.findResources('AWS::ApiGateway::Model'));
    expect(model?.Properties).toMatchObject({ ContentType: 'application/json', Schema: { type: 'object' } });
    const checked = methods.filter(({ RequestValidatorId }) => RequestValidatorId?.Ref === validatorId);
    expect(checked).toHaveLength(routes().filter(({ body }) => body === 'json').length);
    expect(checked.length).toBeGreaterThan(3);
    for (const { HttpMethod, RequestModels } of checked) {
      expect(HttpMethod).toBe('POST');
      expect(RequestModels).toEqual({ 'application/json': { Ref: modelId } });
    }
  });

  test('of the approval pages are forms, which the model would refuse', () => {
    for (const { path, body } of routes()) if (path.startsWith('/approvals/')) expect(body).toBeUndefined();
  });
});

describe('settings of an environment', () => {
  test('give a route limits of its own', () => {
    const own = { ratePerSecond: 3, burst: 5 };
    const limits = { api: { ratePerSecond: 20, burst: 40 }, approvals: { ratePerSecond: 10, burst: 20 } };
    const stacks = stacksOf('dev', { throttles: { ...limits, routes: { 'POST /skills/{skill}/executions': own } } });
    const [stage] = Object.values(templateOf(stacks, '-platform').findResources('AWS::ApiGateway::Stage'));
    type Setting = {
      HttpMethod: string;
      ResourcePath: string;
      ThrottlingRateLimit: number;
      ThrottlingBurstLimit: number;
    };
    const settings = (stage!.Properties.MethodSettings as Setting[]).filter(({ HttpMethod }) => HttpMethod !== '*');
    const limited = settings.filter(({ ThrottlingRateLimit }) => ThrottlingRateLimit === own.ratePerSecond);
    expect(limited).toMatchObject([
      { HttpMethod: 'POST', ResourcePath: '/~1skills~1{skill}~1executions', ThrottlingBurstLimit: own.burst },
    ]);
  });

  test('cap how many copies of a function run, of a step in each skill', () => {
    const stacks = stacksOf('dev', { caps: { requestBodyBytes: 65_536, concurrency: { sweep: 1, verify: 4 } } });
    const reserved = ['-platform', '-u99999'].flatMap((ending) =>
      Object.values(templateOf(stacks, ending).findResources('AWS::Lambda::Function')).flatMap(({ Properties }) =>
        Properties.ReservedConcurrentExecutions === undefined
          ? []
          : [[Properties.FunctionName, Properties.ReservedConcurrentExecutions]],
      ),
    );
    expect(reserved).toEqual([
      ['countersign-dev-sweep', 1],
      ['countersign-dev-u99999-verify', 4],
    ]);
    const told = Object.values(templateOf(stacks, '-platform').findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables.COUNTERSIGN_MAXIMUM_BODY_BYTES ?? [],
    );
    expect(new Set(told)).toEqual(new Set(['65536']));
    expect(told).toHaveLength(functions.filter(({ scope }) => scope === 'shared').length);
  });

  test('count every request of one source where they say so', () => {
    const rulesWith = (settings: object) => {
      const stacks = stacksOf('dev', { firewall: { approvalRequestsPerFiveMinutes: 300, ...settings } });
      const [acl] = Object.values(templateOf(stacks, '-platform').findResources('AWS::WAFv2::WebACL'));
      return acl!.Properties as {
        Rules: readonly { Name: string; Statement: { RateBasedStatement: object } }[];
        CustomResponseBodies: { readonly [key: string]: { ContentType: string; Content: string } };
      };
    };
    expect(rulesWith({}).Rules.map(({ Name }) => Name)).toEqual(['approval-rate-per-source']);
    const { Rules, CustomResponseBodies } = rulesWith({ requestsPerFiveMinutes: 5_000 });
    expect(Rules[1]).toMatchObject({
      Name: 'rate-per-source',
      Statement: { RateBasedStatement: { Limit: 5_000, AggregateKeyType: 'IP' } },
    });
    expect(errorDocument.parse(JSON.parse(CustomResponseBodies['too-many']!.Content)).error.code).toBe(
      'TooManyRequests',
    );
    // Whoever opened a link reads a page, not JSON.
    expect(CustomResponseBodies['wait-page']).toMatchObject({
      ContentType: 'TEXT_HTML',
      Content: expect.stringContaining('Your link is still good'),
    });
    expect(CustomResponseBodies['wait-page']!.Content).not.toMatch(/<script|https?:/);
  });
});
