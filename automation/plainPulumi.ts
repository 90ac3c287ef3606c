import { writeFile } from "node:fs/promises";
import { exitCodes, OperationFailed } from "../host/failure";
import { ensureState } from "../machine/backend.mjs";
import { refuseSwallowed } from "../machine/npmOptions.mjs";
import { type PulumiArguments, readPulumiArguments } from "../machine/pulumiArguments.mjs";
import { defaultStack, stackFile } from "../machine/settings.mjs";
import { checkEncryption } from "./stack/encryption";
import { exists, refuseRenamed, refuseUnknown } from "./stack/knownStacks";
import { createStack } from "./stack/newStack";
import { configCopy, encryptedKeys, readStackFile, stackText, withoutSalt } from "./stack/stackFile";

/** Pulumi's commands that act on a stack, by their first word. */
const acting = [
  "up",
  "update",
  "preview",
  "pre",
  "destroy",
  "dn",
  "down",
  "refresh",
  "import",
  "watch",
  "logs",
  "state",
];
/** Of these, the ones that read the stack's configuration and never write it, but for its salt. */
const readingConfig = ["up", "update", "preview", "pre", "destroy", "dn", "down", "refresh", "import", "watch"];
/** Subcommands of `stack` that act on one; without a subcommand it shows one. */
const actingOnOne = [
  ...[undefined, "output", "export", "import", "graph", "history", "rename", "tag", "change-secrets-provider"],
  ...["rm", "remove"],
];
/** Subcommands of `stack` whose first argument is the stack. */
const namingOne = ["init", "new", "select", "rm", "remove"];

/** The stack that a command line of Pulumi is about. */
export function stackOf({ words: [command = "", second, third], stack }: PulumiArguments): string {
  const positional = command === "cancel" ? second : command === "stack" && namingOne.includes(second ?? "") && third;
  return stack || positional || defaultStack();
}

/** @throws OperationFailed where the command would act on a stack that is not there, or cannot open it */
async function prepare(stack: string, { words: [command = "", second], stack: named }: PulumiArguments): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  if (command === "config") return prepareConfig(stack, second, named !== undefined, say);
  if (command === "stack" && second === "select")
    say(
      `the npm commands do not follow this: they act on ${defaultStack()} unless --stack or PULUMI_STACK names another`,
    );
  if (command === "cancel" || (command === "stack" && actingOnOne.includes(second))) return refuseUnknown(stack);
  if (!acting.includes(command)) return;
  await refuseUnknown(stack);
  await checkEncryption(stack, say);
}

/** `config` creates the stack that it is to configure, since Pulumi configures only stacks that it knows. */
async function prepareConfig(
  stack: string,
  subcommand: string | undefined,
  isNamed: boolean,
  say: (line: string) => void,
): Promise<void> {
  await refuseRenamed(stack);
  const isThere = await exists(stack);
  // a slip in the name of a stack that is only to be read makes no stack
  const creates = subcommand?.startsWith("set") || !isNamed || (await stackText(stack)) !== "";
  if (!isThere && !creates) await refuseUnknown(stack);
  await ensureState();
  // removing the secrets of another passphrase is the way out of them
  if (!subcommand?.startsWith("rm")) await checkEncryption(stack, say);
  if (!isThere) await createStack(stack);
}

/** Removes the salt that Pulumi wrote into the stack's file, where no secret needs it. */
async function dropSalt(stack: string, before: string): Promise<void> {
  const text = await stackText(stack);
  const [old, file] = [readStackFile(stack, before), readStackFile(stack, text)];
  const isNew = !old.encryptionsalt || encryptedKeys(old).length > 0;
  if (file.encryptionsalt && isNew && encryptedKeys(file).length === 0)
    await writeFile(stackFile(stack), withoutSalt(text));
}

/**
 * Runs a command of Pulumi itself, on the stack that it names or else on the default one of all commands, never on the
 * one that was selected last.
 *
 * @param run - runs Pulumi in the foreground and returns its exit status
 */
export async function plainPulumi(
  args: readonly string[],
  run: (args: string[], env: NodeJS.ProcessEnv) => Promise<number>,
): Promise<number> {
  const given = readPulumiArguments(args);
  const { words, options } = given;
  // a project somewhere else is no business of this one
  if (options.has("cwd") || options.has("C")) return run([...args], process.env);
  const stack = stackOf(given);
  try {
    refuseSwallowed("pulumi", args);
    await prepare(stack, given);
    await ensureState();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return error instanceof OperationFailed ? error.exitCode : exitCodes.config;
  }
  const ownFile = ["config", "c", "config-file", "config-path"].some((name) => options.has(name));
  const copied = readingConfig.includes(words[0] ?? "") && !ownFile ? ["--config-file", await configCopy(stack)] : [];
  const before = await stackText(stack);
  const at = args.includes("--") ? args.indexOf("--") : args.length;
  const status = await run([...args.slice(0, at), ...copied, ...args.slice(at)], {
    ...process.env,
    PULUMI_STACK: stack,
  });
  await dropSalt(stack, before);
  return status;
}
