import { docker } from "./foreignObjects";

/**
 * Sends a signal to the processes of a node whose command lines match.
 *
 * @param pattern - extended regular expression; brackets around one letter keep it from matching the search itself
 * @returns the number of processes
 */
export function signalProcesses(node: string, signal: "KILL" | "STOP", pattern: string): number {
  const send = `grep -qaE '${pattern}' $p/cmdline && kill -${signal} \${p#/proc/} && echo $p`;
  const sent = docker("exec", node, "sh", "-c", `for p in /proc/[0-9]*; do ${send}; done; true`);
  return sent.split("\n").filter(Boolean).length;
}
