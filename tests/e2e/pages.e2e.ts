import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { project } from "../../model/names";
import { freeSubnet } from "../support/free";
import { lessonBlocks, secondsBySteps } from "../support/lessonBlocks";
import { machineConfig } from "../support/machine";
import { isNightly } from "../support/nightly";
import { type Block, blocksOf, commandsOf, missingLines, outputOf, shownBy, userPages } from "../support/pageBlocks";
import { runByOf } from "../support/pageCommands";

const here = "tests/e2e/pages.e2e.ts";
const clusterName = "e2e-pages";
const all = userPages.flatMap(blocksOf);

/** Commands that may end with another code than 0, since they show a failure. */
const mayFail = /\bcurl\b|npm run try|npm run destroy -|npm run recover/;
/** A mesh test of an example, whose output tests/e2e/try.e2e.ts compares. */
const isExample = (command: string): boolean => /^npm run try -- examples\/(lesson|mesh|mistakes)\//.test(command);
/** The command itself is wrong, and not what it observes. */
const isBroken = /command not found|No such file|unknown (flag|command|option)|unexpected EOF|syntax error/i;

/** The command with the kubeconfig that the README writes, which a reader has exported by then. */
const withKubeconfig = (command: string): string => command.replace(/^kubectl /, "KUBECONFIG=kubeconfig.yaml kubectl ");

/** One of the two messages for a connection that ends without an answer: the lesson shows one and names both. */
const closed = (printed: string): string =>
  printed.replaceAll("curl: (52) Empty reply from server", "curl: (56) Recv failure: Connection reset by peer");

interface Ran {
  readonly command: string;
  readonly code: number;
  readonly seconds: number;
  readonly printed: string;
}

describe("the commands of the documentation", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "e2e-pages-"));
  const clone = path.join(folder, project);

  /** Runs commands one after the other in one shell, as a reader does. */
  const shell = (commands: readonly string[]): Promise<Ran[]> => {
    const script = commands
      .flatMap((command) => [withKubeconfig(command), `{ printf '\\n<<%s %s>>\\n' "$?" "$EPOCHREALTIME"; } 2>&1`])
      .join("\n");
    const { PULUMI_BACKEND_URL: _, PULUMI_CONFIG_PASSPHRASE: __, ...env } = process.env;
    const began = Date.now() / 1000;
    const editor = `sed -i 's/Hello, world!/Hello, reader!/'`;
    return new Promise((resolve) => {
      const child = execFile(
        "bash",
        ["-c", `exec 2>&1\n${script}`],
        { cwd: clone, env: { ...env, EDITOR: editor, CI: "true" }, maxBuffer: 2 ** 26 },
        (_error, out) => {
          const parts = out.split(/\n<<(\d+) ([\d.]+)>>\n/);
          const endOf = (i: number) => (i < 0 ? began : Number(parts[3 * i + 2]));
          resolve(
            commands.map((command, i) => ({
              command,
              code: Number(parts[3 * i + 1] ?? "1"),
              seconds: endOf(i) - endOf(i - 1),
              printed: parts[3 * i] ?? "",
            })),
          );
        },
      );
      child.stdin?.end();
    });
  };

  const check = (ran: readonly Ran[], blocks: readonly Block[]): void => {
    for (const { command, code, printed } of ran) {
      assert.ok(code === 0 || mayFail.test(command), `${command}\nended with ${code}:\n${printed}`);
      assert.doesNotMatch(printed, isBroken, command);
    }
    const outputs = all.filter((block) => blocks.includes(shownBy(block, all) ?? block));
    for (const block of outputs) {
      const commands = commandsOf(shownBy(block, all) ?? block);
      if (commands.every(isExample)) continue;
      const printed = ran.flatMap((one) => (commands.includes(one.command) ? [one.printed] : [])).join("\n");
      // the pages have the default name of a cluster
      const missing = missingLines(outputOf(block), closed(printed).replaceAll(`k3d-${clusterName}-`, "k3d-istio-"));
      assert.deepEqual(missing, [], `${block.page}:${block.line} shows lines that are not printed:\n${printed}`);
    }
  };

  /** Blocks of a page that are run here, as a test with these words in its title. */
  const blocksFor = (words: string): Block[] =>
    all.filter((block) => {
      const by = runByOf(block);
      return by && "0" in by && by[0] === here && by[1] === words && commandsOf(block).length > 0;
    });
  const run = async (words: string): Promise<void> => {
    const blocks = blocksFor(words);
    assert.ok(blocks.length > 0);
    const commands = blocks
      .map(commandsOf)
      .filter((one) => !one.every(isExample))
      .flat();
    check(await shell(commands), blocks);
  };

  before(async () => {
    await new Promise<void>((resolve, reject) =>
      execFile("git", ["clone", "--quiet", process.cwd(), clone], (error) => (error ? reject(error) : resolve())),
    );
    const keys = Object.entries({ ...(await machineConfig()), clusterName, subnet: freeSubnet(clusterName) });
    appendFileSync(
      path.join(clone, "Pulumi.dev.yaml"),
      keys.map(([key, value]) => `  ${project}:${key}: "${value}"\n`).join(""),
    );
  });
  after(async () => {
    await shell(["npm run --silent destroy"]);
    rmSync(folder, { recursive: true, force: true });
  });

  it("are created as the README shows", async () => {
    const blocks = blocksFor("are created as the README shows");
    const ran = await shell(["npm start"]);
    check(
      ran,
      blocks.filter(({ language }) => language === "text"),
    );
  });
  it("run: the commands of the README", async () => {
    await shell(["npm run --silent pulumi -- config set canaryWeight 10 --stack ci"]);
    await run("the commands of the README");
  });
  if (isNightly)
    it("run: the commands of the lesson, steps 1 to 10 in their order", async function () {
      this.timeout(3_600_000);
      const blocks = lessonBlocks(all);
      const ran = await shell(blocks.flatMap(commandsOf));
      const times = ran.map(({ seconds }) => seconds);
      secondsBySteps(blocks, times).forEach((sum, step) => {
        console.log(`    step ${step}: its commands took ${sum.toFixed(0)} s`);
      });
      check(ran, blocks);
    });
  else console.log("the commands of docs/lesson.md: run every night, by E2E_NIGHTLY=1");
  it("run: the commands of docs/operating.md", () => run("the commands of docs/operating.md"));
  it("run: the commands of the other pages", () => run("the commands of the other pages"));
  it("remove everything in the end", async () => {
    const [ran] = await shell(["npm run destroy"]);
    assert.equal(ran?.code, 0, ran?.printed);
  });
});
