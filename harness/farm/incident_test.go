package farm_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/farm"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func loss(key, path string, ms int) farm.Loss {
	return farm.Loss{Key: key, Path: path, At: noon.Add(time.Duration(ms) * time.Millisecond)}
}

func TestLossesThatShareAHubAtOneTimeAreOneIncident(t *testing.T) {
	named := func(key, hub string, ms int) farm.Loss {
		l := loss(key, "", ms)
		l.Hub = hub
		return l
	}
	for name, c := range map[string]struct {
		losses []farm.Loss
		hubs   []string
		keys   [][]string
	}{
		"one hub":                     {[]farm.Loss{loss("A", "usb:1-4.1", 0), loss("B", "usb:1-4.2", 1999)}, []string{"usb:1-4"}, [][]string{{"A", "B"}}},
		"one hub, too far apart":      {[]farm.Loss{loss("A", "usb:1-4.1", 0), loss("B", "usb:1-4.2", 2001)}, []string{"usb:1-4", "usb:1-4"}, [][]string{{"A"}, {"B"}}},
		"a hub behind a hub":          {[]farm.Loss{loss("A", "usb:1-4.1", 0), loss("B", "usb:1-4.3.2", 10)}, []string{"usb:1-4"}, [][]string{{"A", "B"}}},
		"the inner hub alone":         {[]farm.Loss{loss("A", "usb:1-4.3.1", 0), loss("B", "usb:1-4.3.2", 10)}, []string{"usb:1-4.3"}, [][]string{{"A", "B"}}},
		"two hubs":                    {[]farm.Loss{loss("A", "usb:1-4.1", 0), loss("B", "usb:1-5.1", 10), loss("C", "usb:1-4.2", 20)}, []string{"usb:1-4", "usb:1-5"}, [][]string{{"A", "C"}, {"B"}}},
		"a number that begins alike":  {[]farm.Loss{loss("A", "usb:1-4.1", 0), loss("B", "usb:1-41.1", 10)}, []string{"usb:1-4", "usb:1-41"}, [][]string{{"A"}, {"B"}}},
		"the computer's own ports":    {[]farm.Loss{loss("A", "usb:1-4", 0), loss("B", "usb:1-5", 10)}, []string{"usb:1"}, [][]string{{"A", "B"}}},
		"the network":                 {[]farm.Loss{loss("A", "", 0), loss("B", "", 10)}, []string{"", ""}, [][]string{{"A"}, {"B"}}},
		"named hubs":                  {[]farm.Loss{named("A", "shelf", 0), named("B", "shelf", 10), named("C", "rack", 10)}, []string{"shelf", "rack"}, [][]string{{"A", "B"}, {"C"}}},
		"one handset that goes twice": {[]farm.Loss{loss("A", "usb:1-4.1", 0), loss("A", "usb:1-4.1", 900)}, []string{"usb:1-4"}, [][]string{{"A"}}},
		"none":                        {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := farm.Incidents(c.losses, farm.Together)
			var hubs []string
			var keys [][]string
			for _, i := range found {
				var of []string
				for _, l := range i.Losses {
					of = append(of, l.Key)
				}
				hubs, keys = append(hubs, i.Hub), append(keys, of)
				assert.Equal(t, len(of) > 1, i.Shared())
			}
			assert.Equal(t, c.hubs, hubs)
			assert.Equal(t, c.keys, keys)
			shuffled := append([]farm.Loss(nil), c.losses...)
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			assert.Equal(t, found, farm.Incidents(shuffled, farm.Together), "whatever their order")
		})
	}
}

func TestACollectorGivesEachLossItsIncident(t *testing.T) {
	var c farm.Collector
	var losses []farm.Loss
	for i, path := range []string{"usb:1-4.1", "usb:1-4.2", "usb:1-5.1"} {
		p := farm.Place{Entry: farm.Entry{Serial: "S", USB: path}, Row: adb.Row{Path: path}}
		losses = append(losses, farm.LossOf(p, noon.Add(time.Duration(i)*time.Millisecond)))
	}
	var all sync.WaitGroup
	for _, l := range losses {
		all.Go(func() { c.Lost(l) })
	}
	all.Wait()
	require.Len(t, c.Incidents(), 2)
	assert.True(t, c.Of(losses[0]).Shared())
	assert.Equal(t, c.Of(losses[0]), c.Of(losses[1]))
	assert.False(t, c.Of(losses[2]).Shared())
	assert.Equal(t, farm.Incident{Hub: "usb:9", Began: noon, Losses: []farm.Loss{loss("X", "usb:9-1", 0)}}, c.Of(loss("X", "usb:9-1", 0)), "one that nobody added stands alone")
}
