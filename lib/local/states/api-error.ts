/** An error that the Step Functions API answers with; the SDK turns it into the class of the same name. */
export class ApiError extends Error {
  readonly type: string;
  readonly status: number;

  /**
   * @param type the name that AWS gives the error.
   * @param status the HTTP status.
   */
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = type;
    this.type = type;
    this.status = status;
  }
}
