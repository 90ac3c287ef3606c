import { command } from "../command";

export const doctor = command({
  name: "doctor",
  summary: "shows what the environment needs of this machine, and what is wrong",
  details: "It changes nothing. [This machine](troubleshooting.md#this-machine) explains each line.",
  options: {},
  tools: () => [],
  run: async ({ stack, say }) => (await import("../../commands/doctor/doctor")).doctor(stack, say),
});
