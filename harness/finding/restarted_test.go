package finding_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

func TestNothingIsClearWhereAndroidsServicesWereRestarted(t *testing.T) {
	t.Parallel()
	const why = "ps: Android's services were restarted while the scenario was played: system_server was process 1204, and then 9310"
	server := func(pid int) fact.Process { return fact.Process{PID: pid, UID: 1000, Name: "system_server"} }
	for name, c := range map[string]struct {
		before, after fact.Process
		detail        string
	}{
		"restarted":            {server(1204), server(9310), why},
		"not restarted":        {server(1204), server(1204), ""},
		"not there before":     {fact.Process{PID: 1, Name: "init"}, server(1204), "ps: it could not be told whether Android's services were restarted"},
		"not there afterwards": {server(1204), fact.Process{PID: 1, Name: "init"}, "ps: it could not be told whether Android's services were restarted"},
	} {
		t.Run(name, func(t *testing.T) {
			k := attempt(step(1, "wait")).covers("ps", evidence.Before, "ps", evidence.After)
			k.at(evidence.Before, c.before).at(evidence.After, c.after)
			asked := 0
			for _, f := range finding.Judge(&k.c, finding.All) {
				if f.Rule != "no-clear-text-traffic" {
					continue
				}
				asked++
				if c.detail == "" {
					assert.Equal(t, finding.Clear, f.Verdict)
					continue
				}
				assert.Equal(t, finding.Unknown, f.Verdict)
				assert.Equal(t, c.detail, f.Detail)
				assert.Len(t, f.Grounds, 2)
			}
			require.NotZero(t, asked)
		})
	}
}

// TestOnePrintOutIsNotAskedForARestart: no steps lie between two looks of an import.
func TestOnePrintOutIsNotAskedForARestart(t *testing.T) {
	t.Parallel()
	k := attempt().covers("ps", evidence.Before).imported()
	for _, f := range finding.Judge(&k.c, finding.All) {
		assert.NotContains(t, f.Detail, "ps: ")
	}
}
