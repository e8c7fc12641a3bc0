package lab

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/farm"
)

// attached gives places of one adb server.
func attached(server string, n int, state farm.State) []farm.Place {
	var all []farm.Place
	for i := range n {
		all = append(all, farm.Place{Entry: farm.Entry{Serial: android.Serial(server + strconv.Itoa(i)), Brand: "A", Model: strconv.Itoa(i), Server: server}, State: state})
	}
	return all
}

func TestWhatAnAdbServerCarriesCountsHandsetsThatAreNotTheRuns(t *testing.T) {
	one, two := attached("one", 2, farm.Ready), attached("two", 3, farm.Missing)
	all := append(append(append([]farm.Place{}, one...), two...), attached("one", 900, farm.Unlisted)...)
	all = append(all, attached("two", 5, farm.Retired)...)
	all = append(all, attached("three", 7, farm.Unlisted)...)
	servers, err := loads(all, append(one[:1:1], two...))
	require.NoError(t, err)
	assert.Equal(t, []Load{{"one", 902, 0}, {"two", 3, 0}}, servers)
	caps := Caps{}.within(servers)
	assert.Equal(t, []Load{{"one", 902, 12}, {"two", 3, 236}}, caps.Servers)
	assert.Equal(t, 12+236, caps.Jobs)
	assert.Equal(t, DefaultJobs, Caps{}.within([]Load{{Server: "a"}, {Server: "b"}}).Jobs, "the host's own")
	assert.Empty(t, Caps{}.within(servers[:1]).Servers, "one server's is the run's")
}

func TestARunOnACrowdedAdbServerIsRefused(t *testing.T) {
	all := attached("127.0.0.1:5037", farm.ServerRoom-socketsEach, farm.Ready)
	_, err := loads(all, all[:1])
	require.NoError(t, err)
	all = append(all, attached("127.0.0.1:5037", 1, farm.Unlisted)...)
	_, err = loads(all, all[:1])
	var crowded *farm.Crowded
	require.ErrorAs(t, err, &crowded)
	assert.ErrorContains(t, err, `"adb -P 5038 start-server"`)
	_, err = loads(all, attached("127.0.0.1:5038", 1, farm.Ready))
	assert.NoError(t, err, "the run has nothing on it")
}

func TestTheScheduleKeepsToWhatEachAdbServerTakes(t *testing.T) {
	s, all := hall(Caps{Servers: []Load{{"one", 940, 2}, {"two", 3, 9}}}, time.Minute, "A")
	for range 3 {
		for _, server := range []string{"one", "two"} {
			w := &seat{key: server, brand: "a", server: server, group: all[0].group, turn: make(chan *task, 1), here: true}
			all = append(all, w)
			s.queueUp(w, true)
		}
	}
	byServer := map[string]int{}
	for _, i := range working(all) {
		byServer[all[i].server]++
	}
	assert.Equal(t, map[string]int{"": 1, "one": 2, "two": 3}, byServer)
	for _, w := range all {
		if w.server == "one" && w.atWork {
			s.entered(w, "b", true)
			break
		}
	}
	assert.Equal(t, 2, s.servers["one"], "the slot is the next one's")
}
