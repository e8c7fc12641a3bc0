package finding

import (
	"cmp"
	"maps"
	"slices"

	"assay/harness/android"
)

// LastAttempts keeps of each job what became of it in the end, with each build
// that its handset had. What another handset of the model played in the end is
// its job.
func LastAttempts(jobs []Job) []Job {
	type name struct {
		serial   android.Serial
		model    family
		scenario string
		repeat   int
	}
	same := map[name][]Job{}
	for _, j := range jobs {
		at := name{j.Handset.Serial, keyFor(j.Handset).family, j.Scenario, j.Repeat}
		same[at] = append(same[at], j)
	}
	var last []Job
	for _, attempts := range same {
		slices.SortStableFunc(attempts, func(a, b Job) int { return cmp.Compare(a.Attempt, b.Attempt) })
		byBuild := map[string]Job{}
		for i, build := range builds(attempts) {
			byBuild[build] = attempts[i]
		}
		for _, build := range slices.Sorted(maps.Keys(byBuild)) {
			last = append(last, byBuild[build])
		}
	}
	last = slices.DeleteFunc(last, func(j Job) bool { return j.Moved != "" })
	slices.SortFunc(last, compareJobs)
	return last
}

// builds says with which build each attempt at one job was made. One that ended
// before the handset said so is taken for one with the build of the next that
// says it, else of the one before.
func builds(attempts []Job) []string {
	all := make([]string, len(attempts))
	for i := len(attempts) - 1; i >= 0; i-- {
		all[i] = attempts[i].Handset.Build.ID()
		if all[i] == "" && i+1 < len(attempts) {
			all[i] = all[i+1]
		}
	}
	for i := 1; i < len(all); i++ {
		if all[i] == "" {
			all[i] = all[i-1]
		}
	}
	return all
}

func compareJobs(a, b Job) int {
	return cmp.Or(compareHandsets(a.Handset, b.Handset), cmp.Compare(a.Scenario, b.Scenario),
		cmp.Compare(a.Repeat, b.Repeat), cmp.Compare(a.Attempt, b.Attempt), cmp.Compare(a.Bundle, b.Bundle))
}
