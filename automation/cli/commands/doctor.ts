import { command } from "../command";

export const doctor = command({
  name: "doctor",
  summary: "checks this machine, and says how to fix what is missing",
  details: "It changes nothing. [This machine](troubleshooting.md#this-machine) explains each line.",
  options: {},
  tools: () => [],
  run: async ({ stack, say }) => (await import("../../commands/doctor/doctor")).doctor(stack, say),
});
