import type { ConstraintSet, Values } from '../model.ts';
import { Approximation, allOf, permittedTrees, tooLarge, write } from './approximate.ts';
import { type AttributeValue, attributeOf, ConditionWriter } from './condition-writer.ts';
import { isWellFormed, refused, type Target, unsafeTexts, written } from './output.ts';
import { permissionOf } from './permission.ts';

const MEDIA_TYPE = 'application/json';
/** Limits of expressions: 4 KB of text, 300 operators and functions. */
const MOST_BYTES = 4096;
const MOST_OPERATORS = 300;

/** The parts of a request that carry a condition. */
export interface DynamodbCondition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, AttributeValue>>;
}

/**
 * A DynamoDB condition on the stored item. DynamoDB adds nothing up, so that the condition is weaker where rules compare sums
 * of several fields; it is refused where it would exceed DynamoDB's limits of an expression.
 */
export const dynamodbCondition: Target = (set, { day }) => {
  const refuse = (because: readonly string[]) => refused('dynamodb-condition', MEDIA_TYPE, because);
  const unsafe = unsafeTexts(set, isWellFormed);
  if (unsafe.length > 0) return refuse(unsafe);
  if (set.fields.length === 0) return refuse(['Without fields there is nothing that a condition can look at.']);
  const writer = new ConditionWriter(set);
  const permission = permissionOf(set, day);
  const approximation = new Approximation(permission, (atom) => writer.says(atom));
  const { kept, weaker } = permittedTrees(permission, approximation, 'DynamoDB');
  const permitted = allOf([...kept.values()]);
  const large = tooLarge([permitted]);
  if (large.length > 0) return refuse(large);
  const domains = set.fields.map((_, index) => writer.domain(index));
  const rules = permitted.kind === 'constant' && permitted.value ? [] : [write(permitted, writer)];
  const parts = [...domains, ...rules];
  const { text: expression } = writer.all(parts);
  if (expression.length > MOST_BYTES)
    return refuse([`The expression takes ${expression.length} bytes; DynamoDB takes ${MOST_BYTES}.`]);
  if (writer.operators > MOST_OPERATORS)
    return refuse([`The expression has ${writer.operators} operators; DynamoDB takes ${MOST_OPERATORS}.`]);
  const condition: DynamodbCondition = {
    ConditionExpression: expression,
    ExpressionAttributeNames: writer.attributeNames,
    ExpressionAttributeValues: writer.attributeValues,
  };
  return written('dynamodb-condition', MEDIA_TYPE, `${JSON.stringify(condition, undefined, 2)}\n`, weaker);
};

/**
 * An input as attributes of an item: maps along the fields' paths; whole numbers and decimals as N, words and dates as S,
 * booleans as BOOL, money as a map of `currency` and `minorUnits`, sets as lists of S (DynamoDB has no empty string sets).
 */
export function dynamodbItem(set: ConstraintSet, values: Values): { readonly [name: string]: AttributeValue } {
  const top: Record<string, AttributeValue> = {};
  set.fields.forEach(({ path, type }, index) => {
    const value = values[index];
    if (value === undefined) return;
    const names = path.split('.');
    let level = top;
    for (const name of names.slice(0, -1)) {
      const inner = level[name];
      const next: Record<string, AttributeValue> = inner !== undefined && 'M' in inner ? { ...inner.M } : {};
      level[name] = { M: next };
      level = next;
    }
    level[names.at(-1) ?? ''] = attributeOf(type, value);
  });
  return top;
}
