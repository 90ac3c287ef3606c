// @ts-check
import { spawn } from "node:child_process";

/**
 * Runs a command to its end; never throws.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {{ milliseconds?: number, env?: NodeJS.ProcessEnv }} [options] - killed after this time; 1500 by default
 * @returns {Promise<{ code: number | "missing" | "slow", out: string, err: string }>}
 */
export function ask(file, args, { milliseconds = 1500, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env });
    // spawn's own timeout keeps the process alive to its end where the command is missing
    const limit = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("error", () => {
      clearTimeout(limit);
      resolve({ code: "missing", out, err });
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      resolve({ code: signal ? "slow" : (code ?? 1), out, err });
    });
  });
}
