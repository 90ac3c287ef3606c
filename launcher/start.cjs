// @ts-check
/** Entry of every npm command: `node launcher/start.cjs COMMAND`, from any folder and with any version of Node. */
const path = require("node:path");

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `node ${process.versions.node} is too old; install Node 20.19 or newer from https://nodejs.org\n`,
  );
  process.exitCode = 4;
} else {
  // the commands and Pulumi look for the project's files in the current folder
  process.chdir(path.dirname(__dirname));
  void import("./main.mjs");
}
