package farm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/farm"
)

func TestAQuarantineOutlivesTheProcessThatWroteIt(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "yet")
	all, err := farm.OpenStore(dir).List()
	require.NoError(t, err)
	assert.Empty(t, all)
	assert.NoDirExists(t, dir, "reading makes nothing")
	s := farm.Sentence{Key: "A1@usb:1-2", Reason: "boots again and again", Since: noon, Until: noon.Add(time.Hour), Evidence: "run/bundles/7", Ticket: "two\nlines", By: "assay"}
	require.NoError(t, farm.OpenStore(dir).Add(s))
	all, err = farm.OpenStore(dir).List()
	require.NoError(t, err)
	assert.Equal(t, []farm.Sentence{s}, all)
}

func TestASentenceHoldsUntilItsTimeIsOverOrItIsLifted(t *testing.T) {
	store := farm.OpenStore(t.TempDir())
	active := func(key string, at time.Time) bool {
		_, ok, err := store.Active(key, at)
		require.NoError(t, err)
		return ok
	}
	require.NoError(t, store.Add(farm.Sentence{Key: "A", Reason: "r", Since: noon, Until: noon.Add(time.Hour)}))
	require.NoError(t, store.Add(farm.Sentence{Key: "B", Reason: "r", Since: noon}))
	assert.True(t, active("A", noon))
	assert.False(t, active("A", noon.Add(time.Hour)))
	assert.True(t, active("B", noon.Add(9999*time.Hour)))
	assert.False(t, active("C", noon))

	require.NoError(t, store.Add(farm.Sentence{Key: "B", Reason: "worse", Since: noon.Add(2 * time.Hour)}))
	all, err := store.List()
	require.NoError(t, err)
	require.Len(t, all, 1, "the new sentence takes the old one's place; what is over is forgotten")
	assert.Equal(t, "worse", all[0].Reason)

	lifted, err := store.Lift("B")
	require.NoError(t, err)
	assert.True(t, lifted)
	lifted, err = store.Lift("B")
	require.NoError(t, err)
	assert.False(t, lifted)
	assert.False(t, active("B", noon))
	assert.Error(t, store.Add(farm.Sentence{Key: "A"}), "nobody is put away without a reason")
}

func TestManyWritersLoseNothing(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			assert.NoError(t, farm.OpenStore(dir).Add(farm.Sentence{Key: fmt.Sprintf("H%02d", i), Reason: "r", Since: noon}))
		})
	}
	all.Wait()
	list, err := farm.OpenStore(dir).List()
	require.NoError(t, err)
	require.Len(t, list, 16)
	assert.Equal(t, "H00", list[0].Key)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	assert.Len(t, left, 2, "the file and its lock")
}

func TestAQuarantineThatCannotBeReadIsNoEmptyOne(t *testing.T) {
	for name, content := range map[string]string{"cut off": `[{"key":"A","reas`, "no list": `{}`, "another key": `[{"key":"A","colour":"red"}]`} {
		t.Run(name, func(t *testing.T) {
			store := farm.OpenStore(t.TempDir())
			require.NoError(t, os.WriteFile(store.File(), []byte(content), 0o644))
			_, err := store.List()
			assert.ErrorContains(t, err, "quarantine.json")
			_, _, err = store.Active("A", noon)
			assert.Error(t, err)
			assert.Error(t, store.Add(farm.Sentence{Key: "B", Reason: "r"}), "and is not written over")
			raw, err := os.ReadFile(store.File())
			require.NoError(t, err)
			assert.Equal(t, content, string(raw))
		})
	}
}

func TestPlacesInQuarantineAreNotReady(t *testing.T) {
	places := []farm.Place{{Entry: farm.Entry{Serial: "A"}, State: farm.Ready}, {Entry: farm.Entry{Serial: "B"}, State: farm.Missing},
		{Entry: farm.Entry{Serial: "C"}, State: farm.Retired}, {Entry: farm.Entry{Serial: "A", USB: "usb:1-2"}, State: farm.Ready}}
	sentences := []farm.Sentence{{Key: "A", Reason: "why", Until: noon.Add(time.Hour)}, {Key: "B", Reason: "over", Until: noon}, {Key: "C", Reason: "why"}}
	got := farm.Sentenced(places, sentences, noon)
	assert.Equal(t, farm.Quarantined, got[0].State)
	assert.Equal(t, "why (until 2026-03-14 13:00 UTC)", got[0].Cause)
	assert.Contains(t, got[0].Remedy, "assay quarantine lift A")
	assert.Equal(t, []farm.State{farm.Missing, farm.Retired, farm.Ready}, []farm.State{got[1].State, got[2].State, got[3].State})
	assert.Equal(t, farm.Ready, places[0].State, "the caller's own are left as they are")
}
