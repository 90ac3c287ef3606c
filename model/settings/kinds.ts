import { integer } from "./forms";

/** One key of the stack's configuration: its declaration in Pulumi.yaml, and the values that it accepts. */
export interface Key<T extends string | number | boolean = string | number | boolean> {
  readonly type: T extends string ? "string" : T extends number ? "integer" : "boolean";
  readonly default: T;
  readonly description: string;
  /** Allowed values, as the end of the sentence "must be …". */
  readonly allowed: string;
  readonly accepts: (value: T) => boolean;
  /** True if the value is kept encrypted and never shown. */
  readonly secret?: true;
  /** The only values that are accepted. @default whatever `accepts` accepts */
  readonly options?: readonly string[];
}

type Rule<T extends string | number | boolean> = Omit<Key<T>, "type">;

/** Key with a text. */
export const text = (rule: Rule<string>): Key<string> => ({ type: "string", ...rule });
/** Key with a secret text. */
export const secretText = (rule: Rule<string>): Key<string> => ({ ...text(rule), secret: true });
/** Key with an integer in a range. */
export const number = (min: number, max: number, rule: Pick<Key<number>, "default" | "description">): Key<number> => ({
  type: "integer",
  allowed: `an integer from ${min} to ${max}`,
  accepts: integer(min, max),
  ...rule,
});
/** A key that is true or false. */
export const flag = (rule: Pick<Key<boolean>, "default" | "description">): Key<boolean> => ({
  type: "boolean",
  allowed: "true or false",
  accepts: () => true,
  ...rule,
});
/** Key with one of a list of words. */
export const choice = <const T extends string>(
  options: readonly T[],
  preset: NoInfer<T>,
  description: string,
): Key<T> =>
  ({
    type: "string",
    default: preset,
    description,
    allowed: `one of ${options.join(", ")}`,
    options,
    accepts: (value: string) => (options as readonly string[]).includes(value),
  }) as unknown as Key<T>;
