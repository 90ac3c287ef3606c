// @ts-check

/**
 * An option: a text where `value` names what follows it, else a switch.
 *
 * @typedef {{ value?: string, does: string }} Option
 * @typedef {{ as: string, does: string, words?: readonly string[], files?: string, options?: Readonly<Record<string, Option>> }} Command
 */

/** @type {Readonly<Record<string, Option>>} */
const everywhere = {
  stack: {
    value: "NAME",
    does: "the environment, configured by Pulumi.NAME.yaml; PULUMI_STACK or else dev unless named",
  },
  help: { does: "this text" },
};

/** @type {Readonly<Record<string, Command>>} */
export const commands = {
  up: { as: "npm start", does: "brings the environment up, or up to date" },
  verify: {
    as: "npm run verify",
    does: "replays what the environment should show, step by step, with what was observed",
    options: {
      lesson: { does: "makes the mistakes that everyone makes once, shows what each does, and puts it back" },
    },
  },
  rollout: {
    as: "npm run rollout",
    does: "moves traffic to version 2 step by step, measuring each",
    words: ["start", "resume", "abort", "status"],
    options: {
      steps: {
        value: "WEIGHTS",
        does: "percent of version 2, rising; unless given those of 5,25,50,100 above canaryWeight",
      },
      source: { value: "SOURCE", does: "what measures: probes (unless given), gateway or prometheus" },
      rate: { value: "N", does: "probes a second, 1 to 999; 200 unless given" },
      patience: { value: "SECONDS", does: "how long a step may take before the rollout pauses; 600 unless given" },
      "warm-up": { value: "SECONDS", does: "how long version 2 may be cold at the first step; 30 unless given" },
      prometheus: { value: "URL", does: "another Prometheus than the environment's own" },
      "on-interrupt": {
        value: "WHAT",
        does: "what Ctrl-C, SIGTERM, SIGHUP and a closed pipe do: rollback (unless given) or pause",
      },
    },
  },
  try: {
    as: "npm run try",
    does: "applies mesh configuration of your own, sends the requests of its *.test.yaml files, reports, and removes it",
    files: "FOLDER|FILE|- ...",
    options: {
      keep: { does: "leaves everything in the cluster to look at; the next run updates it" },
      remove: { does: "removes what a run with --keep left, and sends nothing" },
      against: {
        value: "REVISION",
        does: "runs the same cases on the files of another git revision first, and compares",
      },
    },
  },
  destroy: {
    as: "npm run destroy",
    does: "removes the environment; its configuration stays",
    options: { images: { does: "also removes the caches of images, which serve every environment of this machine" } },
  },
  token: {
    as: "npm run --silent token",
    does: "issues a token that the ingress gateway lets in, where tokens is on",
    options: {
      group: { value: "NAME", does: "a group that the token says, such as admins" },
      minutes: { value: "N", does: "how long it is valid, 1 to 99999; 60 unless given" },
    },
  },
  trust: {
    as: "npm run trust",
    does: "lets this account's browsers trust the CA, without root",
    options: { undo: { does: "takes it back" } },
  },
  bundle: {
    as: "npm run bundle",
    does: "lists every image and chart of the running environment by digest",
    options: { save: { value: "FOLDER", does: "also keeps them there" } },
  },
  doctor: { as: "npm run doctor", does: "shows what the environment needs of this machine, and what is wrong" },
  env: { as: "npm run --silent env", does: 'prints the variables for plain Pulumi: eval "$(npm run --silent env)"' },
  recover: { as: "npm run recover", does: "removes what a killed operation left" },
  bench: {
    as: "npm run bench",
    does: "measures an environment of its own against a script, its longest chain and an empty program",
    options: {
      rounds: { value: "N", does: "how often; 3 unless given" },
      document: { does: "writes to docs/ and not to report/" },
      note: { value: "TEXT", does: "a sentence for the page, such as what is unusual about the machine" },
    },
  },
  faults: {
    as: "npm run faults",
    does: "kills, stops and deletes things in an environment of its own, and shows what one more up makes of each",
    options: {
      kills: { value: "N", does: "number of steps of an up to kill at, spread evenly; 24 unless given" },
      row: { value: "TEXT", does: "only the faults whose name contains this text" },
      resume: { does: "skips the faults that report/faults.jsonl has as good" },
      document: { does: "writes docs/faults.md from report/faults.jsonl, and makes no fault" },
    },
  },
};

/** Every option of a command, its own first. @param {Command} command */
export const optionsOf = (command) => ({ ...command.options, ...everywhere });

/** @param {string} name @param {Option} option */
const written = (name, { value }) => (value ? `--${name} ${value}` : `--${name}`);

/** How a command is used, for a person; with npm start the other commands too. @param {string} action */
export function usage(action) {
  const command = commands[action];
  if (!command) throw new Error(`there is no ${action}; there are ${Object.keys(commands).join(", ")}`);
  const options = Object.entries(optionsOf(command)).map(([name, option]) => [written(name, option), option.does]);
  const others = Object.values(commands).map(({ as, does }) => [as, does]);
  const words = command.words ? `[${command.words.join("|")}] ` : command.files ? `${command.files} ` : "";
  return [
    `${command.as} -- ${words}[options]: ${command.does}`,
    ...columns(options),
    ...(action === "up" ? ["", "commands, each with --help:", ...columns(others)] : []),
  ].join("\n");
}

/** @param {readonly (readonly string[])[]} rows */
function columns(rows) {
  const width = Math.max(...rows.map(([first = ""]) => first.length));
  return rows.map(([first = "", second]) => `  ${first.padEnd(width)}  ${second}`);
}
