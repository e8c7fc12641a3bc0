package observe

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAByteOrderMarkIsNoPartOfTheFirstLine reads every golden text with the mark
// that Windows' editors and shells put before it.
func TestAByteOrderMarkIsNoPartOfTheFirstLine(t *testing.T) {
	t.Parallel()
	for _, p := range Parsers {
		for name, body := range samplesOf(t, p.Source) {
			if !strings.HasSuffix(name, ".txt") {
				continue
			}
			t.Run(p.Source+"/"+name, func(t *testing.T) {
				plain, r := readAll(t, p.Source, name, body)
				marked, r2 := readAll(t, p.Source, name, slices.Concat(bom, body))
				require.Len(t, marked, len(plain))
				for i := range marked {
					assert.Equal(t, plain[i].Fact, marked[i].Fact)
					assert.Equal(t, plain[i].Span.Line, marked[i].Span.Line)
				}
				assert.Equal(t, r.Coverage, r2.Coverage)
				assert.Equal(t, []int{r.Lines, r.Skipped, r.Unread}, []int{r2.Lines, r2.Skipped, r2.Unread})
			})
		}
	}
}
