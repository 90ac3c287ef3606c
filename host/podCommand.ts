import { parseJson } from "../model/json";
import type { ApiAccess } from "./apiAccess";

/** Result of a command as the API server reports it (a `Status` resource). */
interface Ending {
  readonly status?: string;
  readonly message?: string;
}

/** Options of a command in a pod. */
export interface PodCommandOptions {
  /** @default the pod's first */
  readonly container?: string;
  /** Text for its standard input, which stays open. */
  readonly input?: string;
  /** Timeout of the command in seconds. @default 10 */
  readonly seconds?: number;
}

/**
 * Runs a command in a container of a pod and returns its standard output.
 *
 * Frames begin with their channel: 1 is output, 2 is errors, 3 is how the command ended
 * (https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#-strong-misc-operations-pod-v1-core-strong-).
 *
 * @throws Error if the command could not run, failed, or did not end in time
 */
export async function executeInPod(
  { server, options }: ApiAccess,
  namespace: string,
  pod: string,
  command: readonly string[],
  { container, input, seconds = 10 }: PodCommandOptions = {},
): Promise<string> {
  // few commands of the driver need it
  const { WebSocket } = await import("ws");
  const words = command.map((word) => `&command=${encodeURIComponent(word)}`).join("");
  const where = container === undefined ? "" : `&container=${container}`;
  const streams = `stdout=true&stderr=true${where}${input === undefined ? "" : "&stdin=true"}`;
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${streams}${words}`;
  const url = `${server.replace(/^http/, "ws").replace(/\/$/, "")}${path}`;
  const { headers, ...connection } = options;
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, "v4.channel.k8s.io", {
      ...(connection as object),
      headers: headers as Record<string, string>,
      handshakeTimeout: 5000,
    });
    let ending: Ending = { message: "the connection ended before the command did" };
    const late = setTimeout(() => {
      ending = { message: `the command did not end in ${seconds} s` };
      socket.terminate();
    }, seconds * 1000);
    // channel 0 is its standard input
    if (input !== undefined)
      socket.on("open", () => socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(input)])));
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    socket.on("message", (frame: Buffer) => {
      const data = frame.subarray(1);
      if (frame[0] === 1) output.push(data);
      if (frame[0] === 2) errors.push(data);
      if (frame[0] === 3) ending = endingOf(data.toString());
    });
    socket.on("error", (error) => {
      clearTimeout(late);
      reject(error);
    });
    socket.on("close", () => {
      clearTimeout(late);
      if (ending.status === "Success") resolve(Buffer.concat(output).toString());
      else reject(new Error(`${command[0]} in ${pod}: ${Buffer.concat(errors).toString().trim() || ending.message}`));
    });
  });
}

const endingOf = (frame: string): Ending =>
  parseJson(frame) ?? { message: `the API server does not say how the command ended, but: ${frame.slice(0, 200)}` };
