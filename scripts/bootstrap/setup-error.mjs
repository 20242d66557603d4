/** Something is missing that only the user can mend: what, and how to get it. */
export class SetupError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [remedy] what to do next
   */
  constructor(code, message, remedy) {
    super(message);
    this.name = "SetupError";
    this.code = code;
    this.remedy = remedy;
  }
}
