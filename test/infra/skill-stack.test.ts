import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { addStacks, createApp } from '../../lib/infra/app.ts';
import { withoutBundles } from '../../lib/infra/code-source.ts';
import { environmentOf } from '../../lib/infra/environments.ts';
import { STATE_MACHINE_ALIAS } from '../../lib/platform/aws/state-machines.ts';
import { allowances } from './support/policies.ts';
import { normalised, rawTemplate, stacksOf, templateOf, tinySkill } from './support/templates.ts';

const stacks = stacksOf('dev');
const template = templateOf(stacks, '-u99999');
const raw = rawTemplate(stacks, '-u99999');

describe('the stack of a skill', () => {
  test('holds a standard state machine under a name of its own, traced, logged without execution data', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'countersign-dev-u99999',
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/vendedlogs/states/countersign-dev-u99999',
      RetentionInDays: 14,
    });
  });

  test('publishes a version that is kept, and points the alias that executions start through to it', () => {
    template.hasResource('AWS::StepFunctions::StateMachineVersion', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        StateMachineRevisionId: { 'Fn::GetAtt': [Match.stringLikeRegexp('StateMachine'), 'StateMachineRevisionId'] },
      },
    });
    template.hasResourceProperties('AWS::StepFunctions::StateMachineAlias', {
      Name: STATE_MACHINE_ALIAS,
      RoutingConfiguration: [
        { StateMachineVersionArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('SkillVersion'), 'Arn'] }, Weight: 100 },
      ],
    });
  });

  test('pins a retained Lambda version in every task', () => {
    const versions = template.findResources('AWS::Lambda::Version');
    expect(Object.keys(versions)).toHaveLength(10);
    for (const version of Object.values(versions))
      expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const pieces = machine!.Properties.DefinitionString['Fn::Join'][1] as (string | { Ref: string })[];
    const pinned = pieces.flatMap((piece, index) =>
      String(pieces[index - 1]).endsWith('"FunctionName":"') ? [(piece as { Ref: string }).Ref] : [],
    );
    expect(pinned.sort()).toEqual(Object.keys(versions).sort());
  });

  test('lets the state machine invoke every version of its own functions, and no other function', () => {
    const [statement] = allowances(raw).filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    const functions = Object.keys(template.findResources('AWS::Lambda::Function'));
    expect(statement!.actions).toEqual(['lambda:InvokeFunction']);
    expect(statement!.resources.filter((resource) => resource.endsWith(':*')).sort()).toEqual(
      functions.map((id) => `<${id}.Arn>:*`).sort(),
    );
    const versions = Object.keys(template.findResources('AWS::Lambda::Version')).map((id) => `<${id}>`);
    expect(statement!.resources.filter((resource) => !resource.endsWith(':*')).sort()).toEqual(versions.sort());
  });

  test('runs its functions on Node 24, arm64, traced, with a log group and a role each', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(new Set(functions.map(({ Properties }) => Properties.Role['Fn::GetAtt'][0])).size).toBe(10);
    expect(new Set(functions.map(({ Properties }) => Properties.LoggingConfig.LogGroup.Ref)).size).toBe(10);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
  });

  test('gives the right to signal only to the steps that open or close a stage, and the right to mail not to all', () => {
    const may = (action: string) =>
      allowances(raw)
        .flatMap(({ policy, actions }) => (actions.includes(action) ? [policy.replace(/^Skill|Role.*/g, '')] : []))
        .sort();
    const settling = ['Escalate', 'RequestApproval', 'RequestOversight'];
    expect(may('states:SendTaskSuccess')).toEqual(settling);
    expect(may('states:StartExecution')).toEqual(settling);
    expect(may('states:DescribeExecution')).toEqual([]);
    expect(may('ses:SendRawEmail')).not.toContain('Preflight');
    expect(may('s3:PutObject')).not.toContain('Preflight');
  });

  test('alarms about faults, aborted executions and throttling through the topic of the environment', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', 5);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ExecutionsFailed', Threshold: 1 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ExecutionThrottled', Threshold: 1 });
  });

  test('stays as it was', () => {
    expect(normalised(raw)).toMatchSnapshot();
  });

  test('refuses two skills with one id, by name', () => {
    const twins = [tinySkill, { ...tinySkill, name: 'its-twin' }];
    expect(() =>
      addStacks(createApp(), { environment: environmentOf('dev'), skills: twins, code: withoutBundles }),
    ).toThrow(/tiny-skill-for-tests and its-twin have the same id u99999/);
  });
});
