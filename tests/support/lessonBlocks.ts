import { readFileSync } from "node:fs";
import { type Block, commandsOf } from "./pageBlocks";

const page = "docs/lesson.md";
/** Last step of the lesson that works in the environment as `npm start` makes it. */
const lastStep = 10;
const headings = readFileSync(page, "utf8")
  .split("\n")
  .flatMap((text, i) => {
    const step = /^## (\d+)\. /.exec(text)?.[1];
    return step === undefined ? [] : [{ line: i + 1, step: Number(step) }];
  });

/** Step of the lesson in which a line of its page stands. 0 before the first one. */
const stepAt = (line: number): number => headings.findLast((heading) => heading.line < line)?.step ?? 0;

/** Blocks with the commands of the lesson until step 10, in the order in which a reader types them. */
export const lessonBlocks = (blocks: readonly Block[]): Block[] =>
  blocks.filter((block) => block.page === page && stepAt(block.line) <= lastStep);

/**
 * Sum of the times of the commands by step of the lesson. The first one is for the commands before step 1.
 *
 * @param seconds - time of each command of the blocks, in their order
 */
export function secondsBySteps(blocks: readonly Block[], seconds: readonly number[]): number[] {
  const sums: number[] = [];
  const steps = blocks.flatMap((block) => commandsOf(block).map(() => stepAt(block.line)));
  steps.forEach((step, i) => {
    sums[step] = (sums[step] ?? 0) + (seconds[i] ?? 0);
  });
  return sums;
}
