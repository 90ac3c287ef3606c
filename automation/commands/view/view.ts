import { exitCodes, OperationFailed } from "../../stack/operation";
import { runningEnvironment } from "../../stack/runningEnvironment";
import { openStack } from "../../stack/stack";
import { untilInterrupted } from "../rollout/signals";
import { ViewReader } from "./reader";
import { serveView } from "./server";

/**
 * Serves a page that shows the running environment, until the user ends the command.
 *
 * @param port - port on 127.0.0.1; 0 lets the system choose
 * @throws OperationFailed when the stack is not up or the port is in use
 */
export async function view(stackName: string, port: number, say: (line: string) => void): Promise<void> {
  const environment = await runningEnvironment(await openStack(stackName), exitCodes.environment);
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
