package printout

import (
	"encoding/json"
	"math"
)

// mostText bounds a string that a fact keeps, bytes.
const mostText = 4096

// JSONText reads a string; null leaves it empty.
func JSONText(e *JSONEvent, to *string) JSONMark {
	switch s := e.Token.(type) {
	case string:
		if len(s) > mostText {
			return JSONLost
		}
		*to = s
		return JSONTake
	case nil:
		return JSONTake
	}
	return JSONLost
}

// JSONInt reads a number that is whole and not negative.
func JSONInt(e *JSONEvent, to *int) JSONMark {
	n, ok := e.Token.(json.Number)
	if !ok {
		return JSONLost
	}
	v, err := n.Int64()
	if err != nil || v < 0 || v > math.MaxInt32 {
		return JSONLost
	}
	*to = int(v)
	return JSONTake
}

// JSONBool reads true or false.
func JSONBool(e *JSONEvent, to *bool) JSONMark {
	b, ok := e.Token.(bool)
	if !ok {
		return JSONLost
	}
	*to = b
	return JSONTake
}
