import { CountersignError } from '../../core/errors.ts';

/** A port that a service of the local system needs is in use; each is listed with the way to choose another. */
export class PortTaken extends CountersignError {
  readonly code = 'PortTaken';
}

/** Another process runs on the same state directory. */
export class StateDirectoryInUse extends CountersignError {
  readonly code = 'StateDirectoryInUse';
}

/** The directory holds files and does not carry the marker of a state directory, so nothing in it is touched. */
export class NotAStateDirectory extends CountersignError {
  readonly code = 'NotAStateDirectory';
}

/** A service of the local system did not start, or stopped when nobody asked it to. */
export class ServiceFailed extends CountersignError {
  readonly code = 'ServiceFailed';
}
