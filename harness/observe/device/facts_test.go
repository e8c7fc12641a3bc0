package device

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// factsOf reads a print-out with one parser: its facts, and the account of its lines.
func factsOf(t *testing.T, p printout.Parser, body []byte) ([]fact.Fact, printout.Reading) {
	t.Helper()
	var all []fact.Fact
	r, err := p.Read(bytes.NewReader(body), printout.Least{}, printout.Input{}, func(f fact.Fact, _ evidence.Span) {
		all = append(all, fact.Keep(f))
	})
	require.NoError(t, err)
	return all, r
}
