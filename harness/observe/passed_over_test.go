package observe

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// TestAnArgumentThatIsPassedOverDoesNotRefuseTheDumpBehindIt puts what a service says of
// an argument that it does not know before each golden case of a dump, and alone.
func TestAnArgumentThatIsPassedOverDoesNotRefuseTheDumpBehindIt(t *testing.T) {
	t.Parallel()
	said := []byte("Unknown argument: -a; use -h for help\n")
	dumps := 0
	for _, p := range Parsers {
		if !bytes.HasPrefix([]byte(p.Source), []byte("dumpsys-")) {
			continue
		}
		_, alone := readAll(t, p.Source, "x", said)
		assert.Equal(t, evidence.Unsupported, alone.Coverage.State, p.Source)
		assert.Zero(t, alone.Unread, p.Source)
		for name, body := range samplesOf(t, p.Source) {
			want, plain := readAll(t, p.Source, name, body)
			if len(want) == 0 || bytes.HasPrefix(body, said) {
				continue
			}
			dumps++
			got, r := readAll(t, p.Source, name, append(bytes.Clone(said), body...))
			require.Len(t, got, len(want), "%s/%s", p.Source, name)
			assert.Equal(t, plain.Coverage, r.Coverage, "%s/%s", p.Source, name)
			assert.Equal(t, plain.Unread, r.Unread, "%s/%s", p.Source, name)
		}
	}
	assert.Greater(t, dumps, 50)
}
