// @ts-check
/** Runs commands before the dependencies are installed. host/process.ts and host/foreground.ts do so afterwards. */
import { spawn } from "node:child_process";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/**
 * Sends a signal to a command and to everything that it started.
 *
 * @param {ChildProcess} child - the leader of a process group
 * @param {NodeJS.Signals} signal
 */
function killGroup({ pid }, signal) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // the group has ended
  }
}

/**
 * Returns the exit code and the output of a command; never throws.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {number} milliseconds - after which it is killed
 * @returns {Promise<{ code: number | "missing" | "late", out: string, err: string }>}
 */
export function capture(file, args, milliseconds) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    let isLate = false;
    let [out, err] = ["", ""];
    const limit = setTimeout(() => {
      isLate = true;
      killGroup(child, "SIGKILL");
    }, milliseconds);
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
    child.on("close", (code) => {
      clearTimeout(limit);
      resolve({ code: isLate ? "late" : (code ?? 1), out, err });
    });
  });
}

/**
 * Runs a command with its output on standard error, and returns its exit code. A signal to this process ends the command
 * and everything that it started.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<number>}
 */
export function exec(file, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, stdio: ["ignore", 2, "inherit"], detached: true });
    let isSignalled = false;
    const pass = (/** @type {NodeJS.Signals} */ signal) => {
      isSignalled = true;
      killGroup(child, signal);
    };
    process.on("SIGINT", pass).on("SIGTERM", pass).on("SIGHUP", pass);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", pass).off("SIGTERM", pass).off("SIGHUP", pass);
      if (isSignalled) killGroup(child, "SIGKILL");
      resolve(code ?? 1);
    });
  });
}
