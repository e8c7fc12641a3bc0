package logstream

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
func (s *Stream) missing(ctx context.Context) error {
	sdk := s.of.SDK()
	var m evidence.Manifest
	m.Handset.Build.SDK, m.Captures = sdk, s.audits
	audit := loss.AuditOf(s.with.To.Dir, m, evidence.Capture{Source: "logcat", Phase: evidence.During})
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
		_, err := collect.Take(ctx, s.of, s.with.To, collect.Request{
			Collector: c, SDK: sdk, Subjects: []string{since}, Phase: evidence.After, Clock: s.audits[len(s.audits)-1].Clock, Known: s.with.Known,
		})
		if evidence.OfDisk(err) {
			return err
		}
	}
	return nil
}
