import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { parse } from "yaml";
import { run, timed } from "./commands";

/** What is read of Pulumi.yaml. */
interface Project {
  readonly main: string;
  readonly runtime: { readonly options: object };
}

/** An empty program beside ours, with Pulumi's own costs and no other. */
export class Empty {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<Empty> {
    const folder = await mkdtemp(path.join(tmpdir(), "empty-"));
    await writeFile(
      path.join(folder, "Pulumi.yaml"),
      `name: empty\nruntime: nodejs\nbackend: {url: "file://${folder}"}\n`,
    );
    await writeFile(path.join(folder, "package.json"), '{ "main": "index.js" }\n');
    await writeFile(path.join(folder, "index.js"), "");
    await symlink(path.resolve("node_modules"), path.join(folder, "node_modules"));
    await run("pulumi", ["stack", "init", "empty"], { cwd: folder });
    return new Empty(folder);
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  pulumi(...args: string[]): Promise<number> {
    return timed(() => run("pulumi", [...args, "--stack", "empty"], { cwd: this.folder }));
  }
}

/** Our own program, compiled before: what a build step would save of each command. */
export class Compiled {
  private constructor(private readonly folder: string) {}

  static async open(stack: string): Promise<Compiled> {
    const folder = await mkdtemp(path.join(tmpdir(), "compiled-"));
    const entryPoints = ["*.ts", "components/*.ts", "k3d/*.ts", "model/*.ts"];
    await build({ entryPoints, outdir: folder, outbase: ".", format: "cjs", platform: "node", logLevel: "silent" });
    for (const file of ["package.json", "versions.json", `Pulumi.${stack}.yaml`, "machine/preload.cjs"])
      await cp(file, path.join(folder, file));
    const { main, runtime, ...project } = parse(await readFile("Pulumi.yaml", "utf8")) as Project;
    const options = { ...runtime.options, typescript: false };
    const backend = { url: `file://${path.resolve(".state")}` };
    const compiled = { ...project, main: main.replace(".ts", ".js"), runtime: { ...runtime, options }, backend };
    await writeFile(path.join(folder, "Pulumi.yaml"), JSON.stringify(compiled));
    await symlink(path.resolve("node_modules"), path.join(folder, "node_modules"));
    return new Compiled(folder);
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  preview(stack: string): Promise<number> {
    return timed(() => run("pulumi", ["preview", "--stack", stack], { cwd: this.folder, maxBuffer: 1e8 }));
  }
}
