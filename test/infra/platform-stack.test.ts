import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { readTemplates } from '../../lib/infra/read-template.ts';
import { METRICS } from '../../lib/platform/metrics.ts';
import { allowances } from './support/policies.ts';
import { normalised, rawTemplate, stacksOf, templateOf } from './support/templates.ts';

const stacks = stacksOf('dev');
const template = templateOf(stacks, '-platform');
const raw = rawTemplate(stacks, '-platform');

/** Names of the functions whose role may do this. */
function mayDo(action: string): readonly string[] {
  return allowances(raw)
    .filter(({ actions }) => actions.includes(action))
    .map(({ policy }) => policy.replace(/Role.*/, ''))
    .sort();
}

describe('the API', () => {
  test('asks for a signed request everywhere but on the pages behind links, the OpenAPI document and the health check', () => {
    const { routes } = readTemplates(stacks);
    expect(
      routes
        .filter(({ auth }) => auth === 'none')
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual([
      'GET /approvals/{link}',
      'GET /handoffs/{link}',
      'GET /healthz',
      'GET /openapi.json',
      'HEAD /approvals/{link}',
      'HEAD /handoffs/{link}',
      'POST /approvals/{link}',
      'POST /handoffs/{link}',
    ]);
    expect(routes.filter(({ auth }) => auth === 'iam')).toHaveLength(19);
  });

  test('is regional', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['REGIONAL'] } });
  });

  test('throttles every method, the pages behind links by their own limits', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    type Setting = { HttpMethod: string; ResourcePath: string; ThrottlingRateLimit?: number };
    const settings = (stage!.Properties.MethodSettings as Setting[]).filter(({ HttpMethod }) => HttpMethod !== '*');
    expect(settings).toHaveLength(readTemplates(stacks).routes.length);
    for (const { ResourcePath, ThrottlingRateLimit } of settings)
      expect(ThrottlingRateLimit).toBe(/^\/~1(approvals|handoffs)/.test(ResourcePath) ? 10 : 20);
  });

  test('records nowhere the path of a request, for an approval link is a secret', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    const { AccessLogSetting, MethodSettings, TracingEnabled } = stage!.Properties;
    expect(AccessLogSetting.Format).toContain('$context.resourcePath');
    expect(AccessLogSetting.Format).not.toMatch(
      /\$context\.(path|domain|identity\.sourceIp|authorizer|requestOverride)/,
    );
    expect(TracingEnabled ?? false).toBe(false);
    for (const setting of MethodSettings)
      expect(setting).toMatchObject({ DataTraceEnabled: false, LoggingLevel: 'OFF' });
    const [firewall] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    expect(JSON.stringify(firewall)).not.toContain('"SampledRequestsEnabled":true');
    template.resourceCountIs('AWS::WAFv2::LoggingConfiguration', 0);
  });

  test('stands behind a firewall that counts requests to the pages behind links by source', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      Rules: [
        {
          Action: { Block: Match.anyValue() },
          Statement: {
            RateBasedStatement: {
              AggregateKeyType: 'IP',
              Limit: 300,
              ScopeDownStatement: {
                OrStatement: {
                  Statements: ['/approvals/', '/handoffs/'].map((SearchString) => ({
                    ByteMatchStatement: { SearchString, FieldToMatch: { UriPath: {} } },
                  })),
                },
              },
            },
          },
        },
      ],
    });
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/restapis/')])] },
    });
  });

  test('is the address in mails until the environment names another', () => {
    const baseUrl = (settings: object) =>
      readTemplates(stacksOf('dev', settings)).functions.map(({ environment }) => environment.COUNTERSIGN_BASE_URL);
    expect(new Set(baseUrl({}))).toEqual(new Set(['https://ApiRest4DEC74FE.execute-api.us-east-1.amazonaws.com/api']));
    const domain = {
      name: 'approve.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000',
    };
    expect(new Set(baseUrl({ domain }))).toEqual(new Set(['https://approve.example.com']));
    expect(new Set(baseUrl({ domain, baseUrl: 'https://edge.example.com/' }))).toEqual(
      new Set(['https://edge.example.com']),
    );
    const own = templateOf(stacksOf('dev', { domain }), '-platform');
    own.hasResourceProperties('AWS::ApiGateway::DomainName', {
      RegionalCertificateArn: domain.certificateArn,
      SecurityPolicy: 'TLS_1_2',
    });
    own.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
  });
});

