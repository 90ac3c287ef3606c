import { command } from "../command";

export const env = command({
  name: "env",
  summary: 'prints the variables for plain Pulumi: eval "$(npm run --silent env)"',
  details:
    "For a shell, `.envrc` of direnv, or a step in CI. It does not replace variables that you have set yourself.",
  silent: true,
  options: {},
  isForAllStacks: true,
  tools: () => [],
  run: async ({ stack, say }) => (await import("../../commands/env")).printEnvironment(stack, say),
});
