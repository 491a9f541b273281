import { type AwsApis, elements } from './aws.ts';

/** Everything in the account that carries an environment's name, as `kind name`, in order. */
export async function inventory(aws: AwsApis, prefix: string): Promise<string[]> {
  const found: string[] = [];
  const keep = (kind: string, names: readonly string[]) => {
    for (const name of names) if (name.includes(prefix)) found.push(`${kind} ${name}`);
  };
  const named = (list: unknown, field: string) =>
    (list as Record<string, string>[] | undefined)?.map((one) => one[field] ?? '') ?? [];
  const query = async (service: string, version: string, action: string, tag: string, kind: string) =>
    keep(kind, elements(await aws.query(service, version, action), tag));

  keep('function', named((await aws.rest('lambda', '/2015-03-31/functions?MaxItems=1000')).Functions, 'FunctionName'));
  keep('api', named((await aws.rest('apigateway', '/restapis?limit=500')).item, 'name'));
  keep('mail identity', named((await aws.rest('ses', '/v2/email/identities')).EmailIdentities, 'IdentityName'));
  keep('log group', named((await aws.json('logs', 'Logs_20140328.DescribeLogGroups')).logGroups, 'logGroupName'));
  keep('table', (await aws.json('dynamodb', 'DynamoDB_20120810.ListTables')).TableNames as string[]);
  keep('secret', named((await aws.json('secretsmanager', 'secretsmanager.ListSecrets')).SecretList, 'Name'));
  keep('rule', named((await aws.json('events', 'AWSEvents.ListRules')).Rules, 'Name'));
  keep(
    'firewall',
    named((await aws.json('wafv2', 'AWSWAF_20190729.ListWebACLs', { Scope: 'REGIONAL' })).WebACLs, 'Name'),
  );
  keep('key', named((await aws.json('kms', 'TrentService.ListAliases')).Aliases, 'AliasName'));
  keep('state machine', named((await aws.json('states', 'AWSStepFunctions.ListStateMachines')).stateMachines, 'name'));
  await query('iam', '2010-05-08', 'ListRoles', 'RoleName', 'role');
  await query('monitoring', '2010-08-01', 'DescribeAlarms', 'AlarmName', 'alarm');
  await query('monitoring', '2010-08-01', 'ListDashboards', 'DashboardName', 'dashboard');
  await query('sns', '2010-03-31', 'ListTopics', 'TopicArn', 'topic');
  await query('sqs', '2012-11-05', 'ListQueues', 'QueueUrl', 'queue');
  keep('bucket', elements((await aws.send('s3', { method: 'GET', url: `${aws.url}/` })).text, 'Name'));
  return found.sort();
}
