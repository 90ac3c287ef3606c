// @ts-check

/**
 * Ends the process with the status that the command resolves with.
 *
 * Node ends a process with status 0 when nothing is left to wait for, also in the middle of an `await`. This function
 * sets status 1 first, so that only a command that has resolved can end with 0.
 *
 * @param {Promise<number>} command
 * @param {number} rejected - status when the command rejects
 */
export function exitWith(command, rejected) {
  let resolved = false;
  process.exitCode = 1;
  process.on("exit", (code) => {
    if (!resolved && code === 1) process.stderr.write("the command ended before it was done; run it again\n");
  });
  command.then(
    (code) => {
      resolved = true;
      process.exitCode = code;
    },
    (/** @type {Error} */ error) => {
      resolved = true;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = rejected;
    },
  );
}
