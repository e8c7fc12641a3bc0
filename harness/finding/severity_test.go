package finding_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/finding"
)

func TestEveryRuleSaysHowBadItIsAndWhy(t *testing.T) {
	t.Parallel()
	for _, r := range finding.All {
		assert.Contains(t, finding.SeverityNames(), r.Severity.String(), r.ID)
		assert.NotEmpty(t, r.SeverityWhy, r.ID)
		assert.False(t, strings.HasSuffix(r.SeverityWhy, "."), "%s: it stands behind a colon", r.ID)
	}
}

func TestSeveritiesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for s := finding.Low; s <= finding.Critical; s++ {
		text, err := s.MarshalText()
		require.NoError(t, err)
		var again finding.Severity
		require.NoError(t, again.UnmarshalText(text))
		assert.Equal(t, s, again)
	}
	assert.Error(t, new(finding.Severity).UnmarshalText([]byte("dire")))
}
