/** A file of the user's, as text. */
export interface Source {
  /** Path as the user wrote it; `-` is standard input. */
  readonly file: string;
  readonly text: string;
}

/** True for a test file by its name. Every other file has manifests, or a test in the form of another tool. */
export const isTestFile = (file: string): boolean => /\.test\.ya?ml$/.test(file);

/** A line of a file of the user's, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Something in the input that has to be corrected before anything is applied. */
export interface Problem extends Place {
  readonly message: string;
}

/** A place as editors and terminals link it. */
export const placeText = ({ file, line }: Place): string => `${file}:${line}`;

/** All problems, one a line, in the order of the files. */
export const problemLines = (problems: readonly Problem[]): string[] =>
  [...problems]
    .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
    .map((problem) => `${placeText(problem)}: ${problem.message}`);

/** Path of keys and indices inside a document. */
export type Path = readonly (string | number)[];
