/** Counts the work done while one request is routed: comparisons, and looks at whether a person may decide. */
export interface Work {
  units: number;
}
