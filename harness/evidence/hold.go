package evidence

import "errors"

// ErrHeld is the error of a run that another process plays, or goes on with, just now.
var ErrHeld = errors.New("another process writes to the run")
