import path from "node:path";

const top = path.join(__dirname, "..");

/** A file as the program's folder leads to it, so that the same program in another folder is no change. */
const fromHere = (file: string): string => path.relative(process.cwd(), path.join(top, file)).split(path.sep).join("/");

/**
 * Command line of one of the project's own scripts: TypeScript in this project, what it was compiled to in another that
 * imports it.
 *
 * @param name - folder and file without extension, such as k3d/main
 */
export function script(name: string): string {
  const compiled = path.extname(__filename) === ".js";
  return compiled ? `node ${fromHere(`${name}.js`)}` : `node ${fromHere("launcher/run.cjs")} ${name}`;
}
