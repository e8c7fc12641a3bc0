package lab

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/lab/schedule"
	"assay/harness/scenario"
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
	assert.Equal(t, []schedule.Load{{Server: "one", Handsets: 902, Jobs: 0}, {Server: "two", Handsets: 3, Jobs: 0}}, servers)
	caps := within(schedule.Caps{}, servers)
	assert.Equal(t, []schedule.Load{{Server: "one", Handsets: 902, Jobs: 12}, {Server: "two", Handsets: 3, Jobs: 236}}, caps.Servers)
	assert.Equal(t, 12+236, caps.Jobs)
	assert.Equal(t, schedule.DefaultJobs, within(schedule.Caps{}, []schedule.Load{{Server: "a"}, {Server: "b"}}).Jobs, "the host's own")
	assert.Empty(t, within(schedule.Caps{}, servers[:1]).Servers, "one server's is the run's")
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

func TestAnAdbServerIsNotGivenMoreSocketsThanItTakes(t *testing.T) {
	for attached, jobs := range map[int]int{10: 235, 300: 162, 940: 2, 946: 1} {
		assert.Equal(t, jobs, within(schedule.Caps{}, []schedule.Load{{Handsets: attached}}).Jobs, "%d handsets", attached)
	}
	assert.Equal(t, 3, within(schedule.Caps{Jobs: 3}, []schedule.Load{{Handsets: 300}}).Jobs)
}

func TestJobsGoByHowLongTheyTookOnTheModelThenOnOthers(t *testing.T) {
	plan := Plan{Repeat: 1}
	for _, name := range []string{"short", "long", "brief", "middle"} {
		plan.Scenarios = append(plan.Scenarios, scenario.Scenario{Name: name})
	}
	for _, known := range []struct {
		name, model string
		took        time.Duration
	}{
		{"long", "a m", time.Hour}, {"long", "b m", time.Second}, {"long", "c m", time.Second}, {"short", "b m", 100 * time.Second},
		{"middle", "b m", 9 * time.Minute}, {"middle", "b m", 10 * time.Minute}, {"middle", "b m", 99 * time.Minute}, {"brief", "b m", 99 * time.Second},
	} {
		plan.History.Add(known.name, known.model, known.took)
	}
	place := farm.Place{Entry: farm.Entry{Serial: "S", Brand: "A", Model: "m"}}
	w := plan.workers(plan.share([]farm.Place{place}), []farm.Place{place}, nil)["S"]
	var order []string
	for _, t := range w.Owes() {
		order = append(order, t.Scenario)
	}
	assert.Equal(t, []string{"long", "middle", "short", "brief"}, order)
}
