/** An event of the Pulumi engine: one step on one resource. */
export interface EngineStep {
  readonly op: string;
  readonly urn: string;
  readonly outcome: "begun" | "done" | "failed";
}

/** Words for each operation of the engine that changes something, while it runs and when it is done. */
export const operationVerbs: Readonly<Record<string, readonly [doing: string, done: string]>> = {
  create: ["creating", "created"],
  update: ["updating", "updated"],
  delete: ["deleting", "deleted"],
  "create-replacement": ["creating again", "created again"],
  "delete-replaced": ["deleting the old", "deleted the old"],
};

const resourceName = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** Kind of a resource, such as VirtualService. */
const resourceKind = (urn: string): string => urn.split("::")[2]?.split("$").at(-1)?.split(":").at(-1) ?? "";

/**
 * A line of progress. Undefined for steps without a change, for components and for providers.
 *
 * @param seconds - time since the operation began
 */
export function progressLine({ op, urn, outcome }: EngineStep, seconds: number): string | undefined {
  const verb = operationVerbs[op];
  if (!verb || /:(index:[A-Z]\w*|pulumi:Stack)$/.test(urn.split("::")[2] ?? "") || urn.includes("pulumi:providers:"))
    return undefined;
  const state = { begun: verb[0], done: verb[1], failed: `${verb[0]} failed` }[outcome];
  return `${String(Math.round(seconds)).padStart(4)} s  ${state.padEnd(16)} ${resourceKind(urn)} ${resourceName(urn)}`;
}

/** Text of a diagnostic without colour tags and stack trace. */
export function plainMessage(text: string): string {
  const lines = text
    .replaceAll(/<\{%[^%]*%\}>/g, "")
    .split("\n")
    .filter((line) => !/^\s+at /.test(line));
  return lines.join("\n").trim();
}

const remedies: readonly (readonly [RegExp, string])[] = [
  // https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/secrets/passphrase/manager.go, ErrIncorrectPassphrase
  [
    /incorrect passphrase/,
    "set PULUMI_CONFIG_PASSPHRASE_FILE to the file that the stack was made with, .state/passphrase for npm start, and unset PULUMI_CONFIG_PASSPHRASE",
  ],
];

/**
 * The distinct errors in the output of the Pulumi CLI, with a remedy where one is known. Its prefix marks an error
 * (https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/diag/sink.go); a status for each kind does not exist.
 */
export function cliErrors(output: string): string[] {
  const errors = output.split("\n").flatMap((line) => /^error: (.+)$/.exec(line.trim())?.[1] ?? []);
  return [...new Set(errors)].map((text) => {
    const remedy = remedies.find(([pattern]) => pattern.test(text))?.[1];
    return remedy ? `${text}; fix: ${remedy}` : text;
  });
}
