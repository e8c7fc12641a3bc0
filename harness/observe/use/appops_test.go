package use

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/android"
)

// TestNumbersAndWordsOfModesAgree guards a comparison of the corpus tests: gold has the modes of
// Android 8 and older as numbers.
func TestNumbersAndWordsOfModesAgree(t *testing.T) {
	t.Parallel()
	for i, word := range []android.Mode{android.ModeAllow, android.ModeIgnore, android.ModeDeny, android.ModeDefault, android.ModeForeground} {
		assert.Equal(t, word, modeOf(strconv.Itoa(i)))
		assert.Equal(t, word, modeOf(string(word)))
	}
}
