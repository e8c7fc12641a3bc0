package use

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/android"
)

// TestNumbersAndWordsOfModesAgree keeps the corpus tests honest, whose gold has numbers.
func TestNumbersAndWordsOfModesAgree(t *testing.T) {
	for i, word := range []android.Mode{android.ModeAllow, android.ModeIgnore, android.ModeDeny, android.ModeDefault, android.ModeForeground} {
		assert.Equal(t, word, modeOf(strconv.Itoa(i)))
		assert.Equal(t, word, modeOf(string(word)))
	}
}
