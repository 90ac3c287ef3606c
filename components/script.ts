import path from "node:path";

const projectFolder = path.join(__dirname, "..");

/** Path relative to the program's folder. An absolute path would change resources when the project moves. */
const relativePath = (file: string): string =>
  path.relative(process.cwd(), path.join(projectFolder, file)).split(path.sep).join("/");

/**
 * Command line that runs a script of this project: the TypeScript source here, the compiled JavaScript in a program that
 * imports the package.
 *
 * @param name - folder and file without extension, such as k3d/main
 */
export function scriptCommand(name: string): string {
  const compiled = path.extname(__filename) === ".js";
  return compiled ? `node ${relativePath(`${name}.js`)}` : `node ${relativePath("launcher/run.cjs")} ${name}`;
}
