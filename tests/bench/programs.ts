import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { Program, run } from "./commands";

/** An empty program with its stack, with Pulumi's own costs and no other: the same SDK, in the same repository of git. */
export async function empty(): Promise<{ program: Program; close: () => Promise<void> }> {
  await mkdir(".tools", { recursive: true });
  const folder = await mkdtemp(path.resolve(".tools", "empty-"));
  const file = (name: string) => path.join(folder, name);
  await symlink(path.resolve("node_modules"), file("node_modules"));
  await writeFile(file("Pulumi.yaml"), `name: empty\nruntime: nodejs\n`);
  await writeFile(file("package.json"), '{ "main": "index.js" }\n');
  await writeFile(file("index.js"), "");
  // a state of its own, which goes with the folder
  const backend = `file://${folder}`;
  await run("pulumi", ["stack", "init", "empty"], {
    cwd: folder,
    env: { ...process.env, PULUMI_BACKEND_URL: backend },
  });
  return { program: new Program("empty", { folder, backend }), close: () => rm(folder, { recursive: true }) };
}
