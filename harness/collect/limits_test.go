package collect_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/collect"
	"assay/harness/evidence"
)

func TestEachCollectorHasALimit(t *testing.T) {
	t.Parallel()
	for _, c := range collect.All {
		assert.GreaterOrEqual(t, c.Most(), int64(8<<20), c.Name)
		assert.LessOrEqual(t, c.Most(), int64(80<<20), c.Name)
	}
}

// spendthrift is a shell that has no more to take.
type spendthrift struct{}

func (spendthrift) Run(context.Context, collect.Call) collect.Result { panic("it is not asked") }
func (spendthrift) Spent() string                                    { return "not asked: enough" }

func TestAShellWithoutBudgetIsNotAsked(t *testing.T) {
	t.Parallel()
	bundle, err := evidence.Create(t.TempDir()+"/b", evidence.Head{})
	require.NoError(t, err)
	c, err := collect.Take(t.Context(), spendthrift{}, bundle, collect.Request{Collector: collect.All[5], Phase: evidence.After})
	require.NoError(t, err)
	assert.Equal(t, evidence.Coverage{State: evidence.NotRun, Reason: "not asked: enough"}, c.Coverage)
	require.NoError(t, bundle.Abandon())
}
