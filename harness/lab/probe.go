package lab

import (
	"context"
	"fmt"
	"path/filepath"

	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/observe"
	"assay/harness/observe/fact"
)

// probed is what the capability probe showed of a handset on one build.
type probed struct {
	build string // fingerprint
	known *collect.Known
}

// probe asks what the handset's shell offers, and keeps what it shows for the
// rest of the run on it.
func (j *job) probe(ctx context.Context) error {
	for _, c := range collect.At(collect.Probe, j.handset.SDK(), nil) {
		capture, err := collect.Take(ctx, j.handset, j.bundle, collect.Request{
			Collector: c, SDK: j.handset.SDK(), Phase: evidence.Before, Clock: j.clock,
		})
		if err != nil {
			return err
		}
		head := evidence.Head{Handset: j.on.lease.Handset}
		if err := j.on.learn(j.bundle.Dir, j.folder, evidence.Manifest{Head: head}, capture); err != nil {
			return err
		}
	}
	return nil
}

// probeAgain asks where the handset runs another build than the probe was of.
func (j *job) probeAgain(ctx context.Context) error {
	if j.on.probed.known != nil && j.on.probed.build == j.on.lease.Handset.Build.Fingerprint {
		return nil
	}
	return j.probe(ctx)
}

// learn reads a probe from the disk. One that is not whole tells nothing: then
// everything is asked.
func (hr *handsetRun) learn(dir, folder string, m evidence.Manifest, c evidence.Capture) error {
	offer := fact.Offer{}
	reading, err := observe.ReadCapture(dir, folder, m, c, func(o fact.Observation) {
		if c, ok := o.Fact.(fact.Capability); ok {
			offer.Add(c)
		}
	})
	if err != nil {
		return err
	}
	hr.probed = probed{build: m.Handset.Build.Fingerprint, known: &collect.Known{}}
	if !c.Coverage.Complete() || !reading.Complete() || reading.Unread > 0 {
		return nil
	}
	hr.probed.known.Lacks = func(n collect.Need) string {
		if !offer.Lacks(n.Type, n.Name) {
			return ""
		}
		return fmt.Sprintf("this handset has no %s %s (probe %s/%s)", n.Type, n.Name, folder, c.File)
	}
	return nil
}

// recall reads the probe that an earlier part of the run took of the build that
// the handset runs now. It is no fault where there is none: the next job asks.
func (hr *handsetRun) recall() error {
	for _, s := range hr.past.sealed {
		dir := filepath.Join(hr.run.dir, filepath.FromSlash(s.folder))
		m, err := evidence.OpenSealed(dir, s.digest)
		if err != nil || m.Handset.Build.Fingerprint != hr.lease.Handset.Build.Fingerprint {
			continue // what cannot be read is told when the run is judged
		}
		for _, c := range m.Captures {
			if collect.Probes(c.Source) {
				return hr.learn(dir, s.folder, m, c)
			}
		}
	}
	return nil
}
