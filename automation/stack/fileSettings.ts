import { exitCodes, OperationFailed } from "../../host/failure";
import { type Settings, settingKeys } from "../../model/settings/contract";
import { parseSettings } from "../../model/settings/parse";
import { projectName } from "./project";
import { isEncrypted, readStackFile, stackText } from "./stackFile";

/** The project's keys in a stack's file, without its prefix. */
export interface FileConfig {
  /** Values that are not encrypted, as texts. */
  readonly texts: Readonly<Record<string, string>>;
  /** Keys whose values only Pulumi can read. */
  readonly encrypted: readonly string[];
}

/**
 * Reads the configuration of a stack's file as Pulumi does; a stack without a file has nothing configured.
 *
 * @throws OperationFailed for a file that is not YAML
 */
export async function configInFile(stackName: string): Promise<FileConfig> {
  const { config } = readStackFile(stackName, await stackText(stackName));
  const prefix = `${projectName()}:`;
  const projectKeys = Object.entries(config ?? {})
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  const texts = projectKeys
    .filter(([, value]) => !isEncrypted(value))
    .map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)] as const);
  return {
    texts: Object.fromEntries(texts),
    encrypted: projectKeys.filter(([, value]) => isEncrypted(value)).map(([key]) => key),
  };
}

/** Settings from a stack's file. A key with a wrong value has its default here; `npm start` rejects it. */
export async function settingsInFile(stackName: string): Promise<Settings> {
  let { texts } = await configInFile(stackName);
  for (let attempt = 0; attempt < Object.keys(settingKeys).length; attempt++) {
    const { settings, problems: wrong } = parseSettings(texts);
    if (settings) return settings;
    const names = new Set(wrong.map(({ key }) => key));
    texts = Object.fromEntries(Object.entries(texts).filter(([name]) => !names.has(name)));
  }
  throw new OperationFailed(`the configuration of stack ${stackName} cannot be read`, exitCodes.config);
}
