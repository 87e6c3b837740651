/** The Python whose environment has the worker's packages; SPARRING_PYTHON names it (test/parity/setup.sh makes one). */
export const python = process.env.SPARRING_PYTHON ?? "";

/** Why the torch engine can't be tested here, as `skip` of a test wants it; false if it can. With CI set it has to be. */
export const missing: string | false = python === "" && reason();

function reason(): string {
  const sentence = "SPARRING_PYTHON names no Python: run test/parity/setup.sh, then set it to the venv's";
  if (process.env.CI) throw new Error(sentence);
  return sentence;
}
