/** An option of a command: `--name VALUE`, or a switch, which has no value. */
export interface Option<Value> {
  /** Effect of the option, as the end of a line of help. */
  readonly summary: string;
  /** Placeholder of the value in help, such as SECONDS; undefined for a switch. */
  readonly value?: string;
  /** The accepted values, as the end of "must be …". */
  readonly allowed?: string;
  /**
   * Returns the value of a text; undefined if it is not accepted.
   *
   * @throws Error for a value that needs a message of its own
   */
  readonly parse: (text: string) => Value | undefined;
  /** Value of a command line without the option. */
  readonly default: Value;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** Values of a table of options by name. */
export type OptionValues<Options extends OptionTable> = {
  readonly [Name in keyof Options]: Options[Name] extends Option<infer Value> ? Value : never;
};

export const flag = (summary: string): Option<boolean> => ({ summary, parse: () => true, default: false });

/** Characters of the longest path that Linux accepts. No text of an option is longer. */
const longest = 4096;

export const text = (value: string, summary: string): Option<string | undefined> => ({
  ...{ summary, value, default: undefined },
  allowed: `1 to ${longest} characters, without control characters`,
  parse: (entered) => (entered !== "" && entered.length <= longest && !/\p{Cc}/u.test(entered) ? entered : undefined),
});

/** @param parse - throws an Error that names the value and what is allowed */
export const parsedText = <Value>(
  value: string,
  parse: (text: string) => Value,
  summary: string,
): Option<Value | undefined> => ({
  ...{ summary, value, parse, default: undefined },
});

export const choice = <const Value extends string>(
  value: string,
  values: readonly Value[],
  usual: NoInfer<Value>,
  summary: string,
): Option<Value> => ({
  summary: `${summary}: ${values.join(", ")}; ${usual} by default`,
  allowed: `one of ${values.join(", ")}`,
  parse: (entered) => values.find((allowed) => allowed === entered),
  ...{ value, default: usual },
});

/** An integer within limits, which are part of it. @param unit - such as seconds */
export function integer(
  value: string,
  [from, to]: readonly [number, number],
  usual: number,
  unit: string,
  summary: string,
): Option<number> {
  const isAccepted = (entered: string) => /^\d{1,6}$/.test(entered) && Number(entered) >= from && Number(entered) <= to;
  return {
    summary: `${summary}, ${from} to ${to}; ${usual} by default`,
    allowed: `an integer from ${from} to ${to}${unit && `, ${unit}`}`,
    parse: (entered) => (isAccepted(entered) ? Number(entered) : undefined),
    ...{ value, default: usual },
  };
}
