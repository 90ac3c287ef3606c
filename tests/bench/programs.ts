import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { parse } from "yaml";
import { archives } from "../../model/charts";
import { Program, run } from "./commands";

/** What is read of Pulumi.yaml. */
interface Project {
  readonly main: string;
  readonly runtime: { readonly options: object };
}

/** A program beside ours, in a folder of its own. */
async function beside(stack: string, write: (file: (name: string) => string) => Promise<unknown>) {
  const folder = await mkdtemp(path.join(tmpdir(), "program-"));
  await symlink(path.resolve("node_modules"), path.join(folder, "node_modules"));
  await write((name) => path.join(folder, name));
  return { program: new Program(stack, folder), close: () => rm(folder, { recursive: true }) };
}

/** An empty program, with Pulumi's own costs and no other. */
export const empty = () =>
  beside("empty", async (file) => {
    await writeFile(file("Pulumi.yaml"), `name: empty\nruntime: nodejs\nbackend: {url: "file://${file("")}"}\n`);
    await writeFile(file("package.json"), '{ "main": "index.js" }\n');
    await writeFile(file("index.js"), "");
    await run("pulumi", ["stack", "init", "empty"], { cwd: file("") });
  });

/** Our own program, compiled before: what a build step would save of each command. */
export const compiled = (stack: string) =>
  beside(stack, async (file) => {
    const entryPoints = ["*.ts", "components/*.ts", "k3d/*.ts", "charts/*.ts", "model/*.ts"];
    await build({ entryPoints, outdir: file(""), outbase: ".", format: "cjs", platform: "node", logLevel: "silent" });
    for (const name of ["package.json", "versions.json", `Pulumi.${stack}.yaml`, "machine/preload.cjs"])
      await cp(name, file(name));
    await cp(archives, file(archives), { recursive: true });
    const { main, runtime, ...project } = parse(await readFile("Pulumi.yaml", "utf8")) as Project;
    const options = { ...runtime.options, typescript: false };
    const backend = { url: `file://${path.resolve(".state")}` };
    const changed = { ...project, main: main.replace(".ts", ".js"), runtime: { ...runtime, options }, backend };
    await writeFile(file("Pulumi.yaml"), JSON.stringify(changed));
  });
