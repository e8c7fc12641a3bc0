package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/scenario"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
	"assay/scenarios"
)

// selfPersona is the virtual handset that the self-check plants specimens on: one
// whose release has all that they do.
const selfPersona = "oneplus-nord"

// selfScenarios are the scenarios in which the specimens do it.
var selfScenarios = []string{"camera-consent-refused", "dialer", "idle-control"}

// planted is a handset whose apps are known, and what is to be said of them.
type planted struct {
	model  string
	manner map[string]string  // specimen -> one of its manners; the others behave well
	faults []string           // of the handset
	want   map[string]verdict // of every rule
}

// verdict is that of a cell, and the specimens that it flags, sorted.
type verdict struct {
	finding.Verdict
	flags string
}

func (v verdict) String() string {
	if v.flags == "" {
		return v.Verdict.String()
	}
	return v.Verdict.String() + " (" + v.flags + ")"
}

// clean is what is said of the handset when its specimens behave well. Its firmware is
// of 2021, and gives its dialler two grants.
var clean = map[string]verdict{
	"no-access-after-consent-is-refused":       {finding.Clear, ""},
	"no-background-location":                   {finding.Clear, ""},
	"no-camera-or-microphone-without-the-user": {finding.Clear, ""},
	"no-clear-text-traffic":                    {finding.Clear, ""},
	"no-identifier-in-the-log":                 {finding.Clear, ""},
	"no-sensitive-grant-unseen-by-the-user":    {finding.Flagged, "specimen.dialer"},
	"preinstalled-app-can-be-disabled":         {finding.Clear, ""},
	"release-keys":                             {finding.Clear, ""},
	"security-patch-is-recent":                 {finding.Flagged, ""},
	"verified-boot-is-green":                   {finding.Clear, ""},
}

// but is clean where nothing else is said.
func but(other map[string]verdict) map[string]verdict {
	want := maps.Clone(clean)
	maps.Copy(want, other)
	return want
}

// selfHandsets are the same handset three times: what is seen on one must not be seen
// on another, and what one refuses to tell is not known.
var selfHandsets = []planted{
	{"well-behaved", nil, nil, clean},
	{"misbehaving", map[string]string{
		"specimen.camera": "after-refusal", "specimen.dialer": "listens-on", "specimen.gallery": "cannot-be-disabled",
		"specimen.messages": "unseen-grant", "specimen.store": "clear-text", "specimen.weather": "background-location",
	}, nil, but(map[string]verdict{
		"no-access-after-consent-is-refused":       {finding.Flagged, "specimen.camera"},
		"no-background-location":                   {finding.Flagged, "specimen.weather"},
		"no-camera-or-microphone-without-the-user": {finding.Flagged, "specimen.dialer"},
		"no-clear-text-traffic":                    {finding.Flagged, "specimen.store"},
		"no-sensitive-grant-unseen-by-the-user":    {finding.Flagged, "specimen.dialer specimen.messages specimen.weather"},
		"preinstalled-app-can-be-disabled":         {finding.Flagged, "specimen.gallery"},
	})},
	{
		"reticent",
		map[string]string{"specimen.dialer": "identifier-in-log"},
		[]string{"refused:denied:match=dumpsys appops"},
		but(map[string]verdict{
			"no-access-after-consent-is-refused":       {finding.Unknown, ""},
			"no-background-location":                   {finding.Unknown, ""},
			"no-camera-or-microphone-without-the-user": {finding.Unknown, ""},
			"no-identifier-in-the-log":                 {finding.Flagged, "specimen.dialer"},
		}),
	},
}

// selfCheck plays the handsets in a temporary folder, judges what they printed, and
// prints what was expected and what came. No handset of the farm is touched.
func (a *app) selfCheck(ctx context.Context, handsets []planted) error {
	j, err := playSelf(ctx, handsets)
	if err != nil {
		return &status{exitInfra, fmt.Errorf("self-check: %w", err)}
	}
	wrong, all := 0, 0
	for _, h := range handsets {
		for _, r := range finding.All {
			all++
			want, came := h.want[r.ID], cameOf(j, h.model, r.ID)
			if want == came {
				a.line("ok    %-13s %s: %v", h.model, r.ID, came)
				continue
			}
			wrong++
			a.line("FAIL  %-13s %s: expected %v, came %v", h.model, r.ID, want, came)
			a.line("      %-13s %s", "", why(j, h.model, r.ID))
		}
	}
	for _, p := range j.Problems {
		a.line("FAIL  %s", p)
	}
	for _, m := range j.Missing {
		a.line("FAIL  %-13s %s: %s", m.Handset.Model, m.State, m.Cause)
	}
	if wrong+len(j.Problems)+len(j.Missing) > 0 || failedJobs(j) {
		return &status{exitInfra, fmt.Errorf("self-check: %d of %d verdicts are not as they must be: "+
			"run nothing with this assay; it, or this host, is at fault", wrong, all)}
	}
	a.line("%d of %d verdicts on known virtual handsets are as they must be; no handset of the farm was touched", all, all)
	return nil
}

