import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { project } from "../../model/names";
import { FakeMachine } from "./fakeMachine";

/** Answers of a stand-in for Pulumi; each is empty by default. */
interface Answers {
  /** Exit code of up and destroy. @default 0 */
  readonly code?: number;
  /** Error of an up or a destroy that fails. */
  readonly message?: string;
  /** Resources of the state. */
  readonly resources?: readonly object[];
  readonly config?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** A project in a folder of its own with one stack, a state in files, and stand-ins for Pulumi and the machine. */
export class FakeProject {
  readonly machine = new FakeMachine();
  folder = "";
  lines: string[] = [];
  readonly say = (line: string) => this.lines.push(line);
  private readonly variables: Record<string, string | undefined> = {};

  constructor(readonly stack: string) {
    const top = process.cwd();
    beforeEach(async () => {
      this.lines = [];
      this.folder = await mkdtemp(path.join(tmpdir(), "project-"));
      await mkdir(path.dirname(this.stateFile()), { recursive: true });
      await writeFile(this.stateFile(), "{}");
      await writeFile(path.join(this.folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
      for (const name of ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"]) this.variables[name] = process.env[name];
      process.env["PULUMI_BACKEND_URL"] = pathToFileURL(path.join(this.folder, "state")).href;
      process.env["PULUMI_CONFIG_PASSPHRASE"] = "for tests";
      process.chdir(this.folder);
    });
    afterEach(async () => {
      process.chdir(top);
      for (const [name, value] of Object.entries(this.variables))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      await rm(this.folder, { recursive: true });
      await rm(path.join(top, ".state", "config", `Pulumi.${stack}.yaml`), { force: true });
    });
  }

  stateFile = (): string => path.join(this.folder, "state", ".pulumi", "stacks", project, `${this.stack}.json`);

  /** Commands of Pulumi in their order, without the look at its version. */
  async commands(): Promise<string[]> {
    const log = await readFile(this.machine.stubs.file("log"), "utf8").catch(() => "");
    return log.split("\n").filter((line) => line !== "" && line !== "version");
  }

  /** Puts a Pulumi on the PATH that answers so. */
  async pulumi({ code = 0, message = "", resources = [], config = {}, outputs = {} }: Answers): Promise<void> {
    const { stubs } = this.machine;
    const values = Object.entries(config).map(
      ([key, value]) => [`${project}:${key}`, { value, secret: false }] as const,
    );
    const answers = {
      export: { version: 3, deployment: { resources } },
      config: Object.fromEntries(values),
      outputs,
    };
    for (const [name, answer] of Object.entries(answers)) await writeFile(stubs.file(name), JSON.stringify(answer));
    await stubs.program(
      "pulumi",
      `case "$*" in version) ;; *) echo "$*" >> ${stubs.file("log")};; esac
case "$1 $2" in
  "version "*) echo v3.259.0;;
  "stack history") echo '[{"kind":"destroy","result":"succeeded"}]';;
  "stack export") cat ${stubs.file("export")};;
  "stack output") cat ${stubs.file("outputs")};;
  "config "*) cat ${stubs.file("config")};;
  "up "*|"destroy "*) echo '${message}' >&2; exit ${code};;
esac`,
    );
  }
}
