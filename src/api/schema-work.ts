import { resolveRef, valuesIn } from './schema-limits.ts';

/** Most work of checking one event: at most about 0.2 s, when each step is of the slowest kind known. */
export const WORK_OF_EVENT = 2_000_000;
/** Most work of checking the events of one request together. */
export const WORK_OF_REQUEST = 8 * WORK_OF_EVENT;

/** What a step costs beside its keyword, in units of work; measured, and rounded up. */
const COST = {
  /** A branch may fail, and then leaves an error object for Ajv to drop. */
  branch: 2,
  member: 3,
  /** One value of an array whose items must be unique: it is written as text. */
  uniqueValue: 16,
  /** Ajv splits the text before it looks at it. */
  dateTime: 10,
};
const CHARACTERS_PER_UNIT = 8;
/** Ajv copies the errors so far whenever a reference fails; this many units of work leave what one unit copies. */
const WORK_PER_COPY = 128;

/** Thrown when what is left of a budget is not enough. */
export class OutOfWork extends Error {
  override readonly name = 'OutOfWork';
}

/** Units of work that may still be spent. A unit is at most about 0.08 µs. */
export class WorkBudget {
  constructor(public left: number) {}

  /** @throws {OutOfWork} */
  take(units: number): void {
    this.left -= units;
    if (this.left < 0) throw new OutOfWork();
  }
}

type Schema = Record<string, unknown>;
type Estimate = (data: unknown, budget: WorkBudget) => void;

/**
 * Tells what checking data against a schema costs at most, without its patterns: as if each branch were tried to its
 * end. It stops when the budget does, so it takes no longer than what it allows.
 *
 * @param schema measured by `measureSchema`
 */
export function workOf(schema: Schema): Estimate {
  const targets = new Map<string, unknown>();
  let budget = new WorkBudget(0);
  const sizes = new Map<unknown, number>();
  const names = new Map<Schema, string[]>();
  /** What was left when the outermost list of branches was entered. */
  let leftAtBranches: number | undefined;

  function visit(part: unknown, data: unknown): void {
    budget.take(1);
    if (typeof part !== 'object' || part === null) return;
    for (const keyword in part) {
      budget.take(1);
      visitKeyword(keyword, (part as Schema)[keyword], part as Schema, data);
    }
  }

  function visitKeyword(keyword: string, value: unknown, parent: Schema, data: unknown): void {
    switch (keyword) {
      case '$ref':
        visitTarget(String(value), data);
        return;
      case 'anyOf':
      case 'oneOf':
        visitBranches(value as unknown[], data);
        return;
      case 'allOf':
        for (const part of value as unknown[]) visit(part, data);
        return;
      case 'not':
      case 'if':
        visitBranches([value], data);
        return;
      case 'then':
      case 'else':
        visit(value, data);
        return;
      case 'const':
      case 'enum':
        budget.take(typeof data === 'object' || !Array.isArray(value) ? valuesIn(value) : value.length);
        return;
      case 'required':
        budget.take((value as unknown[]).length);
        return;
    }
    if (typeof data === 'string') visitString(keyword, value, data);
    else if (Array.isArray(data)) visitArray(keyword, value, data);
    else if (typeof data === 'object' && data !== null) visitObject(keyword, value, parent, data as Schema);
  }

  function visitTarget(ref: string, data: unknown): void {
    if (!targets.has(ref)) targets.set(ref, resolveRef(schema, ref));
    if (leftAtBranches !== undefined) budget.take((leftAtBranches - budget.left) / WORK_PER_COPY);
    visit(targets.get(ref), data);
  }

  function visitBranches(branches: unknown[], data: unknown): void {
    const outer = leftAtBranches;
    leftAtBranches ??= budget.left;
    for (const branch of branches) {
      budget.take(COST.branch);
      visit(branch, data);
    }
    leftAtBranches = outer;
  }

  function visitString(keyword: string, value: unknown, text: string): void {
    if (keyword === 'format' && value === 'date-time') budget.take(COST.dateTime + text.length);
    else if (keyword === 'format' || keyword === 'minLength' || keyword === 'maxLength') {
      budget.take(text.length / CHARACTERS_PER_UNIT);
    }
  }

  function visitUnique(value: unknown): void {
    budget.take(COST.uniqueValue);
    if (typeof value === 'string') budget.take(value.length / CHARACTERS_PER_UNIT);
    else if (Array.isArray(value)) for (const item of value) visitUnique(item);
    else if (typeof value === 'object' && value !== null) {
      for (const name of namesIn(value as Schema)) {
        budget.take(name.length / CHARACTERS_PER_UNIT);
        visitUnique((value as Schema)[name]);
      }
    }
  }

  function sizeOf(part: unknown): number {
    const size = sizes.get(part) ?? valuesIn(part);
    if (typeof part === 'object') sizes.set(part, size);
    return size;
  }

  function namesIn(members: Schema): string[] {
    const known = names.get(members) ?? Object.keys(members);
    names.set(members, known);
    return known;
  }

  function visitArray(keyword: string, value: unknown, items: unknown[]): void {
    if (keyword === 'uniqueItems') visitUnique(items);
    if (keyword === 'prefixItems') {
      for (const [index, part] of (value as unknown[]).entries()) visit(part, items[index]);
    }
    if (keyword === 'items' || keyword === 'unevaluatedItems') for (const item of items) visit(value, item);
  }

  function visitObject(keyword: string, value: unknown, parent: Schema, members: Schema): void {
    switch (keyword) {
      case 'properties':
      case 'dependentSchemas':
        for (const name in value as Schema) {
          budget.take(1);
          if (Object.hasOwn(members, name)) visit((value as Schema)[name], members[name]);
        }
        return;
      case 'dependentRequired':
        budget.take(sizeOf(value));
        return;
      case 'minProperties':
      case 'maxProperties':
        budget.take(COST.member * namesIn(members).length);
        return;
      case 'patternProperties':
        for (const name of namesIn(members)) {
          budget.take(COST.member);
          for (const pattern in value as Schema) visit((value as Schema)[pattern], members[name]);
        }
        return;
      case 'propertyNames':
        for (const name of namesIn(members)) {
          budget.take(COST.member);
          visit(value, name);
        }
        return;
      case 'additionalProperties':
      case 'unevaluatedProperties':
        for (const name of namesIn(members)) {
          budget.take(COST.member);
          if (!Object.hasOwn((parent.properties ?? {}) as Schema, name)) visit(value, members[name]);
        }
    }
  }

  return (data, of) => {
    budget = of;
    leftAtBranches = undefined;
    try {
      visit(schema, data);
    } finally {
      names.clear();
    }
  };
}
