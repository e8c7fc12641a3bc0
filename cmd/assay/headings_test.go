package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

func TestHeadingsSayWhoseALineIs(t *testing.T) {
	dump := "Current AppOps Service state:\n  Uid 1000:\n    Package a:\n      CAMERA (allow):\n        null=[\n          Access: x\n" +
		"  Uid u0a5:\n\n    Package b:\n      CAMERA (allow):\n        null=[\n          Access: [fg-s] y\n        ]\n"
	at := strings.Index(dump, "          Access: [fg-s] y")
	got, err := headings(strings.NewReader(dump), evidence.Ref{Span: evidence.Span{Line: 12, Offset: int64(at), Length: 26}})
	require.NoError(t, err)
	var lines []string
	for _, h := range got {
		lines = append(lines, string(h.text))
		assert.Equal(t, string(h.text), strings.Split(dump, "\n")[h.line-1])
	}
	assert.Equal(t, []string{"Current AppOps Service state:", "  Uid u0a5:", "    Package b:", "      CAMERA (allow):", "        null=["}, lines)
}

func TestALineAtTheMarginHasNoHeadings(t *testing.T) {
	got, err := headings(strings.NewReader("a\nb\n"), evidence.Ref{Span: evidence.Span{Line: 2, Offset: 2, Length: 1}})
	require.NoError(t, err)
	assert.Empty(t, got)
}
