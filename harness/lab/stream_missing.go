package lab

import (
	"context"

	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/loss"
	"assay/harness/observe/printout"
)

// missing records the log in its binary form, where less has come through the
// stream than logd says was written: there are entries that logcat prints no line
// for. The error is the host's: what the handset does not give is coverage.
func (s *stream) missing(ctx context.Context) error {
	sdk := s.handset.SDK()
	var m evidence.Manifest
	m.Handset.Build.SDK, m.Captures = sdk, s.looks
	audit := loss.AuditOf(s.to.Dir, m, evidence.Capture{Source: "logcat", Phase: evidence.During})
	if audit == nil {
		return nil
	}
	body, err := s.rec.SoFar()
	if err != nil {
		return err
	}
	defer body.Close()
	if _, err = observe.Read("logcat", body, printout.Input{SDK: sdk}, func(f fact.Fact, _ evidence.Span) {
		if line, ok := f.(*fact.LogLine); ok {
			audit.Line(line)
		}
	}); err != nil {
		return err
	}
	since := audit.Since()
	if since == "" {
		since, _ = s.begun()
	}
	if since == "" || !audit.Lacks() {
		return nil
	}
	for _, c := range collect.At(collect.Missing, sdk, nil) {
		_, err := collect.Take(ctx, s.handset, s.to, collect.Request{
			Collector: c, SDK: sdk, Subjects: []string{since}, Phase: evidence.After, Clock: s.looks[len(s.looks)-1].Clock, Known: s.known,
		})
		if onHost(err) {
			return err
		}
	}
	return nil
}
