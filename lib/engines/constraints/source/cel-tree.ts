import { parse } from '@bufbuild/cel';

/**
 * Expressions of rules as a small tree. `at` is the offset into the expression's text at which the node begins (for an
 * operation: its operator), in UTF-16 code units.
 */
export type Cel =
  | { readonly kind: 'integer'; readonly value: number; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: number }
  /** `request.a.b`, or `has(request.a.b)`. */
  | { readonly kind: 'field' | 'has'; readonly path: string; readonly at: number }
  /** The variable of a macro. */
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Cel[]; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Cel[]; readonly at: number }
  | { readonly kind: 'not' | 'negative'; readonly of: Cel; readonly at: number }
  | { readonly kind: 'logic'; readonly operator: '&&' | '||'; readonly parts: readonly Cel[]; readonly at: number }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Cel;
      readonly right: Cel;
      readonly at: number;
    }
  | { readonly kind: 'choose'; readonly when: Cel; readonly yes: Cel; readonly no: Cel; readonly at: number }
  | {
      readonly kind: 'each';
      readonly quantifier: 'exists' | 'all';
      readonly over: Cel;
      readonly name: string;
      readonly body: Cel;
      readonly at: number;
    };

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

/** Something wrong at an offset of an expression. */
export interface Fault {
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

type Parsed = ReturnType<typeof parse>;
type Node = Parsed['expr'];

const OPERATORS: Readonly<Record<string, Operator>> = {
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
  '@in': 'in',
  '_+_': '+',
  '_-_': '-',
  '_*_': '*',
  '_/_': '/',
  '_%_': '%',
};

/** Thrown inside this file only: the first thing that cannot become part of the tree. */
class NotInSubset extends Error {
  readonly fault: Fault;
  constructor(at: number, code: string, message: string, mend: string) {
    super(message);
    this.fault = { at, code, message, mend };
  }
}

const MEND_OPERATORS = 'Use comparisons, in, &&, ||, !, ?:, + - * / %, has(), size(), .exists() and .all().';

class Reader {
  private readonly positions: Readonly<Record<string, number>>;
  private readonly macros: Parsed['sourceInfo'];

  constructor({ sourceInfo }: Parsed) {
    this.positions = sourceInfo?.positions ?? {};
    this.macros = sourceInfo;
  }

  private at(node: Node): number {
    return this.positions[String(node.id)] ?? 0;
  }

  private refuse(node: Node, message: string, mend: string): never {
    throw new NotInSubset(this.at(node), 'unsupported-expression', message, mend);
  }

  read(node: Node): Cel {
    const at = this.at(node);
    const { exprKind } = node;
    switch (exprKind.case) {
      case 'constExpr':
        return this.constant(node, exprKind.value.constantKind);
      case 'identExpr':
        return { kind: 'name', name: exprKind.value.name, at };
      case 'selectExpr': {
        const path = this.path(node);
        // The test of presence has the position of its call; a selection that of its last point.
        return {
          kind: exprKind.value.testOnly ? 'has' : 'field',
          path: path.path,
          at: exprKind.value.testOnly ? at : path.at,
        };
      }
      case 'listExpr':
        return { kind: 'list', items: exprKind.value.elements.map((item) => this.read(item)), at };
      case 'callExpr':
        return this.call(node, exprKind.value);
      case 'comprehensionExpr':
        return this.each(node, exprKind.value);
      default:
        return this.refuse(node, 'Maps and messages are not part of the language.', MEND_OPERATORS);
    }
  }

  private constant(
    node: Node,
    { case: kind, value }: { readonly case?: string | undefined; readonly value?: unknown },
  ): Cel {
    const at = this.at(node);
    if (kind === 'boolValue') return { kind: 'boolean', value: value === true, at };
    if (kind === 'stringValue') return { kind: 'text', value: String(value), at };
    if (kind === 'int64Value') {
      const number = Number(value);
      if (Number.isSafeInteger(number)) return { kind: 'integer', value: number, at };
      return this.refuse(node, 'The number is too large to be exact.', 'Use a number of at most 2^53 - 1.');
    }
    if (kind === 'doubleValue') {
      return this.refuse(node, 'Floating-point numbers are not exact.', 'Write decimal("1.25") or percent("12.5").');
    }
    return this.refuse(node, `A literal of this kind (${kind ?? 'none'}) is not part of the language.`, MEND_OPERATORS);
  }

