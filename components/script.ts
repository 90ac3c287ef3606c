import path from "node:path";

const top = path.join(__dirname, "..");

/** Path relative to the program's folder, so that moving the project to another folder changes no resource. */
const fromHere = (file: string): string => path.relative(process.cwd(), path.join(top, file)).split(path.sep).join("/");

/**
 * Command line that runs a script of this project: the TypeScript source here, the compiled JavaScript in a program that
 * imports the package.
 *
 * @param name - folder and file without extension, such as k3d/main
 */
export function scriptCommand(name: string): string {
  const compiled = path.extname(__filename) === ".js";
  return compiled ? `node ${fromHere(`${name}.js`)}` : `node ${fromHere("launcher/run.cjs")} ${name}`;
}
