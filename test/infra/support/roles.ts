import { CfnElement, type Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { flat, list } from './policies.ts';

/** One statement of a role, as reviewers read it. */
interface RoleStatement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: unknown;
}

/** One role: who takes it, and all that it may do. */
export interface RoleRights {
  /** The construct's path within its stack. */
  readonly path: string;
  readonly assumedBy: readonly string[];
  readonly managedPolicies: readonly string[];
  readonly statements: readonly RoleStatement[];
  /** Why a resource with a wildcard, or a managed policy, is as narrow as it can be; `undefined` where nobody wrote it down. */
  readonly reasonFor: (resource: string) => string | undefined;
}

interface Document {
  readonly Statement: readonly Record<string, unknown>[];
}
interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly AssumeRolePolicyDocument?: Document;
    readonly ManagedPolicyArns?: readonly unknown[];
    readonly Policies?: readonly { readonly PolicyDocument: Document }[];
    readonly PolicyDocument?: Document;
    readonly Roles?: readonly { readonly Ref: string }[];
  };
}

/** Roles that CDK itself brings along; what they hold is its own, and stands here with why it is accepted. */
const BROUGHT_BY_CDK: readonly (readonly [path: RegExp, reason: string])[] = [
  [
    /^AWSCDK\.TriggerCustomResourceProvider/,
    'CDK invokes the version of the seeding function that this deployment published, and logs that it did.',
  ],
  [
    /^Custom::S3AutoDeleteObjects/,
    'CDK empties the buckets of an environment that is destroyed with its stacks, and logs that it did.',
  ],
];

function statementsOf({ Statement }: Document): RoleStatement[] {
  return Statement.map((statement) => ({
    effect: String(statement.Effect),
    actions: (list(statement.Action) as string[]).toSorted(),
    resources: list(statement.Resource).map(flat).toSorted(),
    ...(statement.Condition === undefined ? {} : { condition: statement.Condition }),
  }));
}

function principalsOf({ Statement }: Document): string[] {
  return Statement.flatMap(({ Principal }) => list((Principal as { Service: unknown }).Service).map(flat));
}

/** The reasons that were written down at a construct or above it. */
function reasonsAt(construct: IConstruct): (resource: string) => string | undefined {
  const reasons = new Map<string, string>();
  for (const scope of construct.node.scopes)
    for (const { type, data } of scope.node.metadata)
      if (type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        for (const [rule, reason] of Object.entries(data as Record<string, string>)) reasons.set(rule, reason);
  return (given) =>
    reasons.get(`AwsSolutions-IAM5[Resource::${given}]`) ?? reasons.get(`AwsSolutions-IAM4[Policy::${given}]`);
}

/** Every role of a stack, with what its own policies and those attached to it allow. */
export function rolesOf(stack: Stack, template: { readonly [key: string]: unknown }): readonly RoleRights[] {
  const resources = template.Resources as Record<string, Resource>;
  const constructs = new Map(
    stack.node
      .findAll()
      .filter((construct): construct is CfnElement => CfnElement.isCfnElement(construct))
      .map((element) => [stack.resolve(element.logicalId) as string, element]),
  );
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([id, { Properties }]): RoleRights => {
      const element = constructs.get(id);
      if (element === undefined) throw new Error(`No construct made ${id}.`);
      const path = element.node.path.slice(stack.node.path.length + 1).replace(/\/(Resource|Role)$/, '');
      const attached = Object.values(resources).filter(
        ({ Type, Properties: policy }) => Type === 'AWS::IAM::Policy' && policy.Roles?.some(({ Ref }) => Ref === id),
      );
      const documents = [
        ...(Properties.Policies ?? []).map(({ PolicyDocument }) => PolicyDocument),
        ...attached.flatMap(({ Properties: policy }) => policy.PolicyDocument ?? []),
      ];
      const ours = reasonsAt(element);
      const theirs = BROUGHT_BY_CDK.find(([pattern]) => pattern.test(path))?.[1];
      return {
        path,
        assumedBy: principalsOf(Properties.AssumeRolePolicyDocument ?? { Statement: [] }),
        managedPolicies: (Properties.ManagedPolicyArns ?? []).map(flat),
        statements: documents.flatMap(statementsOf),
        reasonFor: (resource) => ours(resource) ?? theirs,
      };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const hasWildcard = (text: string): boolean => /[*?]/.test(text);

/** Names that only differ from one commit, account or region to the next are left out of what reviewers read. */
function readable(text: string): string {
  return text
    .replace(/(CurrentVersion)[0-9A-F]{8}[0-9a-f]{32}/g, '$1')
    .replaceAll('arn:<AWS::Partition>', 'arn:aws')
    .replaceAll('<AWS::Region>', 'REGION')
    .replaceAll('<AWS::AccountId>', 'ACCOUNT');
}

/** Wildcards and managed policies without a reason, as `role: action or resource`. */
export function unexplained(roles: readonly RoleRights[]): string[] {
  return roles.flatMap(({ path, managedPolicies, statements, reasonFor }) => [
    ...managedPolicies.filter((arn) => reasonFor(arn) === undefined).map((arn) => `${path}: ${arn}`),
    ...statements.flatMap(({ actions, resources }) => [
      ...actions.filter((action) => hasWildcard(action)).map((action) => `${path}: ${action}`),
      ...resources
        .filter((resource) => hasWildcard(resource) && reasonFor(resource) === undefined)
        .map((resource) => `${path}: ${resource}`),
    ]),
  ]);
}

/** The table that reviewers read: role by role, what it may do on what, and beside each wildcard why. */
export function describeRoles(roles: readonly RoleRights[]): string {
  const text = roles
    .map(({ path, assumedBy, managedPolicies, statements, reasonFor }) =>
      [
        `${path}   (taken by ${assumedBy.join(', ')})`,
        ...managedPolicies.map((arn) => `  managed policy ${arn}   because: ${reasonFor(arn) ?? '???'}`),
        ...statements.flatMap(({ effect, actions, resources, condition }) => [
          `  ${effect.toLowerCase()} ${actions.join(', ')}`,
          ...resources.map((resource) =>
            hasWildcard(resource)
              ? `    on ${resource}   because: ${reasonFor(resource) ?? '???'}`
              : `    on ${resource}`,
          ),
          ...(condition === undefined ? [] : [`    if ${JSON.stringify(condition)}`]),
        ]),
      ].join('\n'),
    )
    .join('\n\n');
  return readable(`${text}\n`);
}