describe('the rights of the functions', () => {
  test('are given to those that need them', () => {
    expect(mayDo('states:StartExecution')).toEqual(['ApprovalLink', 'Retry', 'StartExecution', 'Sweep', 'Withdraw']);
    expect(mayDo('states:SendTaskSuccess')).toEqual([
      'ApprovalLink',
      'HandoffEvents',
      'HandoffLink',
      'Sweep',
      'Withdraw',
    ]);
    expect(mayDo('states:DescribeExecution')).toEqual(['Sweep']);
    expect(mayDo('secretsmanager:GetSecretValue')).toEqual(['Posture', 'Sweep', 'SyncFlags']);
    expect(mayDo('kms:Sign')).toEqual(['Anchor', 'Sweep']);
    expect(mayDo('kms:GetPublicKey')).toEqual(mayDo('kms:Sign'));
    expect(mayDo('ses:SendRawEmail')).toEqual(mayDo('ses:SendEmail'));
    expect(mayDo('ses:SendEmail')).toEqual([
      'ApprovalLink',
      'HandoffEvents',
      'HandoffLink',
      'Posture',
      'Sweep',
      'Withdraw',
    ]);
    expect(mayDo('dynamodb:PutItem')).not.toContain('Handoff');
    expect(mayDo('dynamodb:PutItem')).not.toContain('Preview');
    expect(mayDo('dynamodb:PutItem')).not.toContain('ListExecutions');
    expect(mayDo('dynamodb:GetItem')).not.toContain('Openapi');
  });

  test('sign with the one key behind the alias', () => {
    for (const statement of allowances(raw).filter(({ actions }) => actions.includes('kms:Sign')))
      expect(statement.condition).toEqual({ StringEquals: { 'kms:RequestAlias': 'alias/countersign-dev-signing' } });
  });

  test('start executions by the alias only', () => {
    for (const statement of allowances(raw).filter(({ actions }) => actions.includes('states:StartExecution')))
      expect(statement.condition).toEqual({ StringEquals: { 'states:StateMachineQualifier': 'live' } });
  });

  test('hold no wildcard in an action, and "*" as a resource only for X-Ray', () => {
    for (const stack of stacks)
      for (const { actions, resources, policy } of allowances(rawTemplate(stacks, stack.name))) {
        expect(actions.filter((action) => action.includes('*'))).toEqual([]);
        if (resources.includes('*') && !policy.startsWith('SkillRole'))
          expect(actions.every((action) => action.startsWith('xray:'))).toBe(true);
      }
  });

  test('let only the anchor write manifests, and it nothing else to S3', () => {
    const writers = allowances(raw).filter(
      ({ actions, resources }) =>
        actions.includes('s3:PutObject') && resources.some((one) => one.includes('-anchors-')),
    );
    expect(writers.map(({ policy }) => policy.replace(/Role.*/, ''))).toEqual(['Anchor']);
    expect(writers.flatMap(({ resources }) => resources).every((one) => one.includes('-anchors-'))).toBe(true);
  });

  test('name one table, two buckets, one mail identity, and the state machines of this environment', () => {
    const all = allowances(raw).flatMap(({ resources }) => resources);
    const here = '<AWS::Region>:<AWS::AccountId>';
    expect(
      [...new Set(all.filter((resource) => /:(dynamodb|s3|ses|states|secretsmanager):/.test(resource)))].sort(),
    ).toEqual(
      [
        `arn:<AWS::Partition>:dynamodb:${here}:table/countersign-dev`,
        `arn:<AWS::Partition>:dynamodb:${here}:table/countersign-dev/index/gsi1`,
        `arn:<AWS::Partition>:dynamodb:${here}:table/countersign-dev/index/gsi2`,
        'arn:<AWS::Partition>:s3:::countersign-dev-anchors-<AWS::AccountId>-<AWS::Region>',
        'arn:<AWS::Partition>:s3:::countersign-dev-anchors-<AWS::AccountId>-<AWS::Region>/anchors/*',
        'arn:<AWS::Partition>:s3:::countersign-dev-anchors-<AWS::AccountId>-<AWS::Region>/keys/*',
        'arn:<AWS::Partition>:s3:::countersign-dev-artifacts-<AWS::AccountId>-<AWS::Region>',
        'arn:<AWS::Partition>:s3:::countersign-dev-artifacts-<AWS::AccountId>-<AWS::Region>/artifacts/*',
        `arn:<AWS::Partition>:secretsmanager:${here}:secret:countersign/dev/unleash-admin-token-??????`,
        `arn:<AWS::Partition>:secretsmanager:${here}:secret:countersign/dev/unleash-client-token-??????`,
        `arn:<AWS::Partition>:ses:${here}:configuration-set/countersign-dev`,
        `arn:<AWS::Partition>:ses:${here}:identity/dev.countersign.example.com`,
        `arn:<AWS::Partition>:states:${here}:execution:countersign-dev-*`,
        `arn:<AWS::Partition>:states:${here}:stateMachine:countersign-dev-*`,
      ].sort(),
    );
  });

  test('come without any managed policy for the functions', () => {
    for (const [id, role] of Object.entries(template.findResources('AWS::IAM::Role')))
      if (!id.startsWith('ApiRestCloudWatchRole') && !id.startsWith('AWSCDKTrigger'))
        expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe('schedules, seeding and alarms', () => {
  test('sync-flags and sweep run each minute, the anchor each hour, once, and what fails is kept', () => {
    const rules = Object.values(template.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
    const scheduled = rules.filter(({ ScheduleExpression }) => ScheduleExpression !== undefined);
    expect(scheduled).toHaveLength(3);
    for (const { Targets } of scheduled)
      expect(Targets).toMatchObject([
        { DeadLetterConfig: expect.anything(), RetryPolicy: { MaximumRetryAttempts: 0 } },
      ]);
    template.allResourcesProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: Match.anyValue() },
    });
    const { schedules } = readTemplates(stacks);
    expect(Object.fromEntries(schedules.map(({ functionName, everySeconds }) => [functionName, everySeconds]))).toEqual(
      {
        'countersign-dev-sweep': 60,
        'countersign-dev-sync-flags': 60,
        'countersign-dev-anchor': 3600,
      },
    );
  });

  test('a mail of this environment that SES could not deliver reaches its function, and is kept when it does not', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ses'],
        'detail-type': ['Email Bounced', 'Email Complaint Received', 'Email Rejected'],
        detail: { mail: { tags: { 'ses:configuration-set': ['countersign-dev'] } } },
      },
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MailFailedFunction'), 'Arn'] },
          DeadLetterConfig: Match.anyValue(),
        },
      ],
    });
  });

  test('the figures that the sweeper writes each ring an alarm that says how urgent it is', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    for (const { AlarmDescription } of alarms) expect(AlarmDescription).toMatch(/^\[(page|ticket)\] /);
    const own = alarms.filter(({ Namespace }) => Namespace === 'Countersign');
    expect(own.map(({ MetricName }) => MetricName).sort()).toEqual(Object.keys(METRICS).sort());
    for (const { Dimensions } of own) expect(Dimensions).toEqual([{ Name: 'Environment', Value: 'dev' }]);
    // When the sweeper itself is silent, somebody is told.
    expect(own.find(({ MetricName }) => MetricName === 'OverdueApproval')).toMatchObject({
      TreatMissingData: 'breaching',
      Threshold: 1800,
    });
  });

  test('seeding runs at each deployment that changes it, after it is allowed to write', () => {
    template.hasResourceProperties('Custom::Trigger', {
      HandlerArn: { Ref: Match.stringLikeRegexp('^SeedFunctionCurrentVersion') },
      ExecuteOnHandlerChange: true,
    });
    expect(readTemplates(stacks).atDeployment).toEqual(['countersign-dev-seed']);
  });

  test('alarms may publish to their topic, nobody may without TLS, and the address is subscribed where there is one', () => {
    const [policy] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    const statements = policy!.Properties.PolicyDocument.Statement as { Effect: string; Principal: unknown }[];
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
      }),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    templateOf(stacksOf('prod'), '-platform').hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operators@example.com',
    });
    for (const alarm of Object.values(template.findResources('AWS::CloudWatch::Alarm')))
      expect(alarm.Properties.AlarmActions).toHaveLength(1);
  });

  test('stays as it was', () => {
    expect(normalised(raw)).toMatchSnapshot();
  });

  test('every stack stays far below the 500 resources that CloudFormation takes', () => {
    for (const { name } of stacks)
      expect(Object.keys(rawTemplate(stacks, name).Resources as object).length, name).toBeLessThan(275);
  });
});
