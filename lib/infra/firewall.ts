import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Api } from './api.ts';
import type { Environment } from './environments.ts';
import { errorBody } from './gateway-responses.ts';
import { prefixOf } from './names.ts';

/** What a person reads who opened an approval link when too many requests had come from their network. */
const WAIT_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Please wait</title></head>
<body><main><h1>Please wait a few minutes</h1>
<p>Too many requests came from your network. Your link is still good, and nothing was decided. Open it again in five minutes.</p>
</main></body></html>`;

const TOO_MANY = errorBody({
  code: 'TooManyRequests',
  message: 'Too many requests came from your address; try again in five minutes.',
});

/** Requests whose path holds a text, however the path is written. */
const pathHolds = (searchString: string) => ({
  byteMatchStatement: {
    fieldToMatch: { uriPath: {} },
    positionalConstraint: 'CONTAINS',
    searchString,
    textTransformations: [
      { priority: 0, type: 'URL_DECODE' },
      { priority: 1, type: 'NORMALIZE_PATH' },
    ],
  },
});

/** Requests to the pages behind links. */
const TO_LINKS = { orStatement: { statements: ['/approvals/', '/handoffs/'].map(pathHolds) } };

/**
 * AWS WAF before the API: one source address may ask the pages behind links only so often, and all addresses together where the
 * environment says so. Sampled requests stay off, for they would show the paths of links to everyone who may look at the
 * console.
 */
export function addFirewall(scope: Construct, environment: Environment, api: Api): void {
  const name = prefixOf(environment.name);
  const { approvalRequestsPerFiveMinutes, requestsPerFiveMinutes } = environment.settings.firewall;
  const visibility = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    sampledRequestsEnabled: false,
  });
  const blockWith = (customResponseBodyKey: string, responseCode: number) => ({
    block: { customResponse: { responseCode, customResponseBodyKey } },
  });
  const perSource = (limit: number) => ({ aggregateKeyType: 'IP', evaluationWindowSec: 300, limit });
  const firewall = new CfnWebACL(scope, 'Firewall', {
    name,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility(name),
    customResponseBodies: {
      'wait-page': { contentType: 'TEXT_HTML', content: WAIT_PAGE },
      'too-many': { contentType: 'APPLICATION_JSON', content: TOO_MANY },
    },
    rules: [
      {
        name: 'approval-rate-per-source',
        priority: 0,
        action: blockWith('wait-page', 429),
        visibilityConfig: visibility(`${name}-approval-rate`),
        statement: {
          rateBasedStatement: { ...perSource(approvalRequestsPerFiveMinutes), scopeDownStatement: TO_LINKS },
        },
      },
      ...(requestsPerFiveMinutes === undefined
        ? []
        : [
            {
              name: 'rate-per-source',
              priority: 1,
              action: blockWith('too-many', 429),
              visibilityConfig: visibility(`${name}-rate`),
              statement: { rateBasedStatement: perSource(requestsPerFiveMinutes) },
            },
          ]),
    ],
  });
  new CfnWebACLAssociation(scope, 'FirewallAssociation', { webAclArn: firewall.attrArn, resourceArn: api.stageArn });
}
