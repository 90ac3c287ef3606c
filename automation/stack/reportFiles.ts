import { mkdir, writeFile } from "node:fs/promises";

const folder = "report";

/**
 * Writes the files of a report, such as `report/rollout.html`. A report that cannot be written changes nothing about how
 * the work ended.
 *
 * @param work - name of the files, without extension
 * @param files - contents by extension; called here, so that an error in them is a warning too
 */
export async function writeReportFiles(
  work: string,
  files: () => Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [extension, text] of Object.entries(files())) await writeFile(`${folder}/${work}.${extension}`, text);
    say(`\n${folder}/${work}.html shows the ${work} in a browser, ${folder}/${work}.json has every number`);
  } catch (error) {
    say(`warning: the report could not be written: ${(error as Error).message}`);
  }
}
