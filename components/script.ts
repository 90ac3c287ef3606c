import path from "node:path";

/**
 * Command line of one of the project's own scripts: TypeScript in this project, what it was compiled to in another that
 * imports it.
 *
 * @param name - folder and file without extension, such as k3d/main
 */
export function script(name: string): string {
  const compiled = path.extname(__filename) === ".js";
  const file = path.join(__dirname, "..", `${name}.${compiled ? "js" : "ts"}`);
  // relative, so that the same program in another folder is no change
  const fromHere = path.relative(process.cwd(), file).split(path.sep).join("/");
  return compiled ? `node ${fromHere}` : `node --require tsx/cjs ${fromHere}`;
}
