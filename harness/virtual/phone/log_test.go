package phone

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOldestEntriesGoWhenTheLogIsFull(t *testing.T) {
	r := newLog()
	r.entries = make([]LogEntry, maxLogEntries+logSlack)
	r.add(LogEntry{Buffer: "main", Text: "x"})
	entries, next, _ := r.From(0)
	assert.Len(t, entries, maxLogEntries)
	assert.EqualValues(t, maxLogEntries+logSlack+1, next)
}
