/** Pace of a reader, by which the page says how long a step takes. */
export const pace = {
  /** Words of running text that a reader of a foreign language reads in a minute. */
  wordsPerMinute: 200,
  /** Seconds to read a line of YAML or of an output that the step has not shown before. */
  secondsPerLine: 2,
  /** Seconds to copy a command and to compare what it prints. */
  secondsPerCommand: 10,
  /** Seconds to think about a folder or another exercise, which has a heading of its own. */
  secondsPerExercise: 30,
} as const;

/** Seconds that a reader needs for lines of Markdown, without the time of the commands. */
export function readingSeconds(lines: readonly string[]): number {
  const known = new Set([""]);
  let language: string | undefined;
  let seconds = 0;
  for (const line of lines.flatMap((text) => text.split("\n"))) {
    const fence = /^```(\w*)$/.exec(line);
    if (fence) language = language === undefined ? fence[1] : undefined;
    else if (language === undefined) {
      if (line.startsWith("### ")) seconds += pace.secondsPerExercise;
      seconds += (line.split(/\s+/).filter((word) => word !== "").length / pace.wordsPerMinute) * 60;
    } else if (language === "sh" || line.startsWith("$ ")) seconds += pace.secondsPerCommand;
    else if (!known.has(line)) {
      known.add(line);
      seconds += pace.secondsPerLine;
    }
  }
  return seconds;
}

/**
 * Whole minutes for a part of the lesson, at least one.
 *
 * @param commandSeconds - time of its commands
 */
export const minutesFor = (lines: readonly string[], commandSeconds: number): number =>
  Math.max(1, Math.round((readingSeconds(lines) + commandSeconds) / 60));
