package scenario

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAScenarioWaitsAsLongAsItsStepsSay(t *testing.T) {
	all, err := Load(fstest.MapFS{"nap.yaml": {Data: []byte(`name: nap
about: A handset is left alone.
tags: [quick]
subject: {role: camera}
steps:
  - launch
  - wait: 20s
  - idle: {for: 1m, screen: off}
  - idle: 2m
finally:
  - wait: 5s
`)}}, known)
	require.NoError(t, err)
	assert.Equal(t, 3*time.Minute+25*time.Second, all[0].Waits())
	assert.Zero(t, Scenario{}.Waits())
}
