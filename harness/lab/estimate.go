package lab

import (
	"time"

	"assay/harness/evidence"
	"assay/harness/ledger"
	"assay/harness/scenario"
)

// Where nothing is known of earlier runs: what a job takes beside the waits that
// its scenario asks for, what a baseline takes, and how many apps "each:
// launchable" finds.
const (
	besideWaits   = 2 * time.Minute
	baselineTakes = 2 * time.Minute
	launchables   = 30
)

// jobEstimate estimates one scenario on a model.
func jobEstimate(h ledger.History, s scenario.Scenario, brand, model string) ledger.Estimate {
	if e, ok := h.Took(s.Name, brand, model); ok {
		return e
	}
	waits := s.Waits()
	if s.Subject.Each != "" {
		waits *= launchables
	}
	return ledger.Estimate{For: waits + besideWaits, From: "scenario"}
}

// baselineEstimate estimates the baseline of a model.
func baselineEstimate(h ledger.History, brand, model string) ledger.Estimate {
	if e, ok := h.Took(evidence.Baseline, brand, model); ok {
		return e
	}
	return ledger.Estimate{For: baselineTakes, From: "scenario"}
}
