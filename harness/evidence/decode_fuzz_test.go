package evidence

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzALineOfAJournal reads anything as a line. What is taken for one says of itself
// what the journal would write.
func FuzzALineOfAJournal(f *testing.F) {
	line, err := chained(Entry{Kind: JobEnded, Outcome: &Outcome{State: Finished}, Change: &Change{ID: 1, Undo: []string{"a"}}}, "")
	require.NoError(f, err)
	f.Add(line)
	f.Add([]byte(`{"kind":"x","kind":"y"}`))
	f.Add([]byte(`[[[[[[[[[[[[[[[[[[[[[[[[`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := unchained(line, "")
		if err != nil {
			return
		}
		assert.True(t, json.Valid(line))
		assert.True(t, isDigest(e.Sum))
		assert.Empty(t, e.Prev)
	})
}
