import { stat } from "node:fs/promises";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { stackFile } from "../../stack/project";
import { runningEnvironment } from "../../stack/runningEnvironment";
import { openStack } from "../../stack/stack";
import { untilInterrupted } from "../rollout/signals";
import { CurrentEnvironment } from "./environment";
import { ViewReader } from "./reader";
import { serveView } from "./server";

/**
 * Serves a page that shows the running environment, until the user ends the command.
 *
 * @param port - port on 127.0.0.1; 0 lets the system choose
 * @throws OperationFailed when the stack is not up or the port is in use
 */
export async function view(stackName: string, port: number, say: (line: string) => void): Promise<void> {
  const stack = await openStack(stackName);
  const environment = await CurrentEnvironment.open({
    read: () => runningEnvironment(stack, exitCodes.environment),
    // a stack can be without a file
    version: () =>
      stat(stackFile(stackName)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
  });
  const reader = new ViewReader(stackName, environment);
  await untilInterrupted(async (interrupted) => {
    const served = await serveView(stackName, () => reader.read(), { port }).catch((error: NodeJS.ErrnoException) => {
      throw new OperationFailed(`port ${port} on 127.0.0.1 cannot be used: ${error.message}`, exitCodes.environment);
    });
    say(`${served.url}\nshows the environment until Ctrl-C; it changes nothing`);
    await new Promise<void>((resolve) => {
      if (interrupted.aborted) resolve();
      interrupted.addEventListener("abort", () => resolve(), { once: true });
    });
    await served.close();
  });
}
