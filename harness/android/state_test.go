package android_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/android"
)

func TestOnlyTheScreenProvesThatItsUserIsThere(t *testing.T) {
	t.Parallel()
	for state, want := range map[android.State]android.Presence{
		android.StateTop:               android.There,
		android.StateBackground:        android.Away,
		android.StateCached:            android.Away,
		android.StatePersistent:        android.NotTold, // always, also behind another app
		android.StateForegroundService: android.NotTold,
		android.StateForegroundLocSvc:  android.NotTold,
		android.StateForeground:        android.NotTold, // lent by what is in front
		android.StateUnknown:           android.NotTold,
		"a maker's own":                android.NotTold,
	} {
		assert.Equal(t, want, state.Presence(), string(state))
	}
}

func TestOpsThatLastAreThoseThatAreStarted(t *testing.T) {
	t.Parallel()
	assert.True(t, android.Op("CAMERA").Lasts())
	assert.True(t, android.Op("RECORD_AUDIO").Lasts())
	assert.False(t, android.Op("FINE_LOCATION").Lasts(), "it is noted each time that it is handed over")
	assert.False(t, android.Op("READ_CONTACTS").Lasts())
}
