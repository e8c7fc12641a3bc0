package lab_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/collect"
	"assay/harness/observe"
)

// importedAlone are the sources that no handset is asked for: others have printed them.
var importedAlone = map[string]bool{
	"androidqf-acquisition": true, "androidqf-packages": true, "androidqf-processes": true, "build-prop": true,
	"dumpstate": true, "hubble-packages": true, "steps": true, // steps are the harness's own
}

// TestWhatIsCollectedIsReadAndWhatIsReadIsCollected holds the names of collectors and
// parsers to each other: neither room sees the other.
func TestWhatIsCollectedIsReadAndWhatIsReadIsCollected(t *testing.T) {
	t.Parallel()
	collected := map[string]bool{}
	for _, c := range collect.All {
		collected[c.Name] = true
		_, read := observe.Find(c.Name)
		assert.True(t, read, "what the collector %s prints, no parser reads", c.Name)
	}
	for _, p := range observe.Parsers {
		assert.NotEqual(t, importedAlone[p.Source], collected[p.Source], "parser %s: it is in the list of what is imported alone, or a collector has its name", p.Source)
	}
}
