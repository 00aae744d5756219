/** What can fail by no fault of ours. */

/** A failure with a sentence for the user. */
export class UserError extends Error {}
