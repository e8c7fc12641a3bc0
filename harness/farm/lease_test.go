package farm_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// room is a farm of one virtual handset.
func room(t *testing.T, text string) (*farm.Farm, farm.Inventory, *virtual.Handset) {
	t.Helper()
	h := virtual.New(testPersona(t, nil), 1)
	if text != "" {
		f, err := fault.Parse(text)
		require.NoError(t, err)
		h.Inject(f)
	}
	addr, stop, err := virtual.Start(context.WithoutCancel(t.Context()), h)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, stop())
		require.NoError(t, h.Close())
	})
	inv := farm.Inventory{Devices: []farm.Entry{{Serial: android.Serial(h.Serial()), Brand: "Ours", Model: "One"}}}
	return farm.New(adb.NewServer(addr, adb.Options{})), inv, h
}

func TestALeaseIsSoleAndCanBeHadAgainAfterItsReturn(t *testing.T) {
	f, inv, h := room(t, "")
	places, err := f.Survey(t.Context(), inv)
	require.NoError(t, err)
	require.Len(t, places, 1)
	lease, err := f.Lease(t.Context(), places[0])
	require.NoError(t, err)
	assert.Equal(t, android.Serial(h.Serial()), lease.Handset.Serial)
	assert.Equal(t, "Ours", lease.Handset.Brand, "the inventory's word goes first")
	assert.Equal(t, h.Persona().SDK, lease.Handset.Build.SDK)
	assert.Equal(t, h.Persona().Properties[android.PropFingerprint], lease.Handset.Build.Fingerprint)

	_, err = f.Lease(t.Context(), places[0])
	assert.ErrorIs(t, err, farm.ErrLeased)
	lease.Return()
	lease.Return()
	again, err := f.Lease(t.Context(), places[0])
	require.NoError(t, err)
	again.Return()
}

func TestAHandsetThatIsNotReadySaysWhyAndWhatToDo(t *testing.T) {
	for fault, want := range map[string]farm.State{"unauthorized": farm.Unauthorized, "offline": farm.Offline} {
		t.Run(fault, func(t *testing.T) {
			f, inv, _ := room(t, fault)
			places, err := f.Survey(t.Context(), inv)
			require.NoError(t, err)
			_, err = f.Lease(t.Context(), places[0])
			var not *farm.NotReady
			require.ErrorAs(t, err, &not)
			assert.Equal(t, want, not.State)
			assert.NotEmpty(t, not.Remedy)
		})
	}
}

func TestALeaseThatFailsLeavesTheHandsetFree(t *testing.T) {
	f, inv, _ := room(t, "cut:1:getprop:times=1")
	places, err := f.Survey(t.Context(), inv)
	require.NoError(t, err)
	_, err = f.Lease(t.Context(), places[0])
	var lost *adb.TransportLost
	require.ErrorAs(t, err, &lost)
	lease, err := f.Lease(t.Context(), places[0])
	require.NoError(t, err)
	lease.Return()
}

func TestAHandsetThatCannotBeConnectedIsMissing(t *testing.T) {
	f, _, _ := room(t, "")
	closed := closedPort(t)
	places, err := f.Survey(t.Context(), farm.Inventory{Devices: []farm.Entry{{Connect: closed}}})
	require.NoError(t, err)
	assert.Equal(t, farm.Missing, places[0].State)
	assert.Contains(t, places[0].Remedy, "adb connect "+closed)
	assert.NotContains(t, places[0].Remedy, "cable")
}
