import { type CommandWriter, run } from "../../output/remedy";

/** A folder of examples/lesson, which `npm run try` runs. */
export interface Exercise {
  /** Path from the project's folder, such as `examples/lesson/04-ingress/1-without-a-class`. */
  readonly folder: string;
  /** Manifests as the file has them. */
  readonly manifests: string;
  /** Cases as the file has them. */
  readonly cases: string;
  /** Output of the run; empty before the first one. */
  readonly output: string;
}

const parts = (folder: string): readonly [chapter: string, name: string] => {
  const [name = "", chapter = ""] = folder.split("/").reverse();
  return [chapter, name];
};

/** Step of the lesson to which an exercise belongs: the number of its chapter's folder. */
export const stepOf = ({ folder }: Exercise): number => Number.parseInt(parts(folder)[0], 10);

/** Heading from the name of a folder: `1-without-a-class` is "Without a class". */
export function headingOf({ folder }: Exercise): string {
  const words = parts(folder)[1].replace(/^\d+-/, "").replaceAll("-", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** Sentences of the comment at the head of the manifests. */
const textOf = ({ manifests }: Exercise): string => {
  const [head = ""] = /^(#.*\n)*/.exec(manifests) ?? [];
  return head.replaceAll(/^# ?/gm, "").replaceAll("\n", " ").trim();
};

/** Documents of a file without the comment at its head. */
const documentsOf = ({ manifests }: Exercise): string[] =>
  manifests
    .replace(/^(#.*\n)*/, "")
    .split(/^---\n/m)
    .map((text) => text.trimEnd());

const fence = (language: string, text: string): string[] => [`\`\`\`${language}`, text.trimEnd(), "```"];

/**
 * The exercises of a step as Markdown. After the first one, each shows only the manifests that change.
 *
 * @param commands - writes commands for the stack
 */
export function exerciseSections(exercises: readonly Exercise[], commands: CommandWriter): string[] {
  return exercises.flatMap((exercise, i) => {
    const before = exercises[i - 1];
    const known = before ? documentsOf(before) : [];
    const fresh = documentsOf(exercise).filter((text) => !known.includes(text));
    const [, cases = ""] = exercise.cases.split(/^(?=cases:)/m);
    const isSame = before?.cases === exercise.cases;
    return [
      "",
      `### ${headingOf(exercise)}`,
      "",
      textOf(exercise),
      "",
      ...fence("yaml", fresh.join("\n---\n")),
      ...(isSame ? [] : ["", "The requests, with what they should get:", "", ...fence("yaml", cases)]),
      "",
      ...fence("sh", commands(run("try", `${exercise.folder} --keep`))),
      ...(exercise.output === "" ? [] : ["", ...fence("text", exercise.output)]),
    ];
  });
}
