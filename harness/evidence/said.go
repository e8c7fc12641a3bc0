package evidence

import "assay/harness/android"

// StateOf gives the state of a print-out in which a phrase of Android's stands;
// Unknown where the phrase says nothing of it.
func StateOf(s android.Says) State {
	switch s {
	case android.SaysDenied:
		return Denied
	case android.SaysUnsupported, android.SaysAbsent, android.SaysPassedOver:
		return Unsupported
	case android.SaysNone:
		return Empty
	case android.SaysTimedOut:
		return TimedOut
	case android.SaysBroken, android.SaysDown, android.SaysLess:
		return Truncated
	}
	return Unknown
}
