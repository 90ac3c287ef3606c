import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import type { Settings } from "../../model/settings/contract";
import { parseSettings } from "../../model/settings/parse";
import { checkEncryption } from "./encryption";
import { refuseRenamed, refuseUnknown, stackExists } from "./knownStacks";
import { createStack } from "./newStack";
import { ensureState } from "./passphrase";
import { projectName, projectRoot } from "./project";
import { pulumiCommand } from "./pulumiCommand";
import { temporaryVariables } from "./temporaryFiles";
import { withoutSelection } from "./workspace";

const silence = (_line: string): void => {};

/**
 * The stack of this very program; the driver and the program share no code but model/.
 *
 * @throws NoSuchStack if the stack does not exist
 */
export async function openStack(stackName: string, say = silence): Promise<Stack> {
  await refuseUnknown(stackName);
  await checkEncryption(stackName, say);
  return selectStack(stackName);
}

/** The same for a stack that may not exist yet. */
export async function openOrCreateStack(stackName: string, say = silence): Promise<Stack> {
  await refuseRenamed(stackName);
  await ensureState();
  await checkEncryption(stackName, say);
  if (!(await stackExists(stackName))) await createStack(stackName);
  return selectStack(stackName);
}

async function selectStack(stackName: string): Promise<Stack> {
  const workspace = await LocalWorkspace.create({
    workDir: projectRoot,
    pulumiCommand: await pulumiCommand(),
    envVars: {
      PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
      ...(await temporaryVariables(projectRoot, stackName)),
    },
  });
  return Stack.select(stackName, withoutSelection(workspace));
}

/** The stack's configuration as texts by key, without the project's prefix. */
export async function plainConfig(stack: Stack): Promise<Record<string, string>> {
  const config = await stack.getAllConfig();
  const prefix = `${projectName()}:`;
  return Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key.replace(prefix, ""), value]));
}

/** The stack's settings; undefined where its configuration is wrong. */
export const settingsOf = async (stack: Stack): Promise<Settings | undefined> =>
  parseSettings(await plainConfig(stack)).settings;
