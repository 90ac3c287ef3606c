type Variables = Readonly<Record<string, string | undefined>>;

function setVariables(variables: Variables): void {
  for (const [name, value] of Object.entries(variables))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
}

/** Runs work with these environment variables, and restores the former ones. The value undefined unsets a variable. */
export async function withVariables(variables: Variables, work: () => unknown): Promise<void> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  setVariables(variables);
  try {
    await work();
  } finally {
    setVariables(before);
  }
}
