package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/collect"
	"assay/harness/evidence"
)

// batch is how many packages one package-detail capture asks about.
const batch = 20

// namespaces are the three tables of SettingsProvider.
var namespaces = []string{"global", "secure", "system"}

// baseline captures what a handset is: what its shell offers, its properties,
// packages, permissions.
func (hr *handsetRun) baseline(ctx context.Context, t attempt) (evidence.Outcome, error) {
	hr.say("taking the baseline", false)
	j := hr.begin(t)
	ctx, stop := hr.run.whileRunning(ctx)
	defer stop()
	if err := j.sampleClock(ctx); err != nil {
		return j.fate(ctx, err)
	}
	if err := j.probe(ctx); err != nil {
		return j.fate(ctx, err)
	}
	packages, err := j.preinstalled(ctx)
	if err != nil {
		return j.fate(ctx, err)
	}
	for _, c := range collect.At(collect.Baseline, j.handset.SDK(), nil) {
		for _, subjects := range subjects(c, packages) {
			if err := j.capture(ctx, c, evidence.Before, subjects); err != nil {
				return j.fate(ctx, err)
			}
		}
	}
	return j.fate(ctx, nil)
}

// subjects gives what a collector is asked about, one capture each.
func subjects(c collect.Collector, packages []string) [][]string {
	switch {
	case c.Name == "settings":
		return [][]string{namespaces[0:1], namespaces[1:2], namespaces[2:3]}
	case c.About == collect.Packages:
		return slices.Collect(slices.Chunk(packages, batch))
	}
	return [][]string{nil}
}

// preinstalled asks for the names of the packages that came with the image, as its
// owner has them: a list of all users' is refused where the shell may not see one of
// them. A handset that refuses the list has not said that it has no packages.
func (j *job) preinstalled(ctx context.Context) ([]string, error) {
	out, err := j.handset.Shell(ctx, "pm", "list", "packages", "-s", "--user", "0")
	if err != nil {
		return nil, fmt.Errorf("preinstalled packages: %w", err)
	}
	var names []string
	for line := range strings.Lines(out) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "package:")
		if ok && plausible(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// plausible keeps what a handset says from becoming a command's option.
func plausible(name string) bool {
	return len(name) > 0 && len(name) <= 255 && name[0] != '-' && !strings.ContainsAny(name, " \t'\"\\$`")
}
