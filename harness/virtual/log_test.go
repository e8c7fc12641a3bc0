package virtual

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOldestEntriesGoWhenTheLogIsFull(t *testing.T) {
	r := newLogRing()
	r.entries = make([]logEntry, maxLogEntries+logSlack)
	r.add(logEntry{buffer: "main", text: "x"})
	entries, next, _ := r.from(0)
	assert.Len(t, entries, maxLogEntries)
	assert.EqualValues(t, maxLogEntries+logSlack+1, next)
}
