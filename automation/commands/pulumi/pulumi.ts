import { writeFile } from "node:fs/promises";
import { runInForeground } from "../../../host/foreground";
import { checkEncryption } from "../../stack/encryption";
import { refuseRenamed, refuseUnknown, stackExists } from "../../stack/knownStacks";
import { createStack } from "../../stack/newStack";
import { ensureState } from "../../stack/passphrase";
import { defaultStack, projectRoot, stackFile } from "../../stack/project";
import { refuseDuringSteps } from "../../stack/routeLock";
import { configCopy, encryptedKeys, readStackFile, stackText, withoutSalt } from "../../stack/stackFile";
import { removeTemporaryLeftovers, temporaryVariables } from "../../stack/temporaryFiles";
import { needsStack, type PulumiArguments, readPulumiArguments, stackOf } from "./arguments";
import { debugRun, eventLogWarning, showsSecrets } from "./debugRun";

/** Commands of Pulumi that read the stack's configuration. They write only the salt into it. */
const readingConfig = ["up", "update", "preview", "pre", "destroy", "dn", "down", "refresh", "import", "watch"];
/** Commands of {@link readingConfig} that change nothing. */
const previews = ["preview", "pre"];

/** True for a command that holds the stack's lock. */
const changesStack = ({ words: [command = ""] }: PulumiArguments): boolean =>
  readingConfig.includes(command) && !previews.includes(command);

/** @throws OperationFailed if the stack does not exist, the passphrase does not open it, or a rollout is changing it */
async function prepareStack(stack: string, parsed: PulumiArguments): Promise<void> {
  const [command = "", second] = parsed.words;
  const say = (line: string) => process.stderr.write(`${line}\n`);
  if (command === "config") return prepareConfig(stack, second, say);
  if (command === "stack" && second === "select")
    say(
      `the npm commands do not follow this: they act on ${defaultStack()} unless --stack or PULUMI_STACK names another`,
    );
  if (!needsStack(parsed)) return;
  await refuseUnknown(stack);
  if (!["cancel", "stack"].includes(command)) await checkEncryption(stack, say);
  if (changesStack(parsed)) await refuseDuringSteps(stack);
}

/** Creates the stack before `config`, because Pulumi configures only stacks that exist. */
async function prepareConfig(
  stack: string,
  subcommand: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  await refuseRenamed(stack);
  const exists = await stackExists(stack);
  // a mistyped name must not create a stack when the command only reads
  const creates = subcommand?.startsWith("set") || (await stackText(stack)) !== "";
  if (!exists && !creates) await refuseUnknown(stack);
  await ensureState();
  // `config rm` may remove secrets that another passphrase encrypted
  if (!subcommand?.startsWith("rm")) await checkEncryption(stack, say);
  if (!exists) await createStack(stack);
}

/** Removes the salt that Pulumi wrote into the stack's file, if no secret needs it. */
async function dropSalt(stack: string, before: string): Promise<void> {
  const text = await stackText(stack);
  const [old, file] = [readStackFile(stack, before), readStackFile(stack, text)];
  const isNew = !old.encryptionsalt || encryptedKeys(old).length > 0;
  if (file.encryptionsalt && isNew && encryptedKeys(file).length === 0)
    await writeFile(stackFile(stack), withoutSalt(text));
}

/** Runs Pulumi in the foreground and returns its exit status. */
const runPulumi = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> =>
  showsSecrets(args) ? debugRun(args, env) : runInForeground("pulumi", args, env);

/**
 * Runs a command of Pulumi on the stack that it names, or else on the default stack of all commands. Pulumi's selected
 * stack is never used.
 *
 * @returns Pulumi's exit status
 */
export async function pulumi(args: readonly string[]): Promise<number> {
  const parsed = readPulumiArguments(args);
  const { words, options } = parsed;
  const warning = eventLogWarning(args);
  if (warning) process.stderr.write(`${warning}\n`);
  // a project in another folder has its own stacks
  if (options.has("cwd") || options.has("C")) return runPulumi(args, process.env);
  const stack = stackOf(parsed);
  await prepareStack(stack, parsed);
  await ensureState();
  const ownFile = ["config", "c", "config-file", "config-path"].some((name) => options.has(name));
  const copied = readingConfig.includes(words[0] ?? "") && !ownFile ? ["--config-file", await configCopy(stack)] : [];
  const before = await stackText(stack);
  const at = args.includes("--") ? args.indexOf("--") : args.length;
  const status = await runPulumi([...args.slice(0, at), ...copied, ...args.slice(at)], {
    ...process.env,
    ...(await temporaryVariables(projectRoot, stack)),
    PULUMI_STACK: stack,
  });
  if (status === 0 && changesStack(parsed)) await removeTemporaryLeftovers(projectRoot, stack);
  await dropSalt(stack, before);
  return status;
}
