/** True in the run of every night (`E2E_NIGHTLY=1 npm run e2e`), which has time for what is long. */
export const isNightly = process.env["E2E_NIGHTLY"] === "1";
