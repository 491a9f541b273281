/** One statement of an IAM policy, with resources as flat text. */
export interface Statement {
  readonly policy: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: unknown;
}

/** One thing or several, as several. */
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** A value of a template as flat text, references in angle brackets. */
export function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[key, argument] = []] = Object.entries(value as object);
  if (key === 'Ref') return `<${argument}>`;
  if (key === 'Fn::GetAtt') return `<${argument.join('.')}>`;
  if (key === 'Fn::Join') return argument[1].map(flat).join(argument[0]);
  if (key === 'Fn::Sub') return String(argument).replace(/\$\{([^}]+)\}/g, '<$1>');
  throw new Error(`Cannot flatten ${key}.`);
}

/** Every statement that allows something, of the policies attached to roles in a template. */
export function allowances(template: { [key: string]: unknown }): readonly Statement[] {
  type Policy = { Type: string; Properties: { PolicyDocument: { Statement: Record<string, unknown>[] } } };
  return Object.entries(template.Resources as Record<string, Policy>)
    .filter(([, resource]) => resource.Type === 'AWS::IAM::Policy')
    .flatMap(([policy, resource]) =>
      resource.Properties.PolicyDocument.Statement.map((statement) => ({
        policy,
        actions: list(statement.Action) as string[],
        resources: list(statement.Resource).map(flat),
        ...(statement.Condition === undefined ? {} : { condition: statement.Condition }),
      })),
    );
}
