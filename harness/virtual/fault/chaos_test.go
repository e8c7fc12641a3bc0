package fault

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChaosFollowsFromItsSeed(t *testing.T) {
	assert.Equal(t, Chaos(7, 200), Chaos(7, 200))
	assert.NotEqual(t, Chaos(7, 200).String(), Chaos(8, 200).String())
	assert.NotEqual(t, ChaosOf(7, "A1", 200).String(), ChaosOf(7, "B2", 200).String())
	assert.Empty(t, Chaos(7, 0))
	assert.Empty(t, Chaos(7, -1))
}

func TestChaosIsReadAsItIsPrinted(t *testing.T) {
	seen := map[Kind]bool{}
	for seed := range uint64(50) {
		s := Chaos(seed, 300)
		lines := strings.Split(strings.TrimSuffix(s.String(), "\n"), "\n")
		require.Len(t, lines, len(s))
		assert.True(t, slices.IsSortedFunc(s, func(a, b Fault) int { return a.After - b.After }))
		for i, f := range s {
			again, err := Parse(lines[i])
			require.NoError(t, err)
			assert.Equal(t, f, again)
			seen[f.Kind] = true
			assert.GreaterOrEqual(t, f.After, 1)
			assert.LessOrEqual(t, f.After, 300)
		}
	}
	assert.Len(t, seen, len(table), "every kind comes")
}
