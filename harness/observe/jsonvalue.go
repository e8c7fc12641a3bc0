package observe

import (
	"encoding/json"
	"math"
	"slices"
)

// mostText bounds a string that a fact keeps, bytes.
const mostText = 4096

// textOf reads a string; null leaves it empty.
func textOf(e *jsonEvent, to *string) mark {
	switch s := e.Token.(type) {
	case string:
		if len(s) > mostText {
			return markLost
		}
		*to = s
		return markTake
	case nil:
		return markTake
	}
	return markLost
}

// wholeOf reads a number that is whole and not negative.
func wholeOf(e *jsonEvent, to *int) mark {
	n, ok := e.Token.(json.Number)
	if !ok {
		return markLost
	}
	v, err := n.Int64()
	if err != nil || v < 0 || v > math.MaxInt32 {
		return markLost
	}
	*to = int(v)
	return markTake
}

// truthOf reads true or false.
func truthOf(e *jsonEvent, to *bool) mark {
	b, ok := e.Token.(bool)
	if !ok {
		return markLost
	}
	*to = b
	return markTake
}

// appendNew appends what is not there yet, and is something.
func appendNew(all []string, s string) []string {
	if s == "" || slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}
