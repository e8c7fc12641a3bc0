package collect_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/collect"
	"assay/harness/evidence"
)

// lacks is a probe that showed a handset to have no such things.
func lacks(missing ...collect.Need) *collect.Known {
	return &collect.Known{Lacks: func(n collect.Need) string {
		for _, m := range missing {
			if m == n {
				return "no " + n.Name
			}
		}
		return ""
	}}
}

func TestTakeRecordsWhatTheHandsetIsKnownToLackAndDoesNotAsk(t *testing.T) {
	t.Parallel()
	h := &said{}
	got, err := collect.Take(t.Context(), h, bundle(t), collect.Request{
		Collector: find(t, "dumpsys-role"), SDK: 30, Phase: evidence.Before, Known: lacks(collect.Need{Type: "service", Name: "role"})})
	require.NoError(t, err)
	assert.Empty(t, h.calls)
	assert.Equal(t, evidence.Coverage{State: evidence.Unsupported, Reason: "not asked: no role"}, got.Coverage)
	assert.Zero(t, got.Size)
	assert.Empty(t, got.Command)
	assert.Nil(t, got.Exit)
}

func TestAFormThatTheHandsetIsKnownToLackGivesWay(t *testing.T) {
	t.Parallel()
	h := &said{answers: []answer{{"Row: 0 name=a, value=b\n", collect.Result{Exit: exit(0)}}}}
	known := lacks(collect.Need{Type: "command", Name: "settings"}, collect.Need{Type: "option", Name: "logcat -v uid"})
	got, err := collect.Take(t.Context(), h, bundle(t), collect.Request{
		Collector: find(t, "settings"), SDK: 30, Subjects: []string{"global"}, Phase: evidence.Before, Known: known})
	require.NoError(t, err)
	assert.Equal(t, evidence.Whole, got.Coverage.State)
	assert.Contains(t, got.Command[2], "content query")
	assert.Equal(t, "no settings", got.Instead)

	log := find(t, "logcat")
	assert.NotContains(t, log.Open(30, known).Argv, "uid")
	assert.Contains(t, log.Open(30, nil).Argv, "uid")
	assert.Contains(t, log.Open(30, &collect.Known{}).Argv, "uid")
}

func TestAFormThatWasRefusedIsNotTriedAgainInTheSameRun(t *testing.T) {
	t.Parallel()
	const refusal = "Error: Unknown option: -U\n"
	const list = "package:/system/app/A.apk=a  installer=null\n"
	h := &said{answers: []answer{{refusal, collect.Result{Exit: exit(1)}}, {list, collect.Result{Exit: exit(0)}}, {list, collect.Result{Exit: exit(0)}}}}
	r := collect.Request{Collector: find(t, "pm-list-packages"), SDK: 26, Phase: evidence.Before, Known: &collect.Known{}}
	first, err := collect.Take(t.Context(), h, bundle(t), r)
	require.NoError(t, err)
	assert.Equal(t, "Error: Unknown option: -U", first.Instead)
	second, err := collect.Take(t.Context(), h, bundle(t), r)
	require.NoError(t, err)
	assert.Len(t, h.calls, 3)
	assert.Equal(t, first.Command, second.Command)
	assert.Equal(t, "refused earlier in this run: Error: Unknown option: -U", second.Instead)
}

func TestAServiceThatIsMissingForAMomentIsAskedForAgain(t *testing.T) {
	t.Parallel()
	gone := answer{"Can't find service: media.camera\n", collect.Result{Exit: exit(0)}}
	h := &said{answers: []answer{gone, gone, {"== Service global info: ==\n", collect.Result{Exit: exit(0)}}}}
	r := collect.Request{Collector: find(t, "dumpsys-media-camera"), SDK: 30, Phase: evidence.Before, Known: &collect.Known{}}
	got, err := collect.Take(t.Context(), h, bundle(t), r)
	require.NoError(t, err)
	assert.Equal(t, evidence.Unsupported, got.Coverage.State)
	got, err = collect.Take(t.Context(), h, bundle(t), r)
	require.NoError(t, err)
	assert.Equal(t, evidence.Whole, got.Coverage.State)
	assert.Contains(t, got.Command, "-t", "the first form again")
}
