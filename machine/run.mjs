// @ts-check
import { spawn } from "node:child_process";

/**
 * Runs a program in the foreground and answers its exit status.
 *
 * A terminal sends Ctrl-C to the program too, so it is passed on only where there is none.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly (number | "inherit")[]} [to] - where its output and its errors go; the terminal by default
 * @returns {Promise<number>}
 */
export function foreground(file, args, env, to = ["inherit", "inherit"]) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["inherit", ...to], env });
    const pass = (/** @type {NodeJS.Signals} */ signal) => {
      if (signal === "SIGTERM" || !process.stdin.isTTY) child.kill(signal);
    };
    process.on("SIGINT", pass).on("SIGTERM", pass);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", pass).off("SIGTERM", pass);
      resolve(code ?? 1);
    });
  });
}
