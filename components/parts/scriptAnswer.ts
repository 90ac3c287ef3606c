import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "../script";

/** Command line of a script of this project, with its inputs. */
interface Script {
  /** Folder and file of the script without extension, and its arguments. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin?: pulumi.Output<string>;
}

/**
 * Runs a script in every run of the program, and returns the object that it prints as JSON.
 *
 * The script refuses by the field `refused`. The program then ends by an unhandled RunError, which prints that text alone: as
 * a rejected input it would come once for every resource on the way, wrapped in the names of their properties. So the
 * promise never rejects.
 */
export function scriptAnswer<Answer extends object>(
  { script, ...inputs }: Script,
  parent: pulumi.Resource,
): Promise<Answer> {
  const run = async (): Promise<Answer> => {
    const args = { command: scriptCommand(script), ...inputs, logging: local.Logging.None };
    const { stdout } = await local.run(args as unknown as local.RunArgs, { parent });
    const answer = JSON.parse(stdout) as Answer & { readonly refused?: string };
    if (answer.refused !== undefined) throw new pulumi.RunError(answer.refused);
    return answer;
  };
  return new Promise((resolve) => void run().then(resolve));
}
