import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Programs that a describe's tests find before those of this machine; none at the begin of each test. */
export class Stubs {
  folder = "";

  constructor() {
    const before = process.env["PATH"];
    beforeEach(async () => {
      this.folder = await mkdtemp(path.join(tmpdir(), "stubs-"));
      process.env["PATH"] = `${this.folder}${path.delimiter}${before}`;
    });
    afterEach(async () => {
      process.env["PATH"] = before;
      await rm(this.folder, { recursive: true });
    });
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** Makes a program of shell commands. */
  async program(name: string, body: string, shell = "/bin/sh"): Promise<void> {
    await writeFile(this.file(name), `#!${shell}\n${body}\n`);
    await chmod(this.file(name), 0o755);
  }
}