  private path(node: Node): { readonly path: string; readonly at: number } {
    const names: string[] = [];
    let at: Node = node;
    while (at.exprKind.case === 'selectExpr') {
      names.unshift(at.exprKind.value.field);
      const operand: Node | undefined = at.exprKind.value.operand;
      if (operand === undefined) break;
      at = operand;
    }
    if (at.exprKind.case === 'identExpr' && at.exprKind.value.name === 'request') {
      return { path: names.join('.'), at: this.at(at) };
    }
    return this.refuse(
      node,
      'Only fields of the request can be selected.',
      'Begin it with request, such as request.discount.',
    );
  }

  private call(
    node: Node,
    call: { readonly function: string; readonly target?: Node | undefined; readonly args: readonly Node[] },
  ): Cel {
    const at = this.at(node);
    const args = [...(call.target === undefined ? [] : [call.target]), ...call.args].map((arg) => this.read(arg));
    const [first, second, third] = args;
    const operator = OPERATORS[call.function];
    if (operator !== undefined && first !== undefined && second !== undefined) {
      return { kind: 'binary', operator, left: first, right: second, at };
    }
    if ((call.function === '_&&_' || call.function === '_||_') && first !== undefined && second !== undefined) {
      const of = call.function === '_&&_' ? '&&' : '||';
      const parts = [first, second].flatMap((p) => (p.kind === 'logic' && p.operator === of ? p.parts : [p]));
      return { kind: 'logic', operator: of, parts, at };
    }
    if (call.function === '!_' && first !== undefined) return { kind: 'not', of: first, at };
    if (call.function === '-_' && first !== undefined) return { kind: 'negative', of: first, at };
    if (call.function === '_?_:_' && first !== undefined && second !== undefined && third !== undefined) {
      return { kind: 'choose', when: first, yes: second, no: third, at };
    }
    if (call.function === '_[_]') {
      return this.refuse(node, 'Elements of a list have no place to be taken by.', 'Use in, exists() or all().');
    }
    if (call.function === 'has') {
      return this.refuse(node, 'has() takes a field of the request.', 'Write has(request.field).');
    }
    if (call.target !== undefined && call.function !== 'size') {
      return this.refuse(node, `The method ${call.function}() is not part of the language.`, MEND_OPERATORS);
    }
    return { kind: 'call', name: call.function, args, at: this.startOfCall(at, call.function, call.target) };
  }

  /** A call's position is its parenthesis; people look for its name. */
  private startOfCall(at: number, name: string, target: Node | undefined): number {
    return target === undefined ? Math.max(0, at - name.length) : at;
  }

  private each(
    node: Node,
    loop: {
      readonly iterRange?: Node | undefined;
      readonly iterVar: string;
      readonly iterVar2: string;
      readonly loopStep?: Node | undefined;
    },
  ): Cel {
    const original = this.macros?.macroCalls[String(node.id)]?.exprKind;
    const quantifier = original?.case === 'callExpr' ? original.value.function : '';
    const step = loop.loopStep?.exprKind;
    const body = step?.case === 'callExpr' ? step.value.args[1] : undefined;
    const known = quantifier === 'exists' || quantifier === 'all';
    if (!known || loop.iterVar2 !== '' || body === undefined || loop.iterRange === undefined) {
      return this.refuse(node, `The macro ${quantifier}() is not part of the language.`, 'Use exists() or all().');
    }
    const over = this.read(loop.iterRange);
    return { kind: 'each', quantifier, over, name: loop.iterVar, body: this.read(body), at: this.at(node) };
  }
}

function syntaxFault(text: string, error: unknown): Fault {
  const location =
    error instanceof Error && 'location' in error ? (error.location as { start?: { offset?: number } }) : {};
  const raw = error instanceof Error && 'rawMessage' in error ? String(error.rawMessage) : String(error);
  const found = /^found (.*?) but expecting/s.exec(raw)?.[1] ?? 'something';
  const stopped = location.start?.offset ?? text.length;
  // Of an operator without an operand behind it, the parser only knows that it cannot begin there.
  const at = /^(&&|\|\||[<>=!]=?|[-+*/%?:]|in)\s*$/.test(text.slice(stopped)) ? text.trimEnd().length : stopped;
  const message =
    at >= text.trimEnd().length ? 'The expression ends too early.' : `The expression cannot go on with ${found} here.`;
  return { at, code: 'invalid-expression', message, mend: 'Correct the CEL expression at this place.' };
}

/** Parses an expression; what cannot be part of the language's tree is a fault. */
export function parseCel(text: string): { readonly tree: Cel } | { readonly fault: Fault } {
  let parsed: Parsed;
  try {
    parsed = parse(text);
  } catch (error) {
    return { fault: syntaxFault(text, error) };
  }
  try {
    return { tree: new Reader(parsed).read(parsed.expr) };
  } catch (error) {
    if (!(error instanceof NotInSubset)) throw error;
    return { fault: error.fault };
  }
}
