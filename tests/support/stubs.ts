import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Address at which no Docker answers. */
export const noDocker = "tcp://127.0.0.1:1";

/**
 * Programs that a describe's tests find before those of this machine; none at the begin of each test.
 *
 * A test that fails, as by its timeout, may go on with its work. Its process then finds the programs of this machine again, so
 * from then on Docker does not answer there: otherwise the work would make real volumes and containers.
 */
export class Stubs {
  folder = "";

  constructor() {
    const before = process.env["PATH"];
    const stubs = this;
    beforeEach(async () => {
      this.folder = await mkdtemp(path.join(tmpdir(), "stubs-"));
      process.env["PATH"] = `${this.folder}${path.delimiter}${before}`;
    });
    afterEach(async function () {
      if (this.currentTest?.state === "failed") process.env["DOCKER_HOST"] = noDocker;
      process.env["PATH"] = before;
      await rm(stubs.folder, { recursive: true });
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
