import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Api } from './api.ts';
import type { Environment } from './environments.ts';
import { prefixOf } from './names.ts';

/**
 * AWS WAF before the API: one source address may ask the approval pages only so often. Sampled requests stay off, for they
 * would show the paths of links to everyone who may look at the console.
 */
export function addFirewall(scope: Construct, environment: Environment, api: Api): void {
  const name = prefixOf(environment.name);
  const visibility = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    sampledRequestsEnabled: false,
  });
  const firewall = new CfnWebACL(scope, 'Firewall', {
    name,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility(name),
    rules: [
      {
        name: 'approval-rate-per-source',
        priority: 0,
        action: { block: { customResponse: { responseCode: 429 } } },
        visibilityConfig: visibility(`${name}-approval-rate`),
        statement: {
          rateBasedStatement: {
            aggregateKeyType: 'IP',
            evaluationWindowSec: 300,
            limit: environment.settings.firewall.approvalRequestsPerFiveMinutes,
            scopeDownStatement: {
              byteMatchStatement: {
                fieldToMatch: { uriPath: {} },
                positionalConstraint: 'CONTAINS',
                searchString: '/approvals/',
                textTransformations: [
                  { priority: 0, type: 'URL_DECODE' },
                  { priority: 1, type: 'NORMALIZE_PATH' },
                ],
              },
            },
          },
        },
      },
    ],
  });
  new CfnWebACLAssociation(scope, 'FirewallAssociation', { webAclArn: firewall.attrArn, resourceArn: api.stageArn });
}