// playSelf plays the scenarios on the handsets, in a folder that is gone afterwards.
func playSelf(ctx context.Context, handsets []planted) (j finding.Judgement, err error) {
	dir, err := os.MkdirTemp("", "assay-self-")
	if err != nil {
		return j, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	plan := lab.Plan{Name: "self-check", Tool: version(), Repeat: 1, Seed: 1, Each: true}
	all, err := scenario.Load(scenarios.Files, known)
	if err != nil {
		return j, err
	}
	if plan.Scenarios, err = scenariosByName(all, selfScenarios); err != nil {
		return j, err
	}
	var live []*virtual.Handset
	for i, h := range handsets {
		serial := fmt.Sprintf("SELFCHECK%d", i+1)
		one, err := h.handset(serial)
		if err != nil {
			return j, err
		}
		live = append(live, one)
		plan.Inventory.Devices = append(plan.Inventory.Devices, farm.Entry{Serial: android.Serial(serial), Brand: "assay", Model: h.model})
	}
	addr, stop, err := virtual.Start(ctx, live...)
	if err != nil {
		return j, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	quiet := slog.New(slog.DiscardHandler)
	runner := lab.Runner{Server: adb.NewServer(addr, adb.Options{Log: quiet}), Log: quiet}
	run := filepath.Join(dir, "run")
	if _, err := runner.Run(ctx, plan, run); err != nil {
		return j, err
	}
	return judge.Run(run)
}

// handset makes the virtual handset.
func (p planted) handset(serial string) (*virtual.Handset, error) {
	found, err := persona.Called(selfPersona)
	if err != nil || len(found) != 1 {
		return nil, errors.Join(err, fmt.Errorf("%d personas are called %s", len(found), selfPersona))
	}
	chosen := found[0]
	for key, value := range chosen.Properties {
		if value == chosen.Identity.Serial {
			chosen.Properties[key] = serial
		}
	}
	chosen.Identity.Serial = serial
	chosen.Specimens = nil
	for _, app := range []string{"browser", "camera", "dialer", "gallery", "keyboard", "messages", "store", "weather"} {
		s := persona.Specimen{App: "specimen." + app, Manner: "well-behaved"}
		if manner := p.manner[s.App]; manner != "" {
			s.Manner = manner
		}
		chosen.Specimens = append(chosen.Specimens, s)
	}
	h := virtual.New(chosen, 1)
	for _, text := range p.faults {
		parsed, err := fault.Parse(text)
		if err != nil {
			return nil, err
		}
		h.Inject(parsed)
	}
	return h, nil
}

// cameOf is the verdict that a judgement gives a handset.
func cameOf(j finding.Judgement, model, rule string) verdict {
	var v verdict
	for _, m := range j.Models {
		if m.Model == model {
			v.Verdict = m.Cells[rule].Verdict
		}
	}
	var flags []string
	for _, f := range j.Findings {
		if f.Handset.Model == model && f.Rule == rule && f.Verdict == finding.Flagged && strings.HasPrefix(string(f.Package), "specimen.") {
			flags = append(flags, string(f.Package))
		}
	}
	slices.Sort(flags)
	v.flags = strings.Join(slices.Compact(flags), " ")
	return v
}

// why gives the first reason that a judgement has for a verdict.
func why(j finding.Judgement, model, rule string) string {
	v := cameOf(j, model, rule)
	for _, f := range j.Findings {
		if f.Handset.Model == model && f.Rule == rule && f.Verdict == v.Verdict {
			return f.Scenario + ": " + f.Detail
		}
	}
	for _, job := range j.Jobs {
		if job.Handset.Model == model && job.Outcome.Cause != "" {
			return job.Scenario + ": " + string(job.Outcome.State) + ": " + job.Outcome.Cause
		}
	}
	return "no reason is given"
}
